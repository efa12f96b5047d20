"""What past orders would come to with other lists and policies."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.fields import AmountField, CurrencyField, QuantityField
from marketplace.core.models import JobStatus
from marketplace.core.rows import OwnedRow
from marketplace.parties.models import Organization


class SimulationInstant(models.TextChoices):
    """By the prices of which instant lines are priced anew."""

    THEN = "then", _("Each order's own price date")
    NOW = "now", _("Today")


class SimulationLevel(models.TextChoices):
    """What a row of a result sums up."""

    PARTNER = "partner", _("Partner")
    BRAND = "brand", _("Brand")
    SKU = "sku", _("SKU")
    LINE = "line", _("Order line")


class SimulationFigures(models.Model):
    """Sums over order lines: as ordered, as priced now, as priced under the assumption; and how many moved.

    Lines are counted `dearer` or `cheaper` by the assumed price against the current one, `unpriced` where the assumed
    one is none, `floored` where a floor price raised it. Unpriced lines stand in the sums with what was ordered.
    """

    line_count = models.PositiveIntegerField(default=0)
    frozen = AmountField(default=0)
    current = AmountField(default=0)
    assumed = AmountField(default=0)
    dearer = models.PositiveIntegerField(default=0)
    cheaper = models.PositiveIntegerField(default=0)
    unpriced = models.PositiveIntegerField(default=0)
    floored = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class PriceSimulation(OwnedRow, SimulationFigures):
    """Past order lines of a period in one currency priced twice: as is, and with assumed lists and policies.

    `lists` and `policies` are taken as in effect, `without_policies` as not; rows of assumed lists are those that hold
    at `assumed_at`. It writes nothing but its result, which holds as of `as_of`.
    """

    name = models.CharField(max_length=255, blank=True, default="")
    currency = CurrencyField()
    period_from = models.DateTimeField()
    period_to = models.DateTimeField()
    instant = models.CharField(max_length=8, choices=SimulationInstant, default=SimulationInstant.THEN)
    partnerships = models.JSONField(default=list)
    lists = models.JSONField(default=list)
    policies = models.JSONField(default=list)
    without_policies = models.JSONField(default=list)
    assumed_at = models.DateTimeField()
    status = models.CharField(max_length=24, choices=JobStatus, default=JobStatus.QUEUED)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True, default="")
    as_of = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(period_from__lt=F("period_to")), name="price_simulation_period")
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="price_simulation_latest")]

    @property
    def can_cancel(self) -> bool:
        """It has not ended."""
        return self.status in (JobStatus.QUEUED, JobStatus.RUNNING)


class PriceSimulationRow(OwnedRow, SimulationFigures):
    """The figures of one partner, brand (`key` 0: none) or SKU; of single order lines only those that move most.

    `moved` is by how much the assumed amount differs from the current one, up or down.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    simulation = models.ForeignKey(PriceSimulation, models.CASCADE, related_name="rows", db_index=False)
    level = models.CharField(max_length=8, choices=SimulationLevel)
    key = models.BigIntegerField()
    label = models.CharField(max_length=255)
    detail = models.CharField(max_length=255, blank=True, default="")
    quantity = QuantityField(null=True)
    moved = AmountField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["simulation", "level", "key"], name="price_simulation_row_once")]
        indexes = [
            models.Index(fields=["simulation", "level", "-moved"], name="price_simulation_row_size"),
        ]
