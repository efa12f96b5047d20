"""Queries of auctions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene
from django.db.models import QuerySet

from marketplace.core.errors import DomainError
from marketplace.core.gate import clock
from marketplace.graphql import (
    ConnectionField,
    DateTime,
    DateTimeRange,
    Field,
    FilterInput,
    IdFilter,
    ListFilter,
    RangeFilter,
    Sort,
    SortKey,
    TextFilter,
    enum_of,
    from_global_id,
)
from suppliers.auctions.enums import AuctionFormat, AuctionStatus
from suppliers.auctions.models import AuctionAudit
from suppliers.auctions.replay import Proof, prove
from suppliers.auctions.schema.types import (
    MANAGE,
    VIEW,
    AuctionAuditType,
    AuctionProofType,
    AuctionSeatType,
    AuctionType,
    BidType,
)

ID = graphene.ID(required=True, description="Its id.")
OF_AUCTION = graphene.ID(required=True, description="The auction.")


class ServerClockType(graphene.ObjectType):
    """The clock that decides. Who notes when it asked and was answered knows the error of its own."""

    received_at = Field(DateTime, required=True, description="When the question came.")
    sent_at = Field(DateTime, required=True, description="When the answer left.")

    class Meta:
        name = "ServerClock"


class AuctionFilter(FilterInput):
    """Narrows auctions."""

    status = ListFilter(enum_of(AuctionStatus), lookup="status", description="Written down in any of these states.")
    format = ListFilter(enum_of(AuctionFormat), lookup="format", description="Of any of these formats.")
    event = IdFilter("SourcingEvent", lookup="event", description="Of these sourcing events.")
    start = RangeFilter(DateTimeRange, lookup="start_at", description="Starting in this time.")
    text = TextFilter(
        lookups=("number", "lot__name_zh", "lot__name_en"), description="Words of its number or of its lot's name."
    )


class AuctionSort(Sort, default="-START_AT"):
    """Keys that auctions are sorted by."""

    START_AT = SortKey.of("start_at", description="When it starts.")
    CLOSE_AT = SortKey.of("close_at", description="When it closes.")
    NUMBER = SortKey.of("number", description="The buyer's number.")


class AuctionSeatSort(Sort, default="ADMITTED"):
    """Keys that seats are sorted by."""

    ADMITTED = SortKey.of("pk", description="The order of their admission.")


class BidSort(Sort, default="-SEQ"):
    """Keys that bids are sorted by."""

    SEQ = SortKey.of("seq", description="Their number in the auction.")


class AuctionAuditSort(Sort, default="-N"):
    """Keys that minutes are sorted by."""

    N = SortKey.of("n", description="Their number.")


class AuctionAuditFilter(FilterInput):
    """Narrows minutes."""

    kind = ListFilter(graphene.String, lookup="kind", description="Of any of these kinds.")


def of_auction(rows: QuerySet[Any], gid: str) -> QuerySet[Any]:
    """The rows of one auction; none for an id that is none."""
    try:
        return rows.filter(auction=from_global_id(gid, "Auction"))
    except DomainError:
        return rows.none()


class Queries:
    """Reading auctions."""

    auction = Field(AuctionType, id=ID, description="One auction.")
    auctions = ConnectionField(
        AuctionType,
        filter=AuctionFilter,
        sort=AuctionSort,
        permission=VIEW,
        description="Auctions that you hold, or in which you have a seat.",
    )
    auction_seats = ConnectionField(
        AuctionSeatType,
        sort=AuctionSeatSort,
        permission=VIEW,
        args={"auction": OF_AUCTION},
        description="The seats of an auction: all for the buyer, a supplier's own.",
    )
    auction_bids = ConnectionField(
        BidType,
        sort=BidSort,
        permission=MANAGE,
        args={"auction": OF_AUCTION},
        description="All bids of an auction that you hold.",
    )
    auction_bids_mine = ConnectionField(
        BidType,
        sort=BidSort,
        permission=VIEW,
        args={"auction": OF_AUCTION},
        description="Your own bids in an auction.",
    )
    auction_audit = ConnectionField(
        AuctionAuditType,
        filter=AuctionAuditFilter,
        sort=AuctionAuditSort,
        permission=MANAGE,
        args={"auction": OF_AUCTION},
        description="The minutes of an auction that you hold, refused attempts included.",
    )
    auction_audit_verify = Field(
        AuctionProofType,
        id=ID,
        permission=MANAGE,
        cost=50,
        description="Recompute the chain of the minutes, and do all their acts again.",
    )
    server_clock = Field(ServerClockType, required=True, description="The clock that decides in auctions.")

    def resolve_auction(root: Any, info: Any, id: str) -> Any:
        return AuctionType.by_id(info, id)

    def resolve_auctions(root: Any, info: Any) -> Any:
        return AuctionType.visible(info.context.actor)

    def resolve_auction_seats(root: Any, info: Any, auction: str) -> Any:
        return of_auction(AuctionSeatType.visible(info.context.actor), auction)

    def resolve_auction_bids(root: Any, info: Any, auction: str) -> Any:
        actor = info.context.actor
        return of_auction(BidType.visible(actor).filter(buyer=actor.organization_id), auction)

    def resolve_auction_bids_mine(root: Any, info: Any, auction: str) -> Any:
        actor = info.context.actor
        return of_auction(BidType.visible(actor).filter(seller=actor.organization_id), auction)

    def resolve_auction_audit(root: Any, info: Any, auction: str) -> Any:
        return of_auction(AuctionAudit.objects.visible_to(info.context.actor), auction)

    def resolve_auction_audit_verify(root: Any, info: Any, id: str) -> Proof | None:
        actor = info.context.actor
        found = AuctionType.by_id(info, id)
        if found is None or found.buyer_id != actor.organization_id or found.status == AuctionStatus.DRAFT:
            return None
        return prove(actor, found)

    def resolve_server_clock(root: Any, _info: Any) -> dict[str, datetime]:
        received = clock()
        return {"received_at": received, "sent_at": received}
