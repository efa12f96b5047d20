"""Batch loaders of promotions: a page of them costs one statement for each kind of part."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce

from marketplace.graphql import BatchLoader, grouped, one_each
from ordercenter.promotions.models import AppliedPromotion, AppliedShare, Coupon, Promotion, PromotionCap

WITH_NAMES = (
    "audience__partnership__downstream",
    "audience__group",
    "audience__grade",
    "scope__variant__product",
    "scope__product",
    "scope__category",
    "scope__brand",
    "tiers",
    "components__variant__product",
    "components__product",
    "components__category",
    "components__brand",
    "pools__items__variant__product",
    "pools__items__uom",
    "pools__tier",
    "funding__bearer",
)


class PartsOf(BatchLoader):
    """By promotion the reader sees: the promotion with all its parts and the names of what they name."""

    def batch(self, keys: list[int]) -> list[Promotion | None]:
        rows = Promotion.objects.visible_to(self.actor).filter(pk__in=keys).prefetch_related(*WITH_NAMES)
        return one_each(rows, keys)


class CapsOf(BatchLoader):
    """By first version: the limits of a promotion; what limits of each partner count stands on their own rows."""

    def batch(self, keys: list[int]) -> list[list[PromotionCap]]:
        rows = PromotionCap.objects.visible_to(self.actor).filter(promotion__in=keys, template=None)
        rows = rows.select_related("partnership__downstream", "variant", "uom").annotate(
            partners=Count("made"),
            most_used=Coalesce(Max("made__reserved"), "reserved") + Coalesce(Max("made__used"), "used"),
        )
        return grouped(rows.order_by("measure", "pk"), by="promotion_id", keys=keys)


class UsageOf(BatchLoader):
    """By promotion: on how many orders it stands, and what it took off them."""

    def batch(self, keys: list[int]) -> list[dict[str, Any]]:
        rows = AppliedPromotion.objects.visible_to(self.actor).filter(promotion__in=keys, revoked_at=None)
        sums: dict[int, Any] = {
            row["promotion"]: row
            for row in rows.filter(amount__gt=0).values("promotion").annotate(orders=Count("pk"), amount=Sum("amount"))
        }
        return [sums.get(key, {"orders": 0, "amount": 0}) for key in keys]


class CouponsOf(BatchLoader):
    """By first version: how many coupons there are, and how many of them are used up."""

    def batch(self, keys: list[int]) -> list[dict[str, Any]]:
        rows = Coupon.objects.visible_to(self.actor).filter(promotion__in=keys).values("promotion")
        found: dict[int, Any] = {
            row["promotion"]: row
            for row in rows.annotate(count=Count("pk"), spent=Count("pk", filter=Q(status__in=("locked", "used"))))
        }
        return [found.get(key, {"count": 0, "spent": 0}) for key in keys]


class SharesOf(BatchLoader):
    """By applied promotion that the reader sees: its shares, with their lines, in the order of these."""

    def batch(self, keys: list[int]) -> list[list[AppliedShare]]:
        rows = AppliedShare.objects.visible_to(self.actor).filter(applied__in=keys).select_related("order_line")
        return grouped(rows.order_by("order_line__position"), by="applied_id", keys=keys)


class AppliedOf(BatchLoader):
    """By order that the reader sees: the promotions on it."""

    def batch(self, keys: list[int]) -> list[list[AppliedPromotion]]:
        rows = AppliedPromotion.objects.visible_to(self.actor).filter(order__in=keys, revoked_at=None, amount__gt=0)
        return grouped(rows.select_related("coupon").order_by("pk"), by="order_id", keys=keys)


class PartsOfOffer(BatchLoader):
    """By promotion that `offers_for` gave the reader: its goods and gifts, nothing of whom else it is for."""

    def batch(self, keys: list[int]) -> list[Promotion | None]:
        names = [name for name in WITH_NAMES if not name.startswith(("audience", "funding", "tiers", "pools__tier"))]
        return one_each(Promotion.objects.filter(pk__in=keys).prefetch_related(*names), keys)
