"""A price list as a spreadsheet in the schema: its columns, its rows with their cells, and what a step would change."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal as Number
from typing import Any

import graphene
from django.db.models import BigIntegerField, Exists, OuterRef, Q, TextChoices, Value
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import Pack, Variant
from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.core.instants import or_none
from marketplace.graphql import (
    BatchLoader,
    ConnectionField,
    DateTime,
    Decimal,
    Deferred,
    Field,
    FilterInput,
    ModelType,
    Quantity,
    Related,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
    ids_of,
    to_global_id,
)
from marketplace.graphql import Filter as OneFilter
from marketplace.graphql.extending import extend
from marketplace.parties.models import Partnership
from marketplace.parties.schema.types import listed, text
from ordercenter.pricing.explain import explain, sees_all
from ordercenter.pricing.lists import MANAGE
from ordercenter.pricing.models import PriceList, PriceRow
from ordercenter.pricing.schema.inputs import PriceRowsInput, entry_of
from ordercenter.pricing.schema.lists import UNIT, VARIANT, VIEW, PriceListType
from ordercenter.pricing.schema.preview import PriceRowsPreviewType
from ordercenter.pricing.schema.traces import PriceTraceType, ShownTrace
from ordercenter.pricing.sheet import Difference, SheetColumn, columns_of, price_sheet_preview
from ordercenter.pricing.terms import PriceRequest


class PriceColumnType(graphene.ObjectType):
    """A column of a list's sheet: prices from one quantity on, in force or from one instant on."""

    class Meta:
        name = "PriceColumn"

    min_quantity = Field(Quantity, required=True, description="From which quantity on, in the unit of the row.")
    valid_from = Field(DateTime, description="From when; null: in force.")
    count = Field(graphene.Int, required=True, description="Prices in it.")


@extend(PriceListType)
class PriceListSheet:
    """The sheet of a list."""

    columns = listed(PriceColumnType, "Its tiers: those in force, then those to come by their instant.", size=8)

    def resolve_columns(root: Any, info: Any) -> Deferred:
        return ColumnsOf.of(info).load(root.pk)


class ColumnsOf(BatchLoader):
    """By list that the reader sees: its columns. A statement for each list: one page shows one."""

    def batch(self, keys: list[int]) -> list[list[SheetColumn]]:
        return [columns_of(key) for key in keys]


class PriceCellType(graphene.ObjectType):
    """A price that stands in a cell of the sheet."""

    class Meta:
        name = "PriceCell"

    row_id = Field(graphene.ID, required=True, description="Its row.")
    min_quantity = Field(Quantity, required=True, description="The quantity of its column.")
    valid_from = Field(DateTime, description="The instant of its column; null: in force.")
    valid_to = Field(DateTime, description="Until when; null: until another price follows.")
    amount = Field(Decimal, required=True, description="The price of one unit, in the currency of the list.")

    def resolve_row_id(root: Any, _info: Any) -> str:
        return to_global_id("PriceRow", root.pk)

    def resolve_valid_from(root: Any, _info: Any) -> datetime | None:
        return None if root.valid_from <= root.now else or_none(root.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_to)


class CellsOf(BatchLoader):
    """By variant and unit: the prices of a list (parameter) in force and to come."""

    def batch(self, keys: list[tuple[int, int]]) -> list[list[PriceRow]]:
        rows: Any = PriceRow.objects.visible_to(self.actor).with_state()
        rows = rows.filter(price_list=self.params[0], variant__in={variant for variant, _uom in keys})
        rows = rows.filter(valid_to__gt=Now(), is_superseded=False)
        found: dict[tuple[int, int], list[PriceRow]] = defaultdict(list)
        for row in rows.order_by("min_quantity", "valid_from"):
            found[row.variant_id, row.uom_id].append(row)
        return [found[key] for key in keys]


class PriceSlotType(ModelType, model=Pack, name="PriceSlot", permission=VIEW):
    """A row of a list's sheet: a variant in one of its units."""

    variant = Related(VARIANT, "variant", required=True, description="What is priced.")
    uom = Related(UNIT, "uom", required=True, description="The unit it is priced in.")
    factor = Field(Quantity, required=True, description="Base units in one.")
    label = text("SKU and unit.")
    cells = listed(PriceCellType, "Its prices in force and to come in the list asked for.", size=4)
    explain = Field(
        PriceTraceType,
        buyer=graphene.ID(description="The organization that buys."),
        quantity=Quantity(description="How much of it; 1 unless told."),
        at=DateTime(description="The instant of the price; now unless told."),
        permission=VIEW,
        cost=10,
        description="Why a partner of yours pays what it pays for it; null without a partner.",
    )

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return (
            Pack.objects.visible_to(actor)
            .filter(variant__in=Variant.objects.visible_to(actor))
            .select_related("variant", "uom")
        )

    def resolve_label(root: Pack, _info: Any) -> str:
        return f"{root.variant.sku} · {root.uom.name}"

    def resolve_explain(
        root: Pack, info: Any, buyer: str | None = None, quantity: Number | None = None, at: datetime | None = None
    ) -> ShownTrace | None:
        actor = info.context.actor
        if not buyer or actor.organization_id is None:
            return None
        key = from_global_id(buyer, "Organization", "buyer")
        partner = Partnership.objects.visible_to(actor).filter(upstream=actor.organization_id, downstream=key).first()
        if partner is None:
            raise not_found("buyer")
        line = PriceRequest(0, partner.pk, root.variant_id, root.uom_id, quantity or Number(1))
        (trace,) = explain(actor, actor.organization_id, [line], at)
        return ShownTrace(trace, sees_all(actor, actor.organization_id))

    def resolve_cells(root: Any, info: Any) -> Any:
        return CellsOf.of(info, root.of_list).load((root.variant_id, root.uom_id)) if hasattr(root, "of_list") else []


