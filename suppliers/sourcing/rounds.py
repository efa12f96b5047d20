"""Another round with those who were shortlisted (sourcing §3.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from ordercenter.quotes.enums import QuoteStatus
from ordercenter.quotes.models import Quote
from suppliers.sourcing.counting import counted
from suppliers.sourcing.enums import SourcingEventStatus
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import event_event
from suppliers.sourcing.life import closed_gate
from suppliers.sourcing.models import Round, SourcingEvent
from suppliers.sourcing.publish import PUBLISH

Status = SourcingEventStatus


@dataclass(frozen=True, slots=True)
class RoundDraft:
    """When the next round takes quotes and is opened, and from whom; `improving_only`: no price may go up."""

    open_at: datetime
    close_at: datetime
    opening_at: datetime
    participations: Sequence[int]
    improving_only: bool = True


def round_start(actor: Actor, event_id: int, draft: RoundDraft) -> Round:
    """Ask the shortlisted once more; who does not answer keeps the quote of the round before.

    Raises INVALID_TRANSITION, INVALID (no more rounds, nobody), DATES_ORDER, NOT_FOUND (a participation that has no
    counted quote).
    """
    actor.require(PUBLISH)
    with transaction.atomic():
        event, now = closed_gate(actor, event_id)
        if event.status not in (Status.OPENED, Status.COMPARING):
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("Open the quotes of this round first."), "id")
        last = event.rounds.order_by("-no").first()
        if last is None or last.no >= event.rounds_max:
            text = _("The event has at most %(most)s rounds.") % {"most": event.rounds_max}
            raise DomainError(CoreErrorCode.INVALID, text, "id")
        standing = counted(event.pk, last.no)
        raise_all(_problems(draft, standing, now))
        made = Round.objects.create(
            buyer_id=event.buyer_id,
            event=event,
            no=last.no + 1,
            open_at=draft.open_at,
            close_at=draft.close_at,
            improving_only=draft.improving_only,
        )
        made.participants.set(draft.participations)
        listed = [standing[pk].quote_id for pk in draft.participations]
        Quote.objects.filter(pk__in=listed).update(status=QuoteStatus.SHORTLISTED)
        event.open_at, event.close_at, event.opening_at = draft.open_at, draft.close_at, draft.opening_at
        event.status = Status.QUOTING if draft.open_at <= now else Status.PUBLISHED
        event.closed_at = None
        _keep_order(event)
        event.save()
        record(
            actor,
            event_event("sourcing.round_started", event, round=made.no, participations=list(draft.participations)),
        )
    return made


def _problems(draft: RoundDraft, standing: Mapping[int, object], now: datetime) -> Iterator[DomainError]:
    if not draft.open_at < draft.close_at <= draft.opening_at or draft.close_at <= now:
        yield DomainError(Code.DATES_ORDER, _("Quotes must open before they close."), "close_at")
    if not draft.participations:
        yield DomainError(CoreErrorCode.INVALID, _("Choose who takes part."), "participations")
    for index, pk in enumerate(draft.participations):
        if pk not in standing:
            yield not_found("participations", index)


def _keep_order(event: SourcingEvent) -> None:
    """Questions end before answers, answers before the new deadline; they were before the old one, so they still do."""
    event.answer_until = min(event.answer_until, event.close_at)
    event.ask_until = min(event.ask_until, event.answer_until)
