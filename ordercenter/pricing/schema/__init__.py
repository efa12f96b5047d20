"""What prices put into the schema. Other rooms refer to the types by `ordercenter.pricing.schema.<Name>Type`."""

from ordercenter.pricing.schema.adjustments import AdjustmentMutations, AdjustmentQueries, PriceAdjustmentType
from ordercenter.pricing.schema.assigning import AssigningMutations, CalendarQueries
from ordercenter.pricing.schema.difference import DifferenceQueries
from ordercenter.pricing.schema.goods import GoodsQueries
from ordercenter.pricing.schema.imports import ImportMutations, ImportQueries, ImportSubscriptions, PriceImportType
from ordercenter.pricing.schema.lists import ListQueries, PriceListType, PriceRowType
from ordercenter.pricing.schema.partners import PartnershipPriceListType
from ordercenter.pricing.schema.policies import PolicyMutations, PolicyQueries, PricePolicyType, PricingSettingsType
from ordercenter.pricing.schema.prices import PriceQueries, PriceTierType, VariantPriceType
from ordercenter.pricing.schema.sheet import PriceSlotType, SheetQueries
from ordercenter.pricing.schema.simulations import (
    PriceSimulationType,
    SimulationMutations,
    SimulationQueries,
    SimulationSubscriptions,
)
from ordercenter.pricing.schema.traces import PriceTraceType, TraceQueries
from ordercenter.pricing.schema.writing import ListMutations

__all__ = [
    "Mutations",
    "PartnershipPriceListType",
    "PriceAdjustmentType",
    "PriceImportType",
    "PriceListType",
    "PricePolicyType",
    "PriceRowType",
    "PriceSimulationType",
    "PriceSlotType",
    "PriceTierType",
    "PriceTraceType",
    "PricingSettingsType",
    "Queries",
    "Subscriptions",
    "VariantPriceType",
]


class Queries(
    ListQueries,
    SheetQueries,
    CalendarQueries,
    PolicyQueries,
    PriceQueries,
    TraceQueries,
    ImportQueries,
    AdjustmentQueries,
    SimulationQueries,
    DifferenceQueries,
    GoodsQueries,
):
    """What can be read of prices."""


class Mutations(
    ListMutations, AssigningMutations, PolicyMutations, ImportMutations, AdjustmentMutations, SimulationMutations
):
    """What can be done to them."""


class Subscriptions(ImportSubscriptions, SimulationSubscriptions):
    """What can be heard of them."""
