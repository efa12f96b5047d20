"""Letters to suppliers: invitations, addenda, new rounds and ends, in each reader's language (sourcing §3.1, §3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone, translation

from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.graphql import to_global_id
from marketplace.parties.models import Membership
from suppliers.sourcing.invite import LIVE, token_of
from suppliers.sourcing.models import EventInvitation, Participation, SourcingEvent
from suppliers.sourcing.notifications import SENTENCES, SILENT

#: What people outside hear by e-mail, too.
TO_ALL = (
    "sourcing.published",
    "sourcing.extended",
    "sourcing.paused",
    "sourcing.resumed",
    "sourcing.cancelled",
    "sourcing.failed",
    "sourcing.addendum_published",
    "sourcing.round_started",
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets a letter, in which language, and by which link they come in."""

    email: str
    name: str
    language: str
    zone: str
    token: str = ""


def write_to_all(event: OutboxEvent) -> None:
    """To everybody who takes part, and at publish to those asked by e-mail. Heard again, it writes again: no harm."""
    row = SourcingEvent.objects.select_related("buyer").filter(pk=event.aggregate_id).first()
    if row is None or not event.payload.get("published", True):
        return
    named = event.payload.get("participations")
    parts = Participation.objects.filter(event=row).exclude(status__in=SILENT)
    if named is not None:
        parts = parts.filter(pk__in=named)
    _send(event, row, _people(parts))
    if event.kind == "sourcing.published":
        _write_to_strangers(event, row, EventInvitation.objects.filter(event=row, used_at=None))


def write_to_one(event: OutboxEvent) -> None:
    """To a supplier that was asked after publishing."""
    part = Participation.objects.filter(pk=event.aggregate_id)
    row = SourcingEvent.objects.select_related("buyer").filter(participations__in=part).first()
    if row is not None:
        _send(event, row, _people(part))


def write_to_stranger(event: OutboxEvent) -> None:
    """To somebody who was asked by e-mail after publishing."""
    row = SourcingEvent.objects.select_related("buyer").filter(pk=event.aggregate_id).first()
    if row is not None:
        asked = EventInvitation.objects.filter(event=row, pk=event.payload["invitation"], used_at=None)
        _write_to_strangers(event, row, asked)


def _write_to_strangers(event: OutboxEvent, row: SourcingEvent, asked: object) -> None:
    rows = list(asked)  # type: ignore[call-overload]
    _send(event, row, (Reader(one.email, one.name, one.language, row.buyer.time_zone, token_of(one)) for one in rows))
    EventInvitation.objects.filter(pk__in=[one.pk for one in rows]).update(sent_at=timezone.now())


def _people(parts: object) -> Iterator[Reader]:
    """Who may see invitations in the organizations that take part; one statement."""
    seats = Membership.objects.filter(
        organization__in=parts.values("seller"),  # type: ignore[attr-defined]
        is_active=True,
        user__is_active=True,
        roles__permissions__contains=["quotes.view"],
    )
    for seat in seats.select_related("user", "organization").distinct().order_by("pk"):
        language = seat.user.language or seat.organization.language
        yield Reader(seat.user.email, seat.user.name, language, seat.organization.time_zone)


def _send(event: OutboxEvent, row: SourcingEvent, readers: object) -> None:
    kind = event.kind if event.kind in SENTENCES else "sourcing.invited"
    for reader in readers:  # type: ignore[attr-defined]
        with translation.override(reader.language):
            data = {"buyer": row.buyer.name, "number": row.number, "round": event.payload.get("round", 1)}
            subject = SENTENCES[kind]() % data
            closes = row.close_at.astimezone(ZoneInfo(reader.zone)).strftime("%Y-%m-%d %H:%M %Z")
            context = {
                "name": reader.name,
                "sentence": subject,
                "event": row,
                "live": row.status in LIVE,
                "closes": closes,
                "note": event.payload.get("reason", ""),
                "hash": row.rules_hash,
                "token": reader.token,
                "link": link_of(row, reader.token),
            }
            text = render_to_string("sourcing/told.txt", context)
            send_mail(settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + subject, text, None, [reader.email])


def link_of(row: SourcingEvent, token: str = "") -> str:
    """Where the reader looks at the event: with a token without an account, else signed in."""
    if token:
        return f"{settings.PUBLIC_URL}/tenders/invited/{token}/"
    return f"{settings.PUBLIC_URL}/sourcing/{to_global_id('SourcingEvent', row.pk)}/"


def listen() -> None:
    """Subscribe; called from AppConfig.ready."""
    for kind in TO_ALL:
        subscribe(kind, "sourcing.mails", writes=kind == "sourcing.published")(write_to_all)
    subscribe("sourcing.invited", "sourcing.mails", writes=False)(write_to_one)
    subscribe("sourcing.invited_by_mail", "sourcing.mails")(write_to_stranger)
