"""What a line of an old invoice is."""

from collections import Counter
from decimal import Decimal as D

import pytest

from integrations.invoices.buckets import InvoiceFile, NotInvoices
from tests.integrations.invoices.sample import LINES, write


def rows(tmp_path, lines=LINES):
    return list(InvoiceFile(write(tmp_path / "invoices.csv", lines)).rows())


def test_every_line_is_in_exactly_one_bucket(tmp_path):
    found = rows(tmp_path)
    assert len(found) == len(LINES)
    assert Counter(row.bucket for row in found) == {
        "sale": 7,
        "charge": 2,
        "return": 1,
        "discount": 1,
        "walk_in": 1,
        "adjustment": 3,
        "rejected": 5,
    }


def test_what_is_rejected_says_why_and_keeps_what_stood_there(tmp_path):
    rejected = [row for row in rows(tmp_path) if row.bucket == "rejected"]
    assert [row.reason for row in rejected] == [
        "no_invoice",
        "bad_quantity",
        "bad_date",
        "negative_sale",
        "negative_price",
    ]
    assert rejected[1].raw["Quantity"] == "some"


def test_an_article_is_one_whatever_the_case_of_its_code_and_times_are_londons(tmp_path):
    row = rows(tmp_path)[3]
    assert (row.sku, row.quantity, row.price) == ("10001A", D(12), D("2.10"))
    assert row.at.utcoffset().total_seconds() == 0
    summer = rows(tmp_path, [("1", "10001", "X", "1", "2021-07-01T08:00:00", "1", "5", "France")])[0]
    assert summer.at.utcoffset().total_seconds() == 3600


def test_a_byte_order_mark_and_broken_bytes_do_no_harm(tmp_path):
    path = write(tmp_path / "invoices.csv", LINES[:1])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"RED MUG", b"RED \xff\x00MUG"))
    (row,) = InvoiceFile(path).rows()
    assert (row.bucket, row.description) == ("sale", "RED \ufffdMUG")


def test_a_file_of_another_kind_is_told_by_its_columns(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("InvoiceNo,Name\n1,x\n")
    with pytest.raises(NotInvoices, match="StockCode"):
        InvoiceFile(path).check()
