"""Admission: the only way in for a price act, whatever the format and whoever enters it (auctions §4).

Stamped and queued at the gate, judged under the auction's lock against what stands, written with its row of the
minutes and the head of the chain in one statement. The lock is held for two round trips and the commit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, not_found
from marketplace.core.gate import Gate, passing
from suppliers.auctions import engine, guard
from suppliers.auctions.engine import Act
from suppliers.auctions.enums import BidKind
from suppliers.auctions.errors import AuctionErrorCode, Refused
from suppliers.auctions.live import within_rate
from suppliers.auctions.minutes import Client, Minute
from suppliers.auctions.state import BidState, Seat
from suppliers.auctions.store import Held, load, save

Code = AuctionErrorCode
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: in which auction, with which id of the client, from where. `seat_id`: for whom the buyer enters."""

    auction_id: int
    client_id: UUID | None = None
    client: Client = Client()  # noqa: RUF009 (frozen)
    seat_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What was admitted: the own act, and all after it that the proxies bid. `repeated`: it had been already."""

    auction_id: int
    bid: BidState | None
    follow: tuple[BidState, ...] = ()
    repeated: bool = False


#: How an act changes the state; what it returns has been admitted.
Doing = Callable[[Held, Act], list[BidState]]


def place_bid(actor: Actor, attempt: Try, price: Decimal, confirmed: bool = False) -> Admitted:
    """Bid a price. The same client id with the same price gets its first answer again.

    Raises NOT_OPEN, LATE, PAUSED, ENDED, SEAT_REQUIRED, NOT_YOUR_TURN, PRICE_INVALID, PRICE_TICK, ABOVE_CEILING,
    BID_STEP, NO_LEGAL_BID, TIE_NOT_ALLOWED, CONFIRM_LARGE_DROP, CLIENT_ID_REUSED.
    """
    kind = BidKind.SURROGATE if attempt.seat_id else BidKind.MANUAL

    def do(held: Held, act: Act) -> list[BidState]:
        return engine.bid(held.room, act, price, kind, confirmed)

    return _enter(actor, attempt, do, price=price)


def accept_level(actor: Actor, attempt: Try, level: int) -> Admitted:
    """Accept the level that is called. Raises LEVEL_CHANGED, ALREADY_ACCEPTED, SEAT_OUT and those of every act."""

    def do(held: Held, act: Act) -> list[BidState]:
        return [engine.accept(held.room, act, level)]

    return _enter(actor, attempt, do, level=level)


def set_start_price(actor: Actor, attempt: Try, price: Decimal) -> Admitted:
    """Give a sealed first price before the start, or another one in its place. Raises LATE from the start on."""

    def do(held: Held, act: Act) -> list[BidState]:
        return [engine.start_price(held.room, act, price)]

    return _enter(actor, attempt, do, price=price)


def set_proxy(actor: Actor, attempt: Try, limit: Decimal) -> Admitted:
    """Bid down to a limit by itself. Raises PROXY_UNSUPPORTED, PROXY_RAISED and those of every act."""

    def do(held: Held, act: Act) -> list[BidState]:
        made = engine.set_proxy(held.room, act, limit)
        held.minutes.add(Minute.PROXY_SET, seat=held.room.seats[act.seat].label, t_recv=act.t_recv)
        return made

    return _enter(actor, attempt, do, own=False)


def remove_proxy(actor: Actor, attempt: Try) -> Admitted:
    """Take the limit away; what it bid stands."""

    def do(held: Held, act: Act) -> list[BidState]:
        engine.remove_proxy(held.room, act)
        held.minutes.add(Minute.PROXY_REMOVED, seat=held.room.seats[act.seat].label, t_recv=act.t_recv)
        return []

    return _enter(actor, attempt, do, own=False)


def _enter(
    actor: Actor, attempt: Try, do: Doing, price: Decimal | None = None, level: int | None = None, own: bool = True
) -> Admitted:
    """Steps 1 to 12 for one act. A refusal leaves its row of the minutes, and is raised after that is committed."""
    actor.require("auctions.manage" if attempt.seat_id else "auctions.bid")
    gate = _gate_of(actor, attempt)

    def judge(t_recv: datetime, drained: bool) -> Admitted | DomainError:
        held = load(actor, attempt.auction_id, attempt.client, attempt.client_id, attempt.seat_id)
        if held is None:
            raise not_found("auction")
        if held.repeated is not None:
            return _answered_again(held, held.repeated, price, level)
        seat = attempt.seat_id or held.seat_of(actor.organization_id) or 0
        act = Act(seat, t_recv, held.now, drained)
        try:
            guard.look(held)
            made = do(held, act)
        except Refused as refused:
            return _refuse(held, act, refused, price, level)
        _write(held, made, attempt, own)
        return Admitted(held.id, made[0] if own and made else None, tuple(made[own:]))

    answer = passing(Gate.AUCTION, gate, judge)
    if isinstance(answer, DomainError):
        raise answer
    return answer


def _write(held: Held, made: list[BidState], attempt: Try, own: bool) -> None:
    for number, bid in enumerate(made):
        surrogate = {"reason": attempt.reason} if attempt.seat_id else {}
        by_hand = own and number == 0
        client = str(attempt.client_id) if by_hand and attempt.client_id else None
        held.minutes.bid(held.room, bid, client_id=client, **(surrogate if by_hand else {}))
    if held.room.ended_at is not None:
        end_minutes(held)
    held.tell("auction.moved", seq=held.room.seq)
    guard.extend_others(held)
    save(held, attempt.client_id if own else None)


def _refuse(held: Held, act: Act, refused: Refused, price: Decimal | None, level: int | None) -> DomainError:
    """The row of an attempt that was refused; with it the end, where this one found that it is over."""
    room = held.room
    seat: Seat | None = room.seats.get(act.seat)
    held.minutes.add(
        Minute.BID_REFUSED,
        code=refused.code.name,
        seat=seat and seat.label,
        price=None if price is None else _told_price(held, price),
        level=level,
        t_recv=act.t_recv,
    )
    if room.ended_at is not None and refused.code is Code.LATE:
        end_minutes(held)
    save(held)
    return DomainError(refused.code, _message(held, refused), refused.field)


def end_minutes(held: Held) -> None:
    """The row and the event of the end, once."""
    if held.ended:
        return
    held.ended = True
    room = held.room
    winners = [room.seats[seat].label for seat in room.winners()]
    held.minutes.add(Minute.ENDED, ended_at=room.ended_at, status=room.status.name, winners=winners, **held.reserve())
    held.tell("auction.ended", everybody=True)


def _told_price(held: Held, price: Decimal) -> str:
    return str(price)[:40]


def _answered_again(held: Held, known: BidState, price: Decimal | None, level: int | None) -> Admitted | DomainError:
    if known.price != price and (level is None or known.level != level):
        return DomainError(Code.CLIENT_ID_REUSED, Code.CLIENT_ID_REUSED.label, "client_id")
    return Admitted(held.id, known, repeated=True)


def _message(held: Held, refused: Refused) -> str:
    """The sentence for the supplier; of numbers only its own limit."""
    if refused.limit is None:
        return str(refused.code.label)
    price = f"{held.room.rules.text(refused.limit)} {held.room.rules.currency}"
    return _("%(problem)s. The highest price you may bid is %(price)s.") % {
        "problem": refused.code.label,
        "price": price,
    }


#: What has to be known before the queue: a stranger and a draft give no row.
FIND = """
SELECT a.gate, a.buyer_id, (a.rules ->> 'rate')::integer, own.id,
       EXISTS (SELECT FROM auctions_auctionseat s WHERE s.auction_id = a.id AND s.id = %(seat)s::bigint)
  FROM auctions_auction a
  LEFT JOIN auctions_auctionseat own ON own.auction_id = a.id AND own.seller_id = %(actor)s::bigint
 WHERE a.id = %(auction)s::bigint
   AND (a.buyer_id = %(actor)s::bigint OR (own.id IS NOT NULL AND a.status <> 'draft'))
