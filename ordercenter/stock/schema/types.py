"""Types of stock."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.graphql import (
    DateTime,
    Deferred,
    Field,
    ModelType,
    Quantity,
    Related,
    enum_of,
    label_field,
    to_global_id,
)
from ordercenter.stock.availability import AvailabilityLevel, level_of
from ordercenter.stock.loaders import InTransit, base_uom
from ordercenter.stock.models import (
    Allocation,
    AllocationStatus,
    Reservation,
    ReservationStatus,
    SafetyStock,
    StockBalance,
    StockCondition,
    StockEntry,
    StockEntryKind,
    StockMove,
    StockMoveKind,
    StockSettings,
    StockShow,
    StockVisibility,
    Warehouse,
    WarehouseKind,
)

VARIANT = "marketplace.catalog.schema.VariantType"
UOM = "marketplace.catalog.schema.UnitOfMeasureType"


class WarehouseType(ModelType, model=Warehouse, name="Warehouse"):
    """A place with stock."""

    code = Field(graphene.String, required=True, description="Its code.")
    name = Field(graphene.String, required=True, description="Its name in the reader's language.")
    name_zh = Field(graphene.String, required=True, description="Its name in Chinese.")
    name_en = Field(graphene.String, required=True, description="Its name in English.")
    address = Related("marketplace.parties.schema.AddressType", "address", description="Where it stands.")
    kind = Field(enum_of(WarehouseKind), required=True, description="What kind of place it is.")
    kind_label = label_field("kind")
    allocates = Field(graphene.Boolean, required=True, description="Orders are served from here.")
    priority = Field(graphene.Int, required=True, description="Smaller numbers serve first.")


class StockBalanceType(ModelType, model=StockBalance, name="StockBalance", permission="stock.view"):
    """How much of a variant lies in a place, and what of it is promised. Quantities are in `uom`."""

    warehouse = Related(WarehouseType, "warehouse", required=True, description="Where it lies.")
    variant = Related(VARIANT, "variant", required=True, description="What it is.")
    condition = Field(enum_of(StockCondition), required=True, description="Fit for sale or not.")
    condition_label = label_field("condition")
    batch = Field(graphene.String, required=True, description="Its batch; empty for none.")
    on_hand = Field(Quantity, required=True, description="What is there.")
    allocated = Field(Quantity, required=True, description="Promised to lines of orders.")
    reserved = Field(Quantity, required=True, description="Kept for carts for some minutes.")
    safety_stock = Field(Quantity, required=True, description="Withheld in this place.")
    available = Field(Quantity, required=True, description="What may still be promised.")
    in_transit = Field(
        Quantity, required=True, description="Of the same variant and owner, what is on its way, wherever it goes."
    )
    uom = Field(UOM, required=True, description="The base unit of the variant.")
    level = Field(enum_of(AvailabilityLevel), required=True, description="Enough, low or nothing available.")
    level_label = Field(graphene.String, required=True, description="The label of `level` in the reader's language.")
    updated_at = Field(DateTime, required=True, description="When it changed last.")

    def resolve_reserved(root: Any, _info: Any) -> Any:
        return root.kept

    def resolve_in_transit(root: Any, info: Any) -> Deferred:
        return InTransit.of(info).load((root.organization_id, root.variant_id))

    def resolve_uom(root: Any, info: Any) -> Deferred:
        return base_uom(info, root.variant_id)

    def resolve_level(root: Any, _info: Any) -> AvailabilityLevel:
        return level_of(root.available)

    def resolve_level_label(root: Any, _info: Any) -> str:
        return str(level_of(root.available).label)

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[StockBalance]:
        return StockBalance.objects.visible_to(actor).with_figures().select_related("warehouse")


class StockMoveType(ModelType, model=StockMove, name="StockMove", permission="stock.view"):
    """A change of what is on hand. Never changed itself."""

    posted_at = Field(DateTime, required=True, description="When it was written.")
    occurred_at = Field(DateTime, required=True, description="When it happened.")
    kind = Field(enum_of(StockMoveKind), required=True, description="Why it moved.")
    kind_label = label_field("kind")
    quantity = Field(Quantity, required=True, description="So much more or, below 0, less; in `uom`.")
    uom = Field(UOM, required=True, description="The base unit of the variant.")
    variant = Field(VARIANT, required=True, description="What moved.")
    warehouse = Field(WarehouseType, required=True, description="Where.")
    balance = Related(StockBalanceType, "balance", fresh=True, required=True, description="The balance it changed.")
    document_number = Field(graphene.String, description="Number of the document, such as a shipment.")
    actor_name = Field(graphene.String, required=True, description="Who did it.")
    reason = Field(graphene.String, description="Why, in the words of who did it.")

    def resolve_uom(root: Any, info: Any) -> Deferred:
        return base_uom(info, root.balance.variant_id)

    def resolve_variant(root: Any, info: Any) -> Any:
        return StockBalanceType._meta.fields["variant"].resolver(root.balance, info)

    def resolve_warehouse(root: Any, _info: Any) -> Any:
        return root.balance.warehouse

    def resolve_document_number(root: Any, _info: Any) -> str | None:
        return root.document_number or None

    def resolve_actor_name(root: Any, _info: Any) -> str:
        return root.posted_by.name if root.posted_by else _("System")

    def resolve_reason(root: Any, _info: Any) -> str | None:
        return root.reason or None

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[StockMove]:
        return StockMove.objects.visible_to(actor).select_related("balance__warehouse", "posted_by")


class StockEntryType(ModelType, model=StockEntry, name="StockEntry", permission="stock.view"):
    """A document of the stock room: goods in, adjustment, count, condition change or transfer."""

    kind = Field(enum_of(StockEntryKind), required=True, description="What it does.")
    kind_label = label_field("kind")
    number = Field(graphene.String, required=True, description="Its number.")
    reference = Field(graphene.String, required=True, description="A number of somebody else's paper.")
    reason = Field(graphene.String, required=True, description="Why.")
    occurred_at = Field(DateTime, required=True, description="When it happened.")
    posted_at = Field(DateTime, required=True, description="When it was written.")


class AllocationType(ModelType, model=Allocation, name="Allocation", permission="stock.view"):
    """Stock promised to a line of a released order."""

    order_line_id = Field(graphene.ID, required=True, description="The global id of the order line.")
    balance = Related(StockBalanceType, "balance", fresh=True, required=True, description="Where the goods lie.")
    quantity = Field(Quantity, required=True, description="All that was promised.")
    shipped = Field(Quantity, required=True, description="Of that, what has left.")
    freed = Field(Quantity, required=True, description="Of that, what was given back.")
    open = Field(Quantity, required=True, description="What is promised still.")
    placed_at = Field(DateTime, required=True, description="When the order was placed.")
    status = Field(enum_of(AllocationStatus), required=True, description="Where it stands.")
    status_label = label_field("status")

    def resolve_order_line_id(root: Any, _info: Any) -> str:
        return to_global_id("OrderLine", root.order_line_id)


def visible_reservations(actor: Actor) -> QuerySet[Reservation]:
    """One's own place by place; those for one's carts once a variant, as places would tell how much lies in each."""
    same = Reservation.objects.filter(cart=OuterRef("cart"), balance__variant=OuterRef("balance__variant"))
    grouped = same.order_by().values("cart", "balance__variant")
    rows = Reservation.objects.visible_to(actor).select_related("balance")
    rows = rows.annotate(in_all=Subquery(grouped.annotate(total=Sum("quantity")).values("total")))
    first = Subquery(grouped.annotate(first=Min("pk")).values("first"))
    return rows.filter(Q(organization=actor.organization_id) | Q(pk=first))


class ReservationType(ModelType, model=Reservation, name="Reservation"):
    """Stock kept for a cart until an instant."""

    cart_id = Field(graphene.ID, required=True, description="The global id of the cart.")
    variant = Field(VARIANT, required=True, description="What is kept.")
    quantity = Field(
        Quantity,
        required=True,
        description="How much, in the base unit. Its owner reads it place by place, its buyer in all.",
    )
    expires_at = Field(DateTime, required=True, description="From then on it counts for nobody.")
    status = Field(enum_of(ReservationStatus), required=True, description="Kept or expired.")
    status_label = label_field("status")

    def resolve_cart_id(root: Any, _info: Any) -> str:
        return to_global_id("Cart", root.cart_id)

    def resolve_variant(root: Any, info: Any) -> Any:
        return StockBalanceType._meta.fields["variant"].resolver(root.balance, info)

    def resolve_quantity(root: Any, info: Any) -> Any:
        return root.quantity if root.organization_id == info.context.actor.organization_id else root.in_all

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[Reservation]:
        return visible_reservations(actor)


class StockVisibilityType(ModelType, model=StockVisibility, name="StockVisibility", permission="stock.view"):
    """How exactly an audience sees one's stock. With nobody named it is for everyone, with no goods for all goods."""

    partnership = Related("marketplace.parties.schema.PartnershipType", "partnership", description="For one partner.")
    group = Related("marketplace.parties.schema.PartnerGroupType", "group", description="For a group and all below.")
    grade = Related("marketplace.parties.schema.PartnerGradeType", "grade", description="For a grade.")
    variant = Related(VARIANT, "variant", description="Of one variant.")
    product = Related("marketplace.catalog.schema.ProductType", "product", description="Of one product.")
    category = Related("marketplace.catalog.schema.CategoryType", "category", description="Of a category, all below.")
    warehouses = Field(
        graphene.NonNull(graphene.List(graphene.NonNull(graphene.ID))),
        description="Ids of the warehouses it is about; none for all.",
    )
    show = Field(enum_of(StockShow), required=True, description="How exactly.")
    show_label = label_field("show")

    def resolve_warehouses(root: Any, _info: Any) -> list[str]:
        return [to_global_id("Warehouse", pk) for pk in root.warehouses]


class StockSettingsType(ModelType, model=StockSettings, name="StockSettings", permission="stock.view"):
    """How an organization keeps stock."""

    default_warehouse = Related(
        WarehouseType, "default_warehouse", description="Where what it receives goes; none: it keeps no stock here."
    )
    reservation_minutes = Field(graphene.Int, required=True, description="How long carts keep stock.")
    look_ahead_days = Field(graphene.Int, required=True, description="How many days ahead dates are promised.")


class SafetyStockType(ModelType, model=SafetyStock, name="SafetyStock", permission="stock.view"):
    """What of a variant is never promised out of a place."""

    warehouse = Related(WarehouseType, "warehouse", required=True, description="Where.")
    variant = Related(VARIANT, "variant", required=True, description="Of what.")
    quantity = Field(Quantity, required=True, description="How much, in the base unit.")
