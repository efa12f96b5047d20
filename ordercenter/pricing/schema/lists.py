"""Price lists and their rows in the schema."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene
from django.db.models import Q, TextChoices
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.instants import or_none
from marketplace.core.models import PolicyStatus
from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    ConnectionField,
    DateTime,
    Field,
    Filter,
    FilterInput,
    ListFilter,
    ModelType,
    Money,
    Quantity,
    Related,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
    label_field,
    to_global_id,
)
from marketplace.parties.audience import AudienceLevel
from marketplace.parties.schema.types import OrganizationType, listed, text
from ordercenter.pricing.lists import status_at
from ordercenter.pricing.models import PriceList, PriceRow, TierScope, UomFallback
from ordercenter.pricing.schema.loaders import AssignmentsOfList, assignment_of

VIEW = "prices.view"
VARIANT = "marketplace.catalog.schema.types.VariantType"
UNIT = "marketplace.catalog.schema.types.UnitOfMeasureType"
THE_ID = graphene.ID(required=True, description="Its id.")


class PriceAssignmentType(graphene.ObjectType):
    """For whom a list holds."""

    class Meta:
        name = "PriceAssignment"

    id = Field(graphene.ID, required=True, description="Its id.")
    audience = text("Partner, group or grade by name; or everyone.")
    level = Field(enum_of(AudienceLevel), required=True, description="How narrow the audience is.")
    level_label = label_field("level")
    priority = Field(graphene.Int, required=True, description="Among lists of one level the lower comes first.")
    merge = Field(graphene.Boolean, required=True, description="Its tiers are compared with those of other lists.")
    policy_name = text("The policy that assigns it.")
    price_list = Field(lambda: PriceListType, required=True, description="The list.")

    def resolve_id(root: Any, _info: Any) -> str:
        return to_global_id("PriceAssignment", root.line.pk)

    def resolve_price_list(root: Any, info: Any) -> Any:
        return root.line.price_list


class PriceListType(ModelType, model=PriceList, name="PriceList", permission=VIEW):
    """Prices by SKU, unit and quantity tier in one currency."""

    organization = Related(OrganizationType, "organization", required=True, description="Whose prices these are.")
    code = text("Unique among its owner's lists.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    public_label = text("What buyers read in place of the name.")
    public_label_zh = text("What buyers read, in Chinese.")
    public_label_en = text("What buyers read, in English.")
    currency = text("ISO 4217 code.")
    status = Field(enum_of(PolicyStatus), required=True, description="Where it stands now.")
    status_label = text("The label of `status` in the reader's language.")
    valid_from = Field(DateTime, description="From when it holds; null: always.")
    valid_to = Field(DateTime, description="Until when it holds; null: for good.")
    uom_fallback = Field(enum_of(UomFallback), required=True, description="For units without a row.")
    uom_fallback_label = label_field("uom_fallback")
    tier_scope = Field(enum_of(TierScope), required=True, description="Which quantities are added up for tiers.")
    tier_scope_label = label_field("tier_scope")
    fixed = Field(graphene.Boolean, required=True, description="Its prices are not adjusted by policies.")
    version = Field(graphene.Int, required=True, description="Rises with every change of the list or its prices.")
    row_count = Field(graphene.Int, required=True, description="Rows written, those that ended included.")
    updated_at = Field(DateTime, required=True, description="When it was last changed.")
    assignments = listed(PriceAssignmentType, "For whom it holds, from the policies that name it.", size=3)
    export_url = text("Where its prices can be had as a sheet (XLSX; with `?format=csv` as CSV).")

    def resolve_status(root: Any, _info: Any) -> PolicyStatus:
        return status_at(root, timezone.now())

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(status_at(root, timezone.now()).label)

    def resolve_valid_from(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_to)

    def resolve_assignments(root: Any, info: Any) -> Any:
        return AssignmentsOfList.of(info).load(root.pk).then(lambda lines: [assignment_of(line) for line in lines])

    def resolve_export_url(root: Any, _info: Any) -> str:
        return f"/files/price-lists/{root.pk}/"


class PriceRowType(ModelType, model=PriceRow, name="PriceRow", permission=VIEW):
    """The price of one slot (SKU, unit, least quantity) from an instant on."""

    variant = Related(VARIANT, "variant", required=True, description="What is priced.")
    uom = Related(UNIT, "uom", required=True, description="The unit it is priced in.")
    min_quantity = Field(Quantity, required=True, description="From which quantity on, in that unit.")
    amount = Field(Money, required=True, description="The price of one unit.")
    valid_from = Field(DateTime, description="From when it holds; null: always.")
    valid_to = Field(DateTime, description="Until when it holds; null: until another price follows.")
    in_force = Field(graphene.Boolean, required=True, description="It is the price of its slot now.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return PriceRow.objects.visible_to(actor).with_state().select_related("price_list", "uom")

    def resolve_amount(root: Any, _info: Any) -> Amount:
        return Amount(root.amount, root.price_list.currency)

    def resolve_valid_from(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_to)

    def resolve_in_force(root: Any, _info: Any) -> bool:
        return root.valid_from <= root.now < root.valid_to and not root.is_superseded


class PriceListFilter(FilterInput):
    """Narrows price lists."""

    status = ListFilter(enum_of(PolicyStatus), description="In any of these states now.")
    currency = Filter(graphene.String, lookup="currency", description="In this currency.")

    @staticmethod
    def filter_status(queryset: Any, value: list[PolicyStatus], info: Any) -> Any:
        return queryset.filter(status_condition(value))


class PriceRowState(TextChoices):
    """Where a price row stands now."""

    IN_FORCE = "in_force", _("In force")
    SCHEDULED = "scheduled", _("To come")
    ENDED = "ended", _("Ended or replaced")


ROW_STATES = {
    PriceRowState.IN_FORCE: Q(valid_from__lte=Now(), valid_to__gt=Now(), is_superseded=False),
    PriceRowState.SCHEDULED: Q(valid_from__gt=Now()),
    PriceRowState.ENDED: Q(valid_to__lte=Now()) | Q(is_superseded=True),
}


class PriceRowFilter(FilterInput):
    """Narrows the rows of a list."""

    state = ListFilter(enum_of(PriceRowState), description="In any of these states; in force and to come unless told.")
    variant = Filter(graphene.ID, description="Of this variant.")

    @staticmethod
    def filter_state(queryset: Any, value: list[PriceRowState], info: Any) -> Any:
        wanted = Q(pk__in=[])
        for state in value:
            wanted |= ROW_STATES[state]
        return queryset.filter(wanted)

    @staticmethod
    def filter_variant(queryset: Any, value: str, info: Any) -> Any:
        return queryset.filter(variant=from_global_id(value, "Variant", "variant"))


class PriceListSort(Sort, default="-UPDATED_AT"):
    """Keys that price lists are sorted by."""

    UPDATED_AT = SortKey.of("updated_at", description="When it was last changed.")
    CODE = SortKey.of("code", description="The code.")


class PriceRowSort(Sort, default="SLOT"):
    """Keys that price rows are sorted by."""

    SLOT = SortKey.of("variant", "uom", "min_quantity", "valid_from", description="SKU, unit, quantity, beginning.")


class ListQueries:
    """Mounted by the package."""

    price_list = Field(PriceListType, id=THE_ID, permission=VIEW, description="One price list of yours.")
    price_lists = ConnectionField(
        PriceListType,
        search=graphene.String(description="Words of code or name."),
        filter=PriceListFilter,
        sort=PriceListSort,
        permission=VIEW,
        description="Your price lists.",
    )
    price_rows = ConnectionField(
        PriceRowType,
        price_list=graphene.ID(required=True, description="The list."),
        search=graphene.String(description="The beginning of an SKU, or words of the product's name."),
        filter=PriceRowFilter,
        sort=PriceRowSort,
        hands_over=True,
        permission=VIEW,
        description="The rows of a list; those in force and to come unless the filter names states.",
    )

    def resolve_price_list(root: Any, info: Any, id: str) -> Any:
        return PriceListType.by_id(info, id)

    def resolve_price_lists(root: Any, info: Any, search: str = "") -> Any:
        rows = PriceListType.visible(info.context.actor)
        for word in (search or "").split():
            rows = rows.filter(Q(code__icontains=word) | Q(name_zh__icontains=word) | Q(name_en__icontains=word))
        return rows

    def resolve_price_rows(
        root: Any, info: Any, price_list: str, search: str = "", filter: Any = None, sort_by: Any = None
    ) -> Any:
        rows = PriceRowType.visible(info.context.actor)
        rows = rows.filter(price_list=from_global_id(price_list, PriceListType, "priceList"))
        for word in (search or "").split():
            named = Q(variant__product__name_zh__icontains=word) | Q(variant__product__name_en__icontains=word)
            rows = rows.filter(Q(variant__sku__istartswith=word) | named)
        if not (filter or {}).get("state"):
            rows = rows.filter(valid_to__gt=Now(), is_superseded=False)
        return PriceRowFilter.apply(rows, filter, info)


def status_condition(statuses: list[PolicyStatus]) -> Q:
    """Rows whose status, read against their window, is one of these now."""
    stored = Q(status=PolicyStatus.EFFECTIVE)
    read = {
        PolicyStatus.SCHEDULED: stored & Q(valid_from__gt=Now()),
        PolicyStatus.EXPIRED: stored & Q(valid_to__lte=Now()),
        PolicyStatus.EFFECTIVE: stored & Q(valid_from__lte=Now(), valid_to__gt=Now()),
    }
    wanted = Q(pk__in=[])
    for status in statuses:
        wanted |= read.get(status, Q(status=status))
    return wanted
