"""Contracts, sources and quotas in the schema (contracts §7)."""

from ordercenter.contracts.schema.line_types import ContractLineType
from ordercenter.contracts.schema.mutations import Contracts
from ordercenter.contracts.schema.queries import Queries
from ordercenter.contracts.schema.source_mutations import Sources
from ordercenter.contracts.schema.types import ContractNode

__all__ = ["ContractLineType", "ContractNode", "Mutations", "Queries"]


class Mutations(Contracts, Sources):
    """What can be done with contracts, sources and quotas."""
