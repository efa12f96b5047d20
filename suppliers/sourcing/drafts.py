"""What a buyer writes before it publishes, and what is wrong with it: all at once (sourcing §2, §3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.parties.changes import choice_problems, text_problems
from suppliers.sourcing.enums import (
    ColumnFilledBy,
    ColumnKind,
    Confidentiality,
    Envelope,
    LotAwardMode,
    PriceBasis,
    SourcingKind,
    SourcingReach,
)
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.models import EventLine, Lot, QuoteColumn, SourcingEvent

MOST_LINES = 5000
MOST_COLUMNS = 40
LARGEST = Decimal(10) ** 11
CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
#: Codes that every sheet has of its own.
TAKEN = frozenset({"line", "price", "tax_rate", "lead_days", "valid_until", "tiers"})
EVENT_CHOICES: dict[str, type[models.TextChoices]] = {
    "kind": SourcingKind,
    "reach": SourcingReach,
    "confidentiality": Confidentiality,
    "price_basis": PriceBasis,
}
COLUMN_CHOICES: dict[str, type[models.TextChoices]] = {
    "type": ColumnKind,
    "filled_by": ColumnFilledBy,
    "envelope": Envelope,
}
DATES = ("register_until", "ask_until", "answer_until", "open_at", "close_at", "opening_at")
#: What the buyer decides before publishing, and what holds where it says nothing (frozen at publish).
RULES: dict[str, Any] = {
    "min_open_hours": 24,
    "min_addendum_hours": 48,
    "admit_potential": False,
}


@dataclass(frozen=True, slots=True)
class LotDraft:
    """A lot; `position` from 1."""

    position: int
    name_zh: str = ""
    name_en: str = ""
    ceiling: Decimal | None = None
    award_mode: str = LotAwardMode.PER_LINE
    max_winners: int = 1


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A need: a variant or a text, so much of it in a unit. `lot` is the lot's position."""

    quantity: Decimal
    uom_id: int
    lot: int = 1
    variant_id: int | None = None
    text: str = ""
    specification: str = ""
    need_date: date | None = None
    plant: str = ""
    baseline_price: Decimal | None = None
    ceiling: Decimal | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnDraft:
    """A column of the quote sheet."""

    code: str
    label_zh: str = ""
    label_en: str = ""
    type: str = ColumnKind.TEXT
    filled_by: str = ColumnFilledBy.SUPPLIER
    mandatory: bool = False
    visible: bool = True
    envelope: str = Envelope.COMMERCIAL
    validation: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventDraft:
    """Columns of an event, and its parts; a part that is None stays as it is."""

    columns: Mapping[str, Any]
    lots: Sequence[LotDraft] | None = None
    lines: Sequence[LineDraft] | None = None
    sheet: Sequence[ColumnDraft] | None = None


def column_problems(columns: Mapping[str, Any]) -> Iterator[DomainError]:
    """What is wrong with the head of an event: REQUIRED, INVALID, DATES_ORDER."""
    yield from text_problems(SourcingEvent, columns, required=())
    yield from choice_problems(columns, EVENT_CHOICES)
    if not (columns.get("name_zh") or "").strip() and not (columns.get("name_en") or "").strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Enter a name."), "name_zh")
    if not 1 <= columns.get("rounds_max", 1) <= 20:
        yield DomainError(CoreErrorCode.INVALID, _("From 1 to 20 rounds."), "rounds_max")
    if not 0 <= columns.get("min_quotes", 1) <= 1000:
        yield DomainError(CoreErrorCode.INVALID, _("From 0 to 1000."), "min_quotes")
    if columns.get("estimate") is not None and not 0 < columns["estimate"] < LARGEST:
        yield DomainError(CoreErrorCode.INVALID, _("Enter an amount above zero."), "estimate")
    yield from rate_problems(columns.get("rates") or {})
    yield from rule_problems(columns.get("rules") or {})
    yield from date_problems(columns)


