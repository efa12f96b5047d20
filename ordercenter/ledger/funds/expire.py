"""End what is left of grants at their end; money promised to orders stays (credit-and-ledger §6)."""

from __future__ import annotations

from collections import defaultdict

from django.db import connection, transaction

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from ordercenter.ledger.funds.outflow import end_now
from ordercenter.ledger.funds.take import LOCK

#: Partners of which the accounts are locked together.
CHUNK = 100

FIND = """
SELECT partnership_id, id FROM funds_fundgrant WHERE usable_to <= now() AND remaining > reserved ORDER BY 1, 2
"""


def expire(actor: Actor) -> int:
    """End every grant whose time is over; answers how many gave something back. Harmless when run twice or late.

    What has ended stopped counting at its instant, not when this runs.
    """
    with connection.cursor() as cursor:
        cursor.execute(FIND)
        grants: dict[int, list[int]] = defaultdict(list)
        for partnership_id, grant_id in cursor.fetchall():
            grants[partnership_id].append(grant_id)
    partners = sorted(grants)
    count = 0
    for start in range(0, len(partners), CHUNK):
        chunk = partners[start : start + CHUNK]
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(LOCK, [numbers(chunk)])
            count += end_now(actor, (pk for partnership_id in chunk for pk in grants[partnership_id]))
    return count
