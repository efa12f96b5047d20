"""An auction before it starts: made of a lot, given rules and seats, published with frozen rules (auctions §1, §2)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.encryption import encrypt
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.gate import Gate, draining
from marketplace.core.numbering import next_numbers
from suppliers.auctions.chain import first_hash, reserve_commitment
from suppliers.auctions.checking import problems
from suppliers.auctions.enums import AuctionStatus, ExtendLots
from suppliers.auctions.errors import AuctionErrorCode
from suppliers.auctions.labels import draw
from suppliers.auctions.minutes import Client, Minute, seat_contents
from suppliers.auctions.models import Auction, AuctionSeat, Bid
from suppliers.auctions.rules import Rules
from suppliers.auctions.store import RESERVE, Held, load, save
from suppliers.auctions.value import LARGEST, Transform
from suppliers.auctions.weighing import reschedule, scheduled, weigh
from suppliers.sourcing.enums import ParticipationStatus, SourcingEventStatus, SourcingKind
from suppliers.sourcing.models import Lot, Participation

Code = AuctionErrorCode
OPEN_EVENTS = (SourcingEventStatus.PUBLISHED, SourcingEventStatus.QUOTING, SourcingEventStatus.QUOTES_CLOSED)
TAKES_PART = (ParticipationStatus.REGISTERED, ParticipationStatus.ADMITTED, ParticipationStatus.SUBMITTED)
#: Before the start, and while it is paused, seats are admitted and weighed.
BEFORE = (AuctionStatus.REGISTERING, AuctionStatus.REGISTRATION_CLOSED, AuctionStatus.PREPARING)


@dataclass(frozen=True, slots=True)
class AuctionDraft:
    """A lot's auction: its rules, from what savings are measured, and above what there is no duty to award."""

    lot_id: int
    rules: Rules
    baseline_price: Decimal | None = None
    reserve_price: Decimal | None = None


def create(actor: Actor, draft: AuctionDraft) -> Auction:
    """Make the auction of a lot. Raises NOT_FOUND, INVALID where its event is no auction, DUPLICATE, RULES_INVALID."""
    actor.require("auctions.manage")
    lot = Lot.objects.visible_to(actor).filter(pk=draft.lot_id, buyer=actor.organization_id).first()
    if lot is None:
        raise not_found("lot")
    if lot.event.kind != SourcingKind.AUCTION:
        raise DomainError(CoreErrorCode.INVALID, _("The lot is not one of an auction."), "lot")
    rules = scheduled(draft.rules)
    raise_all(_rule_problems(rules, ()))
    with transaction.atomic():
        if Auction.objects.filter(lot=lot).exists():
            raise DomainError(CoreErrorCode.DUPLICATE, _("The lot has an auction."), "lot")
        auction = Auction(buyer_id=actor.own_id, event_id=lot.event_id, lot=lot, created_by=actor.user)
        _apply(auction, draft, rules)
        (auction.number,) = next_numbers(actor.own_id, "auction", "AUC")
        auction.save()
        Auction.objects.filter(pk=auction.pk).update(gate=auction.pk)
        auction.gate = auction.pk
        record(actor, _event("auction.created", auction))
    return auction


def set_rules(actor: Actor, auction_id: int, draft: AuctionDraft) -> Auction:
    """Change a draft. Raises INVALID_TRANSITION once it is published: what was promised to the seats stays."""
    actor.require("auctions.manage")
    rules = scheduled(draft.rules)
    raise_all(_rule_problems(rules, ()))
    with transaction.atomic():
        auction = _draft(actor, auction_id)
        _apply(auction, draft, rules)
        auction.save()
        record(actor, _event("auction.rules_set", auction))
    return auction


