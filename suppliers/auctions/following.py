"""What is done beside the bids: signs of life, ends that nobody came for, limits that nobody needs (auctions §5)."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import connection

from suppliers.auctions.control import follow

log = logging.getLogger(__name__)

ERASED_AFTER = timedelta(hours=24)

#: Those near their start or running. An old sign of life is no business of `touch`: `follow` looks at it first.
DUE = """
SELECT id FROM auctions_auction
 WHERE status IN ('registering', 'registration_closed', 'preparing', 'live', 'paused')
   AND start_at <= clock_timestamp() + interval '1 minute'
   AND ((status <> 'live' AND start_at <= clock_timestamp() AND paused_at IS NULL)
        OR (close_at <= clock_timestamp() AND (paused_at IS NULL OR resume_at <= clock_timestamp()))
        OR (paused_at IS NOT NULL AND resume_at <= clock_timestamp())
        OR (alive_at < clock_timestamp() - interval '3 seconds' AND paused_at IS NULL)
        OR format = 'japanese')
 ORDER BY id
"""

TOUCH = """
UPDATE auctions_auction SET alive_at = clock_timestamp()
 WHERE id IN (SELECT id FROM auctions_auction
               WHERE status IN ('registering', 'registration_closed', 'preparing', 'live')
                 AND start_at <= clock_timestamp() + interval '1 minute'
                 AND (alive_at IS NULL OR alive_at < clock_timestamp() - interval '1 second')
               ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
"""


def follow_all() -> int:
    """Follow the clocks of all auctions; how many were looked at. First the outages, then the sign of life."""
    with connection.cursor() as cursor:
        cursor.execute(DUE)
        due = [key for (key,) in cursor.fetchall()]
    for key in due:
        try:
            follow(key)
        except Exception:  # one auction must not keep the others from ending
            log.exception("Auction %s could not be followed.", key)
    with connection.cursor() as cursor:
        cursor.execute(TOUCH)
    erase_limits()
    return len(due)


def erase_limits() -> int:
    """Delete the limits of auctions that ended a day ago; how many went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM auctions_proxybid p USING auctions_auction a WHERE a.id = p.auction_id"
            " AND a.ended_at < clock_timestamp() - make_interval(secs => %s)",
            [int(ERASED_AFTER.total_seconds())],
        )
        return cursor.rowcount
