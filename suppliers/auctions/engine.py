"""The acts of an auction on its plain state: each is admitted whole or refused, by the rules alone (auctions §2-§6).

Nothing here asks a clock, a database or a person. The same functions judge live bids, and the minutes when they are
replayed; so the state after a replay is the state that was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from marketplace.core.gate import Drain
from suppliers.auctions.enums import OPEN_BIDDING, OVER, AuctionFormat, AuctionStatus, BidKind, BidStatus, SeatStatus
from suppliers.auctions.enums import MustBeat as Beat
from suppliers.auctions.errors import AuctionErrorCode, Refused
from suppliers.auctions.legality import Position, check_price, judge
from suppliers.auctions.proxy import Lead, Proxy, answers
from suppliers.auctions.state import BidState, Limit, Room, Seat
from suppliers.auctions.value import place_of, worth_of

Code = AuctionErrorCode


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts when: `t_recv` decides what is in time, `now` is the clock under the lock, `drained` see core.gate."""

    seat: int
    t_recv: datetime
    now: datetime
    drained: bool = True


def bid(
    room: Room, act: Act, price: Decimal, kind: BidKind = BidKind.MANUAL, confirmed: bool = False
) -> list[BidState]:
    """Admit a price of the seat, and what proxies answer. Raises Refused, or Drain where it may only seem late."""
    seat = _seat(room, act)
    check_open(room, act)
    if room.rules.format is AuctionFormat.TURN_BASED:
        return [_bid_in_turn(room, act, seat, price, confirmed)]
    if room.rules.format not in OPEN_BIDDING:
        raise Refused(Code.WRONG_FORMAT)
    value = judge(room.rules, room.position(seat), price, confirmed)
    first = _admit(room, act, seat, price, value, kind)
    return [first, *_answer(room, act)]


def accept(room: Room, act: Act, level: int) -> BidState:
    """Admit the acceptance of the level called at t_recv. Raises LEVEL_CHANGED for another one: nothing is bound."""
    seat = _seat(room, act)
    levels = room.rules.levels
    check_open(room, act)
    if levels is None:
        raise Refused(Code.WRONG_FORMAT, field="level")
    if room.rules.format is AuctionFormat.JAPANESE and act.seat in room.japanese.out(room.start_at, act.t_recv):
        _only_drained(act)
        raise Refused(Code.SEAT_OUT, field="level")
    if any(bid.seat == act.seat and (bid.level == level or room.rules.format is AuctionFormat.DUTCH)
           for bid in room.accepts):  # fmt: skip
        raise Refused(Code.ALREADY_ACCEPTED, field="level")
    if level != levels.at(room.start_at, act.t_recv):
        raise Refused(Code.LEVEL_CHANGED, field="level")
    price = levels.price(level)
    check_price(room.rules, Position(seat.transform, room.scale, seat.ceiling), price)
    made = _admit(room, act, seat, price, seat.transform.value(price, room.scale), BidKind.ACCEPT, level)
    if room.rules.format is AuctionFormat.DUTCH and len(room.accepts) >= room.rules.winners:
        finish(room, made.t_adm)
    return made


def start_price(room: Room, act: Act, price: Decimal) -> BidState:
    """Admit a seat's sealed first price before the start; one given before is withdrawn."""
    seat = _seat(room, act)
    if room.rules.format not in (*OPEN_BIDDING, AuctionFormat.TURN_BASED):
        raise Refused(Code.WRONG_FORMAT)
    if room.status in OVER or room.status is AuctionStatus.DRAFT or act.t_recv >= room.start_at:
        raise Refused(Code.ENDED if room.status in OVER else Code.LATE)
    check_price(room.rules, Position(seat.transform, room.scale, seat.ceiling), price)
    for former in room.bids:
        if former.seat == act.seat and former.kind is BidKind.START and former.status is BidStatus.VALID:
            former.status = BidStatus.WITHDRAWN
    return _admit(room, act, seat, price, seat.transform.value(price, room.scale), BidKind.START)


