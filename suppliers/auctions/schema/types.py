"""Types of auctions. What a reader may see of a room is decided in `views`, once for all of them."""

from __future__ import annotations

from typing import Any

import graphene
import orjson
from django.utils import timezone

from marketplace.core import money
from marketplace.core.actor import Actor
from marketplace.graphql import (
    BatchLoader,
    DateTime,
    Decimal,
    Deferred,
    Field,
    Json,
    ModelType,
    Money,
    Related,
    enum_of,
    grouped,
    label_field,
    to_global_id,
)
from marketplace.parties.schema.types import listed, text
from suppliers.auctions import live
from suppliers.auctions.enums import OVER, AuctionFormat, AuctionStatus, BidKind, BidStatus, NamesShown, SeatStatus
from suppliers.auctions.models import Auction, AuctionAudit, AuctionSeat, Bid
from suppliers.auctions.rules import Rules
from suppliers.auctions.state import Room
from suppliers.auctions.views import LiveView, Standing

ORGANIZATION = "marketplace.parties.schema.OrganizationType"
VIEW = "auctions.view"
MANAGE = "auctions.manage"


def status_now(root: Auction) -> AuctionStatus:
    """Where an auction stands by the clock, whoever has or has not written it down."""
    rules = Rules.from_json(root.rules)
    room = Room(rules, root.start_at, root.close_at, root.hard_stop_at, status=AuctionStatus(root.status))
    room.paused_at, room.resume_at = root.paused_at, root.resume_at
    return room.status_at(timezone.now())


def priced(view: LiveView, amount: Any) -> money.Money | None:
    """A price of the room as money."""
    return None if amount is None else money.Money(amount, view.currency)


class AuctionStandingType(graphene.ObjectType):
    """A place in the room: a label, and what the reader may know of it."""

    label = Field(graphene.String, required=True, description="What the seat is called here.")
    rank = Field(graphene.Int, required=True, description="1 + how many are better; equals share a rank.")
    price = Field(Decimal, description="Its best price; null where it is not told.")
    worth = Field(Decimal, description="The price weighed by divisor and adder, lower is better; for the eye alone.")
    seat_id = Field(graphene.ID, description="The seat, where the reader may know whose label it is.")
    mine = Field(graphene.Boolean, required=True, description="It is the reader's own.")

    class Meta:
        name = "AuctionStanding"

    def resolve_seat_id(root: Standing, _info: Any) -> str | None:
        return to_global_id("AuctionSeat", root.seat) if root.seat else None


class AuctionLevelType(graphene.ObjectType):
    """The level that is called now."""

    number = Field(graphene.Int, required=True, description="From 0.")
    price = Field(Decimal, required=True, description="What it costs.")
    ends_at = Field(DateTime, required=True, description="When the next one is called.")
    accepted = Field(graphene.Boolean, required=True, description="The reader has accepted it.")

    class Meta:
        name = "AuctionLevel"


class AuctionTurnType(graphene.ObjectType):
    """The turn that runs."""

    round = Field(graphene.Int, required=True, description="From 1.")
    position = Field(graphene.Int, required=True, description="From 1.")
    ends_at = Field(DateTime, required=True, description="When it ends, and what was bid in it is told.")
    mine = Field(graphene.Boolean, required=True, description="It is the reader's.")

    class Meta:
        name = "AuctionTurn"


class AuctionOwnType(graphene.ObjectType):
    """What a supplier knows of its own seat."""

    label = Field(graphene.String, required=True, description="What it is called in the room.")
    status = Field(enum_of(SeatStatus), required=True, description="Whether it is still in.")
    status_label = label_field("status")
    price = Field(Decimal, description="Its best price.")
    rank = Field(graphene.Int, description="Its rank, where the rules tell it.")
    leading = Field(graphene.Boolean, description="It has place 1, where the rules tell it.")
    highest = Field(Decimal, description="The highest price it may bid; null: any.")
    limit = Field(Decimal, description="Down to which price it bids by itself.")
    may_bid = Field(graphene.Boolean, required=True, description="A bid would be looked at now.")
    supports_proxy = Field(graphene.Boolean, required=True, description="The rules allow bidding by itself.")

    class Meta:
        name = "AuctionOwn"


