"""Turning what was earned into value."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from marketplace.core.actor import Actor
from marketplace.core.fields import AmountField, CurrencyField, QuantityField
from marketplace.core.rows import TradeQuerySet, TradeRow
from ordercenter.rebates.enums import PayoutMethod, RebateSettlementStatus
from ordercenter.rebates.models.accruals import RebatePosition
from ordercenter.rebates.models.policies import RebatePolicy

#: What the partner does not see: the grantor is still at it.
INSIDE = (
    RebateSettlementStatus.DRAFT,
    RebateSettlementStatus.PENDING_APPROVAL,
    RebateSettlementStatus.REJECTED,
)
#: What leaves room for another settlement of the same period.
UNDONE = (RebateSettlementStatus.REVERSED, RebateSettlementStatus.REJECTED)


class SettlementQuerySet(TradeQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The grantor sees all of its own, the partner from approval on."""
        shown = ~Q(status__in=INSIDE) & ~Q(status=RebateSettlementStatus.REVERSED, posted_at=None)
        if actor.on_behalf_of:
            return super().visible_filter(actor) & shown
        return Q(seller=actor.organization_id) | Q(buyer=actor.organization_id) & shown


class RebateSettlement(TradeRow):
    """What one partner gets for one period of a policy, days [period_from, period_to), earlier rests included.

    `amount` is the sum of its lines; with `correction` it is paid. Below 0 it takes back. `confirm_by`: silence until
    then is consent. `goods_quantity` of `goods` is given where the policy pays in pieces.
    """

    number = models.CharField(max_length=32)
    policy = models.ForeignKey(RebatePolicy, models.PROTECT, related_name="settlements")
    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+")
    period_from = models.DateField()
    period_to = models.DateField()
    takes_back = models.BooleanField(default=False)
    currency = CurrencyField()
    amount = AmountField()
    correction = AmountField(default=Decimal(0))
    correction_reason = models.CharField(max_length=255, blank=True, default="")
    total = models.GeneratedField(expression=F("amount") + F("correction"), output_field=AmountField(), db_persist=True)
    payout = models.CharField(max_length=16, choices=PayoutMethod)
    status = models.CharField(max_length=20, choices=RebateSettlementStatus, default=RebateSettlementStatus.DRAFT)
    goods_quantity = QuantityField(null=True, blank=True)
    goods_price = AmountField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    confirm_by = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    by_silence = models.BooleanField(default=False)
    dispute_reason = models.TextField(blank=True, default="")
    posted_at = models.DateTimeField(null=True, blank=True)
    posted_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    reversed_at = models.DateTimeField(null=True, blank=True)
    reverse_reason = models.CharField(max_length=255, blank=True, default="")
    posting = models.BigIntegerField(null=True)
    grant = models.BigIntegerField(null=True)

    objects = SettlementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="rebate_settlement_number_once"),
            models.UniqueConstraint(
                fields=["policy", "partnership", "period_from", "takes_back"],
                condition=~Q(status__in=UNDONE),
                name="rebate_settlement_once",
            ),
            models.CheckConstraint(
                condition=Q(correction=0) | ~Q(correction_reason=""), name="rebate_settlement_reason"
            ),
            models.CheckConstraint(condition=Q(period_to__gt=F("period_from")), name="rebate_settlement_period"),
        ]
        indexes = [models.Index(fields=["buyer", "status"], name="rebate_settlement_of_buyer")]

    def __str__(self) -> str:
        return self.number


class RebateSettlementLine(models.Model):
    """What a settlement takes of one position, and what stood there when it was proposed."""

    settlement = models.ForeignKey(RebateSettlement, models.CASCADE, related_name="lines")
    position = models.ForeignKey(RebatePosition, models.PROTECT, related_name="settlement_lines")
    accrued = AmountField()
    settled_before = AmountField()
    amount = AmountField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["settlement", "position"], name="rebate_settlement_line_once"),
            models.CheckConstraint(
                condition=Q(amount=F("accrued") - F("settled_before")), name="rebate_settlement_line_amount"
            ),
        ]
