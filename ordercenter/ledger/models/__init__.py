"""What the room keeps, by what it is about."""

from ordercenter.ledger.models.accounts import LedgerAccount, LedgerCheckpoint, LedgerEntry, LedgerPosting
from ordercenter.ledger.models.budgets import Budget, BudgetEntry, BudgetKind
from ordercenter.ledger.models.dunning import DunningLetter, DunningLevel, DunningLine, DunningRun, DunningSettings
from ordercenter.ledger.models.items import Clearing, OpenItem

__all__ = [
    "Budget",
    "BudgetEntry",
    "BudgetKind",
    "Clearing",
    "DunningLetter",
    "DunningLevel",
    "DunningLine",
    "DunningRun",
    "DunningSettings",
    "LedgerAccount",
    "LedgerCheckpoint",
    "LedgerEntry",
    "LedgerPosting",
    "OpenItem",
]
