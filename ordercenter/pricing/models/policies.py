"""For whom and when which lists hold, and how a seller settles a currency."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Func
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.scope import ProductScopeRow, scope_check
from marketplace.core.fields import CurrencyField, PriceField
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
    PERCENT = "percent", _("Percent")
    AMOUNT = "amount", _("Amount per base uom")
    FLOOR_AMOUNT = "floor_amount", _("Floor price per base uom")
    FLOOR_PERCENT = "floor_percent", _("Floor price in percent of the list price")

    @property
    def is_step(self) -> bool:
        """It changes a price."""
        return self in STEPS

    @property
    def is_floor(self) -> bool:
        """It bounds a price from below."""
        return self in FLOORS


STEPS = (PolicyLineKind.PERCENT, PolicyLineKind.AMOUNT)
FLOORS = (PolicyLineKind.FLOOR_AMOUNT, PolicyLineKind.FLOOR_PERCENT)
#: What a percentage may be, and the steps of a price.
PERCENT_RANGE, STEP_RANGE = (Decimal(-100), Decimal(1000)), (1, 9)


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


def _keyed(column: str, kind: int) -> Func:
    return Func(F(column), template=f"(%(expressions)s * 8 + {kind})", output_field=models.BigIntegerField())


# One number for what a line is about, so that all lines of a call are found by probing one index. The statement builds
# the same numbers from goods and buyers (statement.py).
PRODUCT_KEY = Coalesce(
    _keyed("variant", 1), _keyed("product", 2), _keyed("category", 3), _keyed("brand", 4), models.Value(0),
    output_field=models.BigIntegerField(),
)  # fmt: skip
AUDIENCE_KEY = Coalesce(
    _keyed("partnership", 1), _keyed("group", 2), _keyed("grade", 3), models.Value(0),
    output_field=models.BigIntegerField(),
)  # fmt: skip

_OF_LIST = Q(price_list__isnull=False, value__isnull=True, step__isnull=True)
_OF_STEP = Q(price_list__isnull=True, value__isnull=False, step__isnull=False, step__range=STEP_RANGE, merge=False)
_OF_FLOOR = Q(price_list__isnull=True, value__isnull=False, value__gte=0, step__isnull=True, merge=False)
_NO_SCOPE = Q(variant__isnull=True, product__isnull=True, category__isnull=True, brand__isnull=True)


class PricePolicyLine(OwnedRow, AudienceRow, WindowRow, ProductScopeRow):
    """One effect of a price policy: LIST assigns a list with a priority, the others change or bound prices of goods.

    `value` is a percentage (PERCENT; FLOOR_PERCENT of the list price) or an amount of a base uom (AMOUNT, signed;
    FLOOR_AMOUNT); of each `step` the most specific line applies. Organization, audience and window are its policy's,
    kept here so that the lines of a buyer are found by probes of one index (pricing §2).
    """

    policy = models.ForeignKey(PricePolicy, models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=16, choices=PolicyLineKind, default=PolicyLineKind.LIST)
    price_list = models.ForeignKey(PriceList, models.PROTECT, null=True, blank=True, related_name="assignments")
    priority = models.PositiveSmallIntegerField(default=100)
    merge = models.BooleanField(default=False)
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    value = PriceField(null=True, blank=True)
    product_key = models.GeneratedField(expression=PRODUCT_KEY, output_field=models.BigIntegerField(), db_persist=True)
    audience_key = models.GeneratedField(
        expression=AUDIENCE_KEY, output_field=models.BigIntegerField(), db_persist=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "price_list"], name="price_policy_list_once"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=9999), name="price_policy_line_priority"),
            models.CheckConstraint(
                condition=~Q(kind=PolicyLineKind.LIST) | Q(price_list__isnull=False), name="price_policy_line_list"
            ),
            models.CheckConstraint(
                condition=(Q(kind=PolicyLineKind.LIST) & _OF_LIST & _NO_SCOPE)
                | (Q(kind=PolicyLineKind.PERCENT, value__range=PERCENT_RANGE) & _OF_STEP)
                | (Q(kind=PolicyLineKind.AMOUNT) & _OF_STEP)
                | (Q(kind__in=FLOORS) & _OF_FLOOR),
                name="price_policy_line_kind",
            ),
            audience_check("price_policy_line_audience"),
            scope_check("price_policy_line_scope"),
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
            models.Index(
                fields=["organization", "product_key", "audience_key"],
                condition=~Q(kind=PolicyLineKind.LIST),
                name="price_policy_line_about",
            ),
        ]