def publish(actor: Actor, auction_id: int, client: Client | None = None) -> Auction:
    """Freeze the rules, begin the minutes, and open it for registration.

    Raises INVALID_TRANSITION for one that is published, INVALID while its event is not or where the start is past,
    RULES_INVALID for each path that does not hold together.
    """
    actor.require("auctions.manage")
    with transaction.atomic():
        draining(Gate.AUCTION, auction_id)
        auction = _draft(actor, auction_id)
        if auction.event.status not in OPEN_EVENTS:
            raise DomainError(CoreErrorCode.INVALID, _("Publish the sourcing event first."), "auction")
        rules = Rules.from_json(auction.rules)
        transforms = [Transform(seat.divisor, seat.adder) for seat in auction.seats.all()]
        raise_all(_rule_problems(rules, transforms))
        held = freeze(actor, auction, client)
        if rules.start_at <= held.now:
            raise DomainError(CoreErrorCode.INVALID, _("The start is past."), "start_at")
        save(held)
    auction.refresh_from_db()
    return auction


def freeze(actor: Actor, auction: Auction, client: Client | None = None) -> Held:
    """The published auction with the first row of its minutes, to be saved by the caller in the same transaction."""
    rules = Rules.from_json(auction.rules)
    auction.gate = _gate(auction, rules)
    auction.rules_hash = rules.digest()
    auction.audit_head = first_hash(auction.number, auction.rules_hash)
    auction.status = AuctionStatus.REGISTERING
    auction.save()
    held = load(actor, auction.pk, client)
    assert held is not None
    reschedule(held.room)
    Auction.objects.filter(pk=auction.pk).update(first_close_at=held.room.close_at)
    seats = [seat_contents(seat, held.room) for seat in held.room.seats.values()]
    commitment = bytes(auction.reserve_commitment).hex() or None
    digest = auction.rules_hash.hex()
    held.minutes.add(Minute.PUBLISHED, number=auction.number, rules_hash=digest, seats=seats, reserve=commitment)
    held.tell("auction.published", everybody=True)
    return held


def admit_seat(actor: Actor, auction_id: int, participation_id: int, client: Client | None = None) -> AuctionSeat:
    """Give a participant of the event a seat under a drawn label, before the start. Raises NOT_FOUND, DUPLICATE."""
    actor.require("auctions.manage")
    with transaction.atomic():
        held = _before(actor, auction_id, client)
        participation = Participation.objects.visible_to(actor).filter(
            pk=participation_id, event=held.event_id, status__in=TAKES_PART
        )  # fmt: skip
        found = participation.first()
        if found is None:
            raise not_found("participation")
        if found.seller_id in held.sellers.values():
            raise DomainError(CoreErrorCode.DUPLICATE, _("The supplier has a seat."), "participation")
        (label,) = draw([seat.label for seat in held.room.seats.values()])
        seat = AuctionSeat.objects.create(
            auction_id=held.id,
            participation=found,
            buyer_id=held.buyer_id,
            seller_id=found.seller_id,
            label=label,
        )
        fresh = load(actor, auction_id, client)
        assert fresh is not None
        reschedule(fresh.room)
        if fresh.room.status is not AuctionStatus.DRAFT:
            fresh.minutes.add(Minute.SEAT_ADMITTED, **seat_contents(fresh.room.seats[seat.pk], fresh.room))
        fresh.tell("auction.seat_admitted", seat=seat.pk)
        save(fresh)
    return seat


