"""Reading and writing sheets: CSV in any usual separator and encoding, and XLSX.

    sheet = open_sheet(content, "products.xlsx")     # headings, rows: (row as people count, {heading: text})
    write_csv(headings, rows), write_xlsx(headings, rows)

Every cell is read as text: numbers without the `.0` of a spreadsheet, dates in ISO 8601. What would be taken for a
formula is written so that it stays text, and read back as it was.
"""

from __future__ import annotations

import codecs
import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, BinaryIO

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.errors import DomainError

LARGEST_SHEET = 64 * 1024 * 1024
LARGEST_UNPACKED = 1024 * 1024 * 1024
LONGEST_CELL = 32_767

Row = tuple[int, dict[str, str]]
Cells = Sequence[Any]


class SheetErrorCode(models.TextChoices):
    """What can be wrong with a sheet as a whole."""

    FILE_INVALID = "FILE_INVALID", gettext_lazy("File cannot be read")


@dataclass(slots=True)
class Sheet:
    """A sheet that has been opened: its headings, and its rows as they are read."""

    headings: list[str]
    rows: Iterator[Row]


def open_sheet(content: bytes, file_name: str) -> Sheet:
    """Open an uploaded sheet by what is in it, whatever its name says.

    The first row with anything in it holds the headings; rows without anything are passed over, and columns without a
    heading too. Raises FILE_INVALID for what is no sheet, is empty, or has one heading twice.
    """
    if not content or len(content) > LARGEST_SHEET:
        raise _invalid(_("The file is empty or larger than 64 MB."))
    is_workbook = content[:4] == b"PK\x03\x04" or content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    lines = _workbook_rows(content) if is_workbook else _csv_rows(content)
    return _with_headings(enumerate(lines, 1))


def _with_headings(lines: Iterator[tuple[int, Cells]]) -> Sheet:
    for _number, cells in lines:
        headings = [cell_text(cell) for cell in cells]
        named = [heading for heading in headings if heading]
        if not named:
            continue
        if len(set(named)) != len(named):
            twice = next(heading for heading in named if named.count(heading) > 1)
            raise _invalid(_("The heading %(heading)s stands there twice.") % {"heading": twice})
        return Sheet(named, _rows(headings, lines))
    raise _invalid(_("The sheet is empty."))


def _rows(headings: Sequence[str], lines: Iterator[tuple[int, Cells]]) -> Iterator[Row]:
    for number, cells in lines:
        values = {heading: "" for heading in headings if heading}
        for heading, cell in zip(headings, cells, strict=False):
            if heading:
                values[heading] = cell_text(cell)
        if any(values.values()):
            yield number, values


def cell_text(cell: Any) -> str:
    """A cell as text: 12 for 12.0, 0.3 for what a spreadsheet shows as 0.3, ISO 8601 for dates and times."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    text = str(cell).strip().replace("\x00", "")[:LONGEST_CELL]
    return text[1:] if text[:1] == "'" and _is_formula(text[1:]) else text


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding=encoding_of(content), newline="")
    first = next((line for line in text if line.strip()), "")
    text.seek(0)
    reader = csv.reader(text, delimiter=separator_of(first))
    try:
        yield from reader
    except csv.Error as error:
        raise _invalid(_("The file is not CSV: %(reason)s") % {"reason": error}) from None


def encoding_of(content: bytes) -> str:
    """UTF-8 or UTF-16 by its mark, UTF-8 where all of it is, else GB18030; raises FILE_INVALID for neither."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in content[:4096]:
        raise _invalid(_("The file is neither CSV nor XLSX."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise _invalid(_("The text of the file is neither UTF-8 nor GB18030."))


def separator_of(line: str) -> str:
    """Tab, semicolon, comma or bar: whichever parts the line most often outside quotes; a comma where none does."""
    bare = "".join(part for place, part in enumerate(line.split('"')) if place % 2 == 0)
    return max("\t;,|", key=lambda mark: (bare.count(mark), mark == ","))


def write_csv(headings: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A CSV in parts, UTF-8 with the mark by which spreadsheets know it."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield codecs.BOM_UTF8
    for cells in _lines(headings, rows):
        writer.writerow([_safe(cell) for cell in cells])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def _lines(headings: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Any]]:
    yield list(headings)
    for row in rows:
        yield [row.get(heading, "") for heading in headings]


def _safe(cell: Any) -> str:
    text = cell_text(cell) if not isinstance(cell, str) else cell
    return f"'{text}" if _is_formula(text) else text


def _is_formula(text: str) -> bool:
    """A spreadsheet would work it out rather than show it; signed numbers are only numbers."""
    if text[:1] in ("=", "@", "\t", "\r"):
        return True
    return text[:1] in ("+", "-") and len(text) > 1 and not text[1:].replace(".", "", 1).isdigit()


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _workbook_rows(content: bytes) -> Iterator[Cells]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

    _check_unpacked(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = workbook.sheet_names
        sheet = workbook.get_sheet_by_name(names[0]) if names else None
    except PasswordError:
        raise _invalid(_("The file is protected by a password.")) from None
    except (CalamineError, ZipError, OSError, ValueError):
        raise _invalid(_("The file is neither CSV nor XLSX.")) from None
    if sheet is None:
        raise _invalid(_("The sheet is empty."))
    # Rows before the first cell that has anything are not told, but people count them.
    start = sheet.start[0] if sheet.start else 0
    yield from ([] for _row in range(start))
    yield from sheet.iter_rows()


def _check_unpacked(content: bytes) -> None:
    if content[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise _invalid(_("The file is neither CSV nor XLSX.")) from None
    if size > LARGEST_UNPACKED:
        raise _invalid(_("The file is too large when it is unpacked."))


def write_xlsx(headings: Sequence[str], rows: Iterable[Mapping[str, Any]], title: str = "Entrepot") -> BinaryIO:
    """A workbook with one sheet, in a temporary file at its beginning; memory stays flat for any number of rows."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils.exceptions import IllegalCharacterError

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title[:31])
    sheet.freeze_panes = "A2"

    def cell_of(value: Any, bold: bool = False) -> Any:
        try:
            cell = WriteOnlyCell(sheet, value=value)
        except IllegalCharacterError:
            cell = WriteOnlyCell(sheet, value="".join(sign for sign in value if sign >= " "))
        if isinstance(value, str):
            cell.data_type = "s"  # never a formula
        if bold:
            cell.font = Font(bold=True)
        return cell

    for number, cells in enumerate(_lines(headings, rows)):
        sheet.append([cell_of(value, bold=number == 0) for value in cells])
    file = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115  (the caller closes it)
    workbook.save(file)
    file.seek(0)
    return file  # type: ignore[return-value]


def _invalid(text: str) -> DomainError:
    return DomainError(SheetErrorCode.FILE_INVALID, text, "file")