def date_problems(columns: Mapping[str, Any]) -> Iterator[DomainError]:
    """REQUIRED for a date that is missing, DATES_ORDER where one is before its time."""
    missing = [name for name in DATES if columns.get(name) is None and name != "register_until"]
    for name in missing:
        yield DomainError(CoreErrorCode.REQUIRED, _("Enter a date."), name)
    if missing:
        return
    pairs = (
        ("open_at", "close_at", True, _("Quotes must open before they close.")),
        ("close_at", "opening_at", False, _("The opening cannot be before the deadline.")),
        ("ask_until", "answer_until", False, _("Answers come after questions.")),
        ("answer_until", "close_at", False, _("The last answer must come before the deadline.")),
        ("register_until", "close_at", False, _("Registration must end before the deadline.")),
    )
    for first, second, strictly, text in pairs:
        before, after = columns.get(first), columns[second]
        if before is not None and (before > after or (strictly and before == after)):
            yield DomainError(SourcingErrorCode.DATES_ORDER, text, second if first == "close_at" else first)


def rate_problems(rates: Mapping[str, Any]) -> Iterator[DomainError]:
    """INVALID for a rate that is no number above zero."""
    for code, rate in rates.items():
        value = decimal_of(str(rate))
        if len(code) != 3 or value is None or not 0 < value < LARGEST:
            text = _("%(value)s is no rate for %(currency)s.") % {"value": rate, "currency": code}
            yield DomainError(CoreErrorCode.INVALID, text, "rates")


def rule_problems(rules: Mapping[str, Any]) -> Iterator[DomainError]:
    """INVALID for hours that are no whole number up to a year."""
    for name in ("min_open_hours", "min_addendum_hours"):
        value = rules.get(name, RULES[name])
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 8760:
            yield DomainError(CoreErrorCode.INVALID, _("Enter hours, from 0 to 8760."), f"rules.{name}")


def lot_problems(lots: Sequence[LotDraft]) -> Iterator[DomainError]:
    """What is wrong with lots, each with its index."""
    for index, lot in enumerate(lots):
        if lot.position != index + 1:
            yield DomainError(CoreErrorCode.INVALID, _("Number the lots from 1."), "lots.position", index)
        for error in [*text_problems(Lot, {"name_zh": lot.name_zh, "name_en": lot.name_en}, ()), *_lot_values(lot)]:
            yield DomainError(error.code, error.message, f"lots.{error.field}", index)


def _lot_values(lot: LotDraft) -> Iterator[DomainError]:
    yield from choice_problems({"award_mode": lot.award_mode}, {"award_mode": LotAwardMode})
    if lot.ceiling is not None and not 0 < lot.ceiling < LARGEST:
        yield DomainError(CoreErrorCode.INVALID, _("Enter an amount above zero."), "ceiling")
    if not 1 <= lot.max_winners <= 1000:
        yield DomainError(CoreErrorCode.INVALID, _("At least one winner."), "max_winners")


def line_problems(
    lines: Sequence[LineDraft], lots: Sequence[int], variants: set[int], uoms: set[int]
) -> Iterator[DomainError]:
    """What is wrong with lines, each with its index. `variants`, `uoms`: keys the buyer may name."""
    if len(lines) > MOST_LINES:
        text = _("At most %(most)s lines.") % {"most": MOST_LINES}
        yield DomainError(CoreErrorCode.INVALID, text, "lines")
    for index, line in enumerate(lines):
        for name, code, text in _line_values(line, lots, variants, uoms):
            yield DomainError(code, text, f"lines.{name}", index)


def _line_values(
    line: LineDraft, lots: Sequence[int], variants: set[int], uoms: set[int]
) -> Iterator[tuple[str, Any, str]]:
    if line.variant_id is None and not line.text.strip():
        yield "text", CoreErrorCode.REQUIRED, _("Say what is needed, or choose goods.")
    if len(line.text) > 500 or len(line.plant) > 255:
        yield "text", CoreErrorCode.INVALID, _("The text is too long.")
    if line.variant_id is not None and line.variant_id not in variants:
        yield "variant", CoreErrorCode.NOT_FOUND, _("Not found.")
    if line.uom_id not in uoms:
        yield "uom", CoreErrorCode.NOT_FOUND, _("Not found.")
    if line.lot not in lots:
        yield "lot", CoreErrorCode.NOT_FOUND, _("There is no such lot.")
    if not 0 < line.quantity < LARGEST:
        yield "quantity", CoreErrorCode.INVALID, _("Enter a quantity above zero.")
    for name in ("baseline_price", "ceiling"):
        price = getattr(line, name)
        if price is not None and not 0 < price < LARGEST:
            yield name, SourcingErrorCode.PRICE_INVALID, _("The price must be above zero.")


