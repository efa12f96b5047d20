"""Questions and their answers, told to all at once; the asker is a pseudonym (sourcing §3.3)."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.gate import clock
from suppliers.sourcing.enums import ClarificationStatus, ParticipationStatus
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import event_event
from suppliers.sourcing.invite import LIVE
from suppliers.sourcing.models import Clarification, SourcingEvent
from suppliers.sourcing.taking_part import own_participation
from suppliers.sourcing.write import MANAGE, locked_event

ASK = "quotes.submit"
LONGEST = 4000
Status = ClarificationStatus


def pseudonym_of(event: SourcingEvent, participation_id: int) -> str:
    """First 8 hexadecimal digits of HMAC-SHA256(event's secret, participation): the same for all of its questions."""
    return hmac.new(bytes(event.secret), str(participation_id).encode(), sha256).hexdigest()[:8]


def ask(actor: Actor, participation_id: int, question: str) -> Clarification:
    """Ask before `ask_until`. Raises QUESTIONS_CLOSED, NOT_ADMITTED, REQUIRED, INVALID, NOT_FOUND."""
    actor.require(ASK)
    text = _checked(question, "question")
    with transaction.atomic():
        row = own_participation(actor, participation_id)
        event, now = row.event, clock()
        if event.status not in LIVE or now >= event.ask_until:
            raise DomainError(Code.QUESTIONS_CLOSED, _("The time for questions is over."), "question")
        if row.status in (ParticipationStatus.DECLINED, ParticipationStatus.DISQUALIFIED):
            raise DomainError(Code.NOT_ADMITTED, _("Take part first, and wait to be admitted."), "participation")
        made = Clarification.objects.create(
            seller_id=row.seller_id,
            buyer_id=row.buyer_id,
            event=event,
            participation=row,
            pseudonym=pseudonym_of(event, row.pk),
            question=text,
            asked_at=now,
            asked_by=actor.user,
        )
        # Told by the program: in the buyer's log the doer of this would be the name behind the pseudonym.
        record(Actor.system(), event_event("sourcing.question_asked", event, pseudonym=made.pseudonym))
    return made


def answer(
    actor: Actor, event_id: int, answers: Sequence[tuple[int, str]], publish: bool = True
) -> list[Clarification]:
    """Answer questions (key, text), and publish all answered ones to every participant at once.

    An answer may be written and published later, together with others. Raises all at once, with their indexes:
    REQUIRED, INVALID, NOT_FOUND, CONFLICT (published already); ADDENDUM_NEEDED after `answer_until`, QUOTES_CLOSED.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        event = locked_event(actor, event_id, "event")
        now = clock()
        rows = {row.pk: row for row in event.clarifications.select_for_update(no_key=True).order_by("pk")}
        problems = []
        for index, (pk, text) in enumerate(answers):
            problems += _answer_problems(rows.get(pk), text, index)
        raise_all(problems)
        if publish:
            _may_publish(event, now)
        changed = [rows[pk] for pk, _text in answers]
        for row, (_pk, text) in zip(changed, answers, strict=True):
            row.answer, row.status = text.strip(), Status.ANSWERED
            row.answered_at, row.answered_by = now, actor.user
        told = [row for row in rows.values() if row.status == Status.ANSWERED] if publish else []
        for row in told:
            row.status, row.published_at = Status.PUBLISHED, now
        Clarification.objects.bulk_update(
            {row.pk: row for row in [*changed, *told]}.values(),
            ["answer", "status", "answered_at", "answered_by", "published_at"],
        )
        if told:
            record(actor, event_event("sourcing.answer_published", event, count=len(told)))
    return changed


def _may_publish(event: SourcingEvent, now: datetime) -> None:
    if event.status not in LIVE or now >= event.close_at:
        raise DomainError(Code.QUOTES_CLOSED, _("Quotes are closed."), "event")
    if now >= event.answer_until:
        text = _("The time for answers is over: publish an addendum, which may also give more time.")
        raise DomainError(Code.ADDENDUM_NEEDED, text, "event")


def _answer_problems(row: Clarification | None, text: str, index: int) -> list[DomainError]:
    if row is None:
        return [not_found("answers", index)]
    if row.status == Status.PUBLISHED:
        return [DomainError(CoreErrorCode.CONFLICT, _("It is published already."), "answers", index)]
    try:
        _checked(text, "answers.answer", index)
    except DomainError as error:
        return [error]
    return []


def _checked(text: str, field: str, index: int | None = None) -> str:
    tidy = text.strip()
    if not tidy:
        raise DomainError(CoreErrorCode.REQUIRED, _("Enter a value."), field, index)
    if len(tidy) > LONGEST:
        message = _("At most %(longest)s characters.") % {"longest": LONGEST}
        raise DomainError(CoreErrorCode.INVALID, message, field, index)
    return tidy
