"""Price adjustments: changes entered, approved and written as rows that hold from an instant to come (pricing §6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.catalog.scope import ProductScope
from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.models import DocumentStatus
from marketplace.core.numbering import next_numbers
from marketplace.core.postgresql.infinity import FOREVER
from marketplace.core.states import Transition, TransitionTable
from ordercenter.pricing.adjusting import (
    BEGIN_LATER,
    ENTERED_LINES,
    FILLED_LINES,
    KEEP_REPLACED,
    NOTE_ROWS,
    OLD,
    TAKE_BACK,
)
from ordercenter.pricing.drafts import ALL_GOODS, PriceEntry
from ordercenter.pricing.entries import Slots, instant_text
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.lists import MANAGE, home_of, lock_list
from ordercenter.pricing.models import PriceAdjustment, PriceAdjustmentLine, PriceList
from ordercenter.pricing.rows import instant_of_writing, instant_problems, note_written, write_rows

MOST_LINES = 20_000
PREFIX = "PA"

MOVES = TransitionTable(
    [Transition("submit", DocumentStatus.DRAFT, DocumentStatus.APPROVED)]
    + [Transition("void", source, DocumentStatus.VOIDED) for source in (DocumentStatus.DRAFT, DocumentStatus.APPROVED)]
)


@dataclass(frozen=True, slots=True)
class Raise:
    """The prices in force of a list changed alike: by a percentage and an amount, rounded half up to a step.

    `search` narrows them to SKUs that begin like it, `scope` to a variant, a product, a category or a brand.
    """

    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    round_to: Decimal = Decimal("0.01")
    search: str = ""
    scope: ProductScope = ALL_GOODS


@dataclass(frozen=True, slots=True)
class AdjustmentDraft:
    """A price adjustment as entered: its lines one by one, or `change` for many alike; None leaves what is there."""

    effective_at: datetime | None = None
    reason: str | None = None
    lines: Sequence[PriceEntry] | None = None
    change: Raise | None = None


def price_adjustment_create(actor: Actor, list_id: int, draft: AdjustmentDraft) -> PriceAdjustment:
    """A new adjustment in DRAFT with its lines; nothing is written to the list (pricing §6).

    Raises NOT_FOUND (list), REQUIRED (no line), PRICE_BACKDATED, and by line what `price_rows_write` raises.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        found = lock_list(actor, list_id, "price_list")
        made = PriceAdjustment(organization=home_of(actor), price_list=found, created_by=actor.user)
        made.effective_at, made.reason = draft.effective_at, (draft.reason or "").strip()
        slots = Slots.of(found, draft.lines or ())
        raise_all(_problems(found, made, draft, slots))
        # A draft that nobody sees needs no number; the series is locked for as short as may be.
        made.number = next_numbers(made.organization_id, "price_adjustment", PREFIX)[0]
        made.save()
        _write_lines(found, made, draft, slots)
        record(actor, _event("pricing.adjustment_created", made, created(made)))
    return made


def price_adjustment_update(actor: Actor, adjustment_id: int, draft: AdjustmentDraft) -> PriceAdjustment:
    """Change a draft; lines that are given replace all. Raises what creating raises, INVALID_TRANSITION."""
    actor.require(MANAGE)
    with transaction.atomic():
        made = _locked(actor, adjustment_id)
        MOVES.target("submit", made.status)
        found = lock_list(actor, made.price_list_id)
        before = facts(made)
        made.effective_at = draft.effective_at
        made.reason = made.reason if draft.reason is None else draft.reason.strip()
        slots = Slots.of(found, draft.lines or ())
        changed = draft.lines is not None or draft.change is not None
        raise_all(_problems(found, made, draft, slots, required=changed))
        made.save()
        if changed:
            PriceAdjustmentLine.objects.filter(adjustment=made).delete()
            _write_lines(found, made, draft, slots)
        record(actor, _event("pricing.adjustment_updated", made, difference(before, facts(made))))
    return made


