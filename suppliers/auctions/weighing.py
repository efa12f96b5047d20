"""What follows from who sits in the room: the common scale, all values in it, and the schedule (auctions §2.2, §3)."""

from __future__ import annotations

from dataclasses import replace

from suppliers.auctions.enums import LEVELLED, AuctionFormat
from suppliers.auctions.rules import Rules
from suppliers.auctions.state import Room
from suppliers.auctions.value import scale_of


def scheduled(rules: Rules, seats: int = 2) -> Rules:
    """Rules whose close follows from the schedule, where levels or turns have one."""
    if rules.format in LEVELLED and rules.levels is not None and rules.levels.countable:
        close = rules.levels.ends(rules.start_at)
    elif rules.format is AuctionFormat.TURN_BASED:
        close = rules.start_at + rules.turns.of(max(seats, 1)).announced
    else:
        return rules
    return replace(rules, close_at=close, hard_stop_at=max(close, rules.hard_stop_at))


def weigh(room: Room) -> None:
    """Make the scale and all values anew from the prices."""
    room.scale = scale_of(seat.transform.divisor for seat in room.seats.values())
    for seat in room.seats.values():
        if seat.price is not None:
            seat.value = seat.transform.value(seat.price, room.scale)
    for bid in room.bids:
        bid.value = room.seats[bid.seat].transform.value(bid.price, room.scale)


def reschedule(room: Room) -> None:
    """The scale with all seats in it; where each seat has its turn, the end for as many as sit there."""
    weigh(room)
    if room.rules.format is AuctionFormat.TURN_BASED:
        room.close_at = scheduled(replace(room.rules, start_at=room.start_at), len(room.seats)).close_at
        room.hard_stop_at = max(room.close_at, room.hard_stop_at)
