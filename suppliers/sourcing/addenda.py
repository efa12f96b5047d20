"""Change what was published: a new version of the event, which every participant acknowledges (sourcing §3.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import plain
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from suppliers.sourcing.drafts import LARGEST, date_problems
from suppliers.sourcing.enums import NoticeKind, SourcingReach
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import event_event
from suppliers.sourcing.invite import LIVE
from suppliers.sourcing.life import DATES, closed_gate, move_close
from suppliers.sourcing.models import Addendum, EventLine, SourcingEvent
from suppliers.sourcing.notices import publish_notice
from suppliers.sourcing.publish import PUBLISH

#: What an addendum may change of the head; `close_at` by the rules of a deadline.
HEAD = ("description", "register_until", "ask_until", "answer_until", "close_at", "opening_at")
OF_LINE = ("text", "specification", "quantity", "need_date", "plant", "ceiling")
#: Of these a change makes the quotes sent so far answers to something else.
MATERIAL = {"quantity", "need_date", "plant", "specification", "text", "ceiling"}


@dataclass(frozen=True, slots=True)
class AddendumDraft:
    """What changes, and how it is told. `lines`: {position: {field: value}}.

    `material`: quotes sent so far stop counting until their owners send or confirm them; a change of a line always is.
    """

    text: str
    material: bool = False
    head: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


def publish_addendum(actor: Actor, event_id: int, draft: AddendumDraft) -> Addendum:
    """Raise the event's version and apply the change; all participants hear of it.

    Raises REQUIRED (text), NOT_FOUND (line), INVALID, PRICE_INVALID, DATES_ORDER, CLOSE_IMMOVABLE; and CLOSE_IMMOVABLE
    where a material one would leave fewer hours than the rules promise and does not move the deadline itself.
    """
    actor.require(PUBLISH)
    with transaction.atomic():
        event, now = closed_gate(actor, event_id)
        if event.status not in LIVE or now >= event.close_at:
            raise DomainError(Code.QUOTES_CLOSED, _("Quotes are closed."), "event")
        rows = {row.position: row for row in event.lines.filter(position__in=draft.lines)}
        material = draft.material or any(MATERIAL & set(one) for one in draft.lines.values())
        raise_all([*_problems(draft, rows), *_time_problems(event, draft, material, now)])
        diff = _apply(event, draft, rows, now)
        event.event_version += 1
        event.save()
        made = Addendum.objects.create(
            buyer_id=event.buyer_id,
            event=event,
            event_version=event.event_version,
            text=draft.text.strip(),
            diff=diff,
            material=material,
            published_at=now,
            published_by=actor.user,
        )
        if event.reach == SourcingReach.OPEN:
            publish_notice(event, NoticeKind.CHANGE, now, made.text)
        told = {"version": event.event_version, "material": material}
        record(actor, event_event("sourcing.addendum_published", event, diff, **told))
    return made


def _problems(draft: AddendumDraft, rows: Mapping[int, EventLine]) -> Iterator[DomainError]:
    if not draft.text.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Say what changes."), "text")
    unknown = set(draft.head) - set(HEAD)
    if unknown:
        raise TypeError(f"not changed here: {sorted(unknown)}")
    for index, (position, values) in enumerate(draft.lines.items()):
        if position not in rows:
            yield not_found("lines", index)
            continue
        if set(values) - set(OF_LINE):
            raise TypeError(f"not changed here: {sorted(values)}")
        for name, value in values.items():
            yield from _value_problems(name, value, index, rows[position])


def _value_problems(name: str, value: Any, index: int, row: EventLine) -> Iterator[DomainError]:
    if name == "quantity" and (value is None or not 0 < value < LARGEST):
        yield DomainError(CoreErrorCode.INVALID, _("Enter a quantity above zero."), "lines.quantity", index)
    if name == "ceiling" and value is not None and not 0 < value < LARGEST:
        yield DomainError(Code.PRICE_INVALID, _("The price must be above zero."), "lines.ceiling", index)
    if name == "text" and not (value or "").strip() and row.variant_id is None:
        yield DomainError(CoreErrorCode.REQUIRED, _("Say what is needed, or choose goods."), "lines.text", index)
    longest = {"text": 500, "plant": 255}.get(name)
    if longest and len(value or "") > longest:
        text = _("At most %(longest)s characters.") % {"longest": longest}
        yield DomainError(CoreErrorCode.INVALID, text, f"lines.{name}", index)


def _time_problems(event: SourcingEvent, draft: AddendumDraft, material: bool, now: datetime) -> Iterator[DomainError]:
    close_at = draft.head.get("close_at") or event.close_at
    dates = {name: draft.head.get(name) or getattr(event, name) for name in DATES}
    dates["opening_at"] = max(dates["opening_at"], close_at) if "opening_at" not in draft.head else dates["opening_at"]
    yield from date_problems(dates)
    hours = event.rules["min_addendum_hours"]
    if material and close_at < now + timedelta(hours=hours):
        text = _("After a material change quotes stay open for at least %(hours)s hours: move the deadline with it.")
        yield DomainError(Code.CLOSE_IMMOVABLE, text % {"hours": hours}, "close_at")


def _apply(
    event: SourcingEvent, draft: AddendumDraft, rows: Mapping[int, EventLine], now: datetime
) -> dict[str, list[Any]]:
    diff: dict[str, list[Any]] = {}
    head = {name: value for name, value in draft.head.items() if value != getattr(event, name)}
    if head.get("close_at") is not None:
        diff["close_at"] = [plain(event.close_at), plain(head["close_at"])]
        move_close(event, now, head.pop("close_at"), head.pop("opening_at", None))
    for name, value in head.items():
        diff[name] = [plain(getattr(event, name)), plain(value)]
        setattr(event, name, value)
    changed = []
    for position, values in draft.lines.items():
        row = rows[position]
        for name, value in values.items():
            before: str | Decimal | date | None = getattr(row, name)
            if before != value:
                diff[f"{position}: {name}"] = [plain(before), plain(value)]
                setattr(row, name, value)
        changed.append(row)
    if changed:
        EventLine.objects.bulk_update(changed, list(OF_LINE))
    return diff
