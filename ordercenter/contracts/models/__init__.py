"""What is kept of contracts, what is used of them, and who may supply (contracts §2)."""

from ordercenter.contracts.models.contract import (
    Contract,
    ContractClauseUse,
    ContractLine,
    ContractPayment,
    ContractPrice,
)
from ordercenter.contracts.models.indexes import IndexValue, PriceIndex
from ordercenter.contracts.models.papers import ContractChange, ContractSignature, ContractText
from ordercenter.contracts.models.set_up import ContractClause, ContractTemplate, ContractType
from ordercenter.contracts.models.sources import QuotaEntry, QuotaMember, SourceList, SourceQuota
from ordercenter.contracts.models.usage import ContractCallOff, ContractCallOffMove

__all__ = [
    "Contract",
    "ContractCallOff",
    "ContractCallOffMove",
    "ContractChange",
    "ContractClause",
    "ContractClauseUse",
    "ContractLine",
    "ContractPayment",
    "ContractPrice",
    "ContractSignature",
    "ContractTemplate",
    "ContractText",
    "ContractType",
    "IndexValue",
    "PriceIndex",
    "QuotaEntry",
    "QuotaMember",
    "SourceList",
    "SourceQuota",
]