class AuctionMessageType(graphene.ObjectType):
    """Something the buyer told all seats."""

    text = Field(graphene.String, required=True, description="What.")
    at = Field(DateTime, description="When.")

    class Meta:
        name = "AuctionMessage"


class AuctionLiveType(graphene.ObjectType):
    """The room as the reader may see it now. Two readings with the same `seq` and instants are the same."""

    now = Field(DateTime, required=True, description="The server's clock when this was read.")
    status = Field(enum_of(AuctionStatus), required=True, description="Where it stands, by that clock.")
    status_label = label_field("status")
    start_at = Field(DateTime, required=True, description="From when bids are in time.")
    close_at = Field(DateTime, required=True, description="Until when, as it stands now.")
    hard_stop_at = Field(DateTime, required=True, description="Beyond which the close is not moved.")
    extensions = Field(graphene.Int, required=True, description="How often the close was moved by late bids.")
    paused_at = Field(DateTime, description="Since when it is paused.")
    resume_at = Field(DateTime, description="When it goes on.")
    ended_at = Field(DateTime, description="When it ended.")
    seq = Field(graphene.Int, required=True, description="How many bids were admitted.")
    own = Field(AuctionOwnType, description="The reader's own seat.")
    lead_price = Field(Money, description="The best price, where the rules tell it.")
    lead_label = Field(graphene.String, description="Whose it is, by label.")
    seats = Field(graphene.Int, description="How many sit here, where the rules tell it.")
    standings = listed(AuctionStandingType, "The places, best first, where the rules tell them.", size=20)
    level = Field(AuctionLevelType, description="The level that is called, in formats that have levels.")
    turn = Field(AuctionTurnType, description="The turn that runs, in a turn-based auction.")
    saving = Field(Money, description="The baseline price less the best price; the buyer's.")
    saving_percent = Field(Decimal, description="The same in percent.")
    winners = listed(graphene.String, "Labels of the winners, once it has ended; a supplier's own alone.", size=3)

    class Meta:
        name = "AuctionLive"

    def resolve_lead_price(root: LiveView, _info: Any) -> money.Money | None:
        return priced(root, root.lead_price)

    def resolve_saving(root: LiveView, _info: Any) -> money.Money | None:
        return priced(root, root.saving)


class MessagesOfAuction(BatchLoader):
    """What was told to all, latest first. Who sees the auction sees it."""

    def batch(self, keys: list[int]) -> list[list[dict[str, Any]]]:
        seen = set(Auction.objects.visible_to(self.actor).filter(pk__in=keys).values_list("pk", flat=True))
        rows = AuctionAudit.objects.filter(auction__in=seen, kind="MESSAGE").order_by("-n").cleared()
        lists = grouped(rows, by="auction_id", keys=keys)
        return [[_message(bytes(row.body)) for row in found[:50]] for found in lists]


def _message(body: bytes) -> dict[str, Any]:
    from datetime import datetime

    told = orjson.loads(body)
    return {"text": told["text"], "at": datetime.fromisoformat(told["at"]) if "at" in told else None}