def set_seat_value(
    actor: Actor,
    seat_id: int,
    transform: Transform,
    ceiling: Decimal | None = None,
    client: Client | None = None,
) -> AuctionSeat:
    """Weigh a seat: its divisor, adder and ceiling, before the start or while paused; all values are made anew.

    Raises RULES_INVALID for factors that do not hold, INVALID_TRANSITION once it is live.
    """
    actor.require("auctions.manage")
    seat = AuctionSeat.objects.visible_to(actor).filter(pk=seat_id, buyer=actor.organization_id).first()
    if seat is None:
        raise not_found("seat")
    with transaction.atomic():
        held = _before(actor, seat.auction_id, client, paused=True)
        others = [one.transform for key, one in held.room.seats.items() if key != seat_id]
        raise_all(_rule_problems(held.room.rules, [*others, transform]))
        if ceiling is not None and (not 0 < ceiling < LARGEST or ceiling % held.room.rules.tick):
            raise DomainError(Code.PRICE_TICK, Code.PRICE_TICK.label, "ceiling")
        seat.divisor, seat.adder, seat.ceiling = transform.divisor, transform.adder, ceiling
        seat.save(update_fields=["divisor", "adder", "ceiling"])
        fresh = load(actor, seat.auction_id, client, bids=True)
        assert fresh is not None
        _weigh(fresh)
        if fresh.room.status is not AuctionStatus.DRAFT:
            values = {one.label: str(one.value) for one in fresh.room.seats.values() if one.value is not None}
            fresh.minutes.add(
                Minute.SEAT_VALUE_SET,
                **seat_contents(fresh.room.seats[seat_id], fresh.room),
                scale=str(fresh.room.scale),
                values=values,
            )
        fresh.tell("auction.seat_value_set", seat=seat_id)
        save(fresh)
    return seat


def _weigh(held: Held) -> None:
    weigh(held.room)
    by_seq = {bid.seq: bid.value for bid in held.room.bids}
    rows = list(Bid.objects.filter(auction=held.id).only("pk", "seq", "value"))
    for row in rows:
        row.value = Decimal(by_seq[row.seq])
    Bid.objects.bulk_update(rows, ["value"], batch_size=500)


def _before(actor: Actor, auction_id: int, client: Client | None, paused: bool = False) -> Held:
    """The auction, held alone, if it has not started; or is paused."""
    auction = Auction.objects.visible_to(actor).filter(pk=auction_id, buyer=actor.organization_id).first()
    if auction is None:
        raise not_found("auction")
    draining(Gate.AUCTION, auction.gate)
    held = load(actor, auction_id, client)
    assert held is not None
    status = held.room.status_at(held.now)
    if status not in (AuctionStatus.DRAFT, *BEFORE) and not (paused and status is AuctionStatus.PAUSED):
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("The auction has started."), "auction")
    return held


def _draft(actor: Actor, auction_id: int) -> Auction:
    auctions = Auction.objects.visible_to(actor).filter(pk=auction_id, buyer=actor.organization_id)
    auction = auctions.select_for_update(no_key=True, of=("self",)).first()
    if auction is None:
        raise not_found("auction")
    if auction.status != AuctionStatus.DRAFT:
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("The rules are published."), "auction")
    return auction


def _apply(auction: Auction, draft: AuctionDraft, rules: Rules) -> None:
    auction.rules = rules.as_json()
    auction.format, auction.currency, auction.tick = rules.format, rules.currency, rules.tick
    auction.ceiling_price, auction.baseline_price = rules.ceiling, draft.baseline_price
    auction.start_at, auction.close_at, auction.hard_stop_at = rules.start_at, rules.close_at, rules.hard_stop_at
    auction.first_close_at = rules.close_at
    auction.extensions_max = rules.extension.most
    if draft.reserve_price is not None:
        nonce = secrets.token_bytes(32)
        told = rules.text(draft.reserve_price)
        auction.reserve_sealed = encrypt(f"{nonce.hex()} {told}", RESERVE)
        auction.reserve_commitment = reserve_commitment(draft.reserve_price, rules.currency, nonce)


def _rule_problems(rules: Rules, transforms: Iterable[Transform]) -> Iterable[DomainError]:
    for path in problems(rules, transforms):
        text = _("%(path)s does not fit the other rules.") % {"path": path}
        yield DomainError(Code.RULES_INVALID, text, path if path.startswith("seats") else f"rules.{path}")


def _gate(auction: Auction, rules: Rules) -> int:
    """Its own gate; or that of the first auction of the event, where one's extension moves the others."""
    if rules.extension.lots is not ExtendLots.ALL:
        return auction.pk
    return min(Auction.objects.filter(event=auction.event_id).values_list("pk", flat=True))


def _event(kind: str, auction: Auction) -> DomainEvent:
    return DomainEvent(kind, "auction", auction.pk, (auction.buyer_id,), {"number": auction.number})