def set_proxy(room: Room, act: Act, price: Decimal) -> list[BidState]:
    """Set or lower a seat's limit, and admit what follows. Raises PROXY_RAISED for a higher one."""
    seat = _seat(room, act)
    check_open(room, act, preparing=True)
    if not supports_proxy(room):
        raise Refused(Code.PROXY_UNSUPPORTED)
    check_price(room.rules, Position(seat.transform, room.scale, seat.ceiling), price)
    known = room.proxies.get(act.seat)
    if known is not None and price > known.price:
        raise Refused(Code.PROXY_RAISED, known.price)
    if seat.price is not None and price >= seat.price:
        raise Refused(Code.BID_STEP, seat.price - room.rules.tick)
    if known is None or price < known.price:
        room.proxies[act.seat] = Limit(price, room.seq)
    return _answer(room, act) if act.t_recv >= room.start_at else []


def remove_proxy(room: Room, act: Act) -> None:
    """Take a seat's limit away; what it bid stands."""
    _seat(room, act)
    check_open(room, act, preparing=True)
    room.proxies.pop(act.seat, None)


def supports_proxy(room: Room) -> bool:
    """Only where one wins by beating the lead, by any amount from the step on."""
    rules = room.rules
    return (
        rules.format is AuctionFormat.ENGLISH
        and rules.must_beat is Beat.LEAD
        and rules.winners == 1
        and rules.step.kind.name != "MULTIPLE"
    )


def invalidate(room: Room, seq: int) -> BidState:
    """Take a bid out of the standings; places are made anew, nothing is rewound. Needs the room's bids."""
    marked = next((one for one in room.bids if one.seq == seq), None)
    if marked is None or marked.status is not BidStatus.VALID:
        raise Refused(Code.PRICE_INVALID, field="bid")
    marked.status = BidStatus.INVALID
    seat = room.seats[marked.seat]
    left = [one for one in room.bids if one.seat == seat.id and one.status is BidStatus.VALID]
    best = min(left, key=lambda one: (one.value, one.seq), default=None)
    seat.price, seat.value, seat.seq = (best.price, best.value, best.seq) if best else (None, None, None)
    return marked


def pause(room: Room, at: datetime) -> None:
    """Stop the clock at an instant; bids admitted before it stand."""
    room.paused_at, room.resume_at = at, None
    room.status = AuctionStatus.PAUSED


def resume(room: Room, resume_at: datetime, extra: timedelta = timedelta(0)) -> None:
    """Name the instant from which it goes on; every later instant moves by as much as the pause lasts."""
    assert room.paused_at is not None
    lost = resume_at - room.paused_at + extra
    room.resume_at = resume_at
    room.close_at += lost
    room.hard_stop_at += lost
    if room.rules.format not in OPEN_BIDDING or room.start_at > room.paused_at:
        room.start_at += lost  # levels and turns are counted from the start


def extend(room: Room, close_at: datetime) -> bool:
    """Move the close later by hand or with another lot, at most to the hard stop; True when it moved."""
    moved = min(close_at, room.hard_stop_at)
    if moved <= room.close_at:
        return False
    room.close_at = moved
    return True


def finish(room: Room, at: datetime) -> None:
    """End it as of an instant: somebody wins, or nobody bid."""
    room.ended_at = at
    room.status = AuctionStatus.ENDED if room.winners() else AuctionStatus.UNSUCCESSFUL
    room.paused_at = room.resume_at = None


def wake(room: Room, instant: datetime) -> None:
    """Write down what the clock has decided: it has started, or goes on after a pause."""
    if room.resume_at is not None and instant >= room.resume_at:
        room.paused_at = room.resume_at = None
    if room.status not in (*OVER, AuctionStatus.DRAFT) and room.start_at <= instant and room.paused_at is None:
        room.status = AuctionStatus.LIVE


