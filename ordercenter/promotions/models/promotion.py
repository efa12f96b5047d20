"""A promotion: one version of a rule with everything it needs. An approved version never changes, by trigger."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from marketplace.catalog.models import UnitOfMeasure, Variant
from marketplace.catalog.scope import ProductScopeRow, scope_check
from marketplace.core.fields import AmountField, CurrencyField, PriceField, QuantityField
from marketplace.core.instants import WindowRow, window_check
from marketplace.core.models import PolicyStatus
from marketplace.core.names import NamedRow, localized
from marketplace.core.rows import OwnedRow
from marketplace.parties.audience import AudienceRow, LessOrEqual, NumNonNulls
from marketplace.parties.models import Organization
from ordercenter.promotions.enums import (
    GiftMode,
    GiftShort,
    MinimumOver,
    OnShort,
    PromotionEffect,
    PromotionLevel,
    RewardKind,
    Stacking,
    ThresholdOn,
)


class Promotion(OwnedRow, NamedRow, WindowRow):
    """One version of a promotion. `root` is its first version, which caps and coupons hang on; null: it is the first.

    `value` is percent, amount or price as `reward` says. `minimum`, `every` and thresholds are money, or quantities in
    `uom` (null: base units) where `threshold_on` is QUANTITY. `label` is what buyers read. `configuration`: everything
    the engine needs, written at approval. `ended_at`: when a later version took its place, or it was voided.
    """

    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    root = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="versions")
    label_zh = models.CharField(max_length=120, blank=True, default="")
    label_en = models.CharField(max_length=120, blank=True, default="")
    text_zh = models.TextField(blank=True, default="")
    text_en = models.TextField(blank=True, default="")
    effect = models.CharField(max_length=16, choices=PromotionEffect)
    level = models.CharField(max_length=8, choices=PromotionLevel)
    reward = models.CharField(max_length=8, choices=RewardKind, default=RewardKind.PERCENT)
    value = PriceField(null=True, blank=True)
    buy = QuantityField(null=True, blank=True)
    get = QuantityField(null=True, blank=True)
    every = AmountField(null=True, blank=True)
    max_quantity = QuantityField(null=True, blank=True)
    max_sets = models.PositiveIntegerField(null=True, blank=True)
    max_times = models.PositiveIntegerField(null=True, blank=True)
    uom = models.ForeignKey(UnitOfMeasure, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=16, choices=PolicyStatus, default=PolicyStatus.DRAFT)
    currency = CurrencyField()
    priority = models.PositiveSmallIntegerField(default=100)
    stacking = models.CharField(max_length=12, choices=Stacking, default=Stacking.BEST_ONLY)
    best_group = models.CharField(max_length=64, blank=True, default="")
    stop = models.BooleanField(default=False)
    threshold_on = models.CharField(max_length=8, choices=ThresholdOn, default=ThresholdOn.LIST)
    minimum = AmountField(default=Decimal(0))
    minimum_over = models.CharField(max_length=8, choices=MinimumOver, default=MinimumOver.MATCHING)
    max_discount = AmountField(null=True, blank=True)
    coupon_required = models.BooleanField(default=False)
    on_short = models.CharField(max_length=8, choices=OnShort, default=OnShort.SKIP)
    gift_mode = models.CharField(max_length=8, choices=GiftMode, default=GiftMode.ZERO)
    hint_percent = models.PositiveSmallIntegerField(default=20)
    configuration = models.JSONField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)

    root_id: int | None
    uom_id: int | None
    organization_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code", "version"], name="promotion_version_once"),
            window_check("promotion_window"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=9999), name="promotion_priority"),
            models.CheckConstraint(
                condition=~Q(level=PromotionLevel.LINE) | ~Q(threshold_on=ThresholdOn.NET),
                name="promotion_line_not_net",
            ),
            models.CheckConstraint(
                condition=~Q(reward=RewardKind.PERCENT) | Q(value__isnull=True) | Q(value__gte=0, value__lte=100),
                name="promotion_percent",
            ),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__gte=0), name="promotion_value"),
            models.CheckConstraint(condition=Q(minimum__gte=0), name="promotion_minimum"),
            models.CheckConstraint(condition=Q(every__isnull=True) | Q(every__gt=0), name="promotion_every"),
        ]
        indexes = [
            models.Index(fields=["organization", "-updated_at"], name="promotion_latest"),
            models.Index(fields=["organization"], condition=Q(status="effective"), name="promotion_live"),
        ]

    @property
    def root_key(self) -> int:
        """The id of its first version."""
        return self.root_id or self.pk

    @property
    def label(self) -> str:
        """What a buyer reads, in the active language."""
        return localized(self.label_zh, self.label_en) or self.name

    @property
    def text(self) -> str:
        """The small print, in the active language."""
        return localized(self.text_zh, self.text_en)


class PromotionAudience(OwnedRow, AudienceRow):
    """For whom, or through which channel, a promotion is; `exclude`: for whom not, which beats the others."""

    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="audience")
    exclude = models.BooleanField(default=False)
    channel = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(LessOrEqual(NumNonNulls("partnership", "group", "grade"), 1)), name="promotion_audience"
            ),
            models.CheckConstraint(
                condition=Q(channel="") | Q(partnership__isnull=True, group__isnull=True, grade__isnull=True),
                name="promotion_audience_channel",
            ),
        ]


class PromotionScope(OwnedRow, ProductScopeRow):
    """Which goods a promotion is about; `exclude`: which not, which beats the others."""

    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="scope")
    exclude = models.BooleanField(default=False)

    class Meta:
        constraints = [scope_check("promotion_scope")]


class PromotionTier(OwnedRow):
    """From a threshold on, a reward; the highest tier reached counts alone. `value` as `reward` says."""

    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="tiers")
    threshold = AmountField()
    reward = models.CharField(max_length=8, choices=RewardKind)
    value = PriceField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promotion", "threshold"], name="promotion_tier_once"),
            models.CheckConstraint(condition=Q(threshold__gte=0), name="promotion_tier_threshold"),
        ]


class PromotionComponent(OwnedRow, ProductScopeRow):
    """One part of a combination: so much, in the promotion's uom, of these goods."""

    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="components")
    position = models.PositiveSmallIntegerField()
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promotion", "position"], name="promotion_component_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="promotion_component_quantity"),
            scope_check("promotion_component_scope"),
        ]


