"""What has been earned: one locked position for each line, partner and period, and the append-only rows behind it."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from marketplace.core.fields import AmountField
from marketplace.core.rows import TradeQuerySet, TradeRow
from ordercenter.rebates.enums import AccrualCause
from ordercenter.rebates.models.policies import RebateLine


class BasisField(models.DecimalField):
    """A sum of amounts, or of quantities in a uom into which base quantities are divided."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.update(max_digits=28, decimal_places=10)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class RebatePosition(TradeRow):
    """The running sums of one (line, partnership, period), days [period_from, period_to); its lock serialises events.

    `manual` is what was added by hand or closed, `settled` what was paid out of it; `seq` counts its accruals.
    """

    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+")
    line = models.ForeignKey(RebateLine, models.PROTECT, related_name="positions")
    period_from = models.DateField()
    period_to = models.DateField()
    basis_amount = BasisField(default=Decimal(0))
    basis_quantity = BasisField(default=Decimal(0))
    target_value = AmountField(default=Decimal(0))
    manual = AmountField(default=Decimal(0))
    settled = AmountField(default=Decimal(0))
    accrued = models.GeneratedField(
        expression=F("target_value") + F("manual"), output_field=AmountField(), db_persist=True
    )
    seq = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "partnership", "period_from"], name="rebate_position_once"),
            models.CheckConstraint(condition=Q(period_to__gt=F("period_from")), name="rebate_position_period"),
        ]
        indexes = [models.Index(fields=["partnership", "period_to"], name="rebate_position_of_partner")]

    @property
    def open(self) -> Decimal:
        """Earned and not settled; below 0 what was paid too much."""
        return self.accrued - self.settled


class RebateAccrual(models.Model):
    """One step of a position, never changed: what a source added to the basis, and what that did to the rebate.

    A source of a document is known by kind and id, its `source_seq` counts what happened to it since. `posting` is the
    ledger's. Written by the hundred thousand, so the columns that its position constrains have no constraint here.
    """

    seller = models.ForeignKey(
        "parties.Organization", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    buyer = models.ForeignKey(
        "parties.Organization", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    position = models.ForeignKey(RebatePosition, models.PROTECT, related_name="accruals", db_index=False)
    line = models.ForeignKey(RebateLine, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    seq = models.PositiveIntegerField()
    source_kind = models.CharField(max_length=24)
    source_id = models.BigIntegerField()
    source_seq = models.PositiveIntegerField(default=0)
    order = models.ForeignKey(
        "orders.Order", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    occurred_on = models.DateField()
    basis_amount = BasisField(default=Decimal(0))
    basis_quantity = BasisField(default=Decimal(0))
    amount = AmountField()
    cause = models.CharField(max_length=8, choices=AccrualCause)
    reason = models.CharField(max_length=255, blank=True, default="", db_default="")
    posting = models.BigIntegerField(null=True)
    posted_at = models.DateTimeField(db_default=Now())
    posted_by = models.ForeignKey(
        "parties.User", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    objects = TradeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["position", "seq"], name="rebate_accrual_seq_once"),
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "line", "source_seq", "cause"], name="rebate_accrual_source_once"
            ),
        ]


class RebateCommon(models.Model):
    """How much of an earlier policy's basis a position counts, too: what its deduction is made of (rebates §3)."""

    position = models.ForeignKey(RebatePosition, models.CASCADE, related_name="commons")
    earlier = models.ForeignKey(RebatePosition, models.CASCADE, related_name="+")
    amount = BasisField(default=Decimal(0))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["position", "earlier"], name="rebate_common_once")]
