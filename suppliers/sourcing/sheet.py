"""A quote as a sheet: out to the supplier, filled in anywhere, and back; all of it or nothing (sourcing §3.5).

Every row carries which event, round and event version it was made for, and a checksum over the lines asked, so that a
sheet of another state is refused whole. A heading is understood in either language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.canonical import canonical
from marketplace.core.errors import DomainError, raise_all
from marketplace.core.sheets import open_sheet
from suppliers.sourcing.arriving import participation_of
from suppliers.sourcing.checking import Asked
from suppliers.sourcing.drafts import day_of, decimal_of
from suppliers.sourcing.enums import ColumnFilledBy
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.models import Participation, QuoteColumn, Round
from suppliers.sourcing.offers import OfferLine, OfferTier, QuoteContent, offer_of
from suppliers.sourcing.submit import current_offer

LANGUAGES = ("en", "zh-hans")
READ = ("price", "tax_rate", "lead_days", "valid_until", "tiers")


def headings(asked: Asked) -> dict[str, str]:
    """The headings in the reader's language, by what stands below them."""
    found = {
        "line": _("Line"),
        "what": _("What is needed"),
        "quantity": _("Quantity"),
        "uom": _("Unit"),
        "need_date": _("Needed by"),
        "price": _("Quoted price"),
        "tax_rate": _("Tax rate (%)"),
        "lead_days": _("Lead time (days)"),
        "valid_until": _("Offer valid until"),
        "tiers": _("Price tiers"),
    }
    for column in asked.columns:
        if column.visible or column.filled_by == ColumnFilledBy.SUPPLIER:
            found[f"column:{column.code}"] = _unlike(label_of(column), found.values())
    return {**found, "check": _("Do not change")}


def label_of(column: QuoteColumn) -> str:
    """A column's label in the reader's language, else in the other one."""
    both = (column.label_zh, column.label_en)
    first, second = both if (get_language() or "en").startswith("zh") else reversed(both)
    return first or second


def quote_sheet(actor: Actor, participation_id: int) -> tuple[str, list[str], Iterator[dict[str, Any]]]:
    """(name, headings, rows) of the supplier's own sheet, filled with what its form shows; raises NOT_FOUND."""
    row = participation_of(actor.organization_id, participation_id)
    running = row.event.rounds.order_by("-no").first()
    if running is None:
        raise DomainError(Code.NOT_OPEN, _("Quotes are not open yet."), "participation")
    asked = Asked.of(row.event)
    offer = current_offer(row, running)
    names = headings(asked)
    return f"{row.event.number}-{running.no}", list(names.values()), _rows(row, running, asked, offer, names)