class AuctionType(ModelType, model=Auction, name="Auction", permission=VIEW):
    """The live part of one lot: suppliers bid each other down."""

    number = text("The buyer's number.")
    event_id = Field(graphene.ID, required=True, description="The global id of its sourcing event.")
    event_number = text("The number of its sourcing event.")
    lot_id = Field(graphene.ID, required=True, description="The global id of its lot.")
    name = text("The name of its lot in the reader's language.")
    buyer = Related(ORGANIZATION, "buyer", required=True, description="Who asks.")
    format = Field(enum_of(AuctionFormat), required=True, description="How prices are found.")
    format_label = label_field("format")
    status = Field(enum_of(AuctionStatus), required=True, description="Where it stands, by the clock.")
    status_label = text("The same in the reader's language.")
    currency = text("Of all prices.")
    tick = Field(Decimal, required=True, description="The least price unit.")
    ceiling_price = Field(Money, description="Above which nothing is bid.")
    baseline_price = Field(Money, permission=MANAGE, description="From which savings are measured; the buyer's.")
    rules = Field(Json, required=True, description="The rules; frozen once published.")
    rules_hash = Field(graphene.String, description="SHA-256 of the canonical rules, in hexadecimal.")
    reserve_commitment = Field(graphene.String, description="Hash of nonce and reserve price, in hexadecimal.")
    audit_head = Field(graphene.String, description="The head of the minutes' chain, told to all once it has ended.")
    start_at = Field(DateTime, required=True, description="From when bids are in time.")
    close_at = Field(DateTime, required=True, description="Until when, as it stands now.")
    first_close_at = Field(DateTime, required=True, description="The close as it was published.")
    is_buyer = Field(graphene.Boolean, required=True, description="The reader's organization asks.")
    live = Field(AuctionLiveType, description="The room as the reader may see it now; null for a draft.", cost=5)
    messages = listed(AuctionMessageType, "What the buyer told all seats, latest first.", size=10)
    void_reason = text("Why it is to be voided.")

    def resolve_event_id(root: Auction, _info: Any) -> str:
        return to_global_id("SourcingEvent", root.event_id)

    def resolve_event_number(root: Auction, _info: Any) -> str:
        return root.event.number

    def resolve_lot_id(root: Auction, _info: Any) -> str:
        return to_global_id("Lot", root.lot_id)

    def resolve_name(root: Auction, _info: Any) -> str:
        return root.lot.name

    def resolve_status(root: Auction, _info: Any) -> AuctionStatus:
        return status_now(root)

    def resolve_status_label(root: Auction, _info: Any) -> str:
        return str(status_now(root).label)

    def resolve_ceiling_price(root: Auction, _info: Any) -> money.Money | None:
        return money.Money(root.ceiling_price, root.currency) if root.ceiling_price else None

    def resolve_baseline_price(root: Auction, info: Any) -> money.Money | None:
        told = root.baseline_price and root.buyer_id == info.context.actor.organization_id
        return money.Money(root.baseline_price, root.currency) if told and root.baseline_price else None

    def resolve_rules_hash(root: Auction, _info: Any) -> str | None:
        return bytes(root.rules_hash).hex() or None

    def resolve_reserve_commitment(root: Auction, _info: Any) -> str | None:
        return bytes(root.reserve_commitment).hex() or None

    def resolve_audit_head(root: Auction, info: Any) -> str | None:
        own = root.buyer_id == info.context.actor.organization_id
        return bytes(root.audit_head).hex() or None if own or root.status in OVER else None

    def resolve_is_buyer(root: Auction, info: Any) -> bool:
        return bool(root.buyer_id == info.context.actor.organization_id)

    def resolve_live(root: Auction, info: Any) -> LiveView | None:
        return live.look(info.context.actor, root, fresh=getattr(root, "fresh", False))

    def resolve_messages(root: Auction, info: Any) -> Deferred:
        return MessagesOfAuction.of(info).load(root.pk)

    def resolve_void_reason(root: Auction, info: Any) -> str:
        return root.void_reason if root.buyer_id == info.context.actor.organization_id else ""

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return Auction.objects.visible_to(actor).select_related("event", "lot")


def _names_hidden(auction: Auction, actor: Actor) -> bool:
    """Whether the buyer may not know yet whose label is whose."""
    after_end = auction.rules["shown"]["names"] == NamesShown.AFTER_END.name
    return after_end and auction.status not in OVER and auction.buyer_id == actor.organization_id


class AuctionSeatType(ModelType, model=AuctionSeat, name="AuctionSeat", permission=VIEW):
    """One in the live room. Where names are told only after the end, the buyer is not told label and prices here."""

    label = Field(graphene.String, description="What it is called in the room.")
    supplier = Related(ORGANIZATION, "seller", required=True, description="Who sits there.")
    divisor = Field(Decimal, required=True, description="By which its price is divided.")
    adder = Field(Decimal, required=True, description="What is added to that.")
    ceiling = Field(Decimal, description="Its own ceiling price.")
    status = Field(enum_of(SeatStatus), required=True, description="Whether it is still in.")
    status_label = label_field("status")
    best_price = Field(Decimal, description="Its best price.")
    present = Field(graphene.Boolean, required=True, description="Somebody of it looks at the room now.")

    def resolve_label(root: AuctionSeat, info: Any) -> str | None:
        return None if _names_hidden(root.auction, info.context.actor) else root.label

    def resolve_best_price(root: AuctionSeat, info: Any) -> Any:
        sealed = root.auction.start_at > timezone.now() and root.buyer_id == info.context.actor.organization_id
        return None if sealed or _names_hidden(root.auction, info.context.actor) else root.best_price

    def resolve_present(root: AuctionSeat, info: Any) -> Deferred:
        return PresentSeats.of(info, root.auction_id).load(root.seller_id)

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return AuctionSeat.objects.visible_to(actor).select_related("auction")


