"""Credit notes: what lowers an invoice that was issued."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from marketplace.core.fields import AmountField, CurrencyField, QuantityField
from marketplace.core.money import TaxedMoney
from marketplace.core.rows import TradeRow
from ordercenter.invoicing.enums import CreditReason
from ordercenter.invoicing.models.invoice import Invoice, InvoiceLine
from ordercenter.orders.models.order import PartRow


class CreditNote(TradeRow):
    """A tax document that lowers one invoice, numbered without gaps. Amounts are above 0: what is taken off.

    `to_cash`: what it exceeded the open amount by, which the buyer holds on its CASH account since. Append-only.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credit_notes")
    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="credit_notes", db_index=False)
    number = models.CharField(max_length=32)
    reason = models.CharField(max_length=16, choices=CreditReason)
    note = models.CharField(max_length=500, blank=True, default="")
    currency = CurrencyField()
    net = AmountField()
    tax = AmountField()
    gross = AmountField()
    to_cash = AmountField(default=Decimal(0))
    issued_on = models.DateField()
    issued_at = models.DateTimeField(db_default=Now())
    issued_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    request_key = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="credit_note_number_once"),
            models.UniqueConstraint(
                fields=["seller", "request_key"], condition=~Q(request_key=""), name="credit_note_request_once"
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax"), gross__gt=0), name="credit_note_gross"),
            models.CheckConstraint(condition=Q(to_cash__gte=0, to_cash__lte=F("gross")), name="credit_note_to_cash"),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="credit_note_of_seller"),
            models.Index(fields=["buyer", "-id"], name="credit_note_of_buyer"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> TaxedMoney:
        """What it takes off."""
        return TaxedMoney.of(self.net, self.tax, self.gross, self.currency)


class CreditNoteLine(PartRow):
    """What is taken off one invoice line: the units from `start` to `end` of it, or an amount alone (both equal)."""

    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    invoice_line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="credit_lines")
    start = QuantityField()
    end = QuantityField(db_column="upto")
    net = AmountField()
    tax = AmountField()
    gross = AmountField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["credit_note", "position"], name="credit_note_line_position_once"),
            models.UniqueConstraint(fields=["credit_note", "invoice_line"], name="credit_note_line_once"),
            models.CheckConstraint(condition=Q(start__gte=0, end__gte=F("start")), name="credit_note_line_part"),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("tax"), net__gte=0, tax__gte=0), name="credit_note_line_gross"
            ),
        ]

    @property
    def quantity(self) -> Decimal:
        """Units taken back; 0 for an amount alone."""
        return self.end - self.start
