"""The one trade document: header, lines with their counters, its story and what was dropped of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from marketplace.core.actor import Actor
from marketplace.core.fields import AmountField, CurrencyField, PriceField, QuantityField
from marketplace.core.money import TaxedMoney
from marketplace.core.names import NamedRow
from marketplace.core.rows import TradeQuerySet, TradeRow
from marketplace.parties.models import PaymentMethod, ShortPolicy
from marketplace.parties.sides import SideAudience
from ordercenter.orders.enums import (
    CancellationKind,
    EntryMode,
    OrderBillingStatus,
    OrderChannel,
    OrderFulfilmentStatus,
    OrderKind,
    OrderLineKind,
    OrderPaymentStatus,
    OrderReturnStatus,
    OrderStatus,
    OrderWait,
)

STOPPED = (OrderStatus.CANCELLED, OrderStatus.DECLINED, OrderStatus.REJECTED)


class PartRow(models.Model):
    """A part of a trade document, written by the thousand: it names the sides as the document does.

    The document's own foreign keys hold for its parts, so these have none in the database: each would be looked up and
    indexed once more for every line.
    """

    seller = models.ForeignKey(
        "parties.Organization", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    buyer = models.ForeignKey(
        "parties.Organization", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    objects = TradeQuerySet.as_manager()

    class Meta:
        abstract = True


class Order(TradeRow):
    """A sales order to its seller and a purchase order to its buyer.

    Amounts are sums of the lines as ordered; `cancelled_tax` and `cancelled_gross` are the part values of what was
    cancelled since, so payable = gross - cancelled_gross (orders §1, §3). `funded` is what fund accounts are to pay of
    what is open, `promoted`: promotions are applied to it. `paid`, `refunded` and `credited` are told by the ledger
    (money.py). All but `status` among the statuses are derived (orders §4).
    """

    seller = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=32)
    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="orders")
    channel = models.CharField(max_length=16, choices=OrderChannel, default=OrderChannel.DEALER)
    kind = models.CharField(max_length=16, choices=OrderKind, default=OrderKind.STANDARD)
    entry_mode = models.CharField(max_length=16, choices=EntryMode, default=EntryMode.SELF)
    integration = models.CharField(max_length=32, blank=True, default="")
    external_number = models.CharField(max_length=64, blank=True, default="")

    currency = CurrencyField()
    tax_included = models.BooleanField()
    priced_at = models.DateTimeField()
    parties = models.JSONField(default=dict)
    address = models.JSONField(default=dict)
    requested_on = models.DateField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    buyer_reference = models.CharField(max_length=64, blank=True, default="")
    note = models.TextField(blank=True, default="")
    payment_method = models.CharField(max_length=16, choices=PaymentMethod)
    payment_days = models.PositiveSmallIntegerField()
    short_policy = models.CharField(max_length=16, choices=ShortPolicy)

    status = models.CharField(max_length=16, choices=OrderStatus)
    fulfilment_status = models.CharField(
        max_length=20, choices=OrderFulfilmentStatus, default=OrderFulfilmentStatus.NOT_SHIPPED
    )
    billing_status = models.CharField(
        max_length=20, choices=OrderBillingStatus, default=OrderBillingStatus.NOT_INVOICED
    )
    return_status = models.CharField(max_length=20, choices=OrderReturnStatus, default=OrderReturnStatus.NOT_RETURNED)
    payment_status = models.CharField(
        max_length=20,
        choices=OrderPaymentStatus,
        default=OrderPaymentStatus.UNPAID,
        db_default=OrderPaymentStatus.UNPAID.value,
    )
    waiting_for = models.CharField(max_length=20, choices=OrderWait, default=OrderWait.SELLER_CONFIRMATION)
    open_holds = models.PositiveSmallIntegerField(default=0, db_default=0)

    in_transit = models.BooleanField(default=False)

    line_count = models.PositiveIntegerField()
    list_amount = AmountField()
    discount = AmountField(default=Decimal(0))
    reduction = AmountField(default=Decimal(0))
    net = AmountField()
    tax = AmountField()
    gross = AmountField()
    cancelled_tax = AmountField(default=Decimal(0))
    cancelled_gross = AmountField(default=Decimal(0))
    funded = AmountField(default=Decimal(0), db_default=Decimal(0))
    paid = AmountField(default=Decimal(0), db_default=Decimal(0))
    refunded = AmountField(default=Decimal(0), db_default=Decimal(0))
    credited = AmountField(default=Decimal(0), db_default=Decimal(0))
    promoted = models.BooleanField(default=False, db_default=False)

    version = models.PositiveIntegerField(default=1)
    placed_by = models.ForeignKey(
        "parties.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    placed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")

    read_at: datetime
    """Set by orders.hold.read_orders: the transaction's instant by the database's clock."""
    credit_on: bool
    """Set there too: its seller controls credit."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="order_number_once"),
            models.UniqueConstraint(
                fields=["seller", "integration", "external_number"],
                condition=~Q(external_number=""),
                name="order_external_once",
            ),
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="order_two_sides"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="order_gross"),
            models.CheckConstraint(
                condition=Q(cancelled_gross__gte=0, cancelled_gross__lte=F("gross")), name="order_cancelled_value"
            ),
            models.CheckConstraint(
                condition=Q(funded__gte=0, funded__lte=F("gross") - F("cancelled_gross")), name="order_funded_value"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-placed_at", "-id"], name="order_of_seller"),
            models.Index(fields=["buyer", "-placed_at", "-id"], name="order_of_buyer"),
            models.Index(fields=["seller", "status", "waiting_for"], name="order_inbox"),
            models.Index(fields=["number"], name="order_number_prefix", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def value(self) -> Decimal:
        """V: what is payable and not to be paid from fund accounts (credit-and-ledger §1)."""
        return self.gross - self.cancelled_gross - self.funded

    @property
    def total(self) -> TaxedMoney:
        """What is payable; of an order that was stopped, what it would have been."""
        if self.status in STOPPED:
            return TaxedMoney.of(self.net, self.tax, self.gross, self.currency)
        tax, gross = self.tax - self.cancelled_tax, self.gross - self.cancelled_gross
        return TaxedMoney.of(gross - tax, tax, gross, self.currency)


class OrderLine(PartRow, NamedRow):
    """One variant of an order, in its own uom. The counters move only with a document that says so.

    Money is of the quantity as ordered and frozen (orders §3); `snapshot` tells where the price came from
    (pricing §5). `funded` is its share of what fund accounts are to pay, out of `gross`. `allocated` is what stock is
    promised to the line and not yet shipped. A charge has no goods behind it.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=OrderLineKind, default=OrderLineKind.GOODS)
    variant = models.ForeignKey(
        "catalog.Variant", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    sku = models.CharField(max_length=64)
    uom = models.ForeignKey("catalog.UnitOfMeasure", models.PROTECT, related_name="+", db_index=False)
    quantity = QuantityField()
    factor = QuantityField(default=Decimal(1))
    base_quantity = QuantityField()

    unit_price = PriceField()
    list_price = PriceField()
    floor_price = PriceField(null=True, blank=True)
    snapshot = models.JSONField(default=dict)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=4)
    list_amount = AmountField()
    discount = AmountField(default=Decimal(0))
    reduction = AmountField(default=Decimal(0))
    net = AmountField()
    tax = AmountField()
    gross = AmountField()
    funded = AmountField(default=Decimal(0), db_default=Decimal(0))
    gift_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="gifts", db_index=False, db_constraint=False
    )

    requested_on = models.DateField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)

    cancelled = QuantityField(default=Decimal(0))
    allocated = QuantityField(default=Decimal(0))
    shipped = QuantityField(default=Decimal(0))
    received = QuantityField(default=Decimal(0))
    differed = QuantityField(default=Decimal(0))
    stocked = QuantityField(default=Decimal(0))
    returned = QuantityField(default=Decimal(0))
    invoiced = QuantityField(default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, factor__gt=0), name="order_line_quantity"),
            models.CheckConstraint(condition=Q(kind="charge") | Q(variant__isnull=False), name="order_line_variant"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="order_line_gross"),
            models.CheckConstraint(
                condition=Q(discount__gte=0, reduction__gte=0, funded__gte=0, funded__lte=F("gross"))
                & Q(reduction__lte=F("list_amount") - F("discount")),
                name="order_line_benefits",
            ),
            models.CheckConstraint(
                condition=Q(
                    cancelled__gte=0,
                    allocated__gte=0,
                    shipped__gte=0,
                    received__gte=0,
                    differed__gte=0,
                    stocked__gte=0,
                    returned__gte=0,
                    invoiced__gte=0,
                ),
                name="order_line_not_negative",
            ),
            models.CheckConstraint(condition=Q(shipped__lte=F("quantity") - F("cancelled")), name="order_line_shipped"),
            models.CheckConstraint(condition=Q(received__lte=F("shipped") - F("differed")), name="order_line_received"),
            models.CheckConstraint(condition=Q(stocked__lte=F("received")), name="order_line_stocked"),
            models.CheckConstraint(condition=Q(returned__lte=F("received")), name="order_line_returned"),
            models.CheckConstraint(
                condition=Q(allocated__lte=F("quantity") - F("cancelled") - F("shipped")), name="order_line_allocated"
            ),
            models.CheckConstraint(
                condition=Q(invoiced__lte=F("quantity") - F("cancelled")), name="order_line_invoiced"
            ),
        ]
        indexes = [models.Index(fields=["variant", "order"], name="order_line_of_variant")]

    @property
    def open_quantity(self) -> Decimal:
        """Ordered and not cancelled."""
        return self.quantity - self.cancelled

    @property
    def to_ship(self) -> Decimal:
        return self.quantity - self.cancelled - self.shipped

    @property
    def to_receive(self) -> Decimal:
        return self.shipped - self.received - self.differed

    @property
    def backordered(self) -> Decimal:
        """Open and neither shipped nor promised from stock."""
        return self.to_ship - self.allocated


class OrderEventQuerySet(TradeQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The story as the actor's side of the trade may read it; in a partner's view, what both sides read."""
        if actor.on_behalf_of:
            return super().visible_filter(actor) & Q(visible=SideAudience.BOTH)
        sells = Q(seller=actor.organization_id) & ~Q(visible=SideAudience.BUYER)
        buys = Q(buyer=actor.organization_id) & ~Q(visible=SideAudience.SELLER)
        return sells | buys


class OrderEvent(PartRow):
    """One step of an order's story, append-only.

    `data["moves"]` holds by counter what the step added to each line ({"shipped": {line id: "3"}}), so that the story
    alone rebuilds the quantities (orders §13).
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    actor_user = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    actor_organization = models.ForeignKey(
        "parties.Organization", models.PROTECT, null=True, related_name="+", db_index=False
    )
    document_kind = models.CharField(max_length=16, blank=True, default="")
    document_id = models.BigIntegerField(null=True)
    visible = models.CharField(max_length=8, choices=SideAudience, default=SideAudience.BOTH)
    data = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=96)

    objects = OrderEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="order_event_seq_once"),
            models.UniqueConstraint(fields=["order", "dedupe_key"], name="order_event_once"),
        ]


class OrderCancellation(PartRow):
    """Quantities that were dropped, by whom and why; `lines` maps line ids to quantities. Append-only."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="cancellations")
    kind = models.CharField(max_length=8, choices=CancellationKind, default=CancellationKind.CANCEL)
    lines = models.JSONField()
    reason = models.TextField()
    at = models.DateTimeField()
    actor_user = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
