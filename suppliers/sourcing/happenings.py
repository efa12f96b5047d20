"""What is told of an event: the buyer's side always, a participant what concerns it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import Changes, created
from marketplace.core.events import DomainEvent, EventKind
from suppliers.sourcing.models import Participation, SourcingEvent

EVENTS = (
    EventKind("sourcing.created", _("Sourcing event created")),
    EventKind("sourcing.updated", _("Sourcing event changed")),
    EventKind("sourcing.submitted", _("Sourcing event sent for approval")),
    EventKind("sourcing.rejected", _("Sourcing event sent back")),
    EventKind("sourcing.published", _("Sourcing event published")),
    EventKind("sourcing.extended", _("Deadline for quotes moved")),
    EventKind("sourcing.paused", _("Sourcing event paused")),
    EventKind("sourcing.resumed", _("Sourcing event resumed")),
    EventKind("sourcing.closed", _("Quotes closed")),
    EventKind("sourcing.opened", _("Quotes opened")),
    EventKind("sourcing.cancelled", _("Sourcing event cancelled")),
    EventKind("sourcing.failed", _("Sourcing event declared unsuccessful")),
    EventKind("sourcing.round_started", _("Round started")),
    EventKind("sourcing.addendum_published", _("Addendum published")),
    EventKind("sourcing.question_asked", _("Question asked")),
    EventKind("sourcing.answer_published", _("Answer published")),
    EventKind("sourcing.invited", _("Supplier invited")),
    EventKind("sourcing.invited_by_mail", _("Supplier invited by e-mail")),
    EventKind("sourcing.registered", _("Supplier registered")),
    EventKind("sourcing.admitted", _("Supplier admitted")),
    EventKind("sourcing.declined", _("Supplier declined")),
    EventKind("sourcing.rejoined", _("Supplier takes part again")),
    EventKind("sourcing.acknowledged", _("Addendum acknowledged")),
    EventKind("sourcing.quote_received", _("Quote received")),
    EventKind("sourcing.opener_key_created", _("Opener's key made")),
    EventKind("sourcing.openers_appointed", _("Openers appointed")),
    EventKind("sourcing.opening_started", _("Opening started")),
    EventKind("sourcing.share_given", _("Opener gave the share of the key")),
    EventKind("sourcing.envelope_opened", _("Envelope opened")),
    EventKind("sourcing.minutes_signed", _("Opening minutes signed")),
    EventKind("sourcing.technical_submitted", _("Technical decision submitted")),
    EventKind("sourcing.technical_approved", _("Technical decision approved")),
    EventKind("sourcing.disqualification_proposed", _("Disqualification proposed")),
    EventKind("sourcing.disqualified", _("Quote disqualified")),
    EventKind("sourcing.scenario_made", _("Award scenario made")),
    EventKind("sourcing.award_created", _("Award drafted")),
    EventKind("sourcing.award_submitted", _("Award sent for approval")),
    EventKind("sourcing.award_rejected", _("Award sent back")),
    EventKind("sourcing.award_approved", _("Award approved")),
    EventKind("sourcing.letters_sent", _("Award letters sent")),
    EventKind("sourcing.letter_received", _("Result received")),
    EventKind("sourcing.letter_answered", _("Award letter answered")),
    EventKind("sourcing.award_completed", _("Award completed")),
    EventKind("sourcing.surrogate_entered", _("Quote entered for a supplier")),
    EventKind("sourcing.surrogate_decided", _("Quote entered for a supplier decided")),
)
EVENT = "sourcing_event"
PARTICIPATION = "participation"
QUOTE = "quote"


def event_event(kind: str, event: SourcingEvent, changes: Changes | None = None, **payload: Any) -> DomainEvent:
    """Something about the event as a whole; only the buyer's side reads it in a log."""
    told = {"number": event.number, **payload}
    return DomainEvent(kind, EVENT, event.pk, (event.buyer_id,), told, changes or {})


def participation_event(kind: str, row: Participation, **payload: Any) -> DomainEvent:
    """Something between the buyer and one supplier."""
    told = {"event": row.event_id, "code": row.code, **payload}
    return DomainEvent(kind, PARTICIPATION, row.pk, (row.buyer_id, row.seller_id), told)


def created_event(event: SourcingEvent) -> DomainEvent:
    """Everything a new event says, without what makes its pseudonyms."""
    changes = created(event)
    changes.pop("secret", None)
    return event_event("sourcing.created", event, changes)
