"""Price adjustments in the schema."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal as Number
from typing import Any, Self

import graphene
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType, VariantType
from marketplace.catalog.scope import ProductScope
from marketplace.core.actor import Actor
from marketplace.core.instants import or_none
from marketplace.core.models import DocumentStatus
from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    ConnectionField,
    DateTime,
    Decimal,
    Deferred,
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
)
from marketplace.parties.schema.types import UserType, listed, text
from ordercenter.pricing import adjustments
from ordercenter.pricing.adjusting import Overlay, overlays_of
from ordercenter.pricing.drafts import ALL_GOODS
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.lists import MANAGE
from ordercenter.pricing.models import PriceAdjustment, PriceAdjustmentLine
from ordercenter.pricing.schema.inputs import PriceRowInput, entry_of
from ordercenter.pricing.schema.lists import THE_ID, UNIT, VARIANT, VIEW, PriceListType
from ordercenter.pricing.schema.terms import GOODS, scope_of


class PriceAdjustmentLineType(ModelType, model=PriceAdjustmentLine, name="PriceAdjustmentLine", permission=VIEW):
    """The new price of one SKU in one unit from a quantity on."""

    position = Field(graphene.Int, required=True, description="Its place, from 0.")
    variant = Related(VARIANT, "variant", required=True, description="What is priced.")
    uom = Related(UNIT, "uom", required=True, description="The unit.")
    min_quantity = Field(Quantity, required=True, description="From which quantity on, in that unit.")
    old = Field(Money, description="What the list says until then; null: nothing.")
    new = Field(Money, required=True, description="The new price.")
    percent = Field(Decimal, description="By how much it rises or, below 0, falls.")
    valid_from = Field(DateTime, description="From when, where that is later than the adjustment's own instant.")
    valid_to = Field(DateTime, description="Until when; null: until another price follows.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return PriceAdjustmentLine.objects.visible_to(actor).select_related("uom", "adjustment__price_list")

    def resolve_old(root: Any, _info: Any) -> Amount | None:
        return None if root.old is None else Amount(root.old, root.adjustment.price_list.currency)

    def resolve_new(root: Any, _info: Any) -> Amount:
        return Amount(root.new, root.adjustment.price_list.currency)

    def resolve_percent(root: Any, _info: Any) -> Number | None:
        return round((root.new - root.old) / root.old * 100, 2) if root.old else None

    def resolve_valid_from(root: Any, _info: Any) -> datetime | None:
        return root.valid_from and or_none(root.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> datetime | None:
        return root.valid_to and or_none(root.valid_to)


class PriceOverlayType(graphene.ObjectType):
    """OVERLAYS_TEMPORARY: a line begins while a temporary price holds, and wins over it from its own beginning."""

    class Meta:
        name = "PriceOverlay"

    code = text("OVERLAYS_TEMPORARY.")
    message = text("The same for people.")
    position = Field(graphene.Int, required=True, description="The line.")
    variant = Field(VariantType, required=True, description="What is priced.")
    uom = Field(UnitOfMeasureType, required=True, description="The unit.")
    min_quantity = Field(Quantity, required=True, description="From which quantity on.")
    temporary = Field(Decimal, required=True, description="The temporary price.")
    ends = Field(DateTime, required=True, description="When it would end: let the line begin then to keep it.")

    def resolve_code(root: Overlay, _info: Any) -> str:
        return "OVERLAYS_TEMPORARY"

    def resolve_message(root: Overlay, _info: Any) -> str:
        return _("The new price takes the place of a temporary one before that ends.")

    def resolve_variant(root: Overlay, info: Any) -> Any:
        return VariantType.load(info, root.variant_id)

    def resolve_uom(root: Overlay, info: Any) -> Deferred:
        return UnitById.of(info).load(root.uom_id)


class PriceAdjustmentType(ModelType, model=PriceAdjustment, name="PriceAdjustment", permission=VIEW):
    """Changes of prices in one list that take effect together, now or at an instant to come."""

    number = text("Its number.")
    price_list = Related(PriceListType, "price_list", required=True, description="The list.")
    effective_at = Field(DateTime, description="From when its prices are to hold; null: from when it is approved.")
    begins_at = Field(DateTime, description="From when they do hold, once it is approved.")
    reason = text("Why.")
    status = Field(enum_of(DocumentStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    line_count = Field(graphene.Int, required=True, description="Its lines.")
    created_at = Field(DateTime, required=True, description="When it was entered.")
    created_by = Related(UserType, "created_by", description="Who entered it.")
    submitted_at = Field(DateTime, description="When it was approved.")
    voided_at = Field(DateTime, description="When it was voided.")
    lines = ConnectionField(PriceAdjustmentLineType, description="The prices.")
    overlays = listed(PriceOverlayType, "Lines that win over a temporary price before it ends.", size=5)
    can_submit = Field(graphene.Boolean, required=True, description="It can be approved.")
    can_void = Field(graphene.Boolean, required=True, description="It can be voided: its prices do not hold yet.")

    def resolve_lines(root: Any, info: Any, **_arguments: Any) -> Any:
        return PriceAdjustmentLineType.visible(info.context.actor).filter(adjustment=root.pk).order_by("position")

    def resolve_overlays(root: Any, info: Any) -> Any:
        return OverlaysOf.of(info).load(root) if root.status == DocumentStatus.DRAFT else []

    def resolve_begins_at(root: Any, _info: Any) -> datetime | None:
        return root.begins_at and or_none(root.begins_at)

    def resolve_can_submit(root: Any, _info: Any) -> bool:
        return adjustments.MOVES.allows("submit", root.status)

    def resolve_can_void(root: Any, _info: Any) -> bool:
        begun = root.begins_at is not None and root.begins_at <= timezone.now()
        return adjustments.MOVES.allows("void", root.status) and not begun


class OverlaysOf(BatchLoader):
    """By adjustment that the reader sees: what it lays over. One statement each: a page shows one."""

    def batch(self, keys: list[PriceAdjustment]) -> list[list[Overlay]]:
        return [overlays_of(one) for one in keys]


class PriceAdjustmentFilter(FilterInput):
    """Narrows price adjustments."""

    status = ListFilter(enum_of(DocumentStatus), lookup="status", description="In any of these states.")
    price_list = Filter(graphene.ID, description="Of this list.")

    @staticmethod
    def filter_price_list(queryset: Any, value: str, info: Any) -> Any:
        return queryset.filter(price_list=from_global_id(value, PriceListType, "priceList"))


class PriceAdjustmentSort(Sort, default="-CREATED"):
    """Keys that price adjustments are sorted by."""

    CREATED = SortKey.of("id", description="When it was entered.")
    NUMBER = SortKey.of("number", description="Its number.")


class AdjustmentQueries:
    """Mounted by the package."""

    price_adjustment = Field(PriceAdjustmentType, id=THE_ID, permission=VIEW, description="One adjustment of yours.")
    price_adjustments = ConnectionField(
        PriceAdjustmentType,
        search=graphene.String(description="Words of number, reason, or the list's code or name."),
        filter=PriceAdjustmentFilter,
        sort=PriceAdjustmentSort,
        permission=VIEW,
        description="Your price adjustments, the latest first.",
    )

    def resolve_price_adjustment(root: Any, info: Any, id: str) -> Any:
        return PriceAdjustmentType.by_id(info, id)

    def resolve_price_adjustments(root: Any, info: Any, search: str = "") -> Any:
        return adjustments.searched(PriceAdjustmentType.visible(info.context.actor), search or "")


class PriceChangeInput(graphene.InputObjectType):
    """The prices in force of a list, changed alike. Those that stay the same are left out."""

    percent = graphene.InputField(Decimal, description="By so many percent.")
    amount = graphene.InputField(Decimal, description="And by so much a base unit.")
    round_to = graphene.InputField(Decimal, description="Rounded half up to multiples of this; 0.01 unless told.")
    search = graphene.InputField(graphene.String, description="Only SKUs that begin like this.")
    goods = graphene.InputField(graphene.ID, description="Only a variant, product, category or brand.")


class PriceAdjustmentInput(graphene.InputObjectType):
    """A price adjustment: its lines one by one, or a change of many alike."""

    effective_at = graphene.InputField(DateTime, description="From when; from when it is approved unless told.")
    reason = graphene.InputField(graphene.String, description="Why.")
    lines = graphene.InputField(graphene.List(graphene.NonNull(PriceRowInput)), description="The prices.")
    change = graphene.InputField(PriceChangeInput, description="The prices in force, changed alike.")


def _draft(input: Any) -> adjustments.AdjustmentDraft:
    lines, change = input.get("lines"), input.get("change")
    return adjustments.AdjustmentDraft(
        effective_at=input.get("effective_at"),
        reason=input.get("reason"),
        lines=None if lines is None else [entry_of(line, index) for index, line in enumerate(lines)],
        change=None if change is None else _change(change),
    )


def _change(input: Any) -> adjustments.Raise:
    numbers = {name: input[name] for name in ("percent", "amount", "round_to") if input.get(name) is not None}
    scope = ALL_GOODS
    if input.get("goods"):
        name = scope_of(input["goods"], "change.goods")
        scope = ProductScope(**{f"{name}_id": from_global_id(input["goods"], GOODS[name], "change.goods")})
    return adjustments.Raise(**numbers, search=input.get("search") or "", scope=scope)


class PriceAdjustmentCreate(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Enter a price adjustment. It is a draft; nothing changes before it is submitted."""

    class Arguments:
        price_list = graphene.ID(required=True, description="The list.")
        input = PriceAdjustmentInput(required=True, description="The adjustment.")

    price_adjustment = Field(PriceAdjustmentType, description="The adjustment.")

    @classmethod
    def perform(cls, actor: Actor, price_list: str, input: Any) -> Self:
        key = from_global_id(price_list, PriceListType, "price_list")
        return cls(price_adjustment=adjustments.price_adjustment_create(actor, key, _draft(input)))


