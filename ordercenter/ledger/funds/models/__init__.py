"""What the room keeps, by what it is about."""

from ordercenter.ledger.funds.models.documents import FundAdjustment, FundTopUp, FundTransfer
from ordercenter.ledger.funds.models.grants import FundAccount, FundGrant
from ordercenter.ledger.funds.models.rules import FundSettings, FundUseRule, FundUseRuleScope
from ordercenter.ledger.funds.models.uses import FundReservation, FundShare, FundUse

__all__ = [
    "FundAccount",
    "FundAdjustment",
    "FundGrant",
    "FundReservation",
    "FundSettings",
    "FundShare",
    "FundTopUp",
    "FundTransfer",
    "FundUse",
    "FundUseRule",
    "FundUseRuleScope",
]
