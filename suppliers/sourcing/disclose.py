"""Open hidden quotes: from the opening instant on, by a person who did not publish the event (sourcing §3, §4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.events import record
from ordercenter.quotes.enums import QuoteStatus
from ordercenter.quotes.models import Quote
from suppliers.sourcing.closing import close
from suppliers.sourcing.counting import counted
from suppliers.sourcing.enums import Confidentiality, ParticipationStatus, SourcingEventStatus
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import event_event
from suppliers.sourcing.life import closed_gate
from suppliers.sourcing.models import Participation, SourcingEvent

OPEN = "sourcing.open"


def disclose(actor: Actor, event_id: int) -> SourcingEvent:
    """Let the buyer read the hidden quotes of the round that closed; those withdrawn or out of date stay hidden.

    Raises OPENING_EARLY, SECOND_PERSON (for who published it), INVALID_TRANSITION; INVALID for sealed quotes, which
    have an opening of their own.
    """
    actor.require(OPEN)
    close(event_id)
    with transaction.atomic():
        event, now = closed_gate(actor, event_id)
        if event.confidentiality != Confidentiality.HIDDEN:
            raise DomainError(CoreErrorCode.INVALID, _("Only hidden quotes are opened so."), "id")
        if event.status != SourcingEventStatus.QUOTES_CLOSED or now < event.opening_at:
            early = event.status == SourcingEventStatus.QUOTES_CLOSED or now < event.close_at
            text = _("Quotes cannot be opened yet.") if early else _("This is not possible in the present state.")
            raise DomainError(Code.OPENING_EARLY if early else CoreErrorCode.INVALID_TRANSITION, text, "id")
        if actor.user_id is not None and actor.user_id == event.published_by_id:
            text = _("Somebody else than who published the event opens its quotes.")
            raise DomainError(Code.SECOND_PERSON, text, "id")
        mark_opened(event, now)
        record(actor, event_event("sourcing.opened", event, quotes=len(counted(event.pk, _last_round(event)))))
    return event


def mark_opened(event: SourcingEvent, now: datetime) -> int:
    """The counted quotes of the last round are the buyer's to read, and their senders have names; how many."""
    rows = counted(event.pk, _last_round(event))
    Quote.objects.filter(pk__in=[one.quote_id for one in rows.values()]).update(
        disclosed_at=now, status=QuoteStatus.OPENED
    )
    Participation.objects.filter(pk__in=rows, status=ParticipationStatus.ADMITTED).update(
        status=ParticipationStatus.SUBMITTED
    )
    event.status = SourcingEventStatus.OPENED
    event.save(update_fields=["status"])
    return len(rows)


def _last_round(event: SourcingEvent) -> int:
    return event.rounds.order_by("-no").values_list("no", flat=True).first() or 1
