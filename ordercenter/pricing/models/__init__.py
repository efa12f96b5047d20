"""Price lists, their rows, and for whom they hold (docs/concepts/pricing.md)."""

from ordercenter.pricing.models.imports import ImportMode, ImportOnError, PriceImport, PriceImportRow, PriceImportUndo
from ordercenter.pricing.models.lists import PriceList, PriceRow, TierScope, UomFallback
from ordercenter.pricing.models.policies import (
    PolicyLineKind,
    PriceDate,
    PricePolicy,
    PricePolicyLine,
    PriceStrategy,
    PricingSettings,
)

__all__ = [
    "ImportMode",
    "ImportOnError",
    "PolicyLineKind",
    "PriceDate",
    "PriceImport",
    "PriceImportRow",
    "PriceImportUndo",
    "PriceList",
    "PricePolicy",
    "PricePolicyLine",
    "PriceRow",
    "PriceStrategy",
    "PricingSettings",
    "TierScope",
    "UomFallback",
]
