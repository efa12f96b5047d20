"""Rebate policies, what they accrue, and how it is settled (docs/concepts/rebates.md)."""

from ordercenter.rebates.models.accruals import RebateAccrual, RebateCommon, RebatePosition
from ordercenter.rebates.models.figures import RebateBaseline, RebateTarget
from ordercenter.rebates.models.policies import (
    RebateBeneficiary,
    RebateLine,
    RebatePolicy,
    RebateScope,
    RebateTier,
)
from ordercenter.rebates.models.settlements import RebateSettlement, RebateSettlementLine
from ordercenter.rebates.models.simulations import RebateSimulation

__all__ = [
    "RebateAccrual",
    "RebateBaseline",
    "RebateBeneficiary",
    "RebateCommon",
    "RebateLine",
    "RebatePolicy",
    "RebatePosition",
    "RebateScope",
    "RebateSettlement",
    "RebateSettlementLine",
    "RebateSimulation",
    "RebateTarget",
    "RebateTier",
]
