"""Trying a policy on what was bought in the past."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.core.models import JobStatus
from marketplace.core.rows import OwnedRow
from ordercenter.rebates.models.policies import RebatePolicy


class RebateSimulation(OwnedRow):
    """What a policy would have given on days [period_from, period_to); nothing is accrued.

    `result` is [{partnership, name, period, line, amount, quantity, band, value}], `total` their sum.
    """

    policy = models.ForeignKey(RebatePolicy, models.CASCADE, related_name="simulations")
    period_from = models.DateField()
    period_to = models.DateField()
    status = models.CharField(max_length=24, choices=JobStatus, default=JobStatus.QUEUED)
    result = models.JSONField(default=list)
    total = models.DecimalField(max_digits=24, decimal_places=4, default=0)
    failure = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(period_to__gt=F("period_from")), name="rebate_simulation_period")
        ]
