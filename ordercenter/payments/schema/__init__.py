"""Payments in the schema."""

from ordercenter.payments.schema.mutations import Mutations
from ordercenter.payments.schema.queries import Queries

__all__ = ["Mutations", "Queries"]
