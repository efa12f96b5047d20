"""What the mutations of stock take."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import graphene
from django.utils.translation import get_language

from marketplace.core.errors import DomainError
from marketplace.graphql import Date, DateTime, Quantity, enum_of, from_global_id, ids_of
from ordercenter.stock.entries import Adjustment
from ordercenter.stock.goods import NamedAdjustment, NamedGoods
from ordercenter.stock.keeping import Safety
from ordercenter.stock.models import StockCondition, StockShow, WarehouseKind
from ordercenter.stock.supply_plans import Supply
from ordercenter.stock.terms import Wish
from ordercenter.stock.visibility import VisibilityRule
from ordercenter.stock.warehouses import WarehouseDraft


def listed(type_: Any) -> Any:
    """A list without holes."""
    return graphene.List(graphene.NonNull(type_))


class WarehouseInput(graphene.InputObjectType):
    """A place to make or, with an id, to change; what is left out stays as it is."""

    id = graphene.ID(description="Which one to change.")
    code = graphene.String(required=True, description="Its code, once in the organization.")
    name = graphene.String(description="Its name in the reader's language.")
    name_zh = graphene.String(description="Its name in Chinese.")
    name_en = graphene.String(description="Its name in English.")
    address = graphene.ID(description="Where it stands, one of your addresses.")
    kind = graphene.Field(enum_of(WarehouseKind), description="Physical unless told.")
    priority = graphene.Int(description="Smaller numbers serve first; 100 unless told.")
    allocates = graphene.Boolean(description="Orders are served from here; true unless told.")

    def to_draft(self) -> WarehouseDraft:
        chinese = (get_language() or "en").startswith("zh")
        name, address = self.get("name") or "", self.get("address")
        return WarehouseDraft(
            self["code"],
            name_zh=self.get("name_zh") or (name if chinese else ""),
            name_en=self.get("name_en") or ("" if chinese else name),
            address_id=from_global_id(address, "Address", "address") if address else None,
            kind=self.get("kind"),
            priority=self.get("priority"),
            allocates=self.get("allocates"),
        )


class StockQuantityInput(graphene.InputObjectType):
    """So much of a variant, named by id or own SKU."""

    variant = graphene.ID(description="The variant.")
    sku = graphene.String(description="Or its SKU.")
    quantity = Quantity(required=True, description="How much, in `uom`.")
    uom = graphene.String(description="Code of a unit of the variant; its base unit unless told.")

    def to_goods(self, index: int) -> NamedGoods:
        pk = from_global_id(self["variant"], "Variant", "variant", index) if self.get("variant") else None
        return NamedGoods(self["quantity"], pk, self.get("sku") or "", self.get("uom") or "")


class StockReceiveInput(graphene.InputObjectType):
    """Goods from outside."""

    warehouse = graphene.ID(required=True, description="Where they go.")
    reference = graphene.String(description="Number of the delivery note.")
    external_number = graphene.String(description="Another system's number: the same again changes nothing.")
    occurred_at = DateTime(description="When they came; now unless told.")
    lines = graphene.List(graphene.NonNull(StockQuantityInput), required=True, description="What came.")


class StockAdjustLineInput(graphene.InputObjectType):
    """How a balance changes; exactly one of `change` and `counted`."""

    balance = graphene.ID(description="The balance; or give `sku` and `warehouse`.")
    sku = graphene.String(description="Your code of the variant whose sellable stock changes.")
    warehouse = graphene.String(description="Id or code of the warehouse it lies in.")
    change = Quantity(description="So much more or, below 0, less.")
    counted = Quantity(description="What really lies there.")

    def to_line(self, index: int) -> NamedAdjustment:
        given = self.get("balance")
        pk = from_global_id(given, "StockBalance", "balance", index) if given else None
        place: str | int = (self.get("warehouse") or "").strip()
        with suppress(DomainError):
            place = from_global_id(str(place), "Warehouse")
        return NamedAdjustment(self.get("change"), self.get("counted"), pk, self.get("sku") or "", place)


class StockAdjustInput(graphene.InputObjectType):
    """Balances set right by hand."""

    reason = graphene.String(required=True, description="Why.")
    lines = graphene.List(graphene.NonNull(StockAdjustLineInput), required=True, description="What changes.")


class StockCountLineInput(graphene.InputObjectType):
    """What was counted of a balance."""

    balance = graphene.ID(required=True, description="The balance.")
    counted = Quantity(required=True, description="What lies there.")

    def to_line(self, index: int) -> Adjustment:
        pk = from_global_id(self["balance"], "StockBalance", "balance", index)
        return Adjustment(pk, counted=self["counted"])


class StockCountInput(graphene.InputObjectType):
    """What was counted in a round."""

    reference = graphene.String(description="Number of the counting sheet.")
    reason = graphene.String(description="A note.")
    lines = graphene.List(graphene.NonNull(StockCountLineInput), required=True, description="What was counted.")


class StockConditionChangeInput(graphene.InputObjectType):
    """Goods that turn out to be in another condition."""

    balance = graphene.ID(required=True, description="Where they are booked.")
    quantity = Quantity(required=True, description="How much of it.")
    condition = graphene.Field(enum_of(StockCondition), required=True, description="What condition they are in.")
    reason = graphene.String(description="Why.")


class StockTransferLineInput(graphene.InputObjectType):
    """So much of a balance."""

    balance = graphene.ID(required=True, description="Where it lies.")
    quantity = Quantity(required=True, description="How much, in the base unit.")

    def to_line(self, index: int) -> tuple[int, Decimal]:
        return from_global_id(self["balance"], "StockBalance", "balance", index), self["quantity"]


class StockTransferInput(graphene.InputObjectType):
    """Goods that go to another place of the same organization."""

    warehouse = graphene.ID(required=True, description="Where they go.")
    reference = graphene.String(description="Number of the paper.")
    reason = graphene.String(description="Why.")
    lines = graphene.List(graphene.NonNull(StockTransferLineInput), required=True, description="What goes.")


class StockReserveLineInput(graphene.InputObjectType):
    """What a cart wants to keep of a variant."""

    variant = graphene.ID(required=True, description="The variant.")
    quantity = Quantity(required=True, description="How much, in the base unit.")

    def to_wish(self, index: int, cart_id: int) -> Wish:
        return Wish(index, cart_id, from_global_id(self["variant"], "Variant", "variant", index), self["quantity"])


class StockVisibilityInput(graphene.InputObjectType):
    """Who sees how exactly: for one of three audiences or everyone, of one of three kinds of goods or all."""

    partnership = graphene.ID(description="For one partner.")
    group = graphene.ID(description="For a partner group and all below it.")
    grade = graphene.ID(description="For a partner grade.")
    variant = graphene.ID(description="Of one variant.")
    product = graphene.ID(description="Of one product.")
    category = graphene.ID(description="Of a category and all below it.")
    warehouses = graphene.List(graphene.NonNull(graphene.ID), description="In these places; all unless told.")
    show = graphene.Field(enum_of(StockShow), required=True, description="How exactly.")

    def to_rule(self, index: int) -> VisibilityRule:
        types = {
            "partnership": "Partnership",
            "group": "PartnerGroup",
            "grade": "PartnerGrade",
            "variant": "Variant",
            "product": "Product",
            "category": "Category",
        }
        named = {
            f"{name}_id": from_global_id(self[name], type_, name, index)
            for name, type_ in types.items()
            if self.get(name)
        }
        places = ids_of(self.get("warehouses") or [], "Warehouse", "warehouses")
        return VisibilityRule(self["show"], **named, warehouses=tuple(places))


class SafetyStockInput(graphene.InputObjectType):
    """What is withheld of a variant in a place; 0 withholds nothing any more."""

    warehouse = graphene.ID(required=True, description="Where.")
    variant = graphene.ID(description="Of what; or give `sku`.")
    sku = graphene.String(description="Your code of the variant.")
    quantity = Quantity(required=True, description="How much, in the base unit.")

    def to_safety(self, index: int) -> Safety:
        place = from_global_id(self["warehouse"], "Warehouse", "warehouse", index)
        given = self.get("variant")
        pk = from_global_id(given, "Variant", "variant", index) if given else 0
        return Safety(place, pk, self["quantity"], self.get("sku") or "")


class SupplyPlanInput(graphene.InputObjectType):
    """What is expected of a variant in a place on a day; 0 takes the plan back."""

    warehouse = graphene.ID(required=True, description="Where it comes to.")
    variant = graphene.ID(description="What comes; or give `sku`.")
    sku = graphene.String(description="Your code of the variant.")
    day = Date(required=True, description="When.")
    quantity = Quantity(required=True, description="How much, in the base unit.")
    source = graphene.String(description="The paper it is from, such as a purchase order.")

    def to_supply(self, index: int) -> Supply:
        place = from_global_id(self["warehouse"], "Warehouse", "warehouse", index)
        given = self.get("variant")
        pk = from_global_id(given, "Variant", "variant", index) if given else 0
        return Supply(place, pk, self["day"], self["quantity"], self.get("source") or "", self.get("sku") or "")
