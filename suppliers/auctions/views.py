"""What each reader of a room may see, and nothing else (auctions §7).

A view is made of plain values from the state alone: what a reader must not know is not asked for, so that two auctions
that differ only in that give the same view, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from suppliers.auctions.engine import supports_proxy
from suppliers.auctions.enums import (
    LEVELLED,
    OVER,
    AuctionFormat,
    AuctionStatus,
    LeadShown,
    MustBeat,
    NamesShown,
    RankShown,
    SeatStatus,
)
from suppliers.auctions.legality import Position, highest
from suppliers.auctions.state import Room, Seat
from suppliers.auctions.value import rank_of, shown, worth_of


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of the table of places. `seat` only where the reader may know whose it is."""

    label: str
    rank: int
    price: Decimal | None
    worth: Decimal | None
    seat: int | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """The level that is called."""

    number: int
    price: Decimal
    ends_at: datetime
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class TurnView:
    """The turn that runs: which round and place in it (from 1), until when, and whether it is the reader's."""

    round: int
    position: int
    ends_at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class Own:
    """What a supplier knows of its own seat. `highest`: the highest price it may bid; None: any."""

    label: str
    status: SeatStatus
    price: Decimal | None = None
    rank: int | None = None
    leading: bool | None = None
    highest: Decimal | None = None
    limit: Decimal | None = None
    may_bid: bool = False
    supports_proxy: bool = False


@dataclass(frozen=True, slots=True)
class LiveView:
    """A room as one reader sees it at an instant."""

    now: datetime
    status: AuctionStatus
    start_at: datetime
    close_at: datetime
    hard_stop_at: datetime
    extensions: int
    paused_at: datetime | None
    resume_at: datetime | None
    ended_at: datetime | None
    seq: int
    currency: str
    own: Own | None = None
    lead_price: Decimal | None = None
    lead_label: str | None = None
    seats: int | None = None
    standings: tuple[Standing, ...] = ()
    level: Level | None = None
    turn: TurnView | None = None
    saving: Decimal | None = None
    saving_percent: Decimal | None = None
    winners: tuple[str, ...] = field(default=())


def seat_view(room: Room, seat_id: int, now: datetime) -> LiveView:
    """A supplier's: its own, and of the others what the frozen rules tell it."""
    seat = room.seats[seat_id]
    rules = room.rules
    bests = room.bests(now) if _opened(room, now) else []
    tells_lead = rules.format is AuctionFormat.ENGLISH and (
        rules.shown.lead is LeadShown.ALWAYS or any(key == seat_id for _v, _s, key in bests)
    )
    lead = room.seats[bests[0][2]] if bests and tells_lead else None
    # Who only knows its rank would learn whose price is whose from a table of labels.
    table = rules.shown.ranks and rules.format is AuctionFormat.ENGLISH
    return LiveView(
        **_common(room, now),
        own=_own(room, seat, bests, now),
        lead_price=lead.price if lead else None,
        lead_label=lead.label if lead else None,
        seats=len(room.open_seats) if rules.shown.seats else None,
        standings=tuple(_standing(room, one, bests, seat_id, tells_lead) for one in bests) if table else (),
        level=_level(room, now, seat_id),
        turn=_turn(room, now, seat_id),
        winners=_own_winning(room, seat),
    )


def buyer_view(room: Room, now: datetime, baseline: Decimal | None = None) -> LiveView:
    """The buyer's: everything but whose label is whose, where the rules tell that only after the end."""
    bests = room.bests(now) if _opened(room, now) else []
    named = rules_tell_names(room)
    lead = _price_of(room, bests[0]) if bests else None
    return LiveView(
        **_common(room, now),
        lead_price=lead,
        lead_label=room.seats[bests[0][2]].label if bests else None,
        seats=len(room.open_seats),
        standings=tuple(_standing(room, one, bests, None, True, named) for one in bests),
        level=_level(room, now, None),
        turn=_turn(room, now, None),
        saving=None if lead is None or baseline is None else baseline - lead,
        saving_percent=_percent(baseline, lead),
        winners=tuple(room.seats[key].label for key in room.winners()) if room.status in OVER else (),
    )


def observer_view(room: Room, now: datetime) -> LiveView:
    """An observer's: prices and places by label; no names, and nothing of the buyer's figures."""
    bests = room.bests(now) if _opened(room, now) else []
    tells_lead = room.rules.format is not AuctionFormat.RANK
    return LiveView(
        **_common(room, now),
        lead_price=_price_of(room, bests[0]) if bests and tells_lead else None,
        lead_label=room.seats[bests[0][2]].label if bests else None,
        seats=len(room.open_seats) if room.rules.shown.seats else None,
        standings=tuple(_standing(room, one, bests, None, tells_lead) for one in bests),
        level=_level(room, now, None),
        turn=_turn(room, now, None),
        winners=tuple(room.seats[key].label for key in room.winners()) if room.status in OVER else (),
    )


def rules_tell_names(room: Room) -> bool:
    """Whether the buyer may know by now whose label is whose."""
    return room.rules.shown.names is NamesShown.AT_ONCE or room.status in OVER


