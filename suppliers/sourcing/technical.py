"""Who passes the technical envelope: decided by one person, approved by another, before any price is read (§4.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import record
from marketplace.core.gate import clock
from suppliers.sourcing.disclose import OPEN
from suppliers.sourcing.enums import Envelope
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import event_event
from suppliers.sourcing.models import OpenedPart, Opening, SourcingEvent, TechnicalDecision, TechnicalResult
from suppliers.sourcing.openers import person_of
from suppliers.sourcing.write import MANAGE, locked_event


@dataclass(frozen=True, slots=True)
class Judged:
    """One participation's result; who fails is told why."""

    participation_id: int
    passed: bool
    score: Decimal | None = None
    reason: str = ""


def technical_decide(actor: Actor, event_id: int, results: Sequence[Judged]) -> TechnicalDecision:
    """Submit the results of everybody whose technical envelope was opened; replaces one that is not approved yet.

    Raises TECHNICAL_PENDING (not opened, approved already), INVALID (somebody is left out), REASON_REQUIRED,
    SCORE_INVALID, each with its index.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        event = locked_event(actor, event_id)
        opening = _opened(event)
        raise_all(_problems(opening, results))
        TechnicalDecision.objects.filter(round=opening.round).delete()
        decision = TechnicalDecision.objects.create(
            buyer_id=event.buyer_id, round=opening.round, submitted_at=clock(), submitted_by=person_of(actor)
        )
        TechnicalResult.objects.bulk_create(
            TechnicalResult(
                buyer_id=event.buyer_id,
                decision=decision,
                participation_id=one.participation_id,
                passed=one.passed,
                score=one.score,
                reason=one.reason.strip(),
            )
            for one in results
        )
        record(actor, event_event("sourcing.technical_submitted", event, round=opening.round.no))
    return decision


def technical_approve(actor: Actor, event_id: int) -> TechnicalDecision:
    """Agree, as somebody else than who submitted it: the commercial envelope may be opened now.

    Raises TECHNICAL_PENDING, SECOND_PERSON, INVALID_TRANSITION.
    """
    actor.require(OPEN)
    with transaction.atomic():
        event = locked_event(actor, event_id)
        rows = TechnicalDecision.objects.select_for_update()
        decision = rows.filter(round__event=event).order_by("-round__no").first()
        if decision is None:
            raise DomainError(Code.TECHNICAL_PENDING, _("There is no technical decision yet."), "id")
        if decision.approved_at is not None:
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("It is approved already."), "id")
        if actor.user is None or decision.submitted_by_id == actor.user_id:
            raise DomainError(Code.SECOND_PERSON, _("Somebody else than who submitted it approves it."), "id")
        decision.approved_by, decision.approved_at = actor.user, clock()
        decision.save(update_fields=["approved_by", "approved_at"])
        record(actor, event_event("sourcing.technical_approved", event))
    return decision


def _opened(event: SourcingEvent) -> Opening:
    rows = Opening.objects.filter(event=event, envelope=Envelope.TECHNICAL).exclude(opened_at=None)
    opening = rows.select_related("round").order_by("-round__no").first()
    approved = opening and TechnicalDecision.objects.filter(round=opening.round).exclude(approved_at=None).exists()
    if opening is None or approved:
        raise DomainError(Code.TECHNICAL_PENDING, _("Open the technical envelope first."), "id")
    return opening


def _problems(opening: Opening, results: Sequence[Judged]) -> Iterator[DomainError]:
    opened = set(OpenedPart.objects.filter(opening=opening).values_list("entry__participation", flat=True))
    if {one.participation_id for one in results} != opened or len(results) != len(opened):
        text = _("Decide on everybody whose technical envelope was opened, once.")
        yield DomainError(CoreErrorCode.INVALID, text, "results")
    for index, one in enumerate(results):
        if not one.passed and not one.reason.strip():
            yield DomainError(Code.REASON_REQUIRED, _("Say why."), "results.reason", index)
        if one.score is not None and not 0 <= one.score <= 100:
            yield DomainError(Code.SCORE_INVALID, _("A score is from 0 to 100."), "results.score", index)
