"""What every process looks at when it holds an auction: an outage that nobody noticed, lots that move together (§5)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from suppliers.auctions import engine
from suppliers.auctions.enums import OVER, AuctionStatus, ExtendLots
from suppliers.auctions.minutes import Minute
from suppliers.auctions.models import Auction
from suppliers.auctions.state import Room
from suppliers.auctions.store import Held, load, save


def look(held: Held) -> None:
    """Pause an auction that no process has touched for too long, as of the last sign of life.

    Bids admitted before stand; a person resumes.
    """
    at = interrupted_at(held.room, held.alive_at, held.now)
    if at is None:
        return
    engine.pause(held.room, at)
    held.minutes.add(Minute.PAUSED, at=at, reason=_("Nothing was running here"), interruption=True)
    held.tell("auction.paused", everybody=True, interruption=True)


def interrupted_at(room: Room, alive_at: datetime | None, now: datetime) -> datetime | None:
    """Since when nobody was alive, where that is longer than the rules bear; None where somebody was."""
    if alive_at is None or room.status in (*OVER, AuctionStatus.DRAFT) or room.is_paused(now):
        return None
    since = max(alive_at, room.start_at, room.resume_at or room.start_at)
    if since >= min(now, room.close_at) or now - since <= room.rules.outage_tolerance:
        return None
    return since


def extend_others(held: Held) -> None:
    """Move every live lot of the event to at least this close, where the rules move all together.

    All of them share one gate, so nobody else holds one of them; they are locked by id.
    """
    room = held.room
    if room.rules.extension.lots is not ExtendLots.ALL or room.ended_at is not None or not room.extensions:
        return
    others = Auction.objects.filter(
        event=held.event_id, status__in=[AuctionStatus.LIVE, AuctionStatus.PREPARING], close_at__lt=room.close_at
    ).exclude(pk=held.id)
    for pk in others.order_by("pk").values_list("pk", flat=True):
        other = load(held.minutes.actor, pk, held.minutes.client)
        if other is None or other.room.status_at(held.now) is not AuctionStatus.LIVE:
            continue
        if engine.extend(other.room, room.close_at):
            other.minutes.add(Minute.EXTENDED, close_at=other.room.close_at, by="LOT")
            other.tell("auction.extended", everybody=True)
            save(other)
