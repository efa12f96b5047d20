"""For whom and when which lists hold, and how a seller settles a currency."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.fields import CurrencyField
from marketplace.core.instants import WindowRow, window_check
from marketplace.core.models import PolicyStatus
from marketplace.core.names import NamedRow
from marketplace.core.rows import OwnedRow
from marketplace.parties.audience import AudienceRow, audience_check
from ordercenter.pricing.models.lists import PriceList


class PriceStrategy(models.TextChoices):
    """Which of several lists with a price answers."""

    PRIORITY = "priority", _("By priority")
    MINIMUM = "minimum", _("Lowest")


class PriceDate(models.TextChoices):
    """The day whose prices an order gets."""

    ORDER = "order", _("Order date")
    DELIVERY = "delivery", _("Delivery date")


class PolicyLineKind(models.TextChoices):
    """What a line of a price policy does."""

    LIST = "list", _("Price list")


class PricingSettings(OwnedRow):
    """How an organization prices what it sells in one currency."""

    currency = CurrencyField()
    tax_included = models.BooleanField(default=True)
    strategy = models.CharField(max_length=8, choices=PriceStrategy, default=PriceStrategy.PRIORITY)
    price_date = models.CharField(max_length=8, choices=PriceDate, default=PriceDate.ORDER)
    draft_freeze_hours = models.PositiveIntegerField(default=0)
    max_line_discount = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(100))

    class Meta:
        verbose_name_plural = "pricing settings"
        constraints = [
            models.UniqueConstraint(fields=["organization", "currency"], name="pricing_settings_once"),
            models.CheckConstraint(
                condition=Q(max_line_discount__gte=0, max_line_discount__lte=100), name="pricing_settings_discount"
            ),
        ]


class PricePolicy(OwnedRow, NamedRow, AudienceRow, WindowRow):
    """For whom and when its lines hold: which lists, in which order. `internal`: its name is not told to buyers."""

    code = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=PolicyStatus, default=PolicyStatus.DRAFT)
    internal = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "price policies"
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="price_policy_code_once"),
            audience_check("price_policy_audience"),
            window_check("price_policy_window"),
        ]


def _assignment_index(name: str, fields: list[str], condition: Q) -> models.Index:
    return models.Index(fields=fields, condition=condition & Q(kind=PolicyLineKind.LIST), name=name)


class PricePolicyLine(OwnedRow, AudienceRow, WindowRow):
    """One effect of a price policy; kind LIST assigns a list with a priority, first is 1.

    Organization, audience and window are its policy's, kept here so that the lines of a buyer are found by one probe
    for each audience level.
    """

    policy = models.ForeignKey(PricePolicy, models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=16, choices=PolicyLineKind, default=PolicyLineKind.LIST)
    price_list = models.ForeignKey(PriceList, models.PROTECT, null=True, blank=True, related_name="assignments")
    priority = models.PositiveSmallIntegerField(default=100)
    merge = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "price_list"], name="price_policy_list_once"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=9999), name="price_policy_line_priority"),
            models.CheckConstraint(
                condition=~Q(kind=PolicyLineKind.LIST) | Q(price_list__isnull=False), name="price_policy_line_list"
            ),
            audience_check("price_policy_line_audience"),
            window_check("price_policy_line_window"),
        ]
        indexes = [
            _assignment_index("price_list_of_partner", ["partnership"], Q(partnership__isnull=False)),
            _assignment_index("price_list_of_group", ["group"], Q(group__isnull=False)),
            _assignment_index("price_list_of_grade", ["grade"], Q(grade__isnull=False)),
            _assignment_index(
                "price_list_of_everyone",
                ["organization"],
                Q(partnership__isnull=True, group__isnull=True, grade__isnull=True),
            ),
        ]
