"""Who hears of sourcing events: participants what concerns all or them, the buyer what suppliers do in the open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.models import OutboxEvent
from marketplace.core.names import localized
from marketplace.notifications.rules import Hearing, NotificationRule, Text, register
from suppliers.sourcing.enums import ParticipationStatus
from suppliers.sourcing.happenings import PARTICIPATION
from suppliers.sourcing.models import Participation, SourcingEvent

SOURCING = gettext_lazy("Sourcing")
#: Told to everybody who takes part and has not declined.
TO_ALL = (
    "sourcing.published",
    "sourcing.extended",
    "sourcing.paused",
    "sourcing.resumed",
    "sourcing.cancelled",
    "sourcing.failed",
    "sourcing.addendum_published",
    "sourcing.answer_published",
)
#: Told to those named in the event.
TO_SOME = ("sourcing.round_started",)
#: Between the buyer and one supplier.
TO_SUPPLIER = ("sourcing.invited", "sourcing.admitted", "sourcing.disqualified", "sourcing.letter_received")
TO_BUYER = ("sourcing.registered", "sourcing.declined", "sourcing.rejoined", "sourcing.letter_answered")
#: Of the buyer's own side.
INSIDE = (
    "sourcing.submitted",
    "sourcing.rejected",
    "sourcing.question_asked",
    "sourcing.closed",
    "sourcing.award_submitted",
)
#: Whose permission is asked of the buyer's own people, where it is not that of writing events.
DECIDED_BY = {"sourcing.submitted": "sourcing.publish", "sourcing.award_submitted": "sourcing.award"}
SILENT = (ParticipationStatus.DECLINED, ParticipationStatus.DISQUALIFIED)


def of_events(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """Two statements for all of them."""
    mine = [event for event in events if event.aggregate != PARTICIPATION]
    rows = SourcingEvent.objects.select_related("buyer").in_bulk({event.aggregate_id for event in mine})
    parts = Participation.objects.filter(event__in=rows).exclude(status__in=SILENT)
    of: dict[int, list[Participation]] = {}
    for part in parts.order_by("pk"):
        of.setdefault(part.event_id, []).append(part)
    for event in mine:
        row = rows.get(event.aggregate_id)
        if row is not None and _is_told(event):
            yield from _hearings(event, row, of.get(row.pk, []))


def _is_told(event: OutboxEvent) -> bool:
    """That a draft which nobody saw was dropped is no news."""
    return event.kind not in ("sourcing.cancelled", "sourcing.failed") or bool(event.payload.get("published", True))


def _hearings(event: OutboxEvent, row: SourcingEvent, parts: Sequence[Participation]) -> Iterator[Hearing]:
    data = _data(event, row)
    if event.kind in INSIDE:
        permission = DECIDED_BY.get(event.kind, "sourcing.manage")
        yield Hearing(event, row.buyer_id, permission, (), "SourcingEvent", row.pk, data)
        return
    named = set(event.payload.get("participations", ()))
    for part in parts:
        if event.kind not in TO_SOME or part.pk in named:
            yield Hearing(event, part.seller_id, "quotes.view", (), "SourcingEvent", row.pk, data)


def of_participations(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """The other side of each; one statement."""
    rows = Participation.objects.select_related("event__buyer", "seller").in_bulk(
        {event.aggregate_id for event in events}
    )
    for event in events:
        row = rows.get(event.aggregate_id)
        if row is None:
            continue
        data = {**_data(event, row.event), "seller": row.seller.name}
        if event.kind in TO_SUPPLIER:
            yield Hearing(event, row.seller_id, "quotes.view", (), "SourcingEvent", row.event_id, data)
        else:
            data["waits"] = row.status == ParticipationStatus.REGISTERED
            yield Hearing(event, row.buyer_id, "sourcing.manage", (), "SourcingEvent", row.event_id, data)


def _data(event: OutboxEvent, row: SourcingEvent) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "number": row.number,
        "name_zh": row.name_zh or row.name_en,
        "name_en": row.name_en or row.name_zh,
        "buyer": row.buyer.name,
        "note": str(event.payload.get("reason", ""))[:200],
        "round": event.payload.get("round", 1),
    }


def text(data: Mapping[str, Any]) -> Text:
    """What happened to which event."""
    return Text(SENTENCES[data["kind"]]() % data, data.get("note", "") or localized(data["name_zh"], data["name_en"]))


SENTENCES = {
    "sourcing.published": lambda: _("%(buyer)s asks you for a quote: %(number)s"),
    "sourcing.invited": lambda: _("%(buyer)s asks you for a quote: %(number)s"),
    "sourcing.extended": lambda: _("%(number)s: the deadline was moved later"),
    "sourcing.paused": lambda: _("%(number)s is paused: no quotes are taken"),
    "sourcing.resumed": lambda: _("%(number)s takes quotes again; its dates have moved"),
    "sourcing.cancelled": lambda: _("%(buyer)s has cancelled %(number)s"),
    "sourcing.failed": lambda: _("%(buyer)s has declared %(number)s unsuccessful"),
    "sourcing.addendum_published": lambda: _("%(number)s has an addendum: read and acknowledge it"),
    "sourcing.answer_published": lambda: _("%(number)s: questions were answered"),
    "sourcing.round_started": lambda: _("%(buyer)s asks you for a better quote: %(number)s, round %(round)s"),
    "sourcing.admitted": lambda: _("%(buyer)s has admitted you to %(number)s"),
    "sourcing.registered": lambda: _("%(seller)s takes part in %(number)s"),
    "sourcing.declined": lambda: _("%(seller)s does not quote for %(number)s"),
    "sourcing.rejoined": lambda: _("%(seller)s takes part in %(number)s after all"),
    "sourcing.submitted": lambda: _("%(number)s waits for your approval"),
    "sourcing.rejected": lambda: _("%(number)s was sent back"),
    "sourcing.question_asked": lambda: _("%(number)s: a supplier has asked a question"),
    "sourcing.closed": lambda: _("%(number)s: quotes have closed"),
    "sourcing.disqualified": lambda: _("%(buyer)s has disqualified your quote for %(number)s"),
    "sourcing.letter_received": lambda: _("%(buyer)s has decided on %(number)s: read your result"),
    "sourcing.letter_answered": lambda: _("%(seller)s has answered the award letter of %(number)s"),
    "sourcing.award_submitted": lambda: _("The award of %(number)s waits for your approval"),
}


register(
    NotificationRule(
        "sourcing.event",
        gettext_lazy("Something happens in a sourcing event"),
        SOURCING,
        (*TO_ALL, *TO_SOME, *INSIDE),
        ("quotes.view", "sourcing.manage", "sourcing.publish", "sourcing.award"),
        of_events,
        text,
    ),
    NotificationRule(
        "sourcing.participation",
        gettext_lazy("A supplier is asked, admitted, takes part or declines"),
        SOURCING,
        (*TO_SUPPLIER, *TO_BUYER),
        ("quotes.view", "sourcing.manage"),
        of_participations,
        text,
    ),
)
