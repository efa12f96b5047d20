"""What rebates put into the schema."""

from ordercenter.rebates.schema.ordered import OrderLineRebates, OrderRebates
from ordercenter.rebates.schema.outlook import OutlookQueries, RebateProgressType
from ordercenter.rebates.schema.papers import RebateSettlementType, RebateSimulationType
from ordercenter.rebates.schema.policies import PolicyMutations
from ordercenter.rebates.schema.queries import RebateQueries
from ordercenter.rebates.schema.settlements import SettlementMutations
from ordercenter.rebates.schema.types import (
    RebateAccrualType,
    RebatePolicyType,
    RebatePositionType,
)

__all__ = [
    "Mutations",
    "OrderLineRebates",
    "OrderRebates",
    "Queries",
    "RebateAccrualType",
    "RebatePolicyType",
    "RebatePositionType",
    "RebateProgressType",
    "RebateSettlementType",
    "RebateSimulationType",
]


class Queries(RebateQueries, OutlookQueries):
    """What can be read of rebates."""


class Mutations(PolicyMutations, SettlementMutations):
    """What can be done with them."""
