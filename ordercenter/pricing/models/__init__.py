"""Price lists, their rows, and for whom they hold (docs/concepts/pricing.md)."""

from ordercenter.pricing.models.adjustments import PriceAdjustment, PriceAdjustmentLine
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
from ordercenter.pricing.models.simulations import (
    PriceSimulation,
    PriceSimulationRow,
    SimulationInstant,
    SimulationLevel,
)

__all__ = [
    "FLOORS",
    "STEPS",
    "ImportMode",
    "PolicyLineKind",
    "PriceAdjustment",
    "PriceAdjustmentLine",
    "PriceDate",
    "PriceImport",
    "PriceImportFile",
    "PriceImportRow",
    "PriceImportUndo",
    "PriceList",
    "PricePolicy",
    "PricePolicyLine",
    "PriceRow",
    "PriceSimulation",
    "PriceSimulationRow",
    "PriceStrategy",
    "PricingSettings",
    "RowChange",
    "SimulationInstant",
    "SimulationLevel",
    "TierScope",
    "UomFallback",
]