def price_adjustment_keep_temporary(actor: Actor, adjustment_id: int) -> PriceAdjustment:
    """Let the lines of a draft that fall inside a temporary window begin at its end (pricing §6). One statement.

    Raises NOT_FOUND, INVALID_TRANSITION.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        made = _locked(actor, adjustment_id)
        MOVES.target("submit", made.status)
        begins = "-infinity" if made.effective_at is None else instant_text(made.effective_at)
        with connection.cursor() as cursor:
            cursor.execute(BEGIN_LATER, {"adjustment": made.pk, "list": made.price_list_id, "begins": begins})
            moved = cursor.rowcount
        record(actor, _event("pricing.adjustment_updated", made, {"lines": [None, moved]}))
    return made


def price_adjustment_submit(actor: Actor, adjustment_id: int) -> PriceAdjustment:
    """Approve a draft: its rows are written, to hold from its instant or, where that has come, from now (pricing §6).

    Raises NOT_FOUND, INVALID_TRANSITION, REQUIRED (no line), WINDOW_EMPTY by line for a price that would end before it
    begins.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        made = _locked(actor, adjustment_id)
        before, target = facts(made), MOVES.target("submit", made.status)
        found = lock_list(actor, made.price_list_id, "price_list")
        floor = instant_of_writing(found, None)
        made.begins_at = floor if made.effective_at is None else max(made.effective_at, floor)
        values = {"adjustment": made.pk, "list": found.pk, "begins": instant_text(made.begins_at)}
        raise_all(_submit_problems(made))
        count = _write(found, values)
        made.status, made.submitted_at = target, found.now  # type: ignore[attr-defined]
        made.save()
        if count:
            note_written(actor, found, made.effective_at, "pricing.rows_written", count=count, adjustment=made.number)
        record(actor, _event("pricing.adjustment_submitted", made, difference(before, facts(made))))
    return made


def price_adjustment_void(actor: Actor, adjustment_id: int) -> PriceAdjustment:
    """Take an adjustment back before its instant: only rows not yet in force go, and what they replaced comes back.

    Raises NOT_FOUND; INVALID_TRANSITION once its prices hold.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        made = _locked(actor, adjustment_id)
        before, target = facts(made), MOVES.target("void", made.status)
        found = lock_list(actor, made.price_list_id, "price_list")
        now: datetime = found.now  # type: ignore[attr-defined]
        if made.begins_at is not None and made.begins_at <= now:
            text = _("These prices hold already: change them by another adjustment.")
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "id")
        if made.status == DocumentStatus.APPROVED:
            _take_back(actor, found, made)
        made.status, made.voided_at = target, now
        made.save(update_fields=["status", "voided_at"])
        record(actor, _event("pricing.adjustment_voided", made, difference(before, facts(made))))
    return made


def searched(rows: Any, search: str) -> Any:
    """Of these adjustments those of which every word stands in number, reason, or the list's code or name."""
    for word in search.split():
        of_list = Q(price_list__code__icontains=word)
        for name in ("name_zh", "name_en"):
            of_list |= Q(**{f"price_list__{name}__icontains": word})
        rows = rows.filter(Q(number__icontains=word) | Q(reason__icontains=word) | of_list)
    return rows


def _locked(actor: Actor, adjustment_id: int) -> PriceAdjustment:
    rows = PriceAdjustment.objects.visible_to(actor).select_for_update().order_by("pk")
    made = rows.filter(pk=adjustment_id).first()
    if made is None:
        raise not_found("id")
    return made


def _problems(
    found: PriceList, made: PriceAdjustment, draft: AdjustmentDraft, slots: Slots, required: bool = True
) -> Iterator[DomainError]:
    lines, change = draft.lines or (), draft.change
    if required and not lines and change is None:
        yield DomainError(CoreErrorCode.REQUIRED, _("Say which prices change."), "lines")
    if len(lines) > MOST_LINES:
        text = _("A price adjustment has at most %(limit)s lines.") % {"limit": MOST_LINES}
        yield DomainError(CoreErrorCode.INVALID, text, "lines")
    if len(made.reason) > 255:
        text = _("This text is longer than %(limit)s characters.") % {"limit": 255}
        yield DomainError(CoreErrorCode.INVALID, text, "reason")
    yield from instant_problems(found, made.effective_at, lines)
    yield from slots.problems(lines, made.effective_at or instant_of_writing(found, None))
    for index, line in enumerate(lines):
        if line.valid_from is not None and made.effective_at is not None and line.valid_from < made.effective_at:
            text = _("No price of an adjustment begins before it does.")
            yield DomainError(PricingErrorCode.PRICE_BACKDATED, text, "valid_from", index)
    if change is not None:
        yield from _change_problems(change)


