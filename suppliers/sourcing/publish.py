"""From a draft to what suppliers read: checked whole, then frozen and hashed (sourcing §3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.canonical import amount_text, canonical, price_text
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import record
from marketplace.core.gate import clock
from marketplace.core.states import Transition, TransitionTable
from suppliers.sourcing import hooks
from suppliers.sourcing.drafts import date_problems
from suppliers.sourcing.enums import (
    Confidentiality,
    NoticeKind,
    SourcingEventStatus,
    SourcingReach,
)
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.happenings import event_event
from suppliers.sourcing.invite import invite_sources
from suppliers.sourcing.may import may_in
from suppliers.sourcing.models import Round, SourcingEvent
from suppliers.sourcing.notices import publish_notice
from suppliers.sourcing.write import MANAGE, locked_event

PUBLISH = "sourcing.publish"
Status = SourcingEventStatus
MOVES = TransitionTable(
    (
        Transition("submit", Status.DRAFT, Status.PENDING_APPROVAL),
        Transition("submit", Status.REJECTED, Status.PENDING_APPROVAL),
        Transition("reject", Status.PENDING_APPROVAL, Status.REJECTED),
        Transition("publish", Status.DRAFT, Status.PUBLISHED),
        Transition("publish", Status.PENDING_APPROVAL, Status.PUBLISHED),
    )
)


def event_submit(actor: Actor, event_id: int) -> SourcingEvent:
    """Ask for approval. Raises what publishing would raise, INVALID_TRANSITION."""
    actor.require(MANAGE)
    with transaction.atomic():
        event = locked_event(actor, event_id)
        event.status = MOVES.target("submit", event.status)
        raise_all(_problems(event, clock()))
        event.submitted_by, event.status_reason = actor.user, ""
        event.save()
        record(actor, event_event("sourcing.submitted", event))
    return event


def event_reject(actor: Actor, event_id: int, reason: str) -> SourcingEvent:
    """Send it back to whoever wrote it. Raises REASON_REQUIRED, INVALID_TRANSITION."""
    actor.require(PUBLISH)
    with transaction.atomic():
        event = locked_event(actor, event_id)
        event.status = MOVES.target("reject", event.status)
        event.status_reason = given_reason(reason)
        event.save()
        record(actor, event_event("sourcing.rejected", event, reason=event.status_reason))
    return event


def event_publish(actor: Actor, event_id: int) -> SourcingEvent:
    """Publish: rules and rates are frozen and hashed, round 1 stands, invitations go out after the commit.

    Raises all at once: NO_LINES, DATES_ORDER, COLUMN_INVALID, SUPPLIER_BARRED, RATE_MISSING, REQUIRED (nobody invited),
    what the hooks find (criteria, openers); INVALID_TRANSITION.
    """
    actor.require(PUBLISH)
    with transaction.atomic():
        event = locked_event(actor, event_id)
        event.status = MOVES.target("publish", event.status)
        now = clock()
        invite_sources(actor, event)
        raise_all(_problems(event, now))
        event.rules = event.rules | hooks.published(actor, event)
        event.rules_hash = rules_hash(event)
        event.published_at, event.published_by, event.status_reason = now, actor.user, ""
        if event.open_at <= now:
            event.status = Status.QUOTING
        event.save()
        Round.objects.create(buyer_id=event.buyer_id, event=event, no=1, open_at=event.open_at, close_at=event.close_at)
        if event.reach == SourcingReach.OPEN:
            publish_notice(event, NoticeKind.EVENT, now, event.description)
        record(actor, event_event("sourcing.published", event, hash=event.rules_hash))
    return event


def rules_hash(event: SourcingEvent) -> str:
    """SHA-256, in hexadecimal, of the canonical bytes of everything that must not change after publishing."""
    lines = event.lines.select_related("lot", "uom").order_by("position")
    frozen: dict[str, Any] = {
        "buyer": event.buyer_id,
        "confidentiality": event.confidentiality,
        "currency": event.currency,
        "lines": [
            {
                "ceiling": line.ceiling and price_text(line.ceiling),
                "line": line.position,
                "lot": line.lot.position,
                "quantity": f"{line.quantity:.6f}",
                "uom": line.uom.code,
            }
            for line in lines
        ],
        "lots": [
            {
                "award_mode": lot.award_mode,
                "ceiling": lot.ceiling and amount_text(lot.ceiling, event.currency),
                "lot": lot.position,
            }
            for lot in event.lots.order_by("position")
        ],
        "min_quotes": event.min_quotes,
        "number": event.number,
        "price_basis": event.price_basis,
        "rates": {code: str(rate) for code, rate in event.rates.items()},
        "rounds_max": event.rounds_max,
        "rules": event.rules,
        "two_envelopes": event.two_envelopes,
    }
    return sha256(canonical(frozen)).hexdigest()


def given_reason(reason: str) -> str:
    """A reason somebody gave, tidied; raises REASON_REQUIRED, INVALID."""
    text = reason.strip()
    if not text:
        raise DomainError(SourcingErrorCode.REASON_REQUIRED, _("Say why."), "reason")
    if len(text) > 500:
        raise DomainError(CoreErrorCode.INVALID, _("At most %(longest)s characters.") % {"longest": 500}, "reason")
    return text


def _problems(event: SourcingEvent, now: datetime) -> Iterator[DomainError]:
    yield from date_problems({name: getattr(event, name) for name in _DATES})
    least = now + timedelta(hours=event.rules["min_open_hours"])
    if event.close_at < least:
        text = _("Quotes must stay open for at least %(hours)s hours.") % {"hours": event.rules["min_open_hours"]}
        yield DomainError(SourcingErrorCode.DATES_ORDER, text, "close_at")
    if event.reach == SourcingReach.OPEN and event.register_until is None:
        yield DomainError(CoreErrorCode.REQUIRED, _("Say until when suppliers may register."), "register_until")
    yield from _part_problems(event)
    yield from _supplier_problems(event)
    if event.confidentiality == Confidentiality.SEALED and not hooks.keeps_receipts():
        yield DomainError(CoreErrorCode.INVALID, _("Sealed quotes are not set up here."), "confidentiality")
    yield from hooks.problems_of(event)


_DATES = ("register_until", "ask_until", "answer_until", "open_at", "close_at", "opening_at")


def _part_problems(event: SourcingEvent) -> Iterator[DomainError]:
    filled = set(event.lines.values_list("lot", flat=True))
    if not filled:
        yield DomainError(SourcingErrorCode.NO_LINES, _("Add at least one line."), "lines")
        return
    for index, lot in enumerate(event.lots.order_by("position")):
        if lot.pk not in filled:
            yield DomainError(SourcingErrorCode.NO_LINES, _("This lot has no line."), "lots", index)
    wanted = [one for one in event.columns.all() if one.filled_by == "buyer" and one.mandatory]
    for line in event.lines.all() if wanted else ():
        for column in wanted:
            if not str(line.values.get(column.code, "")).strip():
                text = _("Line %(line)s lacks a value.") % {"line": line.position}
                yield DomainError(SourcingErrorCode.VALUE_INVALID, text, f"lines.{column.code}", line.position - 1)


def _supplier_problems(event: SourcingEvent) -> Iterator[DomainError]:
    rows = event.participations.select_related("seller")
    sellers = {row.seller_id: row.seller.name for row in rows}
    if event.reach == SourcingReach.OPEN:
        return
    if not sellers and not event.invitations.exists():
        yield DomainError(CoreErrorCode.REQUIRED, _("Invite at least one supplier."), "participations")
    yield from may_in(event, sellers)
