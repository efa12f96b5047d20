"""Orders as documents: files and talks hang on them, and what happens to a file is part of their story."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.parties.documents import Document, DocumentKind, Told, register_documents, register_node
from marketplace.parties.sides import TradeSide
from ordercenter.orders.enums import FINAL
from ordercenter.orders.models import Order
from ordercenter.orders.timeline import Step, append

READS = {TradeSide.SELLER: "orders.sales", TradeSide.BUYER: "orders.purchases"}


def fetch(keys: Sequence[int]) -> Iterable[Document]:
    """Orders of these keys; one that has ended keeps its files."""
    rows = Order.objects.filter(pk__in=keys).values_list("pk", "seller", "buyer", "number", "status")
    for pk, seller, buyer, number, status in rows:
        yield Document("order", pk, seller, buyer, number, status not in FINAL)


def tell(actor: Actor, document: Document, things: Sequence[Told]) -> None:
    """Add steps to the order's story, under its lock: the steps of an order are numbered one after the other."""
    Order.objects.select_for_update(no_key=True).filter(pk=document.pk).values_list("pk").first()
    seller_id, buyer_id = document.seller_id, document.buyer_id
    assert seller_id is not None
    assert buyer_id is not None
    steps = [
        Step(
            document.pk,
            seller_id,
            buyer_id,
            f"order.{told.verb}",
            f"{told.verb}:{told.about_id}",
            data=told.data,
            document_kind=told.about_kind,
            document_id=told.about_id,
            visible=told.audience,
        )
        for told in things
    ]
    append(actor, steps)


def register() -> None:
    """Called from AppConfig.ready."""
    register_documents(DocumentKind("order", "Order", _("Order"), READS, fetch, tell))
    register_node("cancel_request", "OrderCancellationRequest")
