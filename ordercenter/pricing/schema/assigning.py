"""For whom a list holds, and when what of it is in force, in the schema."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

import graphene
from django.db.models import Q

from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType, VariantType
from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.core.instants import or_none
from marketplace.core.models import PolicyStatus
from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    BaseMutation,
    Date,
    DateTime,
    Deferred,
    Field,
    Money,
    Quantity,
    enum_of,
    from_global_id,
    label_field,
)
from marketplace.parties.schema.types import listed
from ordercenter.pricing import assigning
from ordercenter.pricing.calendar import Slot, Span, SpanKind, Window, period_of, slots_in_time, spans_of, window_of
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.lists import MANAGE, home_of
from ordercenter.pricing.models import PriceList, PriceRow
from ordercenter.pricing.schema.inputs import PriceAudienceInput, audience_draft
from ordercenter.pricing.schema.lists import THE_ID, VIEW, PriceListType

LANES = 100


class PriceListAssign(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Make a price list hold for one more partner, group or grade, or for everyone."""

    class Arguments:
        price_list = graphene.ID(required=True, description="The list.")
        audience = PriceAudienceInput(required=True, description="For whom, and in which order.")

    price_list = Field(PriceListType, description="The list.")

    @classmethod
    def perform(cls, actor: Actor, price_list: str, audience: Any) -> Self:
        key = from_global_id(price_list, PriceListType, "price_list")
        line = assigning.price_list_assign(
            actor, key, audience_draft(audience), audience.get("priority"), audience.get("merge")
        )
        return cls(price_list=line.price_list)


