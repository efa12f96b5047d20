"""What a seller decides once about its orders."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from marketplace.core.fields import AmountField
from marketplace.core.rows import OwnedRow


class OrderSettings(OwnedRow):
    """How a seller takes orders; an organization without a row has the defaults."""

    auto_confirm = models.BooleanField(default=False)
    takes_backorders = models.BooleanField(default=True)
    buyer_may_cancel = models.BooleanField(default=False)
    minimum_value = AmountField(default=Decimal(0))
    reopen_days = models.PositiveSmallIntegerField(default=30)
    number_prefix = models.CharField(max_length=8, default="SO")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="order_settings_once"),
            models.CheckConstraint(condition=Q(minimum_value__gte=0), name="order_settings_minimum"),
        ]
