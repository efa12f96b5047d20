"""Shipments and receipts as the schema shows them, and what can be done with them."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.db.models import QuerySet

from marketplace.attachments.schema import attachments_of
from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType
from marketplace.core.actor import Actor
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    ConnectionField,
    DateTime,
    Field,
    FilterInput,
    IdFilter,
    ListFilter,
    ModelType,
    Quantity,
    Related,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
    grouped,
    label_field,
)
from marketplace.graphql.extending import extend
from marketplace.graphql.mutations import ErrorRow
from marketplace.parties.schema.types import UserType, listed, text
from ordercenter.fulfilment import of_stock as of_stock  # puts orders beside moves and allocations
from ordercenter.fulfilment.models import (
    Parcel,
    Receipt,
    ReceiptLine,
    ReceiptStatus,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)
from ordercenter.fulfilment.number_schema import NumberMutations, NumberQueries
from ordercenter.fulfilment.receive import RECEIVABLE, Count, ReceiptDraft, may_receive, receive
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.checkpoints import hold_problems
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.schema.lines import keys_once
from ordercenter.orders.schema.moves import read_again
from ordercenter.orders.schema.types import OrderLineType, OrderType, readable


class RowsOf(BatchLoader):
    """Rows of a document by the id of what they belong to, oldest first."""

    model: Any
    parent: str
    along: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)

    def batch(self, keys: list[int]) -> list[list[Any]]:
        rows = self.model.objects.visible_to(self.actor).filter(**{f"{self.parent}__in": keys})
        return grouped(rows.select_related(*self.along).order_by(*self.order), by=f"{self.parent}_id", keys=keys)


class LinesOfShipment(RowsOf):
    """The lines of shipments, by position in the order."""

    model, parent, along = ShipmentLine, "shipment", ("order_line",)
    order = ("shipment_id", "order_line__position")


class ParcelsOfShipment(RowsOf):
    """The pieces of shipments."""

    model, parent, order = Parcel, "shipment", ("shipment_id", "position")


class ShipmentsOfOrder(RowsOf):
    """The shipments of orders."""

    model, parent, along = Shipment, "order", ("order",)


class ReceiptsOfOrder(RowsOf):
    """The receipts of orders."""

    model, parent, along = Receipt, "order", ("shipment",)


class LinesOfReceipt(RowsOf):
    """The lines of receipts."""

    model, parent, along = ReceiptLine, "receipt", ("shipment_line__order_line",)


class ShipmentLineType(ModelType, model=ShipmentLine, name="ShipmentLine"):
    """A quantity of an order line that left with a shipment."""

    order_line = Related(OrderLineType, "order_line", fresh=True, required=True, description="The line of the order.")
    sku = text("Its code.")
    name = text("Its name in the reader's language.")
    uom = Field(UnitOfMeasureType, required=True, description="In what it is counted.")
    quantity = Field(Quantity, required=True, description="Sent.")
    received = Field(Quantity, required=True, description="Counted by the buyer.")
    differed = Field(Quantity, required=True, description="Short, damaged or wrong at the buyer's door.")
    to_receive = Field(Quantity, required=True, description="Not counted yet.")

    def resolve_sku(root: Any, _info: Any) -> str:
        return root.order_line.sku

    def resolve_name(root: Any, _info: Any) -> str:
        return root.order_line.name

    def resolve_uom(root: Any, info: Any) -> Any:
        return UnitById.of(info).load(root.order_line.uom_id)


class ParcelType(ModelType, model=Parcel, name="Parcel"):
    """A physical piece of a shipment."""

    position = Field(graphene.Int, required=True, description="Its place among the pieces.")
    waybill_number = text("The carrier's number.")


class ShipmentType(ModelType, model=Shipment, name="Shipment"):
    """Goods of one order that left one warehouse together."""

    number = text("The seller's number.")
    order = Related(OrderType, "order", required=True, description="Of what order.")
    status = Field(enum_of(ShipmentStatus), required=True, description="How far it has come.")
    status_label = label_field("status")
    shipped_at = Field(DateTime, description="When it left.")
    shipped_by = Field(UserType, description="Who sent it, if a colleague of yours.")
    carrier = text("Who carries it.")
    tracking_number = text("Waybill numbers, with commas between.")
    parcels = listed(ParcelType, "Its pieces.", size=2)
    lines = listed(ShipmentLineType, "What is in it.", size=20)
    warehouse_name = text("Where it left from.")
    can_receive = Field(graphene.Boolean, required=True, description="You may count it now.")
    attachments = attachments_of("shipment")

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[Any]:
        return readable(actor, Shipment.objects.all()).select_related("order")

    def resolve_shipped_by(root: Any, info: Any) -> Any:
        return UserType.load(info, root.shipped_by_id)

    def resolve_parcels(root: Any, info: Any) -> Any:
        return ParcelsOfShipment.of(info).load(root.pk)

    def resolve_lines(root: Any, info: Any) -> Any:
        return LinesOfShipment.of(info).load(root.pk)

    def resolve_tracking_number(root: Any, info: Any) -> Any:
        found = ParcelsOfShipment.of(info).load(root.pk)
        return found.then(lambda parcels: ", ".join(parcel.waybill_number for parcel in parcels))

    def resolve_warehouse_name(root: Any, info: Any) -> Any:
        return WarehouseName.of(info).load(root.warehouse_id)

    def resolve_can_receive(root: Any, info: Any) -> bool:
        on_its_way = root.status != ShipmentStatus.RECEIVED and root.order.status in RECEIVABLE
        return on_its_way and may_receive(info.context.actor, root.order)


class WarehouseName(BatchLoader):
    """Names of the warehouses that shipments the reader sees have left from."""

    def batch(self, keys: list[int]) -> list[str]:
        from ordercenter.stock.models import Warehouse

        names = {row.pk: row.name or row.code for row in Warehouse.objects.filter(pk__in=keys).cleared()}
        return [names.get(key, "") for key in keys]


class ReceiptLineType(ModelType, model=ReceiptLine, name="ReceiptLine"):
    """What was counted of a shipment line."""

    sku = text("Its code.")
    name = text("Its name in the reader's language.")
    uom = Field(UnitOfMeasureType, required=True, description="In what it is counted.")
    received = Field(Quantity, required=True, description="Good.")
    differed = Field(Quantity, required=True, description="Short, damaged or wrong.")

    def resolve_sku(root: Any, _info: Any) -> str:
        return root.shipment_line.order_line.sku

    def resolve_name(root: Any, _info: Any) -> str:
        return root.shipment_line.order_line.name

    def resolve_uom(root: Any, info: Any) -> Any:
        return UnitById.of(info).load(root.shipment_line.order_line.uom_id)


class ReceiptType(ModelType, model=Receipt, name="Receipt"):
    """The buyer's count of a shipment, or of a part of it."""

    number = text("The buyer's number.")
    status = Field(enum_of(ReceiptStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    received_at = Field(DateTime, description="When it was counted.")
    received_by = Field(UserType, description="Who counted, if a colleague of yours.")
    note = text("What was written beside it.")
    shipment = Related(ShipmentType, "shipment", required=True, description="What was counted.")
    lines = listed(ReceiptLineType, "The counts.", size=20)
    attachments = attachments_of("receipt")

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[Any]:
        return readable(actor, Receipt.objects.all())

    def resolve_received_by(root: Any, info: Any) -> Any:
        return UserType.load(info, root.received_by_id)

    def resolve_lines(root: Any, info: Any) -> Any:
        return LinesOfReceipt.of(info).load(root.pk)


@extend(OrderType)
class OrderDeliveries:
    """What left for an order, and what arrived."""

    shipments = listed(ShipmentType, "What has left, oldest first.", size=2)
    receipts = listed(ReceiptType, "What the buyer has counted, oldest first.", size=2)

    def resolve_shipments(root: Any, info: Any) -> Any:
        return ShipmentsOfOrder.of(info).load(root.pk)

    def resolve_receipts(root: Any, info: Any) -> Any:
        return ReceiptsOfOrder.of(info).load(root.pk)


class ShipmentFilter(FilterInput):
    """Narrows shipments."""

    status = ListFilter(enum_of(ShipmentStatus), lookup="status", description="In any of these states.")
    order = IdFilter("Order", lookup="order", description="Of these orders.")


class ShipmentSort(Sort, default="-SHIPPED_AT"):
    """Keys that shipments are sorted by."""

    SHIPPED_AT = SortKey.of("shipped_at", description="When it left.")
    NUMBER = SortKey.of("number", description="The seller's number.")


class Queries(NumberQueries):
    """What can be asked about deliveries."""

    shipments = ConnectionField(
        ShipmentType,
        filter=ShipmentFilter,
        sort=ShipmentSort,
        description="Shipments in which you are a side. Requires `orders.sales` or `orders.purchases`.",
    )
    shipment = Field(ShipmentType, id=graphene.ID(required=True, description="Its id."), description="One shipment.")

    def resolve_shipments(root: Any, info: Any) -> Any:
        return ShipmentType.visible(info.context.actor)

    def resolve_shipment(root: Any, info: Any, id: str) -> Any:
        return ShipmentType.by_id(info, id)


class ShipmentLineInput(graphene.InputObjectType):
    """So much of an order line."""

    order_line = graphene.ID(required=True, description="The line.")
    quantity = Quantity(required=True, description="How much, in the line's unit.")


class ShipmentInput(graphene.InputObjectType):
    """What is to leave."""

    order = graphene.ID(required=True, description="The order.")
    lines = graphene.List(
        graphene.NonNull(ShipmentLineInput), description="Quantities; everything that is promised unless told."
    )
    carrier = graphene.String(description="Who carries it.")
    tracking_number = graphene.String(description="A waybill number, or several with commas between.")
    warehouse = graphene.ID(description="Only from there.")


class ShipmentCreate(BaseMutation, permission="fulfilment.ship", codes=OrderErrorCode, atomic=False):
    """Ship goods that are promised to an order: one shipment for each warehouse that sends something.

    Where a credit rule stops the order, it has no shipment: holds are laid, and ORDER_HELD tells so.
    """

    class Arguments:
        input = ShipmentInput(required=True, description="What is to leave.")

    shipment = Field(ShipmentType, description="The first shipment.")
    shipments = Field(graphene.List(graphene.NonNull(ShipmentType)), description="All of them.")
    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        given = input.get("lines")
        lines = None
        if given is not None:
            keys = keys_once([line.order_line for line in given], "OrderLine", "order_line")
            lines = dict(zip(keys, (line.quantity for line in given), strict=True))
        key = from_global_id(input.order, "Order", "order")
        numbers = (input.get("tracking_number") or "").replace("，", ",").split(",")
        warehouse = input.get("warehouse")
        made = ship(
            actor,
            ShipmentDraft(
                order_id=key,
                lines=lines,
                carrier=(input.get("carrier") or "").strip(),
                waybills=[number.strip() for number in numbers if number.strip()],
                warehouse_id=from_global_id(warehouse, "Warehouse", "warehouse") if warehouse else None,
            ),
        )
        order = read_again(actor, [key])[0]
        # A credit rule has stopped it: the holds stand, and the caller is told.
        errors = [] if made else [ErrorRow(problem) for problem in hold_problems(order)]
        return cls(shipment=made[0] if made else None, shipments=made, order=order, errors=errors)


class ReceiptLineInput(graphene.InputObjectType):
    """What was counted of a shipment line."""

    shipment_line = graphene.ID(required=True, description="The line of the shipment.")
    received = Quantity(required=True, description="Good, in the line's unit.")
    differed = Quantity(description="Short, damaged or wrong.")


class ReceiptInput(graphene.InputObjectType):
    """The count of a shipment at the door."""

    shipment = graphene.ID(required=True, description="The shipment.")
    lines = graphene.List(graphene.NonNull(ReceiptLineInput), description="The counts; all as sent unless told.")
    note = graphene.String(description="What the seller should know.")


class ReceiptPost(BaseMutation, permission="fulfilment.receive", codes=OrderErrorCode, atomic=False):
    """Post what you counted of a shipment. What differs stays in transit until it is settled."""

    class Arguments:
        input = ReceiptInput(required=True, description="The count.")

    receipt = Field(ReceiptType, description="The receipt.")
    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        given = input.get("lines")
        lines = None
        if given is not None:
            keys = keys_once([line.shipment_line for line in given], "ShipmentLine", "shipment_line")
            counts = [Count(line.received, line.get("differed") or ZERO) for line in given]
            lines = dict(zip(keys, counts, strict=True))
        key = from_global_id(input.shipment, "Shipment", "shipment")
        receipt = receive(actor, ReceiptDraft(key, lines, input.get("note") or ""))
        return cls(receipt=receipt, order=read_again(actor, [receipt.order_id])[0])


class Mutations(NumberMutations):
    """What can be done with deliveries."""

    shipment_create = ShipmentCreate.Field()
    receipt_post = ReceiptPost.Field()