def _change_problems(change: Raise) -> Iterator[DomainError]:
    numbers = {"percent": change.percent, "amount": change.amount, "round_to": change.round_to}
    for name, number in numbers.items():
        if not number.is_finite() or number != round(number, 4) or abs(number) >= 10**9:
            code = PricingErrorCode.NUMBER_INVALID
            yield DomainError(code, code.label, f"change.{name}")
            return
    if not -100 <= change.percent <= 1000 or change.round_to <= 0:
        code = PricingErrorCode.NUMBER_INVALID
        yield DomainError(code, code.label, "change.round_to" if change.round_to <= 0 else "change.percent")


def _write_lines(found: PriceList, made: PriceAdjustment, draft: AdjustmentDraft, slots: Slots) -> None:
    """The lines as entered, or made of the prices in force, each with its old price; two statements."""
    begins = made.effective_at or instant_of_writing(found, None)
    values: dict[str, Any] = {"adjustment": made.pk, "organization": made.organization_id, "list": found.pk}
    values["begins"] = instant_text(begins)
    with connection.cursor() as cursor:
        if draft.lines:
            # What an entry leaves open stays open: it begins and ends with what is decided later.
            ends = [None if line.valid_to in (None, FOREVER) else line.valid_to.isoformat() for line in draft.lines]
            starts = [line.valid_from.isoformat() if line.valid_from else None for line in draft.lines]
            cursor.execute(ENTERED_LINES, values | slots.columns(draft.lines, begins) | {"from": starts, "to": ends})
        elif draft.change is not None:
            change = draft.change
            how = {"percent": change.percent, "amount": change.amount, "round": change.round_to}
            goods = {"search": change.search.strip(), **change.scope.columns()}
            cursor.execute(FILLED_LINES, values | how | goods | {"most": MOST_LINES + 1})
        made.line_count = cursor.rowcount
        cursor.execute(OLD, values)
    if not 0 < made.line_count <= MOST_LINES:
        text = _("There is no price that this changes.") if not made.line_count else None
        text = text or _("A price adjustment has at most %(limit)s lines.") % {"limit": MOST_LINES}
        raise DomainError(CoreErrorCode.INVALID, text, "change")
    made.save(update_fields=["line_count"])


def _submit_problems(made: PriceAdjustment) -> Iterator[DomainError]:
    lines = PriceAdjustmentLine.objects.filter(adjustment=made)
    if not made.line_count:
        yield DomainError(CoreErrorCode.REQUIRED, _("Say which prices change."), "lines")
    code = PricingErrorCode.WINDOW_EMPTY
    for position in lines.filter(valid_to__lte=made.begins_at).values_list("position", flat=True)[:100]:
        yield DomainError(code, code.label, "valid_to", position)


def _write(found: PriceList, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(OLD, values)
        cursor.execute(KEEP_REPLACED, values)
        cursor.execute("SELECT last_value FROM pricing_pricerow_id_seq")
        (last,) = cursor.fetchone()
    count = write_rows(found, LINES, values)
    with connection.cursor() as cursor:
        cursor.execute(NOTE_ROWS, values | {"last": last})
    return count


# As the writing of rows reads them.
LINES = """
SELECT variant_id, uom_id, min_quantity, new AS amount,
    greatest(coalesce(valid_from, %(begins)s::timestamptz), %(begins)s::timestamptz) AS valid_from,
    coalesce(valid_to, 'infinity') AS valid_to
FROM pricing_priceadjustmentline WHERE adjustment_id = %(adjustment)s
"""


def _take_back(actor: Actor, found: PriceList, made: PriceAdjustment) -> None:
    values: dict[str, Any] = {"adjustment": made.pk, "list": found.pk, "organization": found.organization_id}
    values["begins"] = instant_text(made.begins_at)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        for statement in TAKE_BACK:
            cursor.execute(statement, values)
            found.row_count += cursor.rowcount if statement.lstrip().startswith("INSERT") else -cursor.rowcount
    note_written(actor, found, None, "pricing.rows_ended", adjustment=made.number)


def _event(kind: str, made: PriceAdjustment, changes: Changes) -> DomainEvent:
    payload = {"number": made.number, "price_list": made.price_list_id}
    return DomainEvent(kind, "price_adjustment", made.pk, (made.organization_id,), payload, changes)