def sheet_problems(columns: Sequence[ColumnDraft]) -> Iterator[DomainError]:
    """What is wrong with columns of the quote sheet, each with its index: COLUMN_INVALID, DUPLICATE, INVALID."""
    if len(columns) > MOST_COLUMNS:
        text = _("At most %(most)s columns.") % {"most": MOST_COLUMNS}
        yield DomainError(SourcingErrorCode.COLUMN_INVALID, text, "columns")
    seen: set[str] = set()
    for index, column in enumerate(columns):
        if column.code in seen:
            text = _("The code %(code)s is taken.") % {"code": column.code}
            yield DomainError(CoreErrorCode.DUPLICATE, text, "columns.code", index)
        seen.add(column.code)
        for name, text in _sheet_values(column):
            yield DomainError(SourcingErrorCode.COLUMN_INVALID, text, f"columns.{name}", index)


def _sheet_values(column: ColumnDraft) -> Iterator[tuple[str, str]]:
    if not CODE.fullmatch(column.code) or column.code in TAKEN:
        yield "code", _("A code is small letters, digits and underscores, and not one that every sheet has.")
    if not column.label_zh.strip() and not column.label_en.strip():
        yield "label_zh", _("Enter a label.")
    values = {"type": column.type, "filled_by": column.filled_by, "envelope": column.envelope}
    for error in choice_problems(values, COLUMN_CHOICES):
        yield str(error.field), str(error.message)
    labels = {"label_zh": column.label_zh, "label_en": column.label_en}
    for error in text_problems(QuoteColumn, labels, ()):
        yield str(error.field), str(error.message)
    yield from _validation_problems(column)


def _validation_problems(column: ColumnDraft) -> Iterator[tuple[str, str]]:
    rule = column.validation
    if column.type == ColumnKind.CHOICE and not [one for one in rule.get("choices") or () if str(one).strip()]:
        yield "validation", _("Name the choices.")
    for name in ("min", "max"):
        bound = rule.get(name)
        if bound not in (None, "") and not _is_bound(column.type, str(bound)):
            yield "validation", _("%(value)s is no bound for this type.") % {"value": bound}
    if rule.get("regex"):
        try:
            re.compile(str(rule["regex"])[:200])
        except re.error:
            yield "validation", _("The pattern cannot be read.")


def _is_bound(kind: str, text: str) -> bool:
    if kind == ColumnKind.DATE:
        return day_of(text) is not None
    return kind in (ColumnKind.MONEY, ColumnKind.NUMBER) and decimal_of(text) is not None


def decimal_of(text: str) -> Decimal | None:
    """A finite decimal, or None."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def day_of(text: str) -> date | None:
    """A day in ISO 8601, or None."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def line_row(event: SourcingEvent, lot: Lot, position: int, draft: LineDraft) -> EventLine:
    """An unsaved line."""
    return EventLine(
        buyer_id=event.buyer_id,
        event=event,
        lot=lot,
        position=position,
        variant_id=draft.variant_id,
        text=draft.text.strip(),
        specification=draft.specification.strip(),
        quantity=draft.quantity,
        uom_id=draft.uom_id,
        need_date=draft.need_date,
        plant=draft.plant.strip(),
        baseline_price=draft.baseline_price,
        ceiling=draft.ceiling,
        values=dict(draft.values),
    )


def at_hours(moment: datetime, later: datetime) -> float:
    """Hours from one instant to another."""
    return (later - moment).total_seconds() / 3600
