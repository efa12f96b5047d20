"""What can be asked about orders."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import graphene
from django.db.models import Count, F, Q, QuerySet, Sum

from marketplace.catalog.models import Variant
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    ConnectionField,
    DateRange,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    Money,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
)
from marketplace.parties.schema.types import listed, text
from marketplace.parties.sides import TradeSide
from ordercenter.orders.enums import FINAL, OrderFulfilmentStatus, OrderStatus, OrderWait
from ordercenter.orders.flags import OrderFlag, flagged
from ordercenter.orders.models import Order, OrderLine
from ordercenter.orders.schema.types import OrderEventType, OrderType, readable

THE_ID = graphene.ID(required=True, description="Its id.")
SEARCH = "The start of the number, of the buyer's reference or of an SKU, or words of the partner's name."
MINE = graphene.Boolean(description="True: only those that you placed yourself.")


class OrderFilter(FilterInput):
    """Narrows orders."""

    status = ListFilter(enum_of(OrderStatus), lookup="status", description="In any of these states.")
    fulfilment_status = ListFilter(
        enum_of(OrderFulfilmentStatus), lookup="fulfilment_status", description="With goods come that far."
    )
    waiting_for = ListFilter(enum_of(OrderWait), lookup="waiting_for", description="Waiting for any of these.")
    open = Filter(graphene.Boolean, description="Somebody still has to do something; false: all is done or stopped.")
    partner = Filter(graphene.List(graphene.NonNull(graphene.ID)), description="With any of these organizations.")
    placed_at = Filter(DateRange, description="Placed on these days, in your organization's zone.")
    variant = Filter(graphene.ID, description="With a line of this variant.")
    line = IdFilter("OrderLine", lookup="lines", description="With any of these lines.")
    flag = ListFilter(enum_of(OrderFlag), description="Standing out for any of these reasons.")
    ids = Filter(graphene.List(graphene.NonNull(graphene.ID)), description="Any of these orders.")

    @staticmethod
    def filter_flag(queryset: Any, value: list[Any], info: Any) -> Any:
        return flagged(info.context.actor, queryset, value)

    @staticmethod
    def filter_ids(queryset: Any, value: list[str], _info: Any) -> Any:
        return queryset.filter(pk__in=readable_ids(value, "Order"))

    @staticmethod
    def filter_open(queryset: Any, value: bool, _info: Any) -> Any:
        return queryset.exclude(status__in=FINAL) if value else queryset.filter(status__in=FINAL)

    @staticmethod
    def filter_partner(queryset: Any, value: list[str], _info: Any) -> Any:
        keys = readable_ids(value, "Organization")
        return queryset.filter(Q(seller__in=keys) | Q(buyer__in=keys))

    @staticmethod
    def filter_placed_at(queryset: Any, value: dict[str, Any], info: Any) -> Any:
        organization = info.context.actor.organization
        zone = ZoneInfo(organization.time_zone if organization else "UTC")
        if value.get("gte"):
            queryset = queryset.filter(placed_at__gte=datetime.combine(value["gte"], time.min, zone))
        if value.get("lte") and value["lte"] < date.max:
            end = datetime.combine(value["lte"] + timedelta(days=1), time.min, zone)
            queryset = queryset.filter(placed_at__lt=end)
        return queryset

    @staticmethod
    def filter_variant(queryset: Any, value: str, _info: Any) -> Any:
        keys = readable_ids([value], "Variant")
        return queryset.filter(pk__in=OrderLine.objects.filter(variant__in=keys).values("order"))


class OrderSort(Sort, default="-PLACED_AT"):
    """Keys that orders are sorted by."""

    PLACED_AT = SortKey.of("placed_at", description="When it was placed.")
    NUMBER = SortKey.of("number", description="The seller's number.")
    GROSS = SortKey.of("gross", description="The value as ordered.")
    REQUESTED_ON = SortKey.of("requested_on", description="The wished day.", nullable=True)


class OrderStatusCountType(graphene.ObjectType):
    """How many orders stand in a state, and what they come to."""

    class Meta:
        name = "OrderStatusCount"

    status = Field(enum_of(OrderStatus), required=True, description="The state.")
    status_label = text("The state in the reader's language.")
    count = Field(graphene.Int, required=True, description="How many.")
    gross = Field(Money, required=True, description="What is payable, in the currency most of it is in.")
    sums = listed(Money, "The same for every currency.")

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(OrderStatus(root.status).label)

    def resolve_gross(root: Any, _info: Any) -> Amount:
        return root.sums[0]


class StatusCount:
    """One row of the counts."""

    def __init__(self, status: str, rows: list[dict[str, Any]]) -> None:
        self.status = OrderStatus(status)
        self.count = sum(row["count"] for row in rows)
        ranked = sorted(rows, key=lambda row: -row["count"])
        self.sums = [Amount(row["payable"], row["currency"]) for row in ranked]


def readable_ids(gids: list[str], type_name: str) -> list[int]:
    """Keys of the ids that are of this type; the others find nothing."""
    keys: list[int] = []
    for gid in gids:
        try:
            keys.append(from_global_id(gid, type_name))
        except DomainError:
            continue
    return keys


def on_side(actor: Actor, rows: QuerySet[Any], side: TradeSide | None) -> QuerySet[Any]:
    """Rows in which the actor is this side; with a partner's eyes one is the buyer."""
    if side is None:
        return rows
    if actor.on_behalf_of is not None:
        return rows if side == TradeSide.BUYER else rows.filter(pk__in=[])
    return rows.filter(**{"seller" if side == TradeSide.SELLER else "buyer": actor.organization_id})


