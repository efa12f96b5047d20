"""Quotes that break the rules: taken out by two people, with a reason, until the award (sourcing §5.5)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.events import record
from marketplace.core.gate import clock
from ordercenter.quotes.enums import QuoteStatus
from ordercenter.quotes.models import Quote
from suppliers.sourcing.disclose import OPEN
from suppliers.sourcing.enums import ParticipationStatus, SourcingEventStatus
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import event_event, participation_event
from suppliers.sourcing.models import Disqualification, Participation
from suppliers.sourcing.openers import person_of
from suppliers.sourcing.publish import given_reason
from suppliers.sourcing.write import MANAGE, locked_event

OPENED = (SourcingEventStatus.OPENED, SourcingEventStatus.COMPARING)


def disqualify(actor: Actor, participation_id: int, reason: str, evidence: str = "") -> Disqualification:
    """Propose to take a quote out; nothing changes before somebody else has agreed.

    Raises NOT_FOUND, REASON_REQUIRED, INVALID_TRANSITION (not opened yet, awarded, or proposed already).
    """
    actor.require(MANAGE)
    with transaction.atomic():
        row = _locked(actor, participation_id)
        told = given_reason(reason)
        if Disqualification.objects.filter(participation=row).exists():
            raise _not_now()
        found = Disqualification.objects.create(
            buyer_id=row.buyer_id,
            participation=row,
            reason=told,
            evidence=evidence.strip(),
            proposed_at=clock(),
            proposed_by=person_of(actor),
        )
        record(actor, event_event("sourcing.disqualification_proposed", row.event, participation=row.code))
    return found


def disqualify_approve(actor: Actor, participation_id: int) -> Disqualification:
    """Agree, as somebody else: the quote counts no more, and the others are ranked without it.

    Raises NOT_FOUND, SECOND_PERSON, INVALID_TRANSITION.
    """
    actor.require(OPEN)
    with transaction.atomic():
        row = _locked(actor, participation_id)
        found = Disqualification.objects.select_for_update().filter(participation=row).first()
        if found is None:
            raise not_found("participation")
        if found.approved_at is not None:
            raise _not_now()
        if actor.user is None or found.proposed_by_id == actor.user_id:
            raise DomainError(Code.SECOND_PERSON, _("Somebody else than who proposed it approves it."), "participation")
        found.approved_by, found.approved_at = actor.user, clock()
        found.save(update_fields=["approved_by", "approved_at"])
        row.status, row.reason = ParticipationStatus.DISQUALIFIED, found.reason
        row.save(update_fields=["status", "reason"])
        Quote.objects.filter(round_quote__participation=row).update(status=QuoteStatus.DISQUALIFIED)
        record(actor, participation_event("sourcing.disqualified", row, reason=found.reason))
    return found


def _locked(actor: Actor, participation_id: int) -> Participation:
    row = Participation.objects.filter(buyer=actor.own_id, pk=participation_id).first()
    if row is None:
        raise not_found("participation")
    event = locked_event(actor, row.event_id)
    if event.status not in OPENED:
        raise _not_now()
    return Participation.objects.get(pk=row.pk)


def _not_now() -> DomainError:
    text = _("This is not possible in the present state.")
    return DomainError(CoreErrorCode.INVALID_TRANSITION, text, "participation")
