"""What happens to a published event before its quotes are opened (sourcing §3.4, §3.8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.events import record
from marketplace.core.gate import Gate, draining
from suppliers.sourcing.enums import NoticeKind, SourcingEventStatus, SourcingReach
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.happenings import event_event
from suppliers.sourcing.models import SourcingEvent
from suppliers.sourcing.notices import publish_notice
from suppliers.sourcing.publish import PUBLISH, given_reason
from suppliers.sourcing.write import locked_event

Status = SourcingEventStatus
TAKING = (Status.PUBLISHED, Status.QUOTING)
DATES = ("register_until", "ask_until", "answer_until", "open_at", "close_at", "opening_at")
BEFORE_AWARD = (
    Status.DRAFT, Status.PENDING_APPROVAL, Status.REJECTED, Status.PUBLISHED, Status.QUOTING, Status.PAUSED,
    Status.QUOTES_CLOSED, Status.OPENED, Status.COMPARING,
)  # fmt: skip
AFTER_CLOSE = (Status.QUOTES_CLOSED, Status.OPENED, Status.COMPARING)


def shown_status(event: SourcingEvent, now: datetime) -> SourcingEventStatus:
    """The status as people see it: quotes open and close at their instant, not when a job runs."""
    if event.status not in TAKING:
        return Status(event.status)
    if now >= event.close_at:
        return Status.QUOTES_CLOSED
    return Status.QUOTING if now >= event.open_at else Status.PUBLISHED


def extend(
    actor: Actor, event_id: int, close_at: datetime, reason: str, opening_at: datetime | None = None
) -> SourcingEvent:
    """Move the deadline later, before it has passed; the opening moves along where it would come first.

    Raises CLOSE_IMMOVABLE (earlier, or passed, or paused), DATES_ORDER, REASON_REQUIRED.
    """
    actor.require(PUBLISH)
    told = given_reason(reason)
    with transaction.atomic():
        event, now = closed_gate(actor, event_id)
        before = event.close_at
        move_close(event, now, close_at, opening_at)
        event.save()
        if event.reach == SourcingReach.OPEN:
            publish_notice(event, NoticeKind.CHANGE, now, told)
        changes = {"close_at": [before.isoformat(), close_at.isoformat()]}
        record(actor, event_event("sourcing.extended", event, changes, reason=told))
    return event


def move_close(event: SourcingEvent, now: datetime, close_at: datetime, opening_at: datetime | None = None) -> None:
    """Set a later deadline on the event and its running round; raises CLOSE_IMMOVABLE, DATES_ORDER."""
    if event.status not in TAKING or now >= event.close_at or close_at <= event.close_at:
        text = _("The deadline can only be moved later, and only before it has passed.")
        raise DomainError(SourcingErrorCode.CLOSE_IMMOVABLE, text, "close_at")
    if opening_at is not None and opening_at < close_at:
        text = _("The opening cannot be before the deadline.")
        raise DomainError(SourcingErrorCode.DATES_ORDER, text, "opening_at")
    event.close_at = close_at
    event.opening_at = opening_at or max(event.opening_at, close_at)
    event.rounds.filter(closed_at=None).update(close_at=close_at)


def pause(actor: Actor, event_id: int, reason: str) -> SourcingEvent:
    """Take no quotes for the time being. Raises REASON_REQUIRED, QUOTES_CLOSED, INVALID_TRANSITION."""
    actor.require(PUBLISH)
    told = given_reason(reason)
    with transaction.atomic():
        event, now = closed_gate(actor, event_id)
        if event.status not in TAKING:
            raise _not_now()
        if now >= event.close_at:
            raise DomainError(SourcingErrorCode.QUOTES_CLOSED, _("Quotes are closed."), "id")
        event.status, event.paused_at, event.status_reason = Status.PAUSED, now, told
        event.save()
        record(actor, event_event("sourcing.paused", event, reason=told))
    return event


def resume(actor: Actor, event_id: int) -> SourcingEvent:
    """Take quotes again; every instant that was still to come moves by the time of the pause."""
    actor.require(PUBLISH)
    with transaction.atomic():
        event, now = closed_gate(actor, event_id)
        if event.status != Status.PAUSED or event.paused_at is None:
            raise _not_now()
        since, lost = event.paused_at, now - event.paused_at
        for name in DATES:
            instant = getattr(event, name)
            if instant is not None and instant > since:
                setattr(event, name, instant + lost)
        event.status = Status.QUOTING if now >= event.open_at else Status.PUBLISHED
        event.paused_at, event.status_reason = None, ""
        event.save()
        _move_round(event)
        record(actor, event_event("sourcing.resumed", event, seconds=int(lost / timedelta(seconds=1))))
    return event


def cancel(actor: Actor, event_id: int, reason: str) -> SourcingEvent:
    """End it without a result, at any time before the award. Raises REASON_REQUIRED, INVALID_TRANSITION."""
    return _end(actor, event_id, reason, Status.CANCELLED, BEFORE_AWARD, "sourcing.cancelled")


def fail(actor: Actor, event_id: int, reason: str) -> SourcingEvent:
    """Declare it unsuccessful, after its quotes have closed. Raises REASON_REQUIRED, INVALID_TRANSITION."""
    return _end(actor, event_id, reason, Status.UNSUCCESSFUL, AFTER_CLOSE, "sourcing.failed")


def closed_gate(actor: Actor, event_id: int) -> tuple[SourcingEvent, datetime]:
    """The buyer's own event while nobody's quote is on the way, and the clock as it was then; raises NOT_FOUND."""
    now = draining(Gate.SOURCING_EVENT, event_id)
    return locked_event(actor, event_id), now


def _end(
    actor: Actor,
    event_id: int,
    reason: str,
    status: SourcingEventStatus,
    sources: tuple[SourcingEventStatus, ...],
    kind: str,
) -> SourcingEvent:
    actor.require(PUBLISH)
    told = given_reason(reason)
    with transaction.atomic():
        event, now = closed_gate(actor, event_id)
        if shown_status(event, now) not in sources:
            raise _not_now()
        was_public = event.published_at is not None
        event.status, event.status_reason, event.paused_at = status, told, None
        event.closed_at = event.closed_at or now
        event.save()
        if was_public and event.reach == SourcingReach.OPEN:
            publish_notice(event, NoticeKind.FAILURE, now, told)
        record(actor, event_event(kind, event, reason=told, published=was_public))
    return event


def _move_round(event: SourcingEvent) -> None:
    event.rounds.filter(closed_at=None).update(open_at=event.open_at, close_at=event.close_at)


def _not_now() -> DomainError:
    return DomainError(CoreErrorCode.INVALID_TRANSITION, _("This is not possible in the present state."), "id")
