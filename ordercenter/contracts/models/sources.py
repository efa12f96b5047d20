"""Who may supply what, and how the volume is divided. Rows are the buyer's own: sellers do not see one another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from marketplace.core.fields import QuantityField
from marketplace.core.models import PolicyStatus
from marketplace.core.rows import OwnedRow
from ordercenter.contracts.enums import QuotaCause, SourceUse
from ordercenter.contracts.models.contract import ContractLine


class DayRange(Func):
    """PostgreSQL's daterange of two days, both included; no end: open."""

    function = "daterange"
    output_field: Any = DateRangeField()


def days() -> DayRange:
    """The window of a row."""
    return DayRange("valid_from", "valid_to", Value("[]"))


def filled(name: str) -> Coalesce:
    """A key that may be missing, so that rows without it are compared with one another."""
    return Coalesce(F(name), Value(0), output_field=BigIntegerField())


ITEM: list[Any] = [
    ("organization", RangeOperators.EQUAL),
    (filled("variant_id"), RangeOperators.EQUAL),
    (filled("category_id"), RangeOperators.EQUAL),
    (filled("plant_id"), RangeOperators.EQUAL),
]


class SourceRow(OwnedRow):
    """Days in which something holds for goods of a buyer; no plant: for all that have no row of their own."""

    plant = models.ForeignKey("parties.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def holds_on(self, day: date) -> bool:
        """True where the day lies in the window, both ends included."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class SourceList(SourceRow):
    """One allowed, preferred, fixed or barred source of goods. At a time one is fixed, and a seller stands once."""

    variant = models.ForeignKey("catalog.Variant", models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey("catalog.Category", models.PROTECT, null=True, blank=True, related_name="+")
    seller = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    use = models.CharField(max_length=16, choices=SourceUse, default=SourceUse.ALLOWED)
    contract_line = models.ForeignKey(ContractLine, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(variant=None, category__isnull=False) | Q(variant__isnull=False, category=None),
                name="source_list_item",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="source_list_window"
            ),
            ExclusionConstraint(
                name="source_list_one_fixed",
                expressions=[*ITEM, (days(), RangeOperators.OVERLAPS)],
                condition=Q(use=SourceUse.FIXED),
                violation_error_message=_("Another source is fixed in this time."),
            ),
            ExclusionConstraint(
                name="source_list_seller_once",
                expressions=[*ITEM, ("seller", RangeOperators.EQUAL), (days(), RangeOperators.OVERLAPS)],
                violation_error_message=_("This seller is a source in this time already."),
            ),
        ]


class SourceQuota(SourceRow):
    """How the volume of goods is divided between sources. From `split_from` on a requirement is split."""

    variant = models.ForeignKey("catalog.Variant", models.PROTECT, related_name="+")
    uom = models.ForeignKey("catalog.UnitOfMeasure", models.PROTECT, related_name="+")
    split_from = QuantityField(null=True, blank=True)
    pack = QuantityField(default=Decimal(1))
    status = models.CharField(max_length=20, choices=PolicyStatus, default=PolicyStatus.EFFECTIVE)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="source_quota_window"
            ),
            models.CheckConstraint(
                condition=Q(pack__gt=0) & (Q(split_from=None) | Q(split_from__gt=0)), name="source_quota_steps"
            ),
            ExclusionConstraint(
                name="source_quota_once",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("variant", RangeOperators.EQUAL),
                    ("uom", RangeOperators.EQUAL),
                    (filled("plant_id"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(status=PolicyStatus.EFFECTIVE),
                violation_error_message=_("These goods have a quota in this time already."),
            ),
        ]


class QuotaMember(OwnedRow):
    """A source in a quota: its share, where it starts and what limits it. `allocated` is the sum of its entries."""

    quota = models.ForeignKey(SourceQuota, models.PROTECT, related_name="members")
    seller = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    contract_line = models.ForeignKey(ContractLine, models.PROTECT, null=True, blank=True, related_name="+")
    share = QuantityField()
    base = QuantityField(default=Decimal(0))
    priority = models.PositiveSmallIntegerField(null=True, blank=True)
    max_per_order = QuantityField(null=True, blank=True)
    capacity = QuantityField(null=True, blank=True)
    allocated = QuantityField(default=Decimal(0))
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quota", "seller"], name="quota_member_once"),
            models.CheckConstraint(condition=Q(share__gt=0), name="quota_member_share"),
            models.CheckConstraint(condition=Q(base__gte=0, allocated__gte=0), name="quota_member_positive"),
        ]


class QuotaEntry(OwnedRow):
    """One step of what a member was given, signed, with the order line or the reason it comes from. Append-only."""

    member = models.ForeignKey(QuotaMember, models.PROTECT, related_name="entries")
    order_line = models.ForeignKey("orders.OrderLine", models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=8, choices=QuotaCause)
    quantity = QuantityField()
    reason = models.CharField(max_length=255, blank=True, default="")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "quota entries"
        constraints = [
            models.CheckConstraint(condition=~Q(cause=QuotaCause.ADJUSTED) | ~Q(reason=""), name="quota_entry_reason"),
        ]
        indexes = [models.Index(fields=["member", "at"], name="quota_entry_of_member")]
