"""Sheets: whatever a spreadsheet program saves is read as text, and what is written is read back as it was."""

import io
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis.strategies import characters, dictionaries, just, lists, text

from marketplace.core.sheets import SheetErrorCode, cell_text, open_sheet, separator_of, write_csv, write_xlsx
from tests.refusals import raises

HEADINGS = ["SKU", "名称", "Price"]


def read(content: bytes) -> list:
    return [values for _row, values in open_sheet(content, "sheet").rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_usual_separator_and_encoding(encoding, mark):
    content = mark.join(HEADINGS) + "\n" + mark.join(["CUP-1", "保温杯", "12.50"]) + "\n"
    assert read(content.encode(encoding)) == [{"SKU": "CUP-1", "名称": "保温杯", "Price": "12.50"}]


def test_rows_are_counted_as_people_count():
    sheet = open_sheet(b"\n\nSKU,Name\n\nA,1\n,\nB,2\n", "x.csv")
    assert sheet.headings == ["SKU", "Name"]
    assert [row for row, _values in sheet.rows] == [5, 7]


def test_a_quoted_separator_does_not_count():
    assert separator_of('"a,b,c";d;e') == ";"
    assert separator_of("alone") == ","


def test_columns_without_heading_are_passed_over_and_short_rows_filled():
    assert read(b"SKU,,Name\nA,x,1,extra\nB\n") == [{"SKU": "A", "Name": "1"}, {"SKU": "B", "Name": ""}]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (85123.0, "85123"),
        (True, "TRUE"),
        (None, ""),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 9, 30), "2026-03-01 09:30:00"),
    ],
)
def test_a_cell_is_what_the_spreadsheet_shows(cell, shown):
    assert cell_text(cell) == shown


def test_a_workbook_is_read_by_what_is_in_it():
    rows = [{"SKU": "CUP-1", "名称": "杯", "Price": 12.5}, {"SKU": 85123, "Price": date(2026, 3, 1)}]
    content = write_xlsx(HEADINGS, rows).read()
    assert read(content) == [
        {"SKU": "CUP-1", "名称": "杯", "Price": "12.5"},
        {"SKU": "85123", "名称": "", "Price": "2026-03-01"},
    ]


def test_formulas_stay_text():
    rows = [{"SKU": "=cmd|' /C calc'!A0"}, {"SKU": "@SUM(1)"}, {"SKU": "-1A"}, {"SKU": "-12.5"}]
    written = b"".join(write_csv(["SKU"], rows))
    assert b"\n'=cmd" in written
    assert b"\n-12.5" in written
    assert [row["SKU"] for row in read(written)] == [row["SKU"] for row in rows]
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(write_xlsx(["SKU"], rows).read()))
    assert {cell.data_type for (cell,) in book.active.iter_rows(min_row=2)} == {"s"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        b"PK\x03\x04 no archive",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1junk",
        b"\n \n",
        b"A,A\n1,2",
        b"\xff\x80\x81",
    ],
)
def test_what_is_no_sheet_is_refused(content):
    with raises(SheetErrorCode.FILE_INVALID, field="file"):
        list(open_sheet(content, "x").rows)


CELLS = text(characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=12)


@given(lists(dictionaries(just("a"), CELLS, min_size=1), max_size=8))
def test_what_is_written_is_read_back(rows):
    kept = [row["a"] for row in rows if row["a"]]
    assert [row["a"] for row in read(b"".join(write_csv(["a"], rows)))] == [cell for cell in kept if cell_text(cell)]
