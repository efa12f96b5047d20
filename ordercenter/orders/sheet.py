"""Lines from an uploaded CSV or XLSX, with a heading or without (orders §9)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from marketplace.core.errors import DomainError
from marketplace.core.sheets import SheetErrorCode, open_sheet
from ordercenter.orders.drafts import LINE_LIMIT
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.paste import RawLine, read_rows

LARGEST_FILE = 8 * 1024 * 1024


def read_sheet(file: Any) -> list[RawLine]:
    """The lines of an uploaded file, as far as one over the limit; raises FILE_INVALID for what is no sheet."""
    content = file.read(LARGEST_FILE + 1)
    try:
        return read_rows(islice(_rows(content, getattr(file, "name", "")), LINE_LIMIT + 2))
    except DomainError as error:
        if error.code is not SheetErrorCode.FILE_INVALID:
            raise
        raise DomainError(OrderErrorCode.FILE_INVALID, error.message, "file") from error


def _rows(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The first row is a heading or goods: it is judged with the others."""
    sheet = open_sheet(content if len(content) <= LARGEST_FILE else b"", name)
    first = True
    for number, cells in sheet.rows:
        if first:
            yield number - 1, sheet.headings
            first = False
        yield number, list(cells.values())
    if first:
        yield 1, sheet.headings
