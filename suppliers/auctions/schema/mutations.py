"""Mutations of auctions: parse, call one function, answer.

Price acts are no part of a larger transaction: who comes late is told so by a second one, and a refusal leaves its row
in the minutes. So they take no Idempotency-Key; their `clientId` does what one would.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self
from uuid import UUID

import graphene

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.graphql import BaseMutation, DateTime, Decimal, Field
from marketplace.graphql import from_global_id as pk_of
from suppliers.auctions import admission, control, prepare, replay
from suppliers.auctions.admission import Admitted, Try
from suppliers.auctions.errors import AuctionErrorCode
from suppliers.auctions.minutes import Client
from suppliers.auctions.models import Auction
from suppliers.auctions.schema.inputs import AuctionRulesInput
from suppliers.auctions.schema.types import (
    MANAGE,
    AuctionProofType,
    AuctionSeatType,
    AuctionType,
    BidType,
)
from suppliers.auctions.value import Transform
from suppliers.sourcing.models import Lot

ID = graphene.ID(required=True, description="The auction.")
REASON = graphene.String(required=True, description="Why; it stands in the minutes.")
CLIENT_ID = graphene.ID(description="A UUID of the client: sent again with the same, it gets its first answer again.")
CLIENT_TIME = graphene.String(description="The client's clock; written down, used for nothing.")
SEAT = graphene.ID(description="For which seat the buyer enters it.")
WHY = graphene.String(description="Why the buyer enters it.")
PRICE = Decimal(required=True, description="The price, on the tick.")


def client_of(info: Any, time: str | None = None) -> Client:
    """Where a request came from."""
    request = info.context.request
    if request is None:
        return Client(time=(time or "")[:64])
    session = getattr(getattr(request, "session", None), "session_key", None) or ""
    return Client(
        session[:8],
        request.META.get("REMOTE_ADDR", "")[:64],
        request.META.get("HTTP_USER_AGENT", "")[:200],
        (time or "")[:64],
    )


def auction_of(actor: Actor, pk: int) -> Auction:
    """The auction after an act: whoever acted sees what came of it."""
    found: Auction = AuctionType.visible(actor).get(pk=pk)
    found.fresh = True  # type: ignore[attr-defined]
    return found


def currency_of(actor: Actor, lot: str) -> str:
    """The currency of a lot's event; CNY where there is none, which is then refused for another reason."""
    try:
        found = Lot.objects.visible_to(actor).filter(pk=pk_of(lot, "Lot", "lot")).select_related("event").first()
    except DomainError:
        return "CNY"
    return found.event.currency if found else "CNY"


def attempt(
    info: Any,
    auction: str,
    client_id: str | None = None,
    client_time: str | None = None,
    seat: str | None = None,
    reason: str | None = None,
) -> Try:
    """One attempt as it was sent; raises INVALID for a client id that is no UUID."""
    try:
        known = UUID(client_id) if client_id else None
    except ValueError:
        raise DomainError(CoreErrorCode.INVALID, CoreErrorCode.INVALID.label, "client_id") from None
    return Try(
        pk_of(auction, "Auction", "auction"),
        known,
        client_of(info, client_time),
        pk_of(seat, "AuctionSeat", "seat") if seat else None,
        reason or "",
    )


