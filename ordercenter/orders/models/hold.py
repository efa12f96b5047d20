"""One reason why an order may not move."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from marketplace.core.fields import AmountField
from ordercenter.orders.enums import HoldReason, OrderHoldStatus
from ordercenter.orders.models.order import Order, OrderLine, PartRow


class OrderHold(PartRow):
    """Stops an order, or one line of it, until somebody lets it go (orders §7).

    `rule` and `checkpoint` say which credit rule fired and where, `over` by how much, `value` what the order was worth
    then (V), and `figures` what was compared. Until `grace_until` a released rule does not hold this order again while
    it is not worth more than was released.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="holds")
    line = models.ForeignKey(OrderLine, models.PROTECT, null=True, blank=True, related_name="holds")
    reason = models.CharField(max_length=16, choices=HoldReason)
    rule = models.BigIntegerField(null=True, blank=True)
    rule_kind = models.CharField(max_length=24, blank=True, default="")
    checkpoint = models.CharField(max_length=16, blank=True, default="")
    over = AmountField(default=Decimal(0))
    value = AmountField(default=Decimal(0))
    figures = models.JSONField(default=dict)
    note = models.TextField(blank=True, default="")
    status = models.CharField(max_length=16, choices=OrderHoldStatus, default=OrderHoldStatus.HELD)
    since = models.DateTimeField()
    placed_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    grace_days = models.PositiveSmallIntegerField(default=0)
    grace_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "line", "reason", "rule", "rule_kind"],
                condition=Q(status=OrderHoldStatus.HELD),
                nulls_distinct=False,
                name="order_hold_once",
            ),
            models.CheckConstraint(
                condition=Q(status=OrderHoldStatus.HELD) ^ Q(answered_at__isnull=False), name="order_hold_answered"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "since"], condition=Q(status=OrderHoldStatus.HELD), name="order_hold_queue")
        ]
