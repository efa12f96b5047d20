"""What is expected, and when how much can be had (stock §6)."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.db.models import QuerySet

from marketplace.catalog.schema import VariantType
from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from marketplace.graphql import (
    BaseMutation,
    ConnectionField,
    Date,
    DateRange,
    Deferred,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ModelType,
    Quantity,
    RangeFilter,
    Related,
    Sort,
    SortKey,
    from_global_id,
)
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.loaders import DatedOf, base_uom
from ordercenter.stock.models import SupplyPlan
from ordercenter.stock.promises import Dated
from ordercenter.stock.promising import promise_parts, promise_whole
from ordercenter.stock.schema.goods import sells
from ordercenter.stock.schema.inputs import StockReserveLineInput, SupplyPlanInput, listed
from ordercenter.stock.schema.naming import named_like
from ordercenter.stock.schema.types import UOM, VARIANT, WarehouseType
from ordercenter.stock.supply_plans import write_supply_plans


class SupplyPlanType(ModelType, model=SupplyPlan, name="SupplyPlan", permission="stock.view"):
    """So much of a variant is expected in a warehouse on a day."""

    warehouse = Related(WarehouseType, "warehouse", required=True, description="Where it comes to.")
    variant = Related(VARIANT, "variant", required=True, description="What comes.")
    day = Field(Date, required=True, description="When.")
    quantity = Field(Quantity, required=True, description="How much, in `uom`.")
    uom = Field(UOM, required=True, description="The base unit of the variant.")
    source = Field(graphene.String, required=True, description="The paper it is from, such as a purchase order.")
    is_late = Field(
        graphene.Boolean,
        required=True,
        description="The day has passed: until it gets a new one, nothing of it is promised.",
    )

    def resolve_uom(root: Any, info: Any) -> Deferred:
        return base_uom(info, root.variant_id)

    def resolve_is_late(root: Any, _info: Any) -> bool:
        return root.day < today_of(root.organization)


class SupplyPlanFilter(FilterInput):
    """Narrows supply plans."""

    warehouse = IdFilter("Warehouse", lookup="warehouse", description="To any of these places.")
    day = RangeFilter(DateRange, lookup="day", description="On these days.")
    late = Filter(graphene.Boolean, description="Late, or not.")
    search = Filter(graphene.String, description="SKU from its beginning, words of a name, or the source.")

    @staticmethod
    def filter_late(rows: QuerySet[Any], value: bool, info: Any) -> QuerySet[Any]:
        today = today_of(info.context.actor.organization)
        return rows.filter(day__lt=today) if value else rows.filter(day__gte=today)

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        text = value.strip()
        return rows.filter(named_like("variant", text)) | rows.filter(source__icontains=text) if text else rows


class SupplyPlanSort(Sort, default="DAY"):
    """Keys that supply plans are sorted by."""

    DAY = SortKey.of("day", description="When it comes.")
    SKU = SortKey.of("variant__sku", description="The SKU.")


class PromisedPart(graphene.ObjectType):
    """What of a quantity can be had on a day."""

    day = Field(Date, required=True, description="The day, where the seller is.")
    quantity = Field(Quantity, required=True, description="How much, in the base unit.")


class StockPromise(graphene.ObjectType):
    """When somebody who wants so much can have it. A day is never invented: beyond what is in sight there is none."""

    variant = Field(VARIANT, description="The variant.")
    quantity = Field(Quantity, required=True, description="What was asked for, in the base unit.")
    day = Field(Date, description="The first day for all of it; null where there is none in sight.")
    parts = Field(
        graphene.List(graphene.NonNull(PromisedPart)),
        required=True,
        size=3,
        description="The same in parts, each as early as can be; empty where quantities may not be seen.",
    )
    without_day = Field(Quantity, description="What has no day; null where quantities may not be seen.")
    has_late_supply = Field(graphene.Boolean, required=True, description="Goods expected before today have not come.")

    def resolve_variant(root: dict[str, Any], info: Any) -> Deferred:
        return VariantType.load(info, root["variant"])


def promise_of(info: Any, variant_id: int, quantity: Any, seller_id: int | None) -> Deferred:
    """A promise of what somebody who wants so much can be told; nothing of goods that are not offered to them."""

    def told(dated: Dated | None) -> dict[str, Any]:
        answer: dict[str, Any] = {"variant": variant_id, "quantity": quantity, "parts": [], "has_late_supply": False}
        if dated is None:
            return answer
        answer |= {"day": promise_whole(dated.steps, quantity), "has_late_supply": dated.late}
        if dated.counts:
            parts, rest = promise_parts(dated.steps, quantity)
            answer |= {"parts": [{"day": day, "quantity": part} for day, part in parts], "without_day": rest}
        return answer

    def found(is_offered: bool) -> Any:
        return DatedOf.of(info, seller_id).load(variant_id).then(told) if is_offered else told(None)

    seen = VariantType.load(info, variant_id)
    return seen.then(lambda variant: sells(info, variant, seller_id).then(found) if variant else told(None))


class PromiseQueries:
    """What can be read of dates."""

    supply_plans = ConnectionField(
        SupplyPlanType,
        filter=SupplyPlanFilter,
        sort=SupplyPlanSort,
        permission="stock.view",
        description="What is expected in one's own places.",
    )
    stock_promise = Field(
        graphene.NonNull(graphene.List(graphene.NonNull(StockPromise))),
        lines=graphene.Argument(
            graphene.NonNull(graphene.List(graphene.NonNull(StockReserveLineInput))),
            description="What is wanted, 500 at most.",
        ),
        seller=graphene.ID(description="Whose stock; the seller whose offer it is unless told."),
        size=100,
        description="When so much of each could be had, in the order asked; nothing is kept for you by asking.",
    )

    def resolve_supply_plans(root: Any, info: Any) -> QuerySet[SupplyPlan]:
        return SupplyPlan.objects.visible_to(info.context.actor)

    def resolve_stock_promise(root: Any, info: Any, lines: list[Any], seller: str | None = None) -> Deferred:
        seller_id = None if seller is None else from_global_id(seller, "Organization", "seller")
        wanted = [line.to_wish(index, 0) for index, line in enumerate(lines[:500])]
        return Deferred.all(promise_of(info, wish.variant_id, wish.quantity, seller_id) for wish in wanted)


class SupplyPlanWrite(BaseMutation, permission="stock.manage", codes=StockErrorCode, atomic=False):
    """Say what is expected where and when; a quantity of 0 takes a plan back."""

    class Arguments:
        lines = graphene.Argument(graphene.NonNull(listed(SupplyPlanInput)), description="What is expected.")

    plans = Field(listed(SupplyPlanType), description="The plans as they are now.")

    @classmethod
    def perform(cls, actor: Actor, lines: list[Any]) -> Self:
        written = write_supply_plans(actor, [line.to_supply(index) for index, line in enumerate(lines)])
        return cls(plans=written)
