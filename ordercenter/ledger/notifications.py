"""Who hears of money: a buyer of a letter, and each side when the other disputes an open item or ends that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.models import OutboxEvent
from marketplace.notifications.rules import Hearing, NotificationRule, Text, register
from ordercenter.ledger.models import DunningLetter, OpenItem

VIEW = "ledger.view"
FINANCE = gettext_lazy("Finance")


def of_letters(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """Those of the buyer who see what it owes; one statement."""
    letters = DunningLetter.objects.select_related("seller").in_bulk({event.aggregate_id for event in events})
    for event in events:
        letter = letters.get(event.aggregate_id)
        if letter is None:
            continue
        told = {"by": letter.seller.name, "number": letter.number, "stop": letter.stop_orders}
        yield Hearing(event, letter.buyer_id, VIEW, (), "DunningLetter", letter.pk, told)


def of_disputes(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """The side that did not do it; one statement."""
    items = OpenItem.objects.select_related("seller", "buyer").in_bulk({event.aggregate_id for event in events})
    for event in events:
        item = items.get(event.aggregate_id)
        if item is None:
            continue
        by, other = item.seller, item.buyer
        if event.actor_organization == item.buyer_id:
            by, other = other, by
        note = event.payload.get("note", "")[:200]
        told = {"kind": event.kind, "by": by.name, "number": item.number, "note": note}
        yield Hearing(event, other.pk, VIEW, (), "OpenItem", item.pk, told)


def letter_text(data: Mapping[str, Any]) -> Text:
    """Who reminds, and what follows."""
    title = _("%(by)s reminds you of what is overdue: %(number)s") % {"by": data["by"], "number": data["number"]}
    return Text(title, _("Orders stop until what is late is paid.") if data.get("stop") else "")


def dispute_text(data: Mapping[str, Any]) -> Text:
    """Who disputes what; why, below."""
    facts = {"by": data["by"], "number": data["number"]}
    if data["kind"] == "ledger.disputed":
        return Text(_("%(by)s disputes %(number)s") % facts, data.get("note", ""))
    return Text(_("%(by)s ended the dispute of %(number)s") % facts)


register(
    NotificationRule(
        "ledger.dunned",
        gettext_lazy("You are reminded of what is overdue"),
        FINANCE,
        ("ledger.dunned",),
        (VIEW,),
        of_letters,
        letter_text,
    ),
    NotificationRule(
        "ledger.disputed",
        gettext_lazy("An open item is disputed, or no more"),
        FINANCE,
        ("ledger.disputed", "ledger.dispute_ended"),
        (VIEW,),
        of_disputes,
        dispute_text,
    ),
)
