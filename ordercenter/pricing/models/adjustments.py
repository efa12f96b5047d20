"""Batches of price changes that are decided together and take effect at one instant."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from marketplace.catalog.models import UnitOfMeasure, Variant
from marketplace.core.fields import PriceField, QuantityField
from marketplace.core.instants import InstantField
from marketplace.core.models import DocumentStatus
from marketplace.core.rows import OwnedRow
from marketplace.parties.models import Organization
from ordercenter.pricing.models.lists import PriceList


class PriceAdjustment(OwnedRow):
    """Changes of prices in one list. Approved, it writes rows that hold from `effective_at`; nothing runs then.

    `effective_at` null: from the approval on. `begins_at` is the instant its rows really begin at, once approved.
    """

    number = models.CharField(max_length=32)
    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="adjustments")
    effective_at = InstantField(null=True, blank=True)
    reason = models.CharField(max_length=255, blank=True, default="")
    status = models.CharField(max_length=20, choices=DocumentStatus, default=DocumentStatus.DRAFT)
    line_count = models.PositiveIntegerField(default=0)
    begins_at = InstantField(null=True, blank=True)
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="price_adjustment_number_once"),
            models.CheckConstraint(
                condition=~Q(status=DocumentStatus.APPROVED) | Q(begins_at__isnull=False),
                name="price_adjustment_begins",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="price_adjustment_latest")]


class PriceAdjustmentLine(OwnedRow):
    """The new price of one slot. `valid_from` null: with the adjustment; `old`: what the slot said when it was entered.

    `row` is the price row it wrote, null where the price held already; `replaced_*` what stood for that very instant
    before, which voiding brings back.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    adjustment = models.ForeignKey(PriceAdjustment, models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    uom = models.ForeignKey(UnitOfMeasure, models.PROTECT, related_name="+", db_index=False)
    min_quantity = QuantityField(default=0)
    old = PriceField(null=True)
    new = PriceField()
    valid_from = InstantField(null=True, blank=True)
    valid_to = InstantField(null=True, blank=True)
    row = models.BigIntegerField(null=True)
    replaced_amount = PriceField(null=True)
    replaced_to = InstantField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adjustment", "position"], name="price_adjustment_line_position"),
            models.UniqueConstraint(
                fields=["adjustment", "variant", "uom", "min_quantity"], name="price_adjustment_line_slot"
            ),
            models.CheckConstraint(condition=Q(new__gte=0, min_quantity__gte=0), name="price_adjustment_line_amount"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="price_adjustment_line_window",
            ),
        ]
