"""Lines as people paste them from a spreadsheet, read without asking the database (orders §9)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

PLAIN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3}){1,3}(\.[0-9]{1,12})?")

#: Words of a heading, in lower case; a first line made of these is no goods.
HEADINGS = {
    "code": (
        "sku",
        "code",
        "item",
        "item code",
        "product code",
        "barcode",
        "编码",
        "商品编码",
        "规格编码",
        "条码",
        "货号",
    ),
    "quantity": ("quantity", "qty", "数量", "订购量", "订货数量"),
    "uom": ("uom", "unit", "单位", "计量单位"),
}
WORDS = frozenset(word for words in HEADINGS.values() for word in words)


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line of what was pasted, uploaded or typed: its number from 1, and its cells as text."""

    number: int
    code: str
    quantity: str
    uom: str = ""


def read_text(text: str) -> list[RawLine]:
    """Pasted lines: code, quantity and perhaps uom; empty lines and a heading are left out.

    Each line has its own separator: tab, else semicolon, else comma, else spaces. Full-width characters count as their
    ordinary ones.
    """
    rows = ((number, _cells(line)) for number, line in enumerate(_normal(text).splitlines(), 1))
    return list(_lines((number, cells) for number, cells in rows if any(cells)))


def read_rows(rows: Iterable[tuple[int, Sequence[str]]]) -> list[RawLine]:
    """Numbered rows of a sheet: by its heading where it has one, else code, quantity and uom in this order."""
    filled = ((number, [_normal(cell).strip() for cell in row]) for number, row in rows)
    return list(_lines((number, cells) for number, cells in filled if any(cells)))


def read_typed(lines: Iterable[tuple[str, str, str]]) -> list[RawLine]:
    """Lines typed one by one as (code, quantity, uom); those without code and quantity are left out."""
    normal = ((number, [_normal(cell).strip() for cell in line]) for number, line in enumerate(lines, 1))
    return [RawLine(number, *cells) for number, cells in normal if cells[0] or cells[1]]


def quantity_of(text: str) -> Decimal | None:
    """A quantity, or None. Commas are thousands marks, and only before three digits."""
    if PLAIN.fullmatch(text):
        return Decimal(text)
    if THOUSANDS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    return None


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\ufeff", "")


def _cells(line: str) -> list[str]:
    for separator in ("\t", ";", ","):
        if separator in line:
            return [cell.strip() for cell in line.split(separator)]
    return line.split()


def _lines(rows: Iterator[tuple[int, Sequence[str]]]) -> Iterator[RawLine]:
    columns = (0, 1, 2)
    for first, (number, cells) in enumerate(rows):
        if first == 0 and (found := _heading(cells)):
            columns = found
            continue
        code, quantity, uom = (cells[column] if 0 <= column < len(cells) else "" for column in columns)
        yield RawLine(number, code, quantity, uom)


def _heading(cells: Sequence[str]) -> tuple[int, int, int] | None:
    """Columns of code, quantity and uom (-1: none) where a line is a heading."""
    words = [cell.lower() for cell in cells]
    if not any(word in WORDS for word in words) or any(quantity_of(word) is not None for word in words):
        return None
    places = [
        next((place for place, word in enumerate(words) if word in HEADINGS[name]), -1)
        for name in ("code", "quantity", "uom")
    ]
    if places[0] < 0 or places[1] < 0:
        return (0, 1, 2)
    return (places[0], places[1], places[2])
