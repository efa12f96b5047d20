"""What a buyer owes by document, and what was matched with it (credit-and-ledger §2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Case, F, Func, GeneratedField, Q, Value, When
from django.db.models.functions import Now

from marketplace.core.fields import AmountField, CurrencyField
from marketplace.core.rows import TradeQuerySet, TradeRow
from ordercenter.ledger.kinds import OpenItemStatus
from ordercenter.ledger.models.accounts import LedgerEntry


class DaysLate(Func):
    """Days since the due date by the calendar of the seller's zone: 0 on the due date itself, below 0 before it."""

    template = "((now() AT TIME ZONE %(expressions)s)"
    arg_joiner = ")::date - "
    output_field = models.IntegerField()


class OpenItemQuerySet(TradeQuerySet):
    def with_days(self) -> Self:
        """Each row with `days_late`."""
        return self.annotate(days_late=DaysLate(F("seller__time_zone"), F("due_on")))

    def late(self, least: int = 1, most: int | None = None) -> Self:
        """Open items so many days overdue; `most` None: or more."""
        rows = self.filter(open__gt=0, days_late__gte=least)
        return rows if most is None else rows.filter(days_late__lte=most)


class OpenItem(TradeRow):
    """Owed by one document for one order. `document_kind` and `document_id` name the document, `number` prints it.

    Made by a RECEIVABLE entry with a due date, lowered by clearings and write-offs, raised again only when these are
    undone.
    """

    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+", db_index=False)
    entry = models.OneToOneField(LedgerEntry, models.PROTECT, related_name="open_item")
    order = models.ForeignKey("orders.Order", models.PROTECT, null=True, blank=True, related_name="open_items")
    document_kind = models.CharField(max_length=32)
    document_id = models.BigIntegerField()
    number = models.CharField(max_length=64, blank=True, default="")
    currency = CurrencyField()
    issued_on = models.DateField()
    due_on = models.DateField()
    amount = AmountField()
    open = AmountField()
    written_off = AmountField(default=0)
    status = GeneratedField(
        expression=Case(
            When(open=F("amount"), then=Value(OpenItemStatus.UNCLEARED.value)),
            When(open__gt=0, then=Value(OpenItemStatus.PARTIALLY_CLEARED.value)),
            When(written_off__gt=0, then=Value(OpenItemStatus.WRITTEN_OFF.value)),
            default=Value(OpenItemStatus.CLEARED.value),
        ),
        output_field=models.CharField(max_length=20, choices=OpenItemStatus),
        db_persist=True,
    )
    disputed = models.BooleanField(default=False)
    dispute_reason = models.CharField(max_length=255, blank=True, default="")

    objects = OpenItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="open_item_positive"),
            models.CheckConstraint(condition=Q(open__gte=0) & Q(open__lte=F("amount")), name="open_item_open_within"),
            models.CheckConstraint(
                condition=Q(written_off__gte=0) & Q(written_off__lte=F("amount") - F("open")),
                name="open_item_written_off_within",
            ),
        ]
        indexes = [
            models.Index(
                fields=["partnership", "currency", "due_on", "id"], condition=Q(open__gt=0), name="open_item_oldest"
            ),
            models.Index(fields=["seller", "due_on", "id"], condition=Q(open__gt=0), name="open_item_due"),
            models.Index(fields=["seller", "-id"], name="open_item_newest"),
            models.Index(fields=["partnership", "-id"], name="open_item_partner"),
            models.Index(fields=["document_kind", "document_id"], name="open_item_document"),
        ]

    @property
    def cleared(self) -> Decimal:
        """Paid, credited or taken from a fund account so far."""
        return self.amount - self.open - self.written_off


class Clearing(TradeRow):
    """A part of an open item matched with money: append-only; `reverses` one that it undoes.

    `entry` is the credit on the RECEIVABLE account behind it; `payment_entry` the payment on the CASH account it was
    taken from, `fund_use_id` the use of a fund account; `write_off`: given up, not paid. `key`: the caller's, so that
    the same event clears once.
    """

    open_item = models.ForeignKey(OpenItem, models.PROTECT, related_name="clearings")
    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="clearings")
    payment_entry = models.ForeignKey(LedgerEntry, models.PROTECT, null=True, blank=True, related_name="payments")
    fund_use_id = models.BigIntegerField(null=True, blank=True)
    amount = AmountField()
    write_off = models.BooleanField(default=False)
    key = models.CharField(max_length=128, blank=True, default="")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal")
    cleared_at = models.DateTimeField(db_default=Now())
    cleared_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="clearing_positive"),
            models.UniqueConstraint(fields=["seller", "key"], condition=~Q(key=""), name="clearing_key_once"),
        ]