class PriceSlotState(TextChoices):
    """Whether a list prices a unit of a variant."""

    PRICED = "priced", _("With a price")
    UNPRICED = "unpriced", _("Without a price")


class PriceSlotFilter(FilterInput):
    """Narrows the rows of a sheet."""

    state = OneFilter(enum_of(PriceSlotState), description="Priced in the list or not; all units unless told.")
    category = OneFilter(graphene.ID, description="Of a category or one below it.")
    brand = OneFilter(graphene.ID, description="Of a brand.")

    @staticmethod
    def filter_state(rows: Any, value: PriceSlotState, _info: Any) -> Any:
        return rows.filter(is_priced=PriceSlotState(value) is PriceSlotState.PRICED)

    @staticmethod
    def filter_category(rows: Any, value: str, _info: Any) -> Any:
        key = from_global_id(value, "Category", "category")
        return rows.filter(variant__product__category__ancestors__contains=[key])

    @staticmethod
    def filter_brand(rows: Any, value: str, _info: Any) -> Any:
        return rows.filter(variant__product__brand=from_global_id(value, "Brand", "brand"))


class PriceSlotSort(Sort, default="SKU"):
    """Keys that the rows of a sheet are sorted by."""

    SKU = SortKey.of("variant__sku", "factor", description="SKU, then the smaller unit.")


class SheetQueries:
    """Mounted by the package."""

    price_slots = ConnectionField(
        PriceSlotType,
        price_list=graphene.ID(description="The list whose prices stand in the cells; none unless told."),
        search=graphene.String(description="The beginning of an SKU, or words of the product's name."),
        filter=PriceSlotFilter,
        sort=PriceSlotSort,
        permission=VIEW,
        description="The rows of a list's sheet: every unit of what you sell, with its prices in the list.",
    )
    price_slot = Field(
        PriceSlotType,
        id=graphene.ID(description="Its id."),
        permission=VIEW,
        description="One unit of what you sell; null without an id.",
    )
    price_rows_preview = Field(
        PriceRowsPreviewType,
        input=graphene.Argument(PriceRowsInput, required=True, description="As `priceRowsWrite` takes it."),
        permission=MANAGE,
        required=True,
        cost=20,
        description="What `priceRowsWrite` would change with this input, for whom, and what it would refuse.",
    )

    def resolve_price_slot(root: Any, info: Any, id: str | None = None) -> Any:
        return PriceSlotType.by_id(info, id) if id else None

    def resolve_price_slots(root: Any, info: Any, price_list: str | None = None, search: str = "") -> Any:
        actor = info.context.actor
        if price_list is None:
            return slots_of(actor, None, search or "")
        key = from_global_id(price_list, PriceListType, "price_list")
        if not PriceList.objects.visible_to(actor).filter(pk=key).exists():
            raise not_found("price_list")
        return slots_of(actor, key, search or "")

    def resolve_price_rows_preview(root: Any, info: Any, input: Any) -> Difference:
        key = from_global_id(input["price_list"], PriceListType, "price_list")
        entries = [entry_of(row, index) for index, row in enumerate(input["rows"])]
        removed = ids_of(input.get("remove") or [], "PriceRow", "remove")
        return price_sheet_preview(info.context.actor, key, entries, removed, input.get("effective_at"))


def slots_of(actor: Actor, list_id: int | None, search: str) -> Any:
    """The packs of the actor's goods, each with `is_priced` in a list and the list itself."""
    priced = PriceRow.objects.filter(
        price_list=list_id, variant=OuterRef("variant"), uom=OuterRef("uom"), valid_to__gt=Now()
    )
    rows = PriceSlotType.visible(actor).annotate(
        is_priced=Exists(priced), of_list=Cast(Value(list_id or 0), BigIntegerField())
    )
    for word in search.split():
        named = Q(variant__product__name_zh__icontains=word) | Q(variant__product__name_en__icontains=word)
        rows = rows.filter(Q(variant__sku__istartswith=word) | named)
    return rows
