"""Watching an auction: who is woken, what each reader is given, who is there (auctions §7, §8)."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from functools import cache

import redis
from django.conf import settings
from django.db import connection

from marketplace.core.actor import Actor
from marketplace.graphql.publishing import publish
from suppliers.auctions.enums import AuctionStatus
from suppliers.auctions.guard import interrupted_at
from suppliers.auctions.models import Auction
from suppliers.auctions.store import Held, peek
from suppliers.auctions.views import LiveView, buyer_view, observer_view, seat_view

log = logging.getLogger(__name__)

PRESENT_FOR = 10
ALIVE_EVERY = timedelta(seconds=1)
#: A reading is given to all who look within so short a time at the same state from the same side.
SHARED_FOR = 0.1


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)


def announce(auction_id: int, seq: int, urgent: bool = False) -> None:
    """Tell every web process that an auction has moved; never fails: who misses it asks again within two seconds.

    `urgent`: the close or the status has moved, which nobody is told later than can be.
    """
    try:
        publish(f"auction:{auction_id}", {"auction": auction_id, "seq": seq, "urgent": urgent})
    except redis.RedisError:
        log.warning("Nobody was told that auction %s has moved.", auction_id, exc_info=True)


_shared: dict[tuple[int, str, int], tuple[float, LiveView]] = {}


def look(actor: Actor, auction: Auction, fresh: bool = False) -> LiveView | None:
    """The room as the actor may see it now; None for a draft, in which there is nothing to see. One statement.

    Given to all who look from the same side within a tenth of a second, so that a thousand watchers cost what one does;
    `fresh`: who has just acted sees what came of it.
    """
    if auction.status == AuctionStatus.DRAFT:
        return None
    side = _side(actor, auction)
    key = (auction.pk, side, actor.own_id if side == "seat" else 0)
    known = None if fresh or connection.in_atomic_block else _shared.get(key)
    if known is not None and time.monotonic() - known[0] < SHARED_FOR:
        return known[1]
    held = peek(actor, auction.pk)
    if held is None:
        return None
    keep_alive(held)
    view = _view(actor, auction, held, side)
    if len(_shared) > 5000:
        _shared.clear()
    _shared[key] = (time.monotonic(), view)
    return view


#: Waits for nobody: who holds the row gives a sign of life by itself.
TOUCH = """
UPDATE auctions_auction SET alive_at = clock_timestamp()
 WHERE id IN (SELECT id FROM auctions_auction WHERE id = %s::bigint FOR NO KEY UPDATE SKIP LOCKED)
"""


def keep_alive(held: Held) -> None:
    """A room that somebody is shown is a sign of life, once a second; an outage is not covered up by it."""
    running = held.room.status_at(held.now) is AuctionStatus.LIVE
    old = held.alive_at is None or held.now - held.alive_at > ALIVE_EVERY
    if running and old and interrupted_at(held.room, held.alive_at, held.now) is None:
        with connection.cursor() as cursor:
            cursor.execute(TOUCH, [held.id])


def _side(actor: Actor, auction: Auction) -> str:
    if auction.buyer_id != actor.organization_id:
        return "seat"
    return "buyer" if actor.may("auctions.manage") else "observer"


def _view(actor: Actor, auction: Auction, held: Held, side: str) -> LiveView:
    if side == "seat":
        seat = held.seat_of(actor.organization_id)
        assert seat is not None, "who sees the auction of another has a seat in it"
        return seat_view(held.room, seat, held.now)
    if side == "buyer":
        return buyer_view(held.room, held.now, auction.baseline_price)
    return observer_view(held.room, held.now)


def be_present(actor: Actor, auction_id: int) -> None:
    """A supplier is in the room, for the next ten seconds."""
    try:
        _redis().set(_presence(auction_id, actor.own_id), 1, ex=PRESENT_FOR)
    except redis.RedisError:
        log.warning("Presence in auction %s is not kept.", auction_id, exc_info=True)


def present(auction_id: int, sellers: list[int]) -> list[bool]:
    """Which of these organizations are in the room."""
    if not sellers:
        return []
    try:
        return [bool(one) for one in _redis().mget([_presence(auction_id, seller) for seller in sellers])]
    except redis.RedisError:
        return [False] * len(sellers)


def within_rate(auction_id: int, organization_id: int, rate: int) -> bool:
    """Whether a seat has tried at most `rate` times in this second; True where Redis cannot say."""
    try:
        with _redis().pipeline(transaction=False) as pipeline:
            key = f"{settings.REDIS_PREFIX}auction:{auction_id}:rate:{organization_id}:{int(time.time())}"
            pipeline.incr(key)
            pipeline.expire(key, 2)
            count, _expiring = pipeline.execute()
    except redis.RedisError:
        return True
    return int(count) <= rate


def _presence(auction_id: int, seller: int) -> str:
    return f"{settings.REDIS_PREFIX}auction:{auction_id}:here:{seller}"
