from ordercenter.promotions.models.applied import (
    AppliedPromotion,
    AppliedShare,
    PromotionSettings,
    PromotionSimulation,
)
from ordercenter.promotions.models.caps import Coupon, CouponUse, PromotionCap, PromotionCapMove
from ordercenter.promotions.models.promotion import (
    GiftPool,
    GiftPoolItem,
    Promotion,
    PromotionAudience,
    PromotionComponent,
    PromotionFunding,
    PromotionScope,
    PromotionTier,
)

__all__ = [
    "AppliedPromotion",
    "AppliedShare",
    "Coupon",
    "CouponUse",
    "GiftPool",
    "GiftPoolItem",
    "Promotion",
    "PromotionAudience",
    "PromotionCap",
    "PromotionCapMove",
    "PromotionComponent",
    "PromotionFunding",
    "PromotionScope",
    "PromotionSettings",
    "PromotionSimulation",
    "PromotionTier",
]
