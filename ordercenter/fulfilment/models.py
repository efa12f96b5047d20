"""What left for a buyer, and what the buyer counted at the door."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.fields import QuantityField
from marketplace.core.rows import TradeRow
from ordercenter.orders.models import Order, OrderLine
from ordercenter.orders.models.order import PartRow


class ShipmentStatus(models.TextChoices):
    """How far a shipment has come; what was received is told by its lines."""

    SHIPPED = "shipped", _("Shipped")
    PARTIALLY_RECEIVED = "partially_received", _("Partially received")
    RECEIVED = "received", _("Received")


class ReceiptStatus(models.TextChoices):
    SIGNED_FOR = "signed_for", _("Signed for")


class Shipment(TradeRow):
    """Goods of one order that left one warehouse together."""

    number = models.CharField(max_length=32)
    order = models.ForeignKey(Order, models.PROTECT, related_name="shipments")
    warehouse = models.ForeignKey("stock.Warehouse", models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=ShipmentStatus, default=ShipmentStatus.SHIPPED)
    address = models.JSONField(default=dict)
    carrier = models.CharField(max_length=128, blank=True, default="")
    shipped_at = models.DateTimeField()
    shipped_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "number"], name="shipment_number_once")]
        indexes = [models.Index(fields=["buyer", "-shipped_at"], name="shipment_of_buyer")]

    def __str__(self) -> str:
        return self.number


class ShipmentLine(PartRow):
    """A quantity of an order line in a shipment, in the line's uom; what is not counted yet is in transit."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="lines", db_index=False)
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="shipment_lines")
    quantity = QuantityField()
    received = QuantityField(default=Decimal(0))
    differed = QuantityField(default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "order_line"], name="shipment_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, received__gte=0, differed__gte=0), name="shipment_line_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(received__lte=F("quantity") - F("differed")), name="shipment_line_received"
            ),
        ]

    @property
    def to_receive(self) -> Decimal:
        return self.quantity - self.received - self.differed


class Parcel(PartRow):
    """A physical piece of a shipment with its waybill number."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="parcels", db_index=False)
    position = models.PositiveSmallIntegerField()
    waybill_number = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "waybill_number"], name="parcel_waybill_once")]


class Receipt(TradeRow):
    """The buyer's count of one shipment, or of a part of it, at the door; numbered by the buyer."""

    number = models.CharField(max_length=32)
    order = models.ForeignKey(Order, models.PROTECT, related_name="receipts")
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="receipts")
    status = models.CharField(max_length=16, choices=ReceiptStatus, default=ReceiptStatus.SIGNED_FOR)
    note = models.TextField(blank=True, default="")
    received_at = models.DateTimeField()
    received_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["buyer", "number"], name="receipt_number_once")]

    def __str__(self) -> str:
        return self.number


class ReceiptLine(PartRow):
    """What was received of a shipment line, and what was short, damaged or wrong; the latter stays in transit."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="lines", db_index=False)
    shipment_line = models.ForeignKey(ShipmentLine, models.PROTECT, related_name="receipt_lines")
    received = QuantityField()
    differed = QuantityField(default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "shipment_line"], name="receipt_line_once"),
            models.CheckConstraint(condition=Q(received__gte=0, differed__gte=0), name="receipt_line_not_negative"),
            models.CheckConstraint(condition=Q(received__gt=0) | Q(differed__gt=0), name="receipt_line_counts"),
        ]