class PriceAdjustmentUpdate(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Change a draft; lines or a change that are given replace all its lines."""

    class Arguments:
        id = THE_ID
        input = PriceAdjustmentInput(required=True, description="What changes.")

    price_adjustment = Field(PriceAdjustmentType, description="The adjustment.")

    @classmethod
    def perform(cls, actor: Actor, id: str, input: Any) -> Self:
        key = from_global_id(id, PriceAdjustmentType)
        return cls(price_adjustment=adjustments.price_adjustment_update(actor, key, _draft(input)))


class PriceAdjustmentKeepTemporary(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Let the lines of a draft that would lay over a temporary price begin at its end."""

    class Arguments:
        id = THE_ID

    price_adjustment = Field(PriceAdjustmentType, description="The adjustment.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        key = from_global_id(id, PriceAdjustmentType)
        return cls(price_adjustment=adjustments.price_adjustment_keep_temporary(actor, key))


class PriceAdjustmentSubmit(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Approve a draft: its prices hold from its instant on, or from now where that has come."""

    class Arguments:
        id = THE_ID

    price_adjustment = Field(PriceAdjustmentType, description="The adjustment.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        key = from_global_id(id, PriceAdjustmentType)
        return cls(price_adjustment=adjustments.price_adjustment_submit(actor, key))


class PriceAdjustmentVoid(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Take an adjustment back before its prices hold."""

    class Arguments:
        id = THE_ID

    price_adjustment = Field(PriceAdjustmentType, description="The adjustment.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        key = from_global_id(id, PriceAdjustmentType)
        return cls(price_adjustment=adjustments.price_adjustment_void(actor, key))


class AdjustmentMutations:
    """Mounted by the package."""

    price_adjustment_create = PriceAdjustmentCreate.Field()
    price_adjustment_update = PriceAdjustmentUpdate.Field()
    price_adjustment_keep_temporary = PriceAdjustmentKeepTemporary.Field()
    price_adjustment_submit = PriceAdjustmentSubmit.Field()
    price_adjustment_void = PriceAdjustmentVoid.Field()
