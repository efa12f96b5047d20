"""Enter a quote for a supplier that sent it on paper: with the original, and a second person (sourcing §3.7)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.attachments.models import Attachment
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.gate import clock
from suppliers.sourcing.arriving import check_time, pass_gate
from suppliers.sourcing.checking import Asked, offer_problems
from suppliers.sourcing.enums import Confidentiality, SurrogateStatus
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import participation_event
from suppliers.sourcing.models import Participation, SurrogateEntry
from suppliers.sourcing.offers import QuoteContent, offer_json, read_offer
from suppliers.sourcing.submit import send
from suppliers.sourcing.write import MANAGE


def surrogate_enter(actor: Actor, participation_id: int, offer: QuoteContent, original_id: int) -> SurrogateEntry:
    """Note what a supplier wrote; `original_id` is the file of it, attached to the participation. Nothing counts yet.

    Raises SURROGATE_FORBIDDEN in a sealed event, NOT_FOUND (participation, original), what quoting raises.
    """
    actor.require(MANAGE)
    if actor.user is None:
        raise DomainError(Code.SECOND_PERSON, _("Only a person enters a quote for somebody else."), "participation")
    with transaction.atomic():
        rows = Participation.objects.visible_to(actor).filter(pk=participation_id, buyer=actor.organization_id)
        row = rows.select_related("event").first()
        if row is None:
            raise not_found("participation")
        if row.event.confidentiality == Confidentiality.SEALED:
            text = _("Nobody enters a sealed quote for somebody else.")
            raise DomainError(Code.SURROGATE_FORBIDDEN, text, "participation")
        check_time(row.event, clock())
        files = Attachment.objects.visible_to(actor).filter(document_kind="participation", document_id=row.pk)
        original = files.filter(pk=original_id).first()
        if original is None:
            raise not_found("original")
        raise_all(offer_problems(Asked.of(row.event), offer))
        made = SurrogateEntry.objects.create(
            buyer_id=row.buyer_id,
            round=row.event.rounds.get(closed_at=None),
            participation=row,
            original=original,
            content=offer_json(offer),
            entered_by=actor.user,
        )
        record(actor, participation_event("sourcing.surrogate_entered", row))
    return made


def surrogate_decide(actor: Actor, entry_id: int, approve: bool) -> SurrogateEntry:
    """A second person compares it with the original; approved, it comes in as any quote does, and is marked for good.

    Raises SECOND_PERSON, INVALID_TRANSITION (decided already), what quoting raises: QUOTES_CLOSED after the deadline.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        rows = SurrogateEntry.objects.visible_to(actor).select_related("participation__event", "round")
        seen = rows.filter(pk=entry_id).first()
        if seen is None:
            raise not_found("id")
        if seen.entered_by_id == actor.user_id or actor.user is None:
            raise DomainError(Code.SECOND_PERSON, _("Somebody else than who entered it approves it."), "id")
        passed = pass_gate(seen.participation, surrogate=True) if approve else None
        entry = SurrogateEntry.objects.select_for_update(no_key=True).get(pk=seen.pk)
        if entry.status != SurrogateStatus.PENDING_APPROVAL or (passed and passed.round.pk != entry.round_id):
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("It is decided already, or its round is over."), "id")
        if passed is not None:
            sender = {"surrogate": True, "sent_by": seen.entered_by, "approved_by": actor.user}
            send(actor, passed, read_offer([entry.content]), **sender)
        entry.status = SurrogateStatus.APPROVED if approve else SurrogateStatus.REJECTED
        entry.decided_at, entry.decided_by = clock(), actor.user
        # The price is where every other quote's is, behind the opening; a copy beside it would be in plain sight.
        entry.content = {}
        entry.save()
        record(actor, participation_event("sourcing.surrogate_decided", seen.participation, approved=approve))
    return entry
