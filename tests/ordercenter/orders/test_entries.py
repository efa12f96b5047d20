import time
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.catalog.models import PartnerItemCode
from ordercenter.orders.entries import parse_entries
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.paste import RawLine, quantity_of, read_rows, read_text, read_typed
from ordercenter.orders.sheet import read_sheet
from ordercenter.stock.models import StockVisibility
from tests.refusals import raises
from tests.statements import count_sql


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("ABC-1\t1,200\tBOX", ("ABC-1", "1,200", "BOX")),
        ("ABC-1,1,200", ("ABC-1", "1", "200")),
        ("ＡＢＣ－１　１２", ("ABC-1", "12", "")),
        ("ABC-1；1,200", ("ABC-1", "1,200", "")),
        ("  ABC-1   12  PCS ", ("ABC-1", "12", "PCS")),
        ("pot lid\t3", ("pot lid", "3", "")),
    ],
)
def test_each_line_has_its_own_separator(text, cells):
    (line,) = read_text(text)
    assert (line.code, line.quantity, line.uom) == cells


def test_empty_lines_and_a_heading_are_left_out_and_numbers_stay():
    lines = read_text("商品编码\t数量\t单位\n\nABC\t1\n\nDEF\t2")
    assert [(line.number, line.code) for line in lines] == [(3, "ABC"), (5, "DEF")]
    rows = [(1, ["Unit", "Qty", "SKU"]), (2, ["BOX", "3", "ABC"]), (3, ["", "", ""])]
    assert read_rows(rows) == [RawLine(2, "ABC", "3", "BOX")]
    assert read_typed([("", "", ""), ("ABC", "１２", "")]) == [RawLine(2, "ABC", "12", "")]


@pytest.mark.parametrize(
    ("text", "quantity"),
    [("12", 12), ("1,200", 1200), ("1,234,567.5", Decimal("1234567.5")), ("0.25", Decimal("0.25"))]
    + [(text, None) for text in ("1,20", "12,0000", "", "-3", "1e3", "twelve", "1.2.3", "12 34", "٣")],
)
def test_a_comma_is_a_thousands_mark_only_before_three_digits(text, quantity):
    assert quantity_of(text) == quantity


def test_lines_are_found_by_every_code_added_up_priced_and_shown_with_their_stock(shop):
    StockVisibility.objects.create(organization=shop.seller, show="exact")
    variant = shop.sells("ABC-1", "10", 7, BOX=12)
    shop.sells("DEF", "5", rule=(20, 12, 70))
    variant.packs.filter(uom__code="BOX").update(barcode="6901234567892")
    PartnerItemCode.objects.create(organization=shop.buyer.downstream, variant=variant, code="OURS-7")
    text = "abc-1 3\nOURS-7,2,BOX\n6901234567892\t1\nABC-1;2;PCS\nDEF 25\nZZZ 1\nABC-1 many\nABC-1,1,200"
    check = parse_entries(shop.dealer, shop.seller.pk, read_text(text))
    found = [(line.raw.number, line.checked.wish.quantity, line.checked.code) for line in check.lines]
    assert found == [
        (1, 6, None),
        (2, 2, None),
        (5, 25, "QUANTITY_STEP"),
        (6, 1, "UNKNOWN_VARIANT"),
        (7, None, "QUANTITY_INVALID"),
        (8, 1, "UNKNOWN_UOM"),
    ]
    assert check.merged == 2
    assert check.lines[2].checked.snapped == 36
    assert check.totals.gross == 6 * 10 + 2 * 120
    assert check.lines[0].checked.seen.quantity == 7


def test_a_file_is_read_with_its_heading_or_without():
    plain = SimpleUploadedFile("lines.csv", b"ABC,3,BOX\nDEF,4,\n")
    assert read_sheet(plain) == [RawLine(1, "ABC", "3", "BOX"), RawLine(2, "DEF", "4", "")]
    headed = SimpleUploadedFile("lines.csv", "数量;商品编码\n1,200;ABC\n".encode("gb18030"))
    assert read_sheet(headed) == [RawLine(2, "ABC", "1,200", "")]
    with raises(OrderErrorCode.FILE_INVALID, field="file"):
        read_sheet(SimpleUploadedFile("lines.csv", b"\x00\x01\x02"))


def test_units_go_by_their_names_too(shop):
    shop.sells("ABC-1", "10", BOX=12)
    shop.uoms["BOX"].name_zh = "箱"
    shop.uoms["BOX"].save()
    check = parse_entries(shop.dealer, shop.seller.pk, read_text("ABC-1\t2\t箱"))
    assert check.lines[0].checked.goods.uom_code == "BOX"


def test_goods_outside_the_assortment_are_not_told_from_unknown_ones_or_refused(shop):
    gone = shop.sells("GONE", "10")
    gone.listings.all().delete()
    check = parse_entries(shop.dealer, shop.seller.pk, read_text("GONE 1"))
    assert check.lines[0].checked.code == "UNKNOWN_VARIANT"


def test_a_thousand_lines_take_five_statements_and_little_time(shop):
    shop.sells_many(300)
    counts = []
    for lines in (1, 1000):
        text = "\n".join(f"M{number % 300:05}\t{number + 1}\tPCS" for number in range(lines - 1)) + "\nMX0001 1"
        raw = read_text(text)
        started = time.perf_counter()
        with count_sql() as counter:
            check = parse_entries(shop.dealer, shop.seller.pk, raw)
        counts.append(counter.count)
        spent = time.perf_counter() - started
    assert counts == [5, 5] or counts[1] == 5, counter
    assert len(check.lines) == 301
    print(f"1,000 lines in {spent * 1000:.0f} ms")
