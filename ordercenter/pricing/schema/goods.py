"""Goods to choose for a policy, and when which policy holds, in the schema."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import graphene
from django.db.models import Exists, OuterRef, Q

from marketplace.catalog.models import Brand, Category, Product, Variant
from marketplace.catalog.scope import ScopeLevel
from marketplace.core.models import PolicyStatus
from marketplace.graphql import Date, DateTime, Field, enum_of, to_global_id
from marketplace.parties.schema.types import listed, text
from ordercenter.pricing.calendar import SpanKind, Window, period_of, spans_of
from ordercenter.pricing.lists import home_of
from ordercenter.pricing.models import PolicyLineKind, PricePolicy, PricePolicyLine
from ordercenter.pricing.schema.lists import VIEW
from ordercenter.pricing.schema.policies import PricePolicyType

MOST_GOODS, LANES = 8, 100


class PriceGoodsType(graphene.ObjectType):
    """Goods that a policy may be about: a brand, a category, a product or a variant."""

    class Meta:
        name = "PriceGoods"

    id = Field(graphene.ID, required=True, description="The id of the brand, category, product or variant.")
    scope = Field(enum_of(ScopeLevel), required=True, description="What it is.")
    scope_label = text("The label of `scope`.")
    label = text("Its name; of a variant the SKU first.")

    def resolve_scope_label(root: dict[str, Any], _info: Any) -> str:
        return str(root["scope"].label)


class PolicySpanType(graphene.ObjectType):
    """A stretch of time of a policy."""

    class Meta:
        name = "PricePolicySpan"

    kind = Field(enum_of(SpanKind, "PriceSpanKind"), required=True, description="In force, or not.")
    kind_label = text("The label of `kind`.")
    begins = Field(DateTime, required=True, description="Its first instant within the period asked for.")
    ends = Field(DateTime, required=True, description="The instant after its last one, within the period.")

    def resolve_kind_label(root: Any, _info: Any) -> str:
        return str(root.kind.label)


class PolicyLaneType(graphene.ObjectType):
    """A policy in time."""

    class Meta:
        name = "PricePolicyLane"

    price_policy = Field(PricePolicyType, required=True, description="The policy.")
    spans = listed(PolicySpanType, "When it holds, and when not.", size=3)


class PolicyCalendarType(graphene.ObjectType):
    """When which policy holds."""

    class Meta:
        name = "PricePolicyCalendar"

    begins = Field(DateTime, required=True, description="The first instant of the period.")
    ends = Field(DateTime, required=True, description="The instant after its last one.")
    lanes = listed(PolicyLaneType, f"One policy after the other, {LANES} at most.", size=LANES)


class GoodsQueries:
    """Mounted by the package."""

    price_goods = listed(
        PriceGoodsType,
        f"Goods that a price policy may be about, by words of their names; {MOST_GOODS} of a kind.",
        search=graphene.String(description="Words of a name, or the beginning of an SKU."),
        permission=VIEW,
        size=4 * MOST_GOODS,
    )
    price_policy_calendar = Field(
        PolicyCalendarType,
        required=True,
        starts_on=Date(description="The first day in your zone; the first of this month unless told."),
        months=graphene.Int(description="How many months, 1 to 60; 6 unless told."),
        permission=VIEW,
        cost=10,
        description="When which price policy holds.",
    )

    def resolve_price_goods(root: Any, info: Any, search: str = "") -> list[dict[str, Any]]:
        actor, words = info.context.actor, (search or "").split()
        found: list[dict[str, Any]] = []
        for scope, model in KINDS.items():
            rows = model.objects.visible_to(actor)
            for word in words:
                rows = rows.filter(_named(model, word))
            if model is Variant:
                rows = rows.select_related("product")
            for row in rows.order_by("pk")[:MOST_GOODS]:
                label = row.name
                if model is Variant:
                    label = " ".join(filter(None, (row.sku, row.product.name, row.name)))
                found.append({"id": to_global_id(model.__name__, row.pk), "scope": scope, "label": label})
        return found

    def resolve_price_policy_calendar(
        root: Any, info: Any, starts_on: date | None = None, months: int = 6
    ) -> dict[str, Any]:
        actor = info.context.actor
        begins, ends = period_of(home_of(actor).time_zone, starts_on, min(max(months or 6, 1), 60))
        rows = PricePolicyType.visible(actor).exclude(status=PolicyStatus.VOIDED)
        # The policies that a list's own form made have nothing but that list: the calendar of lists shows those.
        terms = PricePolicyLine.objects.filter(policy=OuterRef("pk")).exclude(kind=PolicyLineKind.LIST)
        shown = rows.filter(Exists(terms)).order_by("valid_from", "code")[:LANES]
        return {"begins": begins, "ends": ends, "lanes": [_lane(one, begins, ends) for one in shown]}


KINDS: dict[ScopeLevel, Any] = {
    ScopeLevel.BRAND: Brand,
    ScopeLevel.CATEGORY: Category,
    ScopeLevel.PRODUCT: Product,
    ScopeLevel.VARIANT: Variant,
}


def _named(model: Any, word: str) -> Q:
    names = Q(name_zh__icontains=word) | Q(name_en__icontains=word)
    if model is not Variant:
        return names
    of_product = Q(product__name_zh__icontains=word) | Q(product__name_en__icontains=word)
    return names | of_product | Q(sku__istartswith=word)


def _lane(found: PricePolicy, begins: datetime, ends: datetime) -> dict[str, Any]:
    window = Window(found.valid_from, found.valid_to, found.pk)
    return {"price_policy": found, "spans": spans_of([window], begins, ends)}
