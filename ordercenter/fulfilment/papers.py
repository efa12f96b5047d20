"""Shipments and receipts as documents: files hang on them, and steps of an order's story are about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.parties.documents import Document, DocumentKind, Told, register_documents
from ordercenter.fulfilment.models import Receipt, Shipment
from ordercenter.orders.papers import READS
from ordercenter.orders.papers import tell as tell_order


def fetch(kind: str, model: Any) -> Callable[[Sequence[int]], Iterable[Document]]:
    """Documents of one kind; they are never changed, and stay open for files."""

    def found(keys: Sequence[int]) -> Iterable[Document]:
        for pk, seller, buyer, number in model.objects.filter(pk__in=keys).values_list(
            "pk", "seller", "buyer", "number"
        ):
            yield Document(kind, pk, seller, buyer, number)

    return found


def tell(model: Any) -> Callable[[Actor, Document, Sequence[Told]], None]:
    """What happens to a file of a delivery is told in the story of its order."""

    def to_order(actor: Actor, document: Document, things: Sequence[Told]) -> None:
        order_id = model.objects.filter(pk=document.pk).values_list("order", flat=True).get()
        tell_order(actor, replace(document, kind="order", pk=order_id), things)

    return to_order


def register() -> None:
    """Called from AppConfig.ready."""
    for code, node, label, model in (
        ("shipment", "Shipment", _("Shipment"), Shipment),
        ("receipt", "Receipt", _("Goods receipt"), Receipt),
    ):
        register_documents(DocumentKind(code, node, label, READS, fetch(code, model), tell(model)))
