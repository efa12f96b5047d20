"""Queries of stock."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from marketplace.core.errors import DomainError
from marketplace.graphql import (
    ConnectionField,
    DateRange,
    Deferred,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    RangeFilter,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
    ids_of,
)
from ordercenter.stock.availability import LOW_BELOW, AvailabilityLevel
from ordercenter.stock.models import (
    Allocation,
    Reservation,
    SafetyStock,
    StockMoveKind,
    StockSettings,
    StockVisibility,
    Warehouse,
    WarehouseKind,
)
from ordercenter.stock.schema.goods import AvailabilityType, shown
from ordercenter.stock.schema.naming import named_like, narrowed
from ordercenter.stock.schema.promising import PromiseQueries
from ordercenter.stock.schema.types import (
    VARIANT,
    AllocationType,
    ReservationType,
    SafetyStockType,
    StockBalanceType,
    StockMoveType,
    StockSettingsType,
    StockVisibilityType,
    WarehouseType,
)

LEVELS = {
    AvailabilityLevel.OUT_OF_STOCK: Q(available__lte=0),
    AvailabilityLevel.LOW: Q(available__gt=0, available__lt=LOW_BELOW),
    AvailabilityLevel.IN_STOCK: Q(available__gte=LOW_BELOW),
}


class StockBalanceFilter(FilterInput):
    """Narrows stock balances."""

    warehouse = IdFilter("Warehouse", lookup="warehouse", description="In any of these places.")
    level = ListFilter(enum_of(AvailabilityLevel), description="With so much available.")
    category = Filter(graphene.ID, description="Of a category or one below it.")
    variant = Filter(graphene.ID, description="Of this variant.")

    @staticmethod
    def filter_level(rows: QuerySet[Any], value: list[AvailabilityLevel], _info: Any) -> QuerySet[Any]:
        any_of = Q(pk__in=[])
        for level in value:
            any_of |= LEVELS[AvailabilityLevel(level)]
        return rows.filter(any_of)

    @staticmethod
    def filter_category(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        try:
            pk = from_global_id(value, "Category")
        except DomainError:
            return rows.none()
        return rows.filter(variant__product__category__ancestors__contains=[pk])

    @staticmethod
    def filter_variant(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        return narrowed(rows, value, "Variant", "variant")


class StockBalanceSort(Sort, default="SKU"):
    """Keys that stock balances are sorted by."""

    SKU = SortKey.of("variant__sku", description="The SKU.")
    ON_HAND = SortKey.of("on_hand", description="What is there.")
    AVAILABLE = SortKey.of("available", description="What may still be promised.")


class StockMoveFilter(FilterInput):
    """Narrows stock moves."""

    balance = Filter(graphene.ID, description="Of this balance.")
    variant = Filter(graphene.ID, description="Of this variant.")
    warehouse = IdFilter("Warehouse", lookup="balance__warehouse", description="In any of these places.")
    kind = ListFilter(enum_of(StockMoveKind), lookup="kind", description="Of any of these kinds.")
    posted_at = RangeFilter(DateRange, lookup="posted_at__date", description="Written on these days.")
    search = Filter(graphene.String, description="SKU, name, document number or reason.")

    @staticmethod
    def filter_balance(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        return narrowed(rows, value, "StockBalance", "balance")

    @staticmethod
    def filter_variant(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        return narrowed(rows, value, "Variant", "balance__variant")

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        text = value.strip()
        words = Q(document_number__istartswith=text) | Q(reason__icontains=text)
        return rows.filter(words | named_like("balance__variant", text))


class StockMoveSort(Sort, default="-POSTED_AT"):
    """Keys that stock moves are sorted by."""

    POSTED_AT = SortKey.of("posted_at", description="When it was written.")


class AllocationFilter(FilterInput):
    """Narrows allocations."""

    balance = Filter(graphene.ID, description="Of this balance.")
    variant = Filter(graphene.ID, description="Of this variant.")
    warehouse = IdFilter("Warehouse", lookup="balance__warehouse", description="In any of these places.")
    open = Filter(graphene.Boolean, description="Promised still, or no longer.")

    @staticmethod
    def filter_balance(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        return narrowed(rows, value, "StockBalance", "balance")

    @staticmethod
    def filter_variant(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        return narrowed(rows, value, "Variant", "balance__variant")

    @staticmethod
    def filter_open(rows: QuerySet[Any], value: bool, _info: Any) -> QuerySet[Any]:
        still = Q(quantity__gt=F("shipped") + F("freed"))
        return rows.filter(still if value else ~still)


class VariantAvailability(graphene.ObjectType):
    """A variant and what the reader sees of its stock."""

    variant = Field(VARIANT, description="The variant.")
    availability = Field(AvailabilityType, description="Null where nothing may be seen.")

    def resolve_variant(root: tuple[int, str | None], info: Any) -> Deferred:
        from marketplace.catalog.schema import VariantType

        return VariantType.load(info, root[0])

    def resolve_availability(root: tuple[int, str | None], info: Any) -> Deferred:
        from marketplace.catalog.schema import VariantType

        # Of goods that the reader does not see, nobody tells whether there are any.
        return VariantType.load(info, root[0]).then(lambda seen: shown(info, *root) if seen else None)


class Queries(PromiseQueries):
    """What can be read of stock."""

    warehouses = Field(
        graphene.NonNull(graphene.List(graphene.NonNull(WarehouseType))),
        in_transit=graphene.Boolean(description="With the place of goods on their way."),
        permission="stock.view",
        size=10,
        description="The organization's places with stock, in the order in which they serve.",
    )
    stock_balance = Field(
        StockBalanceType,
        id=graphene.ID(required=True, description="Its id."),
        permission="stock.view",
        description="One balance that you own or keep.",
    )
    stock_balances = ConnectionField(
        StockBalanceType,
        filter=StockBalanceFilter,
        sort=StockBalanceSort,
        search=graphene.String(description="SKU from its beginning, or words of a name."),
        permission="stock.view",
        description="What lies where.",
    )
    stock_moves = ConnectionField(
        StockMoveType,
        filter=StockMoveFilter,
        sort=StockMoveSort,
        permission="stock.view",
        description="What came and went, newest first.",
    )
    stock_availability = Field(
        graphene.NonNull(graphene.List(graphene.NonNull(VariantAvailability))),
        variants=graphene.Argument(
            graphene.NonNull(graphene.List(graphene.NonNull(graphene.ID))), description="Which variants, 500 at most."
        ),
        seller=graphene.ID(description="Whose stock; the seller whose offer it is unless told."),
        size=100,
        description="What the reader may see of the stock of many variants, in the order asked.",
    )
    allocations = ConnectionField(
        AllocationType, filter=AllocationFilter, permission="stock.view", description="Stock promised to order lines."
    )
    reservations = ConnectionField(
        ReservationType, description="Stock that is kept for carts now: for one's own, and of one's own stock."
    )
    stock_visibilities = ConnectionField(
        StockVisibilityType, permission="stock.view", description="Who sees one's stock how exactly."
    )
    safety_stocks = ConnectionField(SafetyStockType, permission="stock.view", description="What is withheld where.")
    stock_settings = Field(StockSettingsType, permission="stock.view", description="How stock is kept.")

    def resolve_warehouses(root: Any, info: Any, in_transit: bool = False) -> QuerySet[Warehouse]:
        rows = Warehouse.objects.visible_to(info.context.actor).order_by("priority", "pk")
        return rows if in_transit else rows.exclude(kind=WarehouseKind.TRANSIT)

    def resolve_stock_balance(root: Any, info: Any, id: str) -> Any:
        return StockBalanceType.by_id(info, id)

    def resolve_stock_balances(root: Any, info: Any, search: str = "") -> QuerySet[Any]:
        rows = StockBalanceType.visible(info.context.actor).exclude(warehouse__kind=WarehouseKind.TRANSIT)
        return rows.filter(named_like("variant", search)) if search and search.strip() else rows

    def resolve_stock_moves(root: Any, info: Any) -> QuerySet[Any]:
        return StockMoveType.visible(info.context.actor)

    def resolve_stock_availability(
        root: Any, info: Any, variants: list[str], seller: str | None = None
    ) -> list[tuple[int, str | None]]:
        return [(pk, seller) for pk in ids_of(variants[:500], "Variant", "variants")]

    def resolve_allocations(root: Any, info: Any) -> QuerySet[Allocation]:
        return Allocation.objects.visible_to(info.context.actor).select_related("order_line")

    def resolve_reservations(root: Any, info: Any) -> QuerySet[Reservation]:
        return ReservationType.visible(info.context.actor).filter(expires_at__gt=Now())

    def resolve_stock_visibilities(root: Any, info: Any) -> QuerySet[StockVisibility]:
        return StockVisibility.objects.visible_to(info.context.actor)

    def resolve_safety_stocks(root: Any, info: Any) -> QuerySet[SafetyStock]:
        return SafetyStock.objects.visible_to(info.context.actor)

    def resolve_stock_settings(root: Any, info: Any) -> StockSettings | None:
        return StockSettings.objects.visible_to(info.context.actor).first()
