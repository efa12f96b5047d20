"""Published values that formula prices follow."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from marketplace.core.names import NamedRow
from marketplace.core.rows import OwnedRow


class PriceIndex(OwnedRow, NamedRow):
    """A series of monthly values, and where they are published."""

    code = models.CharField(max_length=64)
    source = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name_plural = "price indexes"
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="price_index_code_once")]

    def __str__(self) -> str:
        return self.code


class IndexValue(OwnedRow):
    """The value of a month, from the instant it is known here. A revision is a further row. Append-only.

    `month`: its first day.
    """

    index = models.ForeignKey(PriceIndex, models.PROTECT, related_name="values")
    month = models.DateField()
    value = models.DecimalField(max_digits=18, decimal_places=6)
    published_at = models.DateTimeField(db_default=Now())
    added_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(value__gt=0), name="index_value_positive"),
            models.CheckConstraint(condition=Q(month__day=1), name="index_value_month"),
        ]
        indexes = [models.Index(fields=["index", "month", "published_at"], name="index_value_of_index")]