class PriceAssignmentUpdate(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Change the order in which a list is asked for an audience, or whether its tiers are compared with others."""

    class Arguments:
        id = THE_ID
        priority = graphene.Int(description="1 to 9999; the lower comes first.")
        merge = graphene.Boolean(description="Its tiers are compared with those of other lists.")

    price_list = Field(PriceListType, description="The list.")

    @classmethod
    def perform(cls, actor: Actor, id: str, priority: int | None = None, merge: bool | None = None) -> Self:
        line = assigning.price_assignment_update(actor, from_global_id(id, "PriceAssignment"), priority, merge)
        return cls(price_list=line.price_list)


class PriceAssignmentRemove(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Let a price list hold for an audience no longer."""

    class Arguments:
        id = THE_ID

    price_list = Field(PriceListType, description="The list.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(price_list=assigning.price_assignment_remove(actor, from_global_id(id, "PriceAssignment")))


class AssigningMutations:
    """Mounted by the package."""

    price_list_assign = PriceListAssign.Field()
    price_assignment_update = PriceAssignmentUpdate.Field()
    price_assignment_remove = PriceAssignmentRemove.Field()


class PriceSpanType(graphene.ObjectType):
    """A stretch of time in a calendar."""

    class Meta:
        name = "PriceSpan"

    kind = Field(
        enum_of(SpanKind, "PriceSpanKind"), required=True, description="In force, covered, or without a price."
    )
    kind_label = label_field("kind")
    begins = Field(DateTime, required=True, description="Its first instant within the period asked for.")
    ends = Field(DateTime, required=True, description="The instant after its last one, within the period.")
    amount = Field(Money, description="The price; null for a gap and for a list as a whole.")
    valid_from = Field(DateTime, description="From when it holds; null: always.")
    valid_to = Field(DateTime, description="Until when it holds; null: without end.")


class PriceLaneType(graphene.ObjectType):
    """A line of a calendar: a list as a whole or, within a list, a variant in a unit from a quantity on."""

    class Meta:
        name = "PriceLane"

    price_list = Field(PriceListType, required=True, description="The list.")
    variant = Field(VariantType, description="What is priced; null for a list as a whole.")
    uom = Field(UnitOfMeasureType, description="The unit it is priced in.")
    min_quantity = Field(Quantity, description="From which quantity on.")
    spans = listed(PriceSpanType, "What is in force when; covered ones lie under later ones.", size=4)
    is_changing = Field(graphene.Boolean, required=True, description="More than one thing happens in the period.")

    def resolve_variant(root: Any, info: Any) -> Any:
        return VariantType.load(info, root["slot"].variant_id) if root.get("slot") else None

    def resolve_uom(root: Any, info: Any) -> Deferred | None:
        return UnitById.of(info).load(root["slot"].uom_id) if root.get("slot") else None

    def resolve_min_quantity(root: Any, _info: Any) -> Any:
        return root["slot"].min_quantity if root.get("slot") else None

    def resolve_is_changing(root: Any, _info: Any) -> bool:
        return len(root["spans"]) > 1


class PriceCalendarType(graphene.ObjectType):
    """When which list and which price is in force."""

    class Meta:
        name = "PriceCalendar"

    begins = Field(DateTime, required=True, description="The first instant of the period.")
    ends = Field(DateTime, required=True, description="The instant after its last one.")
    lanes = listed(PriceLaneType, f"One list after the other; or a list, then its prices. {LANES} at most.", size=LANES)


class CalendarQueries:
    """Mounted by the package."""

    price_calendar = Field(
        PriceCalendarType,
        required=True,
        starts_on=Date(description="The first day in your zone; the first of this month unless told."),
        months=graphene.Int(description="How many months, 1 to 60; 6 unless told."),
        price_list=graphene.ID(description="One list, with its prices; all your lists as a whole unless told."),
        search=graphene.String(description="Of a list: the beginning of an SKU, or words of a name."),
        changing=graphene.Boolean(description="Of a list: only prices with which something happens in the period."),
        permission=VIEW,
        cost=10,
        description="When which list and which price is in force, with gaps and what lies covered by later ones.",
    )

    def resolve_price_calendar(
        root: Any,
        info: Any,
        starts_on: date | None = None,
        months: int = 6,
        price_list: str | None = None,
        search: str = "",
        changing: bool = False,
    ) -> dict[str, Any]:
        actor = info.context.actor
        begins, ends = period_of(home_of(actor).time_zone, starts_on, min(max(months or 6, 1), 60))
        lists = PriceList.objects.visible_to(actor)
        if price_list is None:
            shown = lists.exclude(status=PolicyStatus.VOIDED).order_by("valid_from", "code")[:LANES]
            lanes = [_lane(found, spans_of([window_of(found)], begins, ends)) for found in shown]
        else:
            one = lists.filter(pk=from_global_id(price_list, PriceListType, "price_list")).first()
            if one is None:
                raise not_found("price_list")
            lanes = _prices(actor, one, begins, ends, search or "", changing)
        return {"begins": begins, "ends": ends, "lanes": lanes}


def _prices(
    actor: Actor, found: PriceList, begins: datetime, ends: datetime, search: str, changing: bool
) -> list[dict[str, Any]]:
    rows = PriceRow.objects.visible_to(actor).filter(price_list=found)
    for word in search.split():
        named = Q(variant__product__name_zh__icontains=word) | Q(variant__product__name_en__icontains=word)
        rows = rows.filter(Q(variant__sku__istartswith=word) | named)
    if changing:
        # A slot is worth a line where one of its rows begins or ends within the period.
        moving = rows.filter(Q(valid_from__gt=begins, valid_from__lt=ends) | Q(valid_to__gt=begins, valid_to__lt=ends))
    else:
        moving = rows
    keys = list(moving.order_by("variant").values_list("variant", flat=True).distinct()[:LANES])
    rows = rows.filter(variant__in=keys)
    lanes = [_lane(found, spans_of([window_of(found)], begins, ends))]
    for slot, windows in sorted(slots_in_time(rows, begins, ends).items(), key=_by_slot):
        spans = spans_of(windows, begins, ends)
        if len(spans) > 1 or not changing:
            lanes.append(_lane(found, spans, slot))
    return lanes[:LANES]


def _by_slot(item: tuple[Slot, list[Window]]) -> tuple[int, int, Any]:
    return item[0].variant_id, item[0].uom_id, item[0].min_quantity


def _lane(found: PriceList, spans: list[Span], slot: Slot | None = None) -> dict[str, Any]:
    return {"price_list": found, "slot": slot, "spans": [_shown(span, found.currency) for span in spans]}


def _shown(span: Span, currency: str) -> dict[str, Any]:
    window = span.window
    amount = None if window is None or window.amount is None else Amount(window.amount, currency)
    bounds = (None, None) if window is None else (or_none(window.valid_from), or_none(window.valid_to))
    return {
        "kind": span.kind,
        "begins": span.begins,
        "ends": span.ends,
        "amount": amount,
        "valid_from": bounds[0],
        "valid_to": bounds[1],
    }
