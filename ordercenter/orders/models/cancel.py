"""A buyer's wish to stop an order that the seller has confirmed, and the seller's answer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ordercenter.orders.enums import OrderCancelRequestStatus
from ordercenter.orders.models.order import Order, PartRow


class OrderCancelRequest(PartRow):
    """The buyer asks to cancel (orders §7). `lines` maps line ids to quantities; null: whatever is not shipped.

    While one is pending the order does not ship; an order has one pending at most.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="cancel_requests")
    status = models.CharField(max_length=16, choices=OrderCancelRequestStatus, default=OrderCancelRequestStatus.PENDING)
    lines = models.JSONField(null=True)
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(status=OrderCancelRequestStatus.PENDING), name="order_cancel_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(status=OrderCancelRequestStatus.PENDING) ^ Q(answered_at__isnull=False),
                name="order_cancel_answered",
            ),
        ]