def _common(room: Room, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "status": room.status_at(now),
        "start_at": room.start_at,
        "close_at": room.close_at,
        "hard_stop_at": room.hard_stop_at,
        "extensions": room.extensions,
        "paused_at": room.paused_at if room.is_paused(now) else None,
        "resume_at": room.resume_at if room.is_paused(now) else None,
        "ended_at": room.ended_at,
        "seq": room.seq,
        "currency": room.rules.currency,
    }


def _opened(room: Room, now: datetime) -> bool:
    """Sealed first prices are told from the start on."""
    return now >= room.start_at


def _own(room: Room, seat: Seat, bests: list[tuple[int, int, int]], now: datetime) -> Own:
    rules = room.rules
    rank = leading = None
    mine = next((value for value, _seq, key in bests if key == seat.id), None)
    leads = bool(bests) and bests[0][2] == seat.id
    always = rules.shown.rank is RankShown.ALWAYS
    if mine is not None and (always or (leads and rules.shown.rank is RankShown.ONLY_IF_LEADING)):
        rank, leading = rank_of(mine, (value for value, _seq, _key in bests)), leads
    limit = room.proxies.get(seat.id)
    return Own(
        seat.label,
        _seat_status(room, seat, now),
        seat.price,
        rank,
        leading,
        _highest(room, seat, now),
        limit.price if limit else None,
        room.status_at(now) is AuctionStatus.LIVE and seat.status is SeatStatus.ADMITTED,
        supports_proxy(room),
    )


def _seat_status(room: Room, seat: Seat, now: datetime) -> SeatStatus:
    """OUT as soon as the window it let pass is over, whoever has or has not written it down."""
    japanese = room.rules.format is AuctionFormat.JAPANESE and now >= room.start_at
    if japanese and seat.id in room.japanese.out(room.start_at, min(now, room.close_at)):
        return SeatStatus.OUT
    return seat.status


def _highest(room: Room, seat: Seat, now: datetime) -> Decimal | None:
    if room.rules.format in LEVELLED:
        return None
    if room.rules.format is AuctionFormat.TURN_BASED:
        published = next((value for value, _seq, key in room.bests(now) if key == seat.id), None)
        return highest(room.rules, Position(seat.transform, room.scale, seat.ceiling, published))
    position = room.position(seat)
    if room.rules.must_beat is MustBeat.OWN and room.rules.buffer is None:
        position = Position(seat.transform, room.scale, seat.ceiling, seat.value)
    return highest(room.rules, position)


def _standing(
    room: Room,
    best: tuple[int, int, int],
    bests: list[tuple[int, int, int]],
    reader: int | None,
    prices: bool,
    named: bool = False,
) -> Standing:
    value, _seq, key = best
    told = prices or key == reader
    return Standing(
        room.seats[key].label,
        rank_of(value, (one for one, _s, _k in bests)),
        _price_of(room, best) if told else None,
        shown(worth_of(value, room.scale)) if told else None,
        key if named else None,
        key == reader,
    )


def _price_of(room: Room, best: tuple[int, int, int]) -> Decimal | None:
    """The price behind a value of the standings; of turns that of its bid, which the seat's may have passed."""
    _value, seq, key = best
    return next((bid.price for bid in room.bids if bid.seq == seq), room.seats[key].price)


def _level(room: Room, now: datetime, seat_id: int | None) -> Level | None:
    levels = room.rules.levels
    if levels is None or room.rules.format not in LEVELLED or room.status_at(now) is not AuctionStatus.LIVE:
        return None
    number = levels.at(room.start_at, now)
    if not 0 <= number < levels.count:
        return None
    accepted = any(bid.seat == seat_id and bid.level == number for bid in room.accepts)
    return Level(number, levels.price(number), levels.begins(room.start_at, number + 1), accepted)


def _turn(room: Room, now: datetime, seat_id: int | None) -> TurnView | None:
    if room.rules.format is not AuctionFormat.TURN_BASED or room.status_at(now) is not AuctionStatus.LIVE:
        return None
    turn = room.turns.at(room.start_at, now)
    if turn is None:
        return None
    mine = room.turn_order(turn.round)[turn.position] == seat_id
    return TurnView(turn.round + 1, turn.position + 1, room.turns.ends(room.start_at, turn), mine)


def _own_winning(room: Room, seat: Seat) -> tuple[str, ...]:
    """A supplier learns from the end on whether it won, where its rank is not withheld."""
    if room.status not in OVER or room.rules.shown.rank is RankShown.NEVER:
        return ()
    return (seat.label,) if seat.id in room.winners() else ()


def _percent(baseline: Decimal | None, lead: Decimal | None) -> Decimal | None:
    if baseline is None or lead is None or not baseline:
        return None
    return ((baseline - lead) * 100 / baseline).quantize(Decimal("0.01"))


__all__ = ["Level", "LiveView", "Own", "Standing", "TurnView", "buyer_view", "observer_view", "seat_view"]