def _rows(
    row: Participation, round_: Round, asked: Asked, offer: QuoteContent | None, names: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    given = offer.by_line if offer else {}
    mark = check_of(row, round_, asked)
    for position, line in asked.lines.items():
        own = given.get(position, OfferLine(position))
        cells = {
            "line": position,
            "what": f"{line.variant.sku} {line.text}".strip() if line.variant else line.text,
            "quantity": line.quantity.normalize(),
            "uom": line.uom.name,
            "need_date": line.need_date or "",
            "price": "" if own.price is None else own.price.normalize(),
            "tax_rate": "" if own.tax_rate is None else own.tax_rate.normalize(),
            "lead_days": "" if own.lead_days is None else own.lead_days,
            "valid_until": own.valid_until or "",
            "tiers": tiers_text(own.tiers),
            "check": mark,
        }
        for column in asked.columns:
            source = own.values if column.filled_by == ColumnFilledBy.SUPPLIER else line.values
            if column.filled_by == ColumnFilledBy.BUYER_PER_SUPPLIER:
                source = row.line_values.get(str(position), {})
            cells[f"column:{column.code}"] = source.get(column.code, "")
        yield {names[key]: value for key, value in cells.items() if key in names}


def check_of(row: Participation, round_: Round, asked: Asked) -> str:
    """What ties a sheet to one state of one event: number, round, event version, checksum."""
    lines = [
        [position, f"{line.quantity:.6f}", line.uom_id, line.text, line.variant_id]
        for position, line in asked.lines.items()
    ]
    columns = [[one.code, one.type, one.mandatory] for one in asked.columns]
    event = row.event
    digest = sha256(canonical([event.rules_hash, row.code, event.event_version, round_.no, lines, columns]))
    return f"{event.number}|{round_.no}|{event.event_version}|{digest.hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """What a sheet says: the offer, and the rows as they came, for the sheet that tells what is wrong with them."""

    offer: QuoteContent
    rows: Sequence[Mapping[str, str]]
    headings: Sequence[str]


def read_sheet(actor: Actor, participation_id: int, content: bytes, name: str, currency: str) -> ReadSheet:
    """The offer in a sheet. Raises FILE_INVALID, FILE_VERSION for a sheet of another state, and all cells that cannot
    be read, by line and column; a sheet with one bad cell gives nothing.
    """
    row = participation_of(actor.organization_id, participation_id)
    running = row.event.rounds.order_by("-no").first()
    asked = Asked.of(row.event)
    sheet = open_sheet(content, name)
    keys = _known_headings(asked)
    rows = [values for _number, values in sheet.rows]
    by_key = [{keys[heading]: value for heading, value in values.items() if heading in keys} for values in rows]
    mark = check_of(row, running, asked) if running else ""
    if not rows or any(values.get("check") != mark for values in by_key):
        text = _("This sheet was made for another state of the event: take a new one and fill that in.")
        raise DomainError(Code.FILE_VERSION, text, "file")
    problems: list[DomainError] = []
    lines = [_read_line(values, asked, problems) for values in by_key]
    seen = [line.line for line in lines]
    if len(set(seen)) != len(seen):
        problems.append(DomainError(Code.FILE_VERSION, _("A line stands there twice."), "file"))
    raise_all(problems)
    return ReadSheet(offer_of(currency, lines), rows, sheet.headings)


def error_rows(read: Sequence[Mapping[str, str]], asked: Asked, errors: Sequence[DomainError]) -> list[dict[str, str]]:
    """The rows as they came, with what is wrong with each in a column more."""
    keys = _known_headings(asked)
    column = _("Problems")
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(str((error.index or 0) + 1), []).append(str(error.message))
    positions = [next((row[one] for one in row if keys.get(one) == "line"), "") for row in read]
    return [{**row, column: " ".join(found.get(line, ()))} for row, line in zip(read, positions, strict=True)]


def _known_headings(asked: Asked) -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            found |= {heading: key for key, heading in headings(asked).items()}
    return found


def _read_line(values: Mapping[str, str], asked: Asked, problems: list[DomainError]) -> OfferLine:
    number = values.get("line", "")
    position = int(number) if number.isdigit() else 0
    index = max(position - 1, 0)
    if position not in asked.lines:
        problems.append(DomainError(Code.FILE_VERSION, _("There is no such line."), "lines.line", index))
    found: dict[str, Any] = {}
    for name in READ:
        text = values.get(name, "").strip()
        if not text:
            continue
        try:
            found[name] = READERS[name](text)
        except ValueError as error:
            code = Code.TIER_SHAPE if name == "tiers" else Code.VALUE_INVALID
            problems.append(DomainError(code, str(error), f"lines.{name}", index))
    own = {code: values.get(f"column:{code}", "").strip() for code in asked.filled}
    return OfferLine(position, values={code: text for code, text in own.items() if text}, **found)


def _number(text: str) -> Decimal:
    value = decimal_of(text.replace(",", "").replace("，", ""))
    if value is None:
        raise ValueError(_("Enter a number."))
    return value


def _days(text: str) -> int:
    if not text.isdigit() or len(text) > 6:
        raise ValueError(_("Enter a whole number of days."))
    return int(text)


def _day(text: str) -> date:
    value = day_of(text)
    if value is None:
        raise ValueError(_("Enter a day."))
    return value


def tiers_text(tiers: Sequence[OfferTier]) -> str:
    """Tiers as a person writes them: "0-100: 10; 100-500: 9.5; 500+: 9"."""
    spans = ("+" if one.up_to is None else f"-{one.up_to.normalize():f}" for one in tiers)
    pairs = zip(tiers, spans, strict=True)
    return "; ".join(f"{one.above.normalize():f}{span}: {one.price.normalize():f}" for one, span in pairs)


def read_tiers(text: str) -> tuple[OfferTier, ...]:
    """Tiers from what a person wrote; raises ValueError with what is wrong. Their shape is checked with the quote."""
    tiers = []
    for part in text.replace("；", ";").replace("：", ":").split(";"):
        if not part.strip():
            continue
        span, colon, price = part.partition(":")
        above, dash, up_to = span.strip().partition("-")
        values = [decimal_of(above.strip().rstrip("+")), decimal_of(up_to) if dash else None, decimal_of(price)]
        if not colon or values[0] is None or values[2] is None or (dash and values[1] is None):
            raise ValueError(_("Write tiers as in 0-100: 10; 100-500: 9.5; 500+: 9."))
        tiers.append(OfferTier(values[0], values[1], values[2]))
    return tuple(tiers)


READERS: dict[str, Callable[[str], Any]] = {
    "price": _number,
    "tax_rate": _number,
    "lead_days": _days,
    "valid_until": _day,
    "tiers": read_tiers,
}


def _unlike(label: str, taken: Any) -> str:
    """A label that no other column has: two of one name could not be told apart in a sheet."""
    known, number, name = set(taken), 2, label
    while name in known:
        name, number = f"{label} ({number})", number + 1
    return name
