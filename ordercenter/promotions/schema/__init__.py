"""What promotions put into the schema. Other rooms show what they make of carts by the types of `schema.results`."""

from ordercenter.promotions.schema.caps import CapMutations, CapQueries, PromotionCapType
from ordercenter.promotions.schema.coupons import CouponMutations, CouponQueries, CouponType
from ordercenter.promotions.schema.offers import OfferQueries, PromotionOfferType
from ordercenter.promotions.schema.results import (
    AppliedPromotionType,
    PromotionAwardType,
    PromotionHintType,
    PromotionOutcomeType,
)
from ordercenter.promotions.schema.trying import PromotionSimulationType, SimulationQueries, TryingMutations
from ordercenter.promotions.schema.types import PromotionQueries, PromotionType
from ordercenter.promotions.schema.writing import PromotionMutations, SettingsQueries

__all__ = [
    "AppliedPromotionType",
    "CouponType",
    "Mutations",
    "PromotionAwardType",
    "PromotionCapType",
    "PromotionHintType",
    "PromotionOfferType",
    "PromotionOutcomeType",
    "PromotionSimulationType",
    "PromotionType",
    "Queries",
]


class Queries(PromotionQueries, CapQueries, CouponQueries, OfferQueries, SimulationQueries, SettingsQueries):
    """What can be read of promotions."""


class Mutations(PromotionMutations, CapMutations, CouponMutations, TryingMutations):
    """What can be done to them."""
