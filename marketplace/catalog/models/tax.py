"""How goods are taxed: categories of goods and, by date, the rate of each."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.instants import InstantRange, WindowRow, window_check
from marketplace.core.names import NamedRow
from marketplace.core.rows import OwnedRow


class TaxCategoryKind(models.TextChoices):
    """What a rate of 0 means: goods are taxed at 0 %, or not taxed at all."""

    TAXED = "taxed", _("Taxed")
    ZERO_RATED = "zero_rated", _("Zero-rated")
    EXEMPT = "exempt", _("Tax-exempt")


class TaxCategory(OwnedRow, NamedRow):
    """Goods that one tax rate holds for. `is_default`: what new products get unless told otherwise."""

    code = models.SlugField(max_length=32)
    kind = models.CharField(max_length=16, choices=TaxCategoryKind, default=TaxCategoryKind.TAXED)
    is_default = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    # Told by lists that have counted.
    product_count: int

    class Meta:
        verbose_name_plural = "tax categories"
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="tax_category_code_once"),
            models.UniqueConstraint(
                fields=["organization"], condition=Q(is_default=True), name="tax_category_one_default"
            ),
            models.CheckConstraint(condition=~Q(name_zh="", name_en=""), name="tax_category_named"),
        ]


class TaxRate(OwnedRow, WindowRow):
    """The rate of a category for a time, a fraction: 0.13 for 13 %. At any instant there is one at most."""

    category = models.ForeignKey(TaxCategory, models.CASCADE, related_name="rates")
    rate = models.DecimalField(max_digits=6, decimal_places=4)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="tax_rate_fraction"),
            window_check("tax_rate_window"),
            ExclusionConstraint(
                name="tax_rate_one_at_a_time",
                expressions=[
                    ("category", RangeOperators.EQUAL),
                    (InstantRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
