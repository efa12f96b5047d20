"""Reading the cells of a price sheet: which column is which, and what a cell says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from marketplace.core.errors import DomainError
from ordercenter.pricing.drafts import price_problems, threshold_problems
from ordercenter.pricing.errors import PricingErrorCode

# What people write above their columns, in lower case.
HEADINGS: dict[str, tuple[str, ...]] = {
    "sku": ("sku", "code", "item code", "item", "barcode", "编码", "商品编码", "货号", "规格编码", "条码"),
    "uom": ("uom", "unit", "unit of measure", "计量单位", "单位", "销售单位"),
    "min_quantity": (
        "min quantity",
        "minimum quantity",
        "from quantity",
        "起订数量",
        "起订量",
        "起始数量",
        "数量起",
        "阶梯数量",
    ),
    "price": ("price", "unit price", "amount", "价格", "单价", "标准价"),
    "currency": ("currency", "币种", "币别"),
    "valid_from": ("valid from", "from", "生效日期", "生效时间"),
    "valid_to": ("valid to", "to", "until", "失效日期", "失效时间"),
}
REQUIRED = ("sku", "price")

PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(.*)")
LONGEST_NUMBER = 40


@dataclass(slots=True)
class ParsedRow:
    """A row of the sheet as it was read; `errors` as [{column, code, value}]."""

    code: str
    uom_code: str
    min_quantity: Decimal | None = None
    amount: Decimal | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    errors: list[dict[str, str]] = field(default_factory=list)


def columns_of(headings: Sequence[str]) -> dict[str, str]:
    """Our name of each column that was recognised, with the heading it has in the sheet."""
    found: dict[str, str] = {}
    for heading in headings:
        known = tidy(heading).lower().replace("_", " ")
        for name, words in HEADINGS.items():
            if name not in found and known in words:
                found[name] = heading
    return found


def missing_columns(headings: Sequence[str]) -> list[str]:
    """The required columns that the sheet has not."""
    found = columns_of(headings)
    return [name for name in REQUIRED if name not in found]


def tidy(text: Any) -> str:
    """A cell's text with full-width characters made narrow and blanks at its ends cut."""
    return unicodedata.normalize("NFKC", str(text if text is not None else "")).strip()


def number_of(text: str) -> Decimal | None:
    """A number as people and spreadsheets write it, None for what is none; a comma only marks thousands."""
    if len(text) > LONGEST_NUMBER:
        return None
    if PLAIN.fullmatch(text):
        return Decimal(text)
    return Decimal(text.replace(",", "")) if GROUPED.fullmatch(text) else None


def instant_of(text: str, zone: ZoneInfo) -> datetime | None:
    """A day (its beginning) or an instant, in the organization's zone unless it says its own; None for neither."""
    match = DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, rest = match.groups()
    try:
        found = datetime.fromisoformat(f"{year}-{int(month):02}-{int(day):02}{rest.rstrip()}")
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class RowReader:
    """Reads rows of one sheet: `columns` as `columns_of` found them, instants in `zone`, prices in `currency`."""

    def __init__(self, columns: Mapping[str, str], zone: ZoneInfo, currency: str) -> None:
        self.columns, self.zone, self.currency = columns, zone, currency

    def read(self, values: Mapping[str, Any]) -> ParsedRow:
        """What the cells of a row say, and what is wrong with them by themselves."""
        cell = {name: tidy(values.get(heading)) for name, heading in self.columns.items()}
        row = ParsedRow(cell["sku"], cell.get("uom", ""))
        if not row.code or len(row.code) > 64:
            row.code = row.code[:64]
            row.errors.append(self._error("sku", PricingErrorCode.UNKNOWN_VARIANT, cell))
        row.amount = self._number(row, "price", cell, price_problems)
        row.min_quantity = Decimal(0)
        if cell.get("min_quantity"):
            row.min_quantity = self._number(row, "min_quantity", cell, threshold_problems)
        if cell.get("currency") and cell["currency"].upper() != self.currency:
            row.errors.append(self._error("currency", PricingErrorCode.CURRENCY_MISMATCH, cell))
        row.valid_from = self._instant(row, "valid_from", cell)
        row.valid_to = self._instant(row, "valid_to", cell)
        return row

    def _number(
        self,
        row: ParsedRow,
        name: str,
        cell: Mapping[str, str],
        problems: Callable[[Decimal], Iterator[DomainError]],
    ) -> Decimal | None:
        number = number_of(cell[name])
        if number is None:
            row.errors.append(self._error(name, PricingErrorCode.NUMBER_INVALID, cell))
            return None
        found = [self._error(name, problem.code, cell) for problem in problems(number)]
        row.errors += found
        return None if found else number

    def _instant(self, row: ParsedRow, name: str, cell: Mapping[str, str]) -> datetime | None:
        text = cell.get(name)
        if not text:
            return None
        found = instant_of(text, self.zone)
        if found is None:
            row.errors.append(self._error(name, PricingErrorCode.DATE_INVALID, cell))
        return found

    def _error(self, name: str, code: Any, cell: Mapping[str, str]) -> dict[str, str]:
        return {"column": self.columns[name], "code": code.name, "value": cell.get(name, "")[:200]}
