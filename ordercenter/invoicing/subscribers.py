"""Drafts that appear by themselves as goods leave or arrive, where the seller has settled it so."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, DomainErrors
from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.parties.models import Organization
from ordercenter.invoicing.draw import DrawRequest, draw_open
from ordercenter.invoicing.enums import InvoiceGrouping, InvoicingBasis
from ordercenter.invoicing.errors import InvoicingErrorCode
from ordercenter.invoicing.issue import issue_all
from ordercenter.invoicing.models import InvoicingSettings
from ordercenter.orders.models import Order

#: Which event lets goods of an order be invoiced, by the seller's basis.
WHEN = {
    "order.confirmed": InvoicingBasis.ORDERED,
    "order.shipped": InvoicingBasis.SHIPPED,
    "order.received": InvoicingBasis.RECEIVED,
}


def goods_moved(event: OutboxEvent) -> None:
    """Draw what an order may be invoiced for now. An event heard twice finds nothing left to draw."""
    order = Order.objects.filter(pk=event.aggregate_id).values_list("seller", "pk").first()
    settings = order and InvoicingSettings.objects.filter(organization=order[0], draws_itself=True).first()
    if not order or not settings or settings.basis != WHEN[event.kind]:
        return
    actor = Actor.system(Organization.objects.get(pk=order[0]))
    try:
        draw_open(actor, DrawRequest([order[1]], grouping=InvoiceGrouping.ORDER, then_issue=settings.issues_itself))
    except DomainError as refused:
        if refused.code != InvoicingErrorCode.NOTHING_TO_INVOICE:
            raise


def drawn(event: OutboxEvent) -> None:
    """Issue a draft that appeared by itself: in an event of its own, as credit is locked before orders are.

    One that cannot be issued, for want of a tax number or the like, waits for a person.
    """
    if not event.payload.get("issue"):
        return
    actor = Actor.system(Organization.objects.get(pk=event.organizations[0]))
    with suppress(DomainError, DomainErrors), transaction.atomic():
        issue_all(actor, [event.aggregate_id])


def register() -> None:
    """Called once, when the program starts."""
    for kind in WHEN:
        subscribe(kind, "invoicing.draws")(goods_moved)
    subscribe("invoice.drawn", "invoicing.issues")(drawn)
