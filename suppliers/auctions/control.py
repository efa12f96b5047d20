"""What the buyer does while it runs: pause, resume, extend, end, void, mark a slip, tell all (auctions §2, §4, §5).

Each takes the gate alone, and so waits for every bid that was stamped before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.gate import Gate, draining
from suppliers.auctions import engine, guard
from suppliers.auctions.admission import end_minutes
from suppliers.auctions.enums import OVER, SCHEDULED, AuctionStatus, BidStatus
from suppliers.auctions.errors import AuctionErrorCode, Refused
from suppliers.auctions.minutes import Client, Minute
from suppliers.auctions.models import Auction, Bid
from suppliers.auctions.store import Held, load, save

Code = AuctionErrorCode
LONGEST = 500
LONGEST_PAUSE = timedelta(days=7)


def pause(actor: Actor, auction_id: int, reason: str, client: Client | None = None) -> Auction:
    """Stop the clock as of now. Connections stay; bids are refused with PAUSED until an instant named by `resume`."""
    told = _reason(reason)

    def do(held: Held) -> None:
        if held.room.status_at(held.now) is not AuctionStatus.LIVE:
            raise _not_now("auction")
        engine.pause(held.room, held.now)
        held.minutes.add(Minute.PAUSED, at=held.now, reason=told)
        held.tell("auction.paused", everybody=True)

    return _alone(actor, auction_id, do, client)


def resume(
    actor: Actor, auction_id: int, resume_at: datetime, extra: timedelta = timedelta(0), client: Client | None = None
) -> Auction:
    """Name the instant from which it goes on, at least the notice of the rules from now; `extra`: time on top."""

    def do(held: Held) -> None:
        room = held.room
        if room.paused_at is None or room.resume_at is not None or room.status in OVER:
            raise _not_now("auction")
        if resume_at < held.now + room.rules.notice:
            text = _("Give everybody at least %(seconds)s seconds of notice.") % {
                "seconds": int(room.rules.notice.total_seconds())
            }
            raise DomainError(CoreErrorCode.INVALID, text, "resume_at")
        if resume_at > held.now + LONGEST_PAUSE:
            text = _("Name an instant within %(days)s days.") % {"days": LONGEST_PAUSE.days}
            raise DomainError(CoreErrorCode.INVALID, text, "resume_at")
        if not timedelta(0) <= extra <= LONGEST_PAUSE:
            raise DomainError(CoreErrorCode.INVALID, _("Time is only added."), "extra_seconds")
        engine.resume(room, resume_at, extra)
        held.minutes.add(Minute.RESUMED, resume_at=resume_at, extra=int(extra.total_seconds()), close_at=room.close_at)
        held.tell("auction.resumed", everybody=True)

    return _alone(actor, auction_id, do, client)


def extend(actor: Actor, auction_id: int, close_at: datetime, reason: str, client: Client | None = None) -> Auction:
    """Move the close later by hand, at most to the hard stop. Not where levels or turns are scheduled."""
    told = _reason(reason)

    def do(held: Held) -> None:
        if held.room.rules.format in SCHEDULED:
            raise DomainError(Code.WRONG_FORMAT, Code.WRONG_FORMAT.label, "auction")
        if held.room.status_at(held.now) is not AuctionStatus.LIVE:
            raise _not_now("auction")
        if close_at > held.room.hard_stop_at or not engine.extend(held.room, close_at):
            text = _("The close only moves later, and not beyond the hard stop.")
            raise DomainError(CoreErrorCode.INVALID, text, "close_at")
        held.minutes.add(Minute.EXTENDED, close_at=held.room.close_at, by="HAND", reason=told)
        held.tell("auction.extended", everybody=True)

    return _alone(actor, auction_id, do, client)


def end(actor: Actor, auction_id: int, reason: str, client: Client | None = None) -> Auction:
    """End it before its close, for a reason that stands in the minutes."""
    told = _reason(reason)

    def do(held: Held) -> None:
        if held.room.status_at(held.now) not in (AuctionStatus.LIVE, AuctionStatus.PAUSED):
            raise _not_now("auction")
        engine.finish(held.room, held.now)
        held.minutes.add(Minute.MESSAGE, text=_("Ended by the buyer: %(reason)s") % {"reason": told})
        end_minutes(held)

    return _alone(actor, auction_id, do, client)


def void(actor: Actor, auction_id: int, reason: str, client: Client | None = None) -> Auction:
    """Ask for the auction to be voided, or confirm what another person asked for. Raises SECOND_PERSON_REQUIRED."""
    told = _reason(reason)

    def do(held: Held) -> None:
        auction = Auction.objects.get(pk=held.id)
        if held.room.status is AuctionStatus.VOIDED:
            raise _not_now("auction")
        if auction.void_asked_by_id is None or actor.user_id is None:
            Auction.objects.filter(pk=held.id).update(void_asked_by=actor.user, void_reason=told)
            return
        if auction.void_asked_by_id == actor.user_id:
            raise DomainError(Code.SECOND_PERSON_REQUIRED, Code.SECOND_PERSON_REQUIRED.label, "auction")
        held.room.status = AuctionStatus.VOIDED
        held.room.ended_at = held.room.ended_at or held.now
        held.minutes.add(
            Minute.VOIDED, reason=auction.void_reason, asked_by=auction.void_asked_by_id, at=held.room.ended_at
        )
        held.tell("auction.voided", everybody=True)

    return _alone(actor, auction_id, do, client)


def invalidate(actor: Actor, bid_id: int, reason: str, client: Client | None = None) -> Auction:
    """Ask for an obvious slip to be marked invalid, or confirm what another person asked for.

    Raises TOO_LATE_FOR_SLIP after the minutes of the rules or after the close, SECOND_PERSON_REQUIRED.
    """
    told = _reason(reason)
    bid = Bid.objects.visible_to(actor).filter(pk=bid_id, buyer=actor.organization_id).first()
    if bid is None:
        raise not_found("bid")

    def do(held: Held) -> None:
        marked = next(one for one in held.room.bids if one.seq == bid.seq)
        stands = held.room.status_at(held.now) in (AuctionStatus.LIVE, AuctionStatus.PAUSED)
        if not stands or held.now > marked.t_adm + held.room.rules.slip:
            raise DomainError(Code.TOO_LATE_FOR_SLIP, Code.TOO_LATE_FOR_SLIP.label, "bid")
        asked = Bid.objects.get(pk=bid_id)
        if marked.status is not BidStatus.VALID:
            raise _not_now("bid")
        if asked.invalid_asked_by_id is None or actor.user_id is None:
            Bid.objects.filter(pk=bid_id).update(invalid_asked_by=actor.user, invalid_reason=told)
            return
        if asked.invalid_asked_by_id == actor.user_id:
            raise DomainError(Code.SECOND_PERSON_REQUIRED, Code.SECOND_PERSON_REQUIRED.label, "bid")
        engine.invalidate(held.room, marked.seq)
        label = held.room.seats[marked.seat].label
        held.minutes.add(Minute.BID_INVALIDATED, seq=marked.seq, seat=label, reason=asked.invalid_reason)
        held.tell("auction.bid_invalidated", everybody=True)

    return _alone(actor, bid.auction_id, do, client, bids=True)


def send_message(actor: Actor, auction_id: int, text: str, client: Client | None = None) -> Auction:
    """Tell all seats the same; it stands in the minutes."""
    told = text.strip()
    if not 0 < len(told) <= LONGEST:
        raise DomainError(
            CoreErrorCode.INVALID, _("A message has 1 to %(most)s characters.") % {"most": LONGEST}, "text"
        )

    def do(held: Held) -> None:
        if held.room.status is AuctionStatus.DRAFT:
            raise _not_now("auction")
        held.minutes.add(Minute.MESSAGE, text=told, at=held.now)
        held.tell("auction.message_sent", everybody=True)

    return _alone(actor, auction_id, do, client)


def follow(auction_id: int) -> None:
    """Write down what the clock has decided: started, interrupted, ended. Harmless however often it runs."""

    def do(held: Held) -> None:
        guard.look(held)
        ended = held.room.due_end(held.now)
        if held.room.status not in OVER and ended is not None:
            engine.finish(held.room, ended)
            end_minutes(held)
        else:
            engine.wake(held.room, held.now)

    _alone(Actor.system(), auction_id, do, None, checked=True)


def _alone(
    actor: Actor,
    auction_id: int,
    do: Callable[[Held], None],
    client: Client | None,
    bids: bool = False,
    checked: bool = False,
) -> Auction:
    """One act of the buyer with the gate to itself; what `do` raises leaves nothing behind."""
    if not checked:
        actor.require("auctions.manage")
    auction = Auction.objects.visible_to(actor).filter(pk=auction_id).first()
    if auction is None or not (checked or auction.buyer_id == actor.organization_id):
        raise not_found("auction")
    with transaction.atomic():
        draining(Gate.AUCTION, auction.gate)
        held = load(actor, auction_id, client, bids=bids)
        assert held is not None
        if not checked:
            engine.wake(held.room, held.now)
        try:
            do(held)
        except Refused as refused:
            raise DomainError(refused.code, refused.code.label, refused.field) from None
        save(held)
    auction.refresh_from_db()
    return auction


def _reason(text: str) -> str:
    told = text.strip()[:LONGEST]
    if not told:
        raise DomainError(Code.REASON_REQUIRED, Code.REASON_REQUIRED.label, "reason")
    return told


def _not_now(field: str) -> DomainError:
    return DomainError(
        CoreErrorCode.INVALID_TRANSITION, _("The auction does not stand so that this is possible."), field
    )
