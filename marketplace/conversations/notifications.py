"""Who hears that somebody wrote: whoever reads such documents on the sides the message is for, but its author."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.conversations.events import SENT
from marketplace.conversations.models import Message
from marketplace.core.models import OutboxEvent
from marketplace.notifications.rules import Hearing, NotificationRule, Text, register
from marketplace.parties.documents import Document, kind_of
from marketplace.parties.sides import TradeSide

LONGEST = 200


def of_messages(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """One statement for the messages, and one for each kind of document they are about."""
    rows = Message.objects.select_related("author", "author_organization")
    messages = rows.in_bulk({event.payload["message"] for event in events})
    documents = _documents(messages.values())
    for event in events:
        message = messages.get(event.payload["message"])
        document = documents.get((message.document_kind, message.document_id)) if message else None
        if message is None or document is None:
            continue
        kind = kind_of(document.kind)
        sides = ((document.seller_id, TradeSide.SELLER), (document.buyer_id, TradeSide.BUYER))
        for organization_id, side in sides:
            if organization_id in event.organizations and side in kind.reads:
                own = organization_id == message.author_organization_id
                who = message.author if own else message.author_organization
                data = {"by": who.name if who else "", "number": document.number, "text": message.text[:LONGEST]}
                assert organization_id is not None
                yield Hearing(event, organization_id, kind.reads[side], (), kind.node, document.pk, data)


def _documents(messages: Any) -> dict[tuple[str, int], Document]:
    asked: dict[str, set[int]] = {}
    for message in messages:
        asked.setdefault(message.document_kind, set()).add(message.document_id)
    return {
        (code, document.pk): document for code, keys in asked.items() for document in kind_of(code).fetch(sorted(keys))
    }


def message_text(data: Mapping[str, Any]) -> Text:
    """Who wrote about what, and how it begins."""
    return Text(_("%(by)s wrote about %(number)s") % {"by": data["by"], "number": data["number"]}, data["text"])


register(
    NotificationRule(
        "message.sent",
        gettext_lazy("Somebody writes about a document"),
        gettext_lazy("Messages"),
        (SENT.code,),
        ("orders.purchases", "orders.sales"),
        of_messages,
        message_text,
    )
)