def check_open(room: Room, act: Act, preparing: bool = False) -> None:
    """Refuse what is not in time. LATE and ENDED are said only when nobody who was stamped before is on the way."""
    if room.status in OVER:
        _only_drained(act)
        raise Refused(Code.LATE if room.ended_at and act.t_recv >= room.ended_at == room.close_at else Code.ENDED)
    if room.status is AuctionStatus.DRAFT or (act.t_recv < room.start_at and not preparing):
        raise Refused(Code.NOT_OPEN)
    if room.is_paused(act.t_recv):
        raise Refused(Code.PAUSED)
    ended = room.due_end(act.t_recv)
    if ended is not None:
        _only_drained(act)
        finish(room, ended)
        raise Refused(Code.LATE)
    wake(room, act.t_recv)


def _only_drained(act: Act) -> None:
    if not act.drained:
        raise Drain


def _seat(room: Room, act: Act) -> Seat:
    seat = room.seats.get(act.seat)
    if seat is None or seat.status is SeatStatus.DISQUALIFIED:
        raise Refused(Code.SEAT_REQUIRED, field="auction")
    return seat


def _bid_in_turn(room: Room, act: Act, seat: Seat, price: Decimal, confirmed: bool) -> BidState:
    """A bid in the own turn; against what the seat held before it, since the last one of a turn counts."""
    turn = room.turns.at(room.start_at, act.t_recv)
    if turn is None or room.turn_order(turn.round)[turn.position] != seat.id:
        raise Refused(Code.NOT_YOUR_TURN)
    before = [one for one in room.bids if one.seat == seat.id and one.status is BidStatus.VALID]
    held = [one for one in before if one.level is None or one.level < turn.round]
    own = max(held, key=lambda one: (-1 if one.level is None else one.level, one.seq), default=None)
    position = Position(seat.transform, room.scale, seat.ceiling, own.value if own else None)
    value = judge(room.rules, position, price, confirmed)
    return _admit(room, act, seat, price, value, BidKind.MANUAL, turn.round)


def _admit(
    room: Room, act: Act, seat: Seat, price: Decimal, value: int, kind: BidKind, level: int | None = None
) -> BidState:
    """Number it, stamp it, let it stand, and move the close if it comes late."""
    room.seq += 1
    t_adm = max(act.now, room.last_adm_at) if room.last_adm_at else act.now
    others = [(one.value, one.seq or 0) for one in room.open_seats if one is not seat and one.value is not None]
    made = BidState(room.seq, seat.id, kind, price, value, act.t_recv, t_adm, level, place_of(value, room.seq, others))
    room.last_adm_at = t_adm
    seat.price, seat.value, seat.seq = price, value, room.seq
    room.bids.append(made)
    if room.rules.format in OPEN_BIDDING and kind is not BidKind.START:
        rule = room.rules.extension
        moved = rule.moved(made.place_after, act.t_recv, room.close_at, room.hard_stop_at, room.extensions)
        if moved > room.close_at:
            room.close_at, room.extensions = moved, room.extensions + 1
    return made


def _answer(room: Room, act: Act) -> list[BidState]:
    """Admit what the proxies bid after an act."""
    if not room.proxies or not supports_proxy(room):
        return []
    live = [
        Proxy(seat.id, limit.price, limit.registered_seq, seat.transform, seat.ceiling)
        for seat in room.open_seats
        if (limit := room.proxies.get(seat.id)) is not None
    ]
    leader = room.lead
    lead = Lead(_worth(room, leader), leader.id) if leader else None
    made = []
    for key, price in answers(room.rules, lead, live):
        seat = room.seats[key]
        value = judge(room.rules, room.position(seat), price, confirmed=True)
        made.append(_admit(room, act, seat, price, value, BidKind.PROXY))
    return made


def _worth(room: Room, seat: Seat) -> Fraction:
    assert seat.value is not None
    return worth_of(seat.value, room.scale)