def placed_by(actor: Actor, rows: QuerySet[Any], mine: bool | None) -> QuerySet[Any]:
    """Those that the actor's user placed, where only one's own are wanted."""
    return rows.filter(placed_by=actor.user_id) if mine else rows


def searched(rows: QuerySet[Any], search: str | None) -> QuerySet[Any]:
    """Orders found by what people type; every word has to be found."""
    for word in (search or "").split()[:8]:
        variants = Variant.objects.filter(sku__istartswith=word).values("pk")
        lines = OrderLine.objects.filter(variant__in=variants).values("order")
        rows = rows.filter(
            Q(number__istartswith=word)
            | Q(number__iendswith=word)
            | Q(buyer_reference__istartswith=word)
            | Q(seller__name__icontains=word)
            | Q(buyer__name__icontains=word)
            | Q(pk__in=lines)
        )
    return rows


class OrderQueries:
    """Orders and their story."""

    orders = ConnectionField(
        OrderType,
        filter=OrderFilter,
        sort=OrderSort,
        side=graphene.Argument(enum_of(TradeSide), description="What you are in them; both unless told."),
        search=graphene.String(description=SEARCH),
        mine=MINE,
        partnership=graphene.ID(description="Those of one partnership."),
        description="Orders in which you are a side. Requires `orders.sales` or `orders.purchases`.",
    )
    order = Field(OrderType, id=THE_ID, description="One order. Requires `orders.sales` or `orders.purchases`.")
    order_timeline = ConnectionField(
        OrderEventType,
        order=graphene.ID(required=True, description="The order."),
        description="The story of one order, as far as your side may read it.",
    )
    order_inbox = ConnectionField(
        OrderType,
        filter=OrderFilter,
        sort=OrderSort,
        search=graphene.String(description=SEARCH),
        permission="orders.sales",
        description="Sales orders that wait for you: for confirmation, an answer, stock or shipping.",
    )
    order_status_counts = Field(
        graphene.List(graphene.NonNull(OrderStatusCountType)),
        required=True,
        size=9,
        side=graphene.Argument(enum_of(TradeSide), required=True, description="What you are in them."),
        filter=graphene.Argument(OrderFilter, description="Narrows the orders that are counted."),
        mine=MINE,
        description="How many orders stand in each state; states without any are left out.",
    )

    def resolve_orders(
        root: Any,
        info: Any,
        side: Any = None,
        search: str | None = None,
        mine: bool | None = None,
        partnership: str | None = None,
    ) -> Any:
        actor = info.context.actor
        rows = placed_by(actor, on_side(actor, OrderType.visible(actor), side), mine)
        if partnership is not None:
            rows = rows.filter(partnership__in=readable_ids([partnership], "Partnership"))
        return searched(rows, search)

    def resolve_order(root: Any, info: Any, id: str) -> Any:
        return OrderType.by_id(info, id)

    def resolve_order_timeline(root: Any, info: Any, order: str) -> Any:
        found = OrderType.by_id(info, order)
        rows = OrderEventType.visible(info.context.actor)
        return list(rows.filter(order=found).order_by("seq")) if found else []

    def resolve_order_inbox(root: Any, info: Any, search: str | None = None) -> Any:
        actor = info.context.actor
        waits = (OrderWait.SELLER_CONFIRMATION, OrderWait.CANCEL_DECISION, OrderWait.STOCK, OrderWait.SHIPMENT)
        mine = on_side(actor, OrderType.visible(actor), TradeSide.SELLER)
        return searched(mine.filter(waiting_for__in=waits), search)

    def resolve_order_status_counts(
        root: Any, info: Any, side: Any, filter: Any = None, mine: bool | None = None
    ) -> list[StatusCount]:
        actor = info.context.actor
        rows = placed_by(actor, on_side(actor, readable(actor, Order.objects.all()), side), mine)
        if filter:
            rows = OrderFilter.apply(rows, filter, info)
        counted = (
            rows.order_by()
            .values("status", "currency")
            .annotate(count=Count("pk", distinct=True), payable=Sum(F("gross") - F("cancelled_gross")))
        )
        by_status: dict[str, list[dict[str, Any]]] = {}
        for row in counted:
            by_status.setdefault(row["status"], []).append(row)
        return [StatusCount(status, by_status[status]) for status in OrderStatus.values if status in by_status]
