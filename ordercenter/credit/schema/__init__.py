"""Credit in the schema (credit-and-ledger §9). Rooms above extend `CreditMovementType` with what they know."""

from ordercenter.credit.schema.mutations import Mutations
from ordercenter.credit.schema.queries import Queries
from ordercenter.credit.schema.types import CreditAccountType, CreditMovementType, CreditRequestType, CreditRuleType

__all__ = [
    "CreditAccountType",
    "CreditMovementType",
    "CreditRequestType",
    "CreditRuleType",
    "Mutations",
    "Queries",
]
