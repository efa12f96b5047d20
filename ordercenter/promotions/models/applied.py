"""What an order keeps of its promotions for good, what a seller settled, and simulations."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from marketplace.core.fields import AmountField, QuantityField
from marketplace.core.models import JobStatus
from marketplace.core.names import localized
from marketplace.core.rows import OwnedRow, TradeRow
from marketplace.parties.models import Organization, User
from ordercenter.promotions.enums import PromotionStrategy
from ordercenter.promotions.models.caps import Coupon
from ordercenter.promotions.models.promotion import Promotion


class AppliedPromotion(TradeRow):
    """A promotion on one order, frozen with its whole configuration. `revoked_at`: an order change replaced it.

    `reserved` and `used` say how much of `amount` caps hold for it now.
    """

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="applied_promotions")
    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    configuration = models.JSONField()
    coupon = models.ForeignKey(Coupon, models.PROTECT, null=True, blank=True, related_name="+")
    tier_id = models.BigIntegerField(null=True, blank=True)
    basis = AmountField()
    amount = AmountField()
    currency = models.CharField(max_length=3)
    funding = models.JSONField(default=dict)
    reserved = AmountField(default=Decimal(0))
    used = AmountField(default=Decimal(0))
    at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)

    order_id: int
    promotion_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "promotion"], condition=Q(revoked_at__isnull=True), name="promotion_applied_once"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="promotion_applied_amount"),
        ]
        indexes = [models.Index(fields=["promotion", "at"], name="promotion_applied_at")]

    @property
    def label(self) -> str:
        """What it was called when it applied, in the active language."""
        return localized(self.configuration["label_zh"], self.configuration["label_en"]) or self.configuration["code"]


class AppliedShare(TradeRow):
    """What an applied promotion takes off one line, and how many base units of it that made free.

    `reserved` and `used`: how much of it caps hold, by how far the line has come.
    """

    applied = models.ForeignKey(AppliedPromotion, models.PROTECT, related_name="shares")
    order_line = models.ForeignKey("orders.OrderLine", models.PROTECT, related_name="promotion_shares")
    amount = AmountField()
    free_quantity = QuantityField(default=0)
    reserved = AmountField(default=Decimal(0))
    used = AmountField(default=Decimal(0))
    pieces_reserved = QuantityField(default=0)
    pieces_used = QuantityField(default=0)

    order_line_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["applied", "order_line"], name="promotion_share_once"),
            models.CheckConstraint(condition=Q(amount__gte=0, free_quantity__gte=0), name="promotion_share_amount"),
        ]


class PromotionSettings(OwnedRow):
    """How a seller's promotions come together."""

    organization = models.OneToOneField(Organization, models.PROTECT, related_name="+")
    strategy = models.CharField(max_length=8, choices=PromotionStrategy, default=PromotionStrategy.STACK)
    max_coupons = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name_plural = "promotion settings"


class PromotionSimulation(OwnedRow):
    """A replay of past orders with draft promotions, against what was applied; writes nothing but its result."""

    status = models.CharField(max_length=24, choices=JobStatus, default=JobStatus.QUEUED)
    period_from = models.DateTimeField()
    period_to = models.DateTimeField()
    drafts = ArrayField(models.BigIntegerField(), default=list)
    with_live = models.BooleanField(default=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    failure = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    as_of = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="promotion_simulations")]
