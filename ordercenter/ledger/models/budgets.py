"""What may be spent, by whom and on what: total = free + reserved + consumed, always (credit-and-ledger §2, §11.9)."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, GeneratedField, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.core.fields import AmountField, CurrencyField
from marketplace.core.models import ControlMode, PolicyStatus
from marketplace.core.names import NamedRow
from marketplace.core.rows import OwnedRow
from ordercenter.ledger.kinds import LedgerEntryKind


class BudgetKind(models.TextChoices):
    """Topped up by hand, or grown by a rate on sales."""

    FIXED = "fixed", _("Fixed budget")
    VARIABLE = "variable", _("Variable budget")


class Budget(OwnedRow, NamedRow):
    """Money set aside for a period and what its dimensions say. `rollup`: what is used below counts here, too.

    `deficit`: by how much a variable budget would have shrunk below what is promised; later growth pays it back first.
    """

    number = models.CharField(max_length=64)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    ancestors = ArrayField(models.BigIntegerField(), default=list)
    rollup = models.BooleanField(default=False)
    kind = models.CharField(max_length=8, choices=BudgetKind, default=BudgetKind.FIXED)
    status = models.CharField(max_length=16, choices=PolicyStatus, default=PolicyStatus.EFFECTIVE)
    control = models.CharField(max_length=16, choices=ControlMode, default=ControlMode.BLOCK)
    begins_on = models.DateField()
    ends_on = models.DateField()
    unit = models.ForeignKey("parties.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey("catalog.Category", models.PROTECT, null=True, blank=True, related_name="+")
    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, null=True, blank=True, related_name="+")
    expense_type = models.CharField(max_length=64, blank=True, default="")
    includes_tax = models.BooleanField(default=True)
    currency = CurrencyField()
    total = AmountField(default=0)
    reserved = AmountField(default=0)
    consumed = AmountField(default=0)
    deficit = AmountField(default=0)
    free = GeneratedField(
        expression=F("total") - F("reserved") - F("consumed"), output_field=AmountField(), db_persist=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="budget_number_once"),
            models.CheckConstraint(
                condition=Q(total__gte=0, reserved__gte=0, consumed__gte=0, deficit__gte=0), name="budget_positive"
            ),
            models.CheckConstraint(
                condition=~Q(control=ControlMode.BLOCK) | Q(total__gte=F("reserved") + F("consumed")),
                name="budget_blocks",
            ),
            models.CheckConstraint(
                condition=Q(deficit=0) | Q(kind=BudgetKind.VARIABLE, total__lte=F("reserved") + F("consumed")),
                name="budget_deficit_first",
            ),
            models.CheckConstraint(condition=Q(begins_on__lte=F("ends_on")), name="budget_period"),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="budget_newest")]

    def state(self, today: date) -> PolicyStatus:
        """The stored status read against the period."""
        if self.status != PolicyStatus.EFFECTIVE:
            return PolicyStatus(self.status)
        if today < self.begins_on:
            return PolicyStatus.SCHEDULED
        return PolicyStatus.EXPIRED if today > self.ends_on else PolicyStatus.EFFECTIVE


class BudgetEntry(OwnedRow):
    """Why a budget's figures moved; append-only. `origin`: the budget the document named, below this one."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="entries", db_index=False)
    origin = models.ForeignKey(Budget, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=LedgerEntryKind)
    amount = AmountField()
    total = AmountField(default=0)
    reserved = AmountField(default=0)
    consumed = AmountField(default=0)
    deficit = AmountField(default=0)
    document_kind = models.CharField(max_length=32)
    document_id = models.BigIntegerField()
    document_number = models.CharField(max_length=64, blank=True, default="")
    cause = models.CharField(max_length=48)
    seq = models.PositiveIntegerField(default=1)
    other = models.ForeignKey(Budget, models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.CharField(max_length=255, blank=True, default="")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "budget entries"
        constraints = [
            models.UniqueConstraint(
                fields=["document_kind", "document_id", "budget", "origin", "cause", "seq"], name="budget_entry_once"
            ),
        ]
        indexes = [models.Index(fields=["budget", "-id"], name="budget_entry_newest")]