"""


def _gate_of(actor: Actor, attempt: Try) -> int:
    """The gate of an auction that the actor sees; raises NOT_FOUND, SEAT_REQUIRED, REASON_REQUIRED, RATE_LIMITED.

    One statement; nothing that is read here is judged by.
    """
    values = {"auction": attempt.auction_id, "actor": actor.own_id, "seat": attempt.seat_id}
    with connection.cursor() as cursor:
        cursor.execute(FIND, values)
        found = cursor.fetchone()
    if found is None or actor.on_behalf_of is not None:
        raise not_found("auction")
    gate, buyer, rate, own, seat_there = found
    if attempt.seat_id:
        _check_surrogate(actor, attempt, buyer, seat_there)
    elif own is None:
        raise DomainError(Code.SEAT_REQUIRED, Code.SEAT_REQUIRED.label, "auction")
    if not within_rate(attempt.auction_id, actor.own_id, rate):
        # Before the lock, and so not in the minutes: who hurries too much must not make the others wait.
        log.warning("Organization %s is too fast for auction %s.", actor.own_id, attempt.auction_id)
        raise DomainError(Code.RATE_LIMITED, Code.RATE_LIMITED.label, "auction")
    return int(gate)


def _check_surrogate(actor: Actor, attempt: Try, buyer: int, seat_there: bool) -> None:
    """Only the buyer enters a price for a seat, and says why."""
    if buyer != actor.organization_id:
        raise not_found("auction")
    if not seat_there:
        raise not_found("seat")
    if not attempt.reason.strip():
        raise DomainError(Code.REASON_REQUIRED, _("Say why you enter it for the supplier."), "reason")
