"""Waking those who watch an auction (auctions §8)."""

from __future__ import annotations

import logging

import redis

from marketplace.graphql.publishing import publish

log = logging.getLogger(__name__)


def announce(auction_id: int, seq: int) -> None:
    """Tell every web process that an auction has moved; never fails: who misses it asks again within two seconds."""
    try:
        publish(f"auction:{auction_id}", {"auction": auction_id, "seq": seq})
    except redis.RedisError:
        log.warning("Nobody was told that auction %s has moved.", auction_id, exc_info=True)
