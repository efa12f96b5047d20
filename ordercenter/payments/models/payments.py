"""Money that a buyer pays a seller, and money that goes back."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from marketplace.core.fields import AmountField, CurrencyField
from marketplace.core.rows import TradeRow
from marketplace.parties.models import PaymentMethod
from ordercenter.payments.enums import ChargebackStatus, PaymentProvider, PaymentStatus, RefundStatus


class Payment(TradeRow):
    """One amount on its way from a buyer to its seller.

    `key` is ours: a provider or a retry that brings it again means this payment. `reference` is what the payer writes,
    `provider_reference` what the bank or the provider calls it. `refunded`: what of it went back, `charged_back`:
    what the payer's bank has called back. `order`: the one it is meant for, invoiced or not. Once it has succeeded it
    stands in the ledger as a grant on the buyer's CASH account (docs/concepts/payments.md).
    """

    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=64)
    key = models.CharField(max_length=64, unique=True)
    provider = models.CharField(max_length=8, choices=PaymentProvider, default=PaymentProvider.BANK)
    method = models.CharField(max_length=16, choices=PaymentMethod, default=PaymentMethod.BANK_TRANSFER)
    currency = CurrencyField()
    amount = AmountField()
    refunded = AmountField(default=Decimal(0))
    charged_back = AmountField(default=Decimal(0), db_default=Decimal(0))
    order = models.ForeignKey("orders.Order", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    status = models.CharField(max_length=20, choices=PaymentStatus, default=PaymentStatus.PENDING)
    reference = models.CharField(max_length=255, blank=True, default="")
    provider_reference = models.CharField(max_length=255, blank=True, default="")
    value_date = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True, default="")
    failure = models.CharField(max_length=255, blank=True, default="", db_default="")
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    arrived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="payment_number_once"),
            models.UniqueConstraint(
                fields=["seller", "provider", "provider_reference"],
                condition=~Q(provider_reference=""),
                name="payment_of_provider_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")), name="payment_refunded_within"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="payment_newest"),
            models.Index(fields=["buyer", "-id"], name="payment_of_buyer"),
            models.Index(fields=["partnership", "-id"], name="payment_of_partner"),
            models.Index(fields=["order"], condition=Q(order__isnull=False), name="payment_of_order"),
            models.Index(
                fields=["id"],
                condition=~Q(provider=PaymentProvider.BANK)
                & Q(status__in=[PaymentStatus.PENDING, PaymentStatus.PROCESSING, PaymentStatus.FAILED]),
                name="payment_under_way",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentTarget(models.Model):
    """An open item that a payment is meant for, in the payer's order."""

    payment = models.ForeignKey(Payment, models.CASCADE, related_name="targets")
    open_item = models.ForeignKey("ledger.OpenItem", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payment", "open_item"], name="payment_target_once")]


class Refund(TradeRow):
    """Money of a payment that goes back to the buyer, out of what is free on its CASH account.

    `order`: the one whose price it gives back. `charged`: what was no longer there to take, and is owed again: that
    happens only to a refund which was made at the provider, past this program.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    number = models.CharField(max_length=64)
    key = models.CharField(max_length=64, unique=True)
    currency = CurrencyField()
    amount = AmountField()
    charged = AmountField(default=Decimal(0), db_default=Decimal(0))
    order = models.ForeignKey("orders.Order", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    status = models.CharField(max_length=16, choices=RefundStatus, default=RefundStatus.PENDING)
    reason = models.CharField(max_length=255)
    failure = models.CharField(max_length=255, blank=True, default="", db_default="")
    provider_reference = models.CharField(max_length=255, blank=True, default="")
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="refund_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
        ]
        indexes = [
            models.Index(fields=["order"], condition=Q(order__isnull=False), name="refund_of_order"),
            models.Index(
                fields=["id"],
                condition=Q(status__in=[RefundStatus.PENDING, RefundStatus.PROCESSING]),
                name="refund_under_way",
            ),
        ]


class Chargeback(TradeRow):
    """The payer's bank calls a payment back, and the provider decides. `provider_reference` names it there.

    `taken`: what it took out of the books so far, of which `charged` is owed again because nothing was left to take;
    a mere enquiry takes nothing, and one that was won has given it back.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="chargebacks")
    provider_reference = models.CharField(max_length=255)
    currency = CurrencyField()
    amount = AmountField()
    taken = AmountField(default=Decimal(0))
    charged = AmountField(default=Decimal(0))
    reason = models.CharField(max_length=64, blank=True, default="")
    status = models.CharField(max_length=8, choices=ChargebackStatus, default=ChargebackStatus.OPEN)
    opened_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "provider_reference"], name="chargeback_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="chargeback_positive"),
            models.CheckConstraint(
                condition=Q(taken__gte=0, charged__gte=0, charged__lte=F("taken")), name="chargeback_taken"
            ),
        ]
