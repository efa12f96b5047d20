"""Fund accounts in the schema (credit-and-ledger §9)."""

from ordercenter.ledger.funds.schema.mutations import Mutations
from ordercenter.ledger.funds.schema.queries import Queries

__all__ = ["Mutations", "Queries"]
