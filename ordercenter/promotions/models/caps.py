"""How much of a promotion there is: caps with their moves, and coupons with their uses."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from marketplace.catalog.models import UnitOfMeasure, Variant
from marketplace.core.fields import AmountField
from marketplace.core.instants import WindowRow, window_check
from marketplace.core.rows import OwnedRow
from marketplace.parties.models import Partnership
from ordercenter.promotions.enums import CapCause, CapMeasure, CouponStatus
from ordercenter.promotions.models.promotion import Promotion


class PromotionCap(OwnedRow):
    """Most uses, amount, or quantity of a gift, of all versions of a promotion (`promotion` is the first of them).

    `each`: holds for every partner by itself; it counts nothing, and a row with `template` is made for each partner
    that comes to it. `reserved` and `used` move under the row's lock and only with a PromotionCapMove.
    """

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="caps")
    partnership = models.ForeignKey(Partnership, models.PROTECT, null=True, blank=True, related_name="+")
    template = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="made")
    each = models.BooleanField(default=False)
    measure = models.CharField(max_length=8, choices=CapMeasure)
    variant = models.ForeignKey(Variant, models.PROTECT, null=True, blank=True, related_name="+")
    uom = models.ForeignKey(UnitOfMeasure, models.PROTECT, null=True, blank=True, related_name="+")
    limit = AmountField()
    reserved = AmountField(default=Decimal(0))
    used = AmountField(default=Decimal(0))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["promotion", "partnership", "measure", "variant", "uom", "each"],
                nulls_distinct=False,
                name="promotion_cap_once",
            ),
            models.CheckConstraint(
                condition=Q(limit__gte=0, reserved__gte=0, used__gte=0),
                name="promotion_cap_not_negative",
            ),
            models.CheckConstraint(condition=Q(limit__gte=F("reserved") + F("used")), name="promotion_cap_holds"),
            models.CheckConstraint(
                condition=Q(measure=CapMeasure.QUANTITY, variant__isnull=False, uom__isnull=False)
                | (~Q(measure=CapMeasure.QUANTITY) & Q(variant__isnull=True, uom__isnull=True)),
                name="promotion_cap_gift",
            ),
            models.CheckConstraint(
                condition=Q(each=False) | Q(partnership__isnull=True, reserved=0, used=0), name="promotion_cap_each"
            ),
        ]


class PromotionCapMove(OwnedRow):
    """One move of a cap with the order that made it. Append-only."""

    cap = models.ForeignKey(PromotionCap, models.PROTECT, related_name="moves")
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+")
    cause = models.CharField(max_length=12, choices=CapCause)
    seq = models.PositiveIntegerField()
    reserved = AmountField()
    used = AmountField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cap", "order", "cause", "seq"], name="promotion_cap_move_once"),
        ]


class Coupon(OwnedRow, WindowRow):
    """A code that unlocks a promotion (its first version), `limit` times in all; of one partner, or of whoever has it.

    Status and window are read together: an unused one past its window is EXPIRED.
    """

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="coupons")
    code = models.CharField(max_length=64)
    partnership = models.ForeignKey(Partnership, models.PROTECT, null=True, blank=True, related_name="+")
    limit = models.PositiveIntegerField(default=1)
    used = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=8, choices=CouponStatus, default=CouponStatus.UNUSED)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="promotion_coupon_once"),
            models.CheckConstraint(condition=Q(used__lte=F("limit")), name="promotion_coupon_used"),
            window_check("promotion_coupon_window"),
        ]
        indexes = [models.Index(fields=["promotion", "status", "id"], name="promotion_coupons")]


class CouponUse(OwnedRow):
    """A coupon on an order: LOCKED when placed, USED once it ships, UNUSED where the order gave it back."""

    coupon = models.ForeignKey(Coupon, models.PROTECT, related_name="uses")
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=CouponStatus, default=CouponStatus.LOCKED)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["coupon", "order"], name="promotion_coupon_use_once")]
