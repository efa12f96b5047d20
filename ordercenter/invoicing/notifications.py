"""Who hears of invoices: the people of the buyer who may see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.models import OutboxEvent
from marketplace.notifications.rules import Hearing, NotificationRule, Text, register
from marketplace.parties.models import Organization

FINANCE = gettext_lazy("Invoices")
TYPES = {"invoice.issued": "Invoice", "credit_note.issued": "CreditNote"}


def to_the_buyer(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """The buyer hears of what its seller issued; one statement."""
    sellers = Organization.objects.in_bulk({event.organizations[0] for event in events})
    for event in events:
        seller_id, buyer_id = event.organizations
        data = {
            "kind": event.kind,
            "number": event.payload["number"],
            "invoice": event.payload.get("invoice_number", ""),
            "amount": event.payload["gross"],
            "currency": event.payload["currency"],
            "by": sellers[seller_id].name if seller_id in sellers else "",
        }
        yield Hearing(event, buyer_id, "invoices.view", (), TYPES[event.kind], event.aggregate_id, data)


def text(data: Mapping[str, Any]) -> Text:
    """Who issued what, and how much it is."""
    if data["kind"] == "invoice.issued":
        return Text(_("%(by)s issued invoice %(number)s over %(amount)s %(currency)s") % data)
    return Text(_("%(by)s credits %(amount)s %(currency)s of invoice %(invoice)s by %(number)s") % data)


register(
    NotificationRule(
        "invoice.issued",
        gettext_lazy("An invoice or a credit note is issued to you"),
        FINANCE,
        ("invoice.issued", "credit_note.issued"),
        ("invoices.view",),
        to_the_buyer,
        text,
    )
)