class AuctionCreate(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Make the auction of a lot, as a draft."""

    class Arguments:
        input = AuctionRulesInput(required=True, description="Its rules.")

    auction = Field(AuctionType, description="The auction.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        made = prepare.create(actor, input.to_draft(currency_of(actor, input["lot"])))
        return cls(auction=auction_of(actor, made.pk))


class AuctionRulesSet(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Change the rules of a draft."""

    class Arguments:
        auction = ID
        input = AuctionRulesInput(required=True, description="All rules, anew.")

    auction = Field(AuctionType, description="The auction.")

    @classmethod
    def perform(cls, actor: Actor, auction: str, input: Any) -> Self:
        draft = input.to_draft(currency_of(actor, input["lot"]))
        made = prepare.set_rules(actor, pk_of(auction, "Auction", "auction"), draft)
        return cls(auction=auction_of(actor, made.pk))


class AuctionPublish(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Freeze the rules and open the auction for registration. From here on they cannot be changed."""

    class Arguments:
        auction = ID

    auction = Field(AuctionType, description="The auction.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str) -> Self:
        made = prepare.publish(actor, pk_of(auction, "Auction", "auction"), client_of(info))
        return cls(auction=auction_of(actor, made.pk))


class AuctionSeatAdmit(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Give a participant of the event a seat, before the start."""

    class Arguments:
        auction = ID
        participation = graphene.ID(required=True, description="The participant of the sourcing event.")

    seat = Field(AuctionSeatType, description="The seat.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str, participation: str) -> Self:
        pk = pk_of(participation, "Participation", "participation")
        made = prepare.admit_seat(actor, pk_of(auction, "Auction", "auction"), pk, client_of(info))
        return cls(seat=AuctionSeatType.visible(actor).get(pk=made.pk))


class AuctionSeatValueSet(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Weigh a seat: W = price / divisor + adder. Before the start, or while paused; all values are made anew."""

    class Arguments:
        seat = graphene.ID(required=True, description="The seat.")
        divisor = Decimal(required=True, description="Above 0, at most six decimals; 1: price only.")
        adder = Decimal(required=True, description="0 or more, at most six decimals.")
        ceiling = Decimal(description="Its own ceiling price.")

    seat = Field(AuctionSeatType, description="The seat.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, seat: str, divisor: Any, adder: Any, ceiling: Any = None) -> Self:
        pk = pk_of(seat, "AuctionSeat", "seat")
        made = prepare.set_seat_value(actor, pk, Transform(divisor, adder), ceiling, client_of(info))
        return cls(seat=AuctionSeatType.visible(actor).get(pk=made.pk))


class Answered:
    """What price acts have in common: the own bid, those of the proxies that followed, and the room after them."""

    @classmethod
    def of(cls, actor: Actor, made: Admitted) -> Any:
        bids = BidType.visible(actor).filter(auction=made.auction_id, seq=made.bid.seq) if made.bid else None
        answer: Any = cls
        return answer(
            bid=bids.first() if bids is not None else None,
            repeated=made.repeated,
            auction=auction_of(actor, made.auction_id),
        )


class AuctionStartPriceSet(Answered, BaseMutation, codes=AuctionErrorCode, atomic=False, replayable=False):
    """Give a sealed first price before the start. Requires `auctions.bid` and a seat, or `auctions.manage`."""

    class Arguments:
        auction = ID
        price = PRICE
        client_id = CLIENT_ID
        client_time = CLIENT_TIME
        seat = SEAT
        reason = WHY

    bid = Field(BidType, description="The price as it stands.")
    repeated = Field(graphene.Boolean, description="It had been admitted before.")
    auction = Field(AuctionType, description="The auction.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str, price: Any, **given: Any) -> Any:
        return cls.of(actor, admission.set_start_price(actor, attempt(info, auction, **given), price))


class AuctionBidPlace(Answered, BaseMutation, codes=AuctionErrorCode, atomic=False, replayable=False):
    """Bid a price. It binds. Requires `auctions.bid` and a seat; the buyer may enter one, marked, for a seat."""

    class Arguments:
        auction = ID
        price = PRICE
        client_id = CLIENT_ID
        client_time = CLIENT_TIME
        confirmed = graphene.Boolean(description="A large drop is meant.")
        seat = SEAT
        reason = WHY

    bid = Field(BidType, description="The bid.")
    repeated = Field(graphene.Boolean, description="It had been admitted before.")
    auction = Field(AuctionType, description="The auction, after it.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str, price: Any, confirmed: bool = False, **given: Any) -> Any:
        made = admission.place_bid(actor, attempt(info, auction, **given), price, confirmed)
        return cls.of(actor, made)


class AuctionLevelAccept(Answered, BaseMutation, codes=AuctionErrorCode, atomic=False, replayable=False):
    """Accept the level that is called. Another than the one at the instant of receipt binds nobody."""

    class Arguments:
        auction = ID
        level = graphene.Int(required=True, description="The level you see.")
        client_id = CLIENT_ID
        client_time = CLIENT_TIME
        seat = SEAT
        reason = WHY

    bid = Field(BidType, description="The accepted level, as a bid.")
    repeated = Field(graphene.Boolean, description="It had been admitted before.")
    auction = Field(AuctionType, description="The auction, after it.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str, level: int, **given: Any) -> Any:
        return cls.of(actor, admission.accept_level(actor, attempt(info, auction, **given), level))


class AuctionProxySet(Answered, BaseMutation, codes=AuctionErrorCode, atomic=False, replayable=False):
    """Let the program bid for you, down to a limit that nobody else learns. A limit is only ever lowered."""

    class Arguments:
        auction = ID
        limit = Decimal(required=True, description="Your lowest price.")
        client_time = CLIENT_TIME

    bid = Field(BidType, description="Null: what follows is bid by the program.")
    repeated = Field(graphene.Boolean, description="False.")
    auction = Field(AuctionType, description="The auction, after it.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str, limit: Any, **given: Any) -> Any:
        return cls.of(actor, admission.set_proxy(actor, attempt(info, auction, **given), limit))


class AuctionProxyRemove(Answered, BaseMutation, codes=AuctionErrorCode, atomic=False, replayable=False):
    """Bid by hand again; what was bid stands."""

    class Arguments:
        auction = ID

    bid = Field(BidType, description="Null.")
    repeated = Field(graphene.Boolean, description="False.")
    auction = Field(AuctionType, description="The auction, after it.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str) -> Any:
        return cls.of(actor, admission.remove_proxy(actor, attempt(info, auction)))


class AuctionPause(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Stop the clock. Bids are refused until it goes on."""

    class Arguments:
        auction = ID
        reason = REASON

    auction = Field(AuctionType, description="The auction.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str, reason: str) -> Self:
        made = control.pause(actor, pk_of(auction, "Auction", "auction"), reason, client_of(info))
        return cls(auction=auction_of(actor, made.pk))


class AuctionResume(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Name the instant from which it goes on; every later instant moves by as much as the pause lasts."""

    class Arguments:
        auction = ID
        resume_at = DateTime(required=True, description="At least the notice of the rules from now.")
        extra_seconds = graphene.Int(description="Time on top.")

    auction = Field(AuctionType, description="The auction.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str, resume_at: Any, extra_seconds: int | None = None) -> Self:
        pk = pk_of(auction, "Auction", "auction")
        made = control.resume(actor, pk, resume_at, timedelta(seconds=extra_seconds or 0), client_of(info))
        return cls(auction=auction_of(actor, made.pk))


class AuctionExtend(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Move the close later by hand, at most to the hard stop."""

    class Arguments:
        auction = ID
        close_at = DateTime(required=True, description="The new close.")
        reason = REASON

    auction = Field(AuctionType, description="The auction.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str, close_at: Any, reason: str) -> Self:
        made = control.extend(actor, pk_of(auction, "Auction", "auction"), close_at, reason, client_of(info))
        return cls(auction=auction_of(actor, made.pk))


class AuctionMessageSend(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Tell all seats the same."""

    class Arguments:
        auction = ID
        text = graphene.String(required=True, description="What, 500 characters at most.")

    auction = Field(AuctionType, description="The auction.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str, text: str) -> Self:
        made = control.send_message(actor, pk_of(auction, "Auction", "auction"), text, client_of(info))
        return cls(auction=auction_of(actor, made.pk))


class AuctionBidInvalidate(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Ask for an obvious slip to be marked invalid; when another person asks for the same, it is."""

    class Arguments:
        bid = graphene.ID(required=True, description="The bid.")
        reason = REASON

    auction = Field(AuctionType, description="The auction.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, bid: str, reason: str) -> Self:
        made = control.invalidate(actor, pk_of(bid, "Bid", "bid"), reason, client_of(info))
        return cls(auction=auction_of(actor, made.pk))


class AuctionEnd(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """End an auction before its close."""

    class Arguments:
        auction = ID
        reason = REASON

    auction = Field(AuctionType, description="The auction.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str, reason: str) -> Self:
        made = control.end(actor, pk_of(auction, "Auction", "auction"), reason, client_of(info))
        return cls(auction=auction_of(actor, made.pk))


class AuctionVoid(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Ask for an auction to be voided; when another person asks for the same, it is."""

    class Arguments:
        auction = ID
        reason = REASON

    auction = Field(AuctionType, description="The auction.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, auction: str, reason: str) -> Self:
        made = control.void(actor, pk_of(auction, "Auction", "auction"), reason, client_of(info))
        return cls(auction=auction_of(actor, made.pk))


class AuctionReplay(BaseMutation, permission=MANAGE, codes=AuctionErrorCode, atomic=False):
    """Do all acts of the minutes again, and hold what comes of it against what is stored. Changes nothing."""

    class Arguments:
        auction = ID

    proof = Field(AuctionProofType, description="What it found.")

    @classmethod
    def perform(cls, actor: Actor, auction: str) -> Self:
        return cls(proof=replay.prove_by_id(actor, pk_of(auction, "Auction", "auction")))


class Mutations:
    """Preparing, running and bidding in auctions."""

    auction_create = AuctionCreate.Field()
    auction_rules_set = AuctionRulesSet.Field()
    auction_publish = AuctionPublish.Field()
    auction_seat_admit = AuctionSeatAdmit.Field()
    auction_seat_value_set = AuctionSeatValueSet.Field()
    auction_start_price_set = AuctionStartPriceSet.Field()
    auction_bid_place = AuctionBidPlace.Field()
    auction_level_accept = AuctionLevelAccept.Field()
    auction_proxy_set = AuctionProxySet.Field()
    auction_proxy_remove = AuctionProxyRemove.Field()
    auction_pause = AuctionPause.Field()
    auction_resume = AuctionResume.Field()
    auction_extend = AuctionExtend.Field()
    auction_message_send = AuctionMessageSend.Field()
    auction_bid_invalidate = AuctionBidInvalidate.Field()
    auction_end = AuctionEnd.Field()
    auction_void = AuctionVoid.Field()
    auction_replay = AuctionReplay.Field()
