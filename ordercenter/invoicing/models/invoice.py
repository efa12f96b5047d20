"""Invoices: what a seller charges a buyer for parts of order lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DecimalRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from marketplace.core.actor import Actor
from marketplace.core.fields import AmountField, CurrencyField, PriceField, QuantityField
from marketplace.core.money import TaxedMoney
from marketplace.core.names import NamedRow
from marketplace.core.rows import TradeQuerySet, TradeRow
from marketplace.parties.models import InvoiceKind
from ordercenter.invoicing.enums import InvoiceForm, InvoiceStatus
from ordercenter.orders.enums import OrderLineKind
from ordercenter.orders.models import Order, OrderLine
from ordercenter.orders.models.order import PartRow

#: What the buyer never sees: a draft is the seller's own affair, and so is one that was thrown away.
OWN = (InvoiceStatus.DRAFT, InvoiceStatus.VOIDED)


class InvoiceQuerySet(TradeQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The seller's; of its trade what was issued to the buyer."""
        issued = ~Q(status__in=OWN)
        if actor.on_behalf_of:
            return super().visible_filter(actor) & issued
        return Q(seller=actor.organization_id) | (Q(buyer=actor.organization_id) & issued)


class InvoicePartQuerySet(TradeQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """As its invoice."""
        issued = ~Q(invoice__status__in=OWN)
        if actor.on_behalf_of:
            return super().visible_filter(actor) & issued
        return Q(seller=actor.organization_id) | (Q(buyer=actor.organization_id) & issued)


class QuantityRange(Func):
    """(start, end] of an order line, so that two parts that meet do not overlap."""

    function = "numrange"
    template = "%(function)s(%(expressions)s, '(]')"
    output_field: Any = DecimalRangeField()


class Invoice(TradeRow):
    """A tax document from a seller to a buyer, drawn from quantities of one or many orders.

    Numbered when issued, without gaps. Sums are those of its lines. `credited_*`: what its credit notes lower it by.
    Profiles and names are frozen when it is issued.
    """

    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=32, blank=True, default="")
    kind = models.CharField(max_length=16, choices=InvoiceKind, default=InvoiceKind.VAT_ORDINARY)
    form = models.CharField(max_length=16, choices=InvoiceForm, default=InvoiceForm.ELECTRONIC)
    status = models.CharField(max_length=20, choices=InvoiceStatus, default=InvoiceStatus.DRAFT)
    currency = CurrencyField()
    net = AmountField()
    tax = AmountField()
    gross = AmountField()
    credited_net = AmountField(default=Decimal(0))
    credited_tax = AmountField(default=Decimal(0))
    credited_gross = AmountField(default=Decimal(0))
    line_count = models.PositiveIntegerField()
    seller_profile = models.JSONField(default=dict)
    buyer_profile = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    drawn_at = models.DateTimeField(db_default=Now())
    drawn_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], condition=~Q(number=""), name="invoice_number_once"),
            models.CheckConstraint(
                condition=Q(number="", issued_on=None, status__in=OWN)
                | (~Q(number="") & Q(issued_on__isnull=False) & ~Q(status__in=OWN)),
                name="invoice_numbered_when_issued",
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax"), gross__gte=0), name="invoice_gross"),
            models.CheckConstraint(
                condition=Q(credited_gross=F("credited_net") + F("credited_tax"))
                & Q(credited_net__gte=0, credited_tax__gte=0)
                & Q(credited_net__lte=F("net"), credited_tax__lte=F("tax")),
                name="invoice_credited_within",
            ),
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="invoice_two_sides"),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="invoice_of_seller"),
            models.Index(fields=["buyer", "-id"], name="invoice_of_buyer"),
            models.Index(fields=["seller", "-issued_on", "-id"], name="invoice_by_day"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> TaxedMoney:
        """As issued."""
        return TaxedMoney.of(self.net, self.tax, self.gross, self.currency)

    @property
    def credited(self) -> TaxedMoney:
        """What its credit notes lower it by."""
        return TaxedMoney.of(self.credited_net, self.credited_tax, self.credited_gross, self.currency)


class InvoiceOrder(PartRow):
    """What an invoice charges for one order: one entry on RECEIVABLE, one open item, one due day."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="parts", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="invoice_parts")
    net = AmountField()
    tax = AmountField()
    gross = AmountField()
    credited_gross = AmountField(default=Decimal(0))
    due_on = models.DateField(null=True, blank=True)

    objects = InvoicePartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "order"], name="invoice_order_once"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="invoice_order_gross"),
            models.CheckConstraint(
                condition=Q(credited_gross__gte=0, credited_gross__lte=F("gross")), name="invoice_order_credited"
            ),
        ]


class InvoiceLine(PartRow, NamedRow):
    """The units of an order line from `start` to `end`, cumulative, in its uom; money by part value (orders §1).

    While it is a draft's, `start` is where the line would begin if it were issued now; it is cut anew when issued.
    `is_live`: it claims its quantity, as a draft's line or an issued one's. `credited_*`: by credit notes, so far.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_index=False)
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="invoice_lines")
    kind = models.CharField(max_length=8, choices=OrderLineKind)
    sku = models.CharField(max_length=64, blank=True, default="")
    uom = models.ForeignKey("catalog.UnitOfMeasure", models.PROTECT, related_name="+", db_index=False)
    start = QuantityField()
    end = QuantityField(db_column="upto")
    unit_price = PriceField()
    tax_rate = models.DecimalField(max_digits=6, decimal_places=4)
    tax_treatment = models.CharField(max_length=16, blank=True, default="")
    net = AmountField()
    tax = AmountField()
    gross = AmountField()
    is_live = models.BooleanField(default=True)
    is_issued = models.BooleanField(default=False)
    credited_quantity = QuantityField(default=Decimal(0))
    credited_net = AmountField(default=Decimal(0))
    credited_tax = AmountField(default=Decimal(0))

    objects = InvoicePartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_once"),
            models.UniqueConstraint(fields=["invoice", "order_line"], name="invoice_line_order_line_once"),
            models.CheckConstraint(condition=Q(start__gte=0, end__gt=F("start")), name="invoice_line_part"),
            # A part's net may be a minor unit below 0 where a price is far below one: its gross never is (orders §1).
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax"), gross__gte=0), name="invoice_line_gross"),
            models.CheckConstraint(
                condition=Q(credited_quantity__gte=0, credited_quantity__lte=F("end") - F("start"))
                & Q(credited_net__gte=-F("credited_tax"))
                & Q(credited_net__lte=F("gross") - F("credited_tax")),
                name="invoice_line_credited_within",
            ),
            ExclusionConstraint(
                name="invoice_line_no_unit_twice",
                expressions=[
                    ("order_line", RangeOperators.EQUAL),
                    (QuantityRange("start", "end"), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_issued=True),
            ),
        ]

    @property
    def quantity(self) -> Decimal:
        """Units of this part."""
        return self.end - self.start

    @property
    def credited_gross(self) -> Decimal:
        """What credit notes have taken off it, with tax."""
        return self.credited_net + self.credited_tax