class PresentSeats(BatchLoader):
    """Who is in the room of one auction."""

    def batch(self, keys: list[int]) -> list[bool]:
        auction: Any = self.params[0]
        return live.present(auction, keys)


class BidType(ModelType, model=Bid, name="Bid", permission=VIEW):
    """One price act, in the order of the database's clock."""

    seq = Field(graphene.Int, required=True, description="Its number in the auction: order, place and ties.")
    label = Field(graphene.String, required=True, description="The seat's label.")
    kind = Field(enum_of(BidKind), required=True, description="By hand, by proxy, or otherwise.")
    kind_label = label_field("kind")
    price = Field(Money, required=True, description="The price.")
    level = Field(graphene.Int, description="The level that was accepted, or the round of the turn.")
    received_at = Field(DateTime, required=True, description="When it came: decides whether it was in time.")
    admitted_at = Field(DateTime, required=True, description="When it was admitted.")
    place_after = Field(graphene.Int, permission=MANAGE, description="The place it took; the buyer's.")
    status = Field(enum_of(BidStatus), required=True, description="Whether it counts.")
    status_label = label_field("status")
    invalid_reason = text("Why it is to be marked invalid.")
    awaits_second = Field(graphene.Boolean, required=True, description="Marking it invalid waits for a second person.")

    def resolve_label(root: Bid, _info: Any) -> str:
        return root.seat.label

    def resolve_price(root: Bid, _info: Any) -> money.Money:
        return money.Money(root.price, root.auction.currency)

    def resolve_received_at(root: Bid, _info: Any) -> Any:
        return root.t_recv

    def resolve_admitted_at(root: Bid, _info: Any) -> Any:
        return root.t_adm

    def resolve_place_after(root: Bid, info: Any) -> int | None:
        return root.place_after if root.buyer_id == info.context.actor.organization_id else None

    def resolve_invalid_reason(root: Bid, info: Any) -> str:
        told = root.status == BidStatus.INVALID or root.buyer_id == info.context.actor.organization_id
        return root.invalid_reason if told else ""

    def resolve_awaits_second(root: Bid, info: Any) -> bool:
        own = root.buyer_id == info.context.actor.organization_id
        return own and root.status == BidStatus.VALID and root.invalid_asked_by_id is not None

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return Bid.objects.visible_to(actor).select_related("auction", "seat")


class AuctionAuditType(ModelType, model=AuctionAudit, name="AuctionAudit", permission=MANAGE):
    """A row of the minutes."""

    n = Field(graphene.Int, required=True, description="Its number, without gaps.")
    kind = text("What happened.")
    body = text("Its canonical bytes, as text.")
    contents = Field(Json, required=True, description="The same, read.")
    hash = text("SHA-256 of the hash before and the body, in hexadecimal.")

    def resolve_body(root: AuctionAudit, _info: Any) -> str:
        return bytes(root.body).decode()

    def resolve_contents(root: AuctionAudit, _info: Any) -> Any:
        return orjson.loads(bytes(root.body))

    def resolve_hash(root: AuctionAudit, _info: Any) -> str:
        return bytes(root.hash).hex()


class AuctionProofType(graphene.ObjectType):
    """What recomputing the minutes found."""

    holds = Field(graphene.Boolean, required=True, description="Nothing was changed, added or left out.")
    rows = Field(graphene.Int, required=True, description="How many rows there are.")
    head = Field(graphene.String, required=True, description="The head of the chain, recomputed, in hexadecimal.")
    broken_at = Field(graphene.Int, description="The first row that does not follow from those before it.")
    head_matches = Field(graphene.Boolean, required=True, description="The head is the one that was told.")
    rules_match = Field(graphene.Boolean, required=True, description="The rules are those that were published.")
    differences = listed(graphene.String, "What differs after all acts were done again.", size=10)

    class Meta:
        name = "AuctionProof"

    def resolve_head(root: Any, _info: Any) -> str:
        return root.head.hex()
