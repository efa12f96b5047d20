"""Price lists, their rows, and for whom they hold (docs/concepts/pricing.md)."""

from ordercenter.pricing.models.imports import (
    ImportMode,
    PriceImport,
    PriceImportFile,
    PriceImportRow,
    PriceImportUndo,
    RowChange,
)
from ordercenter.pricing.models.lists import PriceList, PriceRow, TierScope, UomFallback
from ordercenter.pricing.models.policies import (
    FLOORS,
    STEPS,
    PolicyLineKind,
    PriceDate,
    PricePolicy,
    PricePolicyLine,
    PriceStrategy,
    PricingSettings,
)

__all__ = [
    "FLOORS",
    "STEPS",
    "ImportMode",
    "PolicyLineKind",
    "PriceDate",
    "PriceImport",
    "PriceImportFile",
    "PriceImportRow",
    "PriceImportUndo",
    "PriceList",
    "PricePolicy",
    "PricePolicyLine",
    "PriceRow",
    "PriceStrategy",
    "PricingSettings",
    "RowChange",
    "TierScope",
    "UomFallback",
]
