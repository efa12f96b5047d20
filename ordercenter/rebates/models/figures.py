"""What a partner's basis is measured against: the baseline it grows from, the target it has."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.core.rows import OwnedRow
from ordercenter.rebates.enums import RebateFigureSource
from ordercenter.rebates.models.policies import RebateLine


class RebateFigureRow(OwnedRow):
    """A figure of one partner and period, in money or in the line's uom. Days [period_from, period_to).

    Approving the policy freezes it; what has to differ afterwards is a second row, the carve-out, with its reason.
    """

    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+")
    period_from = models.DateField()
    period_to = models.DateField()
    value = models.DecimalField(max_digits=24, decimal_places=6)
    source = models.CharField(max_length=12, choices=RebateFigureSource, default=RebateFigureSource.MANUAL)
    reason = models.CharField(max_length=255, blank=True, default="")
    carve_out = models.BooleanField(default=False)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class RebateBaseline(RebateFigureRow):
    """What growth and gain are counted from."""

    line = models.ForeignKey(RebateLine, models.CASCADE, related_name="baselines")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "partnership", "period_from", "carve_out"], name="rebate_baseline_once"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0, period_to__gt=F("period_from")), name="rebate_baseline_value"
            ),
            models.CheckConstraint(condition=Q(carve_out=False) | ~Q(reason=""), name="rebate_baseline_reason"),
        ]


class RebateTarget(RebateFigureRow):
    """What is to be reached."""

    line = models.ForeignKey(RebateLine, models.CASCADE, related_name="targets")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "partnership", "period_from", "carve_out"], name="rebate_target_once"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0, period_to__gt=F("period_from")), name="rebate_target_value"
            ),
            models.CheckConstraint(condition=Q(carve_out=False) | ~Q(reason=""), name="rebate_target_reason"),
        ]
