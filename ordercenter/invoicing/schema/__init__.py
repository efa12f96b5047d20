"""Invoices in the schema."""

from ordercenter.invoicing.schema.mutations import Mutations
from ordercenter.invoicing.schema.queries import Queries
from ordercenter.invoicing.schema.types import CreditNoteType, InvoiceLineType, InvoiceType

__all__ = ["CreditNoteType", "InvoiceLineType", "InvoiceType", "Mutations", "Queries"]
