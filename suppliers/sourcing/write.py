"""Write an event before it is published (sourcing §3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from secrets import token_bytes
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.models import UnitOfMeasure, Variant
from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.numbering import next_numbers
from suppliers.sourcing.drafts import (
    RULES,
    ColumnDraft,
    EventDraft,
    LineDraft,
    LotDraft,
    column_problems,
    line_problems,
    line_row,
    lot_problems,
    sheet_problems,
)
from suppliers.sourcing.enums import SourcingEventStatus, SourcingKind
from suppliers.sourcing.happenings import created_event, event_event
from suppliers.sourcing.models import EventLine, Lot, QuoteColumn, SourcingEvent

MANAGE = "sourcing.manage"
COLUMNS = (
    "name_zh", "name_en", "description", "kind", "reach", "confidentiality", "two_envelopes", "currency", "rates",
    "price_basis", "register_until", "ask_until", "answer_until", "open_at", "close_at", "opening_at", "rounds_max",
    "min_quotes", "estimate", "rules",
)  # fmt: skip
#: In these the buyer may write.
WRITABLE = (SourcingEventStatus.DRAFT, SourcingEventStatus.REJECTED)
PREFIX = {SourcingKind.RFI: "RFI", SourcingKind.RFQ: "RFQ", SourcingKind.TENDER: "TD", SourcingKind.AUCTION: "AU"}


def event_create(actor: Actor, draft: EventDraft) -> SourcingEvent:
    """A new event in DRAFT with its lots, lines and columns; as many statements for 2,000 lines as for one.

    Without lots there is one. Raises all at once: REQUIRED, INVALID, DATES_ORDER, NOT_FOUND, COLUMN_INVALID, DUPLICATE.
    """
    actor.require(MANAGE)
    if actor.organization is None:
        raise not_found("organization")
    columns = {"currency": actor.organization.currency, **_known(draft.columns)}
    columns["rules"] = RULES | dict(columns.get("rules") or {})
    with transaction.atomic():
        raise_all(_problems(actor, columns, draft, [1]))
        event = SourcingEvent(buyer=actor.organization, created_by=actor.user, secret=token_bytes(32), **columns)
        kind = SourcingKind(event.kind)
        event.number = next_numbers(actor.own_id, f"sourcing_{kind.value}", PREFIX[kind])[0]
        event.save()
        _write_parts(event, _whole(draft))
        record(actor, created_event(event))
    return event


def event_update(actor: Actor, event_id: int, draft: EventDraft) -> SourcingEvent:
    """Change an event that is not published yet; a part that is given replaces the old one whole.

    Raises what creating raises, and INVALID_TRANSITION after publishing: from then on only an addendum changes it.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        event = locked_event(actor, event_id)
        if event.status not in WRITABLE:
            text = _("It is published: only an addendum changes it now.")
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "id")
        changes = _known(draft.columns)
        if "rules" in changes:
            changes["rules"] = event.rules | dict(changes["rules"] or {})
        columns = {name: getattr(event, name) for name in COLUMNS} | changes
        lots = list(event.lots.order_by("position").values_list("position", flat=True))
        raise_all(_problems(actor, columns, draft, lots))
        before = facts(event)
        for name, value in changes.items():
            setattr(event, name, value)
        event.save()
        _write_parts(event, draft)
        record(actor, event_event("sourcing.updated", event, difference(before, facts(event))))
    return event


def locked_event(actor: Actor, event_id: int, field: str = "id") -> SourcingEvent:
    """The buyer's own event under its row lock (lock level 0); raises NOT_FOUND."""
    rows = SourcingEvent.objects.visible_to(actor).filter(buyer=actor.organization_id, pk=event_id)
    event = rows.select_for_update(no_key=True).first()
    if event is None:
        raise not_found(field)
    return event


def _known(columns: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(columns) - set(COLUMNS)
    if unknown:
        raise TypeError(f"not changed here: {sorted(unknown)}")
    return dict(columns)


def _whole(draft: EventDraft) -> EventDraft:
    return EventDraft(draft.columns, draft.lots or [LotDraft(1)], draft.lines or [], draft.sheet or [])


def _problems(
    actor: Actor, columns: Mapping[str, Any], draft: EventDraft, lots: Sequence[int]
) -> Iterator[DomainError]:
    yield from column_problems(columns)
    if draft.lots is not None:
        yield from lot_problems(draft.lots)
        lots = [lot.position for lot in draft.lots] or [1]
    if draft.sheet is not None:
        yield from sheet_problems(draft.sheet)
    if draft.lines is not None:
        named = {line.variant_id for line in draft.lines if line.variant_id}
        variants = set(Variant.objects.visible_to(actor).filter(pk__in=named).values_list("pk", flat=True))
        uoms = set(
            UnitOfMeasure.objects.filter(pk__in={line.uom_id for line in draft.lines}).values_list("pk", flat=True)
        )
        yield from line_problems(draft.lines, lots, variants, uoms)


def _write_parts(event: SourcingEvent, draft: EventDraft) -> None:
    """Replace what is given. Lines go with their lots, so new lots without lines keep the old lines by position."""
    lines = draft.lines
    if draft.lots is not None:
        if lines is None:
            lines = [_draft_of(row) for row in event.lines.select_related("lot").order_by("position")]
            last = len(draft.lots) or 1
            lines = [line if line.lot <= last else _moved(line, last) for line in lines]
        event.lines.all().delete()
        event.lots.all().delete()
        Lot.objects.bulk_create(_lot(event, lot) for lot in draft.lots or [LotDraft(1)])
    if lines is not None:
        event.lines.all().delete()
        lots = {lot.position: lot for lot in event.lots.all()}
        EventLine.objects.bulk_create(
            line_row(event, lots[line.lot], position, line) for position, line in enumerate(lines, 1)
        )
    if draft.sheet is not None:
        event.columns.all().delete()
        QuoteColumn.objects.bulk_create(_column(event, index, one) for index, one in enumerate(draft.sheet, 1))


def _draft_of(row: EventLine) -> LineDraft:
    return LineDraft(
        row.quantity, row.uom_id, row.lot.position, row.variant_id, row.text, row.specification, row.need_date,
        row.plant, row.baseline_price, row.ceiling, row.values,
    )  # fmt: skip


def _moved(line: LineDraft, lot: int) -> LineDraft:
    return replace(line, lot=lot)


def _lot(event: SourcingEvent, draft: LotDraft) -> Lot:
    return Lot(
        buyer_id=event.buyer_id,
        event=event,
        position=draft.position,
        name_zh=draft.name_zh.strip(),
        name_en=draft.name_en.strip(),
        ceiling=draft.ceiling,
        award_mode=draft.award_mode,
        max_winners=draft.max_winners,
    )


def _column(event: SourcingEvent, position: int, draft: ColumnDraft) -> QuoteColumn:
    return QuoteColumn(
        buyer_id=event.buyer_id,
        event=event,
        position=position,
        code=draft.code,
        label_zh=draft.label_zh.strip(),
        label_en=draft.label_en.strip(),
        type=draft.type,
        filled_by=draft.filled_by,
        mandatory=draft.mandatory,
        visible=draft.visible,
        envelope=draft.envelope,
        validation=dict(draft.validation),
    )
