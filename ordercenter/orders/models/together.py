"""Goods that stand in the same orders: a figure made now and then, never while somebody waits."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.core.rows import OwnedRow


class BoughtTogether(OwnedRow):
    """In how many orders of a seller (`organization`), placed from `since` to `until`, two of its goods stand both.

    Kept once in each direction, and only the goods that come most often (docs/concepts/orders.md, Bought together).
    """

    product = models.ForeignKey("catalog.Product", models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey("catalog.Product", models.CASCADE, related_name="+")
    orders = models.PositiveIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "organization", "other"], name="bought_together_once"),
            models.CheckConstraint(condition=~Q(product=F("other")), name="bought_together_two"),
        ]