class GiftPool(OwnedRow):
    """Gifts or add-ons to choose `choose` of for each award, of a promotion or of one of its tiers."""

    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="pools")
    tier = models.OneToOneField(PromotionTier, models.CASCADE, null=True, blank=True, related_name="pool")
    choose = models.PositiveSmallIntegerField(default=1)
    on_short = models.CharField(max_length=12, choices=GiftShort, default=GiftShort.BACKORDER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promotion"], condition=Q(tier__isnull=True), name="promotion_pool_once"),
            models.CheckConstraint(condition=Q(choose__gte=1), name="promotion_pool_choose"),
        ]


class GiftPoolItem(OwnedRow):
    """A gift of a pool: quantity of one award in a uom; `price` of the uom where it is an add-on."""

    pool = models.ForeignKey(GiftPool, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    uom = models.ForeignKey(UnitOfMeasure, models.PROTECT, related_name="+")
    quantity = QuantityField(default=1)
    price = PriceField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pool", "position"], name="promotion_pool_item_position"),
            models.UniqueConstraint(fields=["pool", "variant", "uom"], name="promotion_pool_item_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="promotion_pool_item_quantity"),
        ]


class PromotionFunding(OwnedRow):
    """Which organization bears what percent of what a promotion costs."""

    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="funding")
    bearer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    share = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promotion", "bearer"], name="promotion_funding_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=100), name="promotion_funding_share"),
        ]
