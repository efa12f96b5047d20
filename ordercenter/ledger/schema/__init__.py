"""The ledger in the schema (credit-and-ledger §9)."""

from ordercenter.ledger.schema.accounts import LedgerAccountType, LedgerEntryType, LedgerPostingType
from ordercenter.ledger.schema.budgets import BudgetMutations, BudgetQueries, BudgetType
from ordercenter.ledger.schema.dunning import DunningMutations, DunningQueries
from ordercenter.ledger.schema.items import ClearingType, OpenItemType
from ordercenter.ledger.schema.moves import MoveMutations
from ordercenter.ledger.schema.queries import LedgerQueries
from ordercenter.ledger.schema.statement import StatementQueries

__all__ = [
    "BudgetType",
    "ClearingType",
    "LedgerAccountType",
    "LedgerEntryType",
    "LedgerPostingType",
    "Mutations",
    "OpenItemType",
    "Queries",
]


class Queries(LedgerQueries, StatementQueries, DunningQueries, BudgetQueries):
    """What can be read of money between partners."""


class Mutations(MoveMutations, DunningMutations, BudgetMutations):
    """What can be done with it."""
