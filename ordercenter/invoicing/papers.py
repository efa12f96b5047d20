"""Invoices and credit notes as documents: files hang on them, and steps of an order's story are about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from marketplace.parties.documents import Document, DocumentKind, register_documents
from marketplace.parties.sides import TradeSide
from ordercenter.invoicing.enums import LIVE
from ordercenter.invoicing.models import CreditNote, Invoice
from ordercenter.ledger.documents import name_source

READS = {TradeSide.SELLER: "invoices.view", TradeSide.BUYER: "invoices.view"}


def invoices(keys: Sequence[int]) -> Iterable[Document]:
    """Invoices of these keys; until one is issued it has no buyer who could know of it."""
    for pk, seller, buyer, number, status in Invoice.objects.filter(pk__in=keys).values_list(
        "pk", "seller", "buyer", "number", "status"
    ):
        yield Document("invoice", pk, seller, buyer if status in LIVE else None, number)


def credit_notes(keys: Sequence[int]) -> Iterable[Document]:
    """Credit notes of these keys."""
    for pk, seller, buyer, number in CreditNote.objects.filter(pk__in=keys).values_list(
        "pk", "seller", "buyer", "number"
    ):
        yield Document("credit_note", pk, seller, buyer, number)


def register() -> None:
    """Called from AppConfig.ready."""
    name_source("invoice", "Invoice", _("Invoice"))
    name_source("credit_note", "CreditNote", _("Credit note"))
    register_documents(DocumentKind("invoice", "Invoice", _("Invoice"), READS, invoices))
    register_documents(DocumentKind("credit_note", "CreditNote", _("Credit note"), READS, credit_notes))
