"""Batch loaders of invoices: a page of them costs one statement for each kind of thing shown with them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from marketplace.core.money import TaxedMoney
from marketplace.graphql import BatchLoader, grouped
from ordercenter.invoicing.invoiceable import lines_of
from ordercenter.invoicing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine, InvoiceOrder
from ordercenter.ledger.models import OpenItem


class LinesOfInvoice(BatchLoader):
    """The lines of invoices, by position."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        rows = InvoiceLine.objects.visible_to(self.actor).filter(invoice__in=keys)
        rows = rows.select_related("invoice", "order").order_by("invoice", "position")
        return grouped(rows, by="invoice_id", keys=keys)


class PartsOfInvoice(BatchLoader):
    """What invoices charge by order."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        rows = InvoiceOrder.objects.visible_to(self.actor).filter(invoice__in=keys)
        return grouped(rows.select_related("invoice", "order").order_by("pk"), by="invoice_id", keys=keys)


class NotesOfInvoice(BatchLoader):
    """The credit notes of invoices, the latest first."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        rows = CreditNote.objects.visible_to(self.actor).filter(invoice__in=keys).select_related("invoice")
        return grouped(rows.order_by("-pk"), by="invoice_id", keys=keys)


class LinesOfNote(BatchLoader):
    """The lines of credit notes, by position."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        rows = CreditNoteLine.objects.visible_to(self.actor).filter(credit_note__in=keys)
        rows = rows.select_related("credit_note", "invoice_line__order").order_by("position")
        return grouped(rows, by="credit_note_id", keys=keys)


class InvoicesOfOrder(BatchLoader):
    """The invoices that charge for orders, the latest first."""

    def batch(self, keys: list[int]) -> list[list[Invoice]]:
        rows = InvoiceOrder.objects.visible_to(self.actor).filter(order__in=keys).exclude(invoice__status="voided")
        found = grouped(rows.select_related("invoice").order_by("-invoice"), by="order_id", keys=keys)
        return [[row.invoice for row in group] for group in found]


class OpenOfInvoice(BatchLoader):
    """What is open of invoices, over all their orders."""

    def batch(self, keys: list[int]) -> list[Decimal]:
        rows = OpenItem.objects.filter(document_kind="invoice", document_id__in=keys).order_by()
        found = dict(rows.values_list("document_id").annotate(Sum("open")))
        return [found.get(key, Decimal(0)) for key in keys]


class ToInvoice(BatchLoader):
    """What is to be invoiced of orders that the reader sells."""

    def batch(self, keys: list[int]) -> list[TaxedMoney | None]:
        sums: dict[int, list[Decimal]] = {}
        currencies: dict[int, str] = {}
        for line in lines_of(keys):
            currencies[line.order_id] = line.currency
            if line.open:
                money = line.money(line.claimed, line.claimed + line.open)
                total = sums.setdefault(line.order_id, [Decimal(0)] * 3)
                sums[line.order_id] = [one + more for one, more in zip(total, money, strict=True)]
        return [_taxed(sums.get(key), currencies.get(key, "")) for key in keys]


def _taxed(sums: Sequence[Decimal] | None, currency: str) -> TaxedMoney | None:
    return TaxedMoney.of(sums[0], sums[1], sums[2], currency) if sums else None
