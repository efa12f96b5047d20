"""What banks tell: statements, line by line, and what was made of each line."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from marketplace.core.fields import AmountField, CurrencyField
from marketplace.core.rows import OwnedRow
from ordercenter.payments.enums import BankFormat, BankLineStatus
from ordercenter.payments.models.payments import Payment


class BankStatement(OwnedRow):
    """One file of one account; `digest` is of its bytes. Balances are null where the file does not tell them."""

    account = models.CharField(max_length=64)
    currency = CurrencyField()
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    opening = AmountField(null=True, blank=True)
    closing = AmountField(null=True, blank=True)
    format = models.CharField(max_length=8, choices=BankFormat)
    file_name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    imported_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    imported_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="bank_statement_newest")]


class BankLine(OwnedRow):
    """Money that came into an account (above 0) or left it, as the bank tells it.

    `key` tells it from all other lines of the account, also in a file that overlaps this one.
    """

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines")
    account = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    booked_on = models.DateField()
    currency = CurrencyField()
    amount = AmountField()
    payer = models.CharField(max_length=255, blank=True, default="")
    payer_account = models.CharField(max_length=64, blank=True, default="")
    text = models.CharField(max_length=1000, blank=True, default="")
    bank_reference = models.CharField(max_length=255, blank=True, default="")
    status = models.CharField(max_length=8, choices=BankLineStatus, default=BankLineStatus.OPEN)
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, blank=True, related_name="bank_line")
    reason = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "account", "key"], name="bank_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="bank_line_moves"),
            models.CheckConstraint(
                condition=Q(status=BankLineStatus.MATCHED, payment__isnull=False)
                | (~Q(status=BankLineStatus.MATCHED) & Q(payment__isnull=True)),
                name="bank_line_matched",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-booked_on", "-id"], name="bank_line_newest"),
            models.Index(
                fields=["organization", "booked_on"], condition=Q(status=BankLineStatus.OPEN), name="bank_line_open"
            ),
        ]
