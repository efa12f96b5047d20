"""Invoices, their lines and orders; the notes that lower them; how a seller invoices."""

from ordercenter.invoicing.models.credit import CreditNote, CreditNoteLine
from ordercenter.invoicing.models.invoice import Invoice, InvoiceLine, InvoiceOrder
from ordercenter.invoicing.models.settings import InvoicingSettings

__all__ = ["CreditNote", "CreditNoteLine", "Invoice", "InvoiceLine", "InvoiceOrder", "InvoicingSettings"]
