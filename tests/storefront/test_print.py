"""Papers of orders and shipments: for both sides, in both languages, as a page and as PDF."""

from __future__ import annotations

import builtins
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis.strategies import integers

from marketplace.graphql import to_global_id
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.ledger.dunning import LevelDraft, run, write_levels
from ordercenter.ledger.items import OpeningLine, post_opening
from ordercenter.ledger.models import DunningLetter
from ordercenter.orders.cancel import cancel, decline
from ordercenter.orders.confirm import confirm
from storefront.print.capital import DIGITS, capital
from storefront.print.pdf import PdfUnavailableError, pdf_of, weasyprint
from tests.factories import make_stranger
from tests.ordercenter.orders.shop import Shop, lines


def pango() -> bool:
    try:
        weasyprint()
    except PdfUnavailableError:
        return False
    return True


with_pango = pytest.mark.skipif("not pango()", reason="this machine has no Pango; `make setup` installs it on Debian")


@pytest.fixture
def shop(db) -> Shop:
    shop = Shop()
    shop.sells("ABC", "1234.5", 50)
    shop.sells("DEF", "0.05", 50)
    return shop


@pytest.fixture
def order(shop) -> Any:
    return shop.order(("ABC", 2), ("DEF", 3), note="Mind the <step>")


def gid(row: Any) -> str:
    return to_global_id(type(row).__name__, row.pk)


def get(actor: Any, address: str) -> Any:
    client = Client()
    if actor is not None:
        client.force_login(actor.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.get(address)


@pytest.mark.parametrize(
    ("language", "sold", "bought", "total"),
    [
        ("en", "Sales order", "Purchase order", "Unit price"),
        ("zh-hans", "销售订单", "采购订单", "贰仟肆佰陆拾玖元壹角伍分"),
    ],
)
def test_each_side_has_its_own_paper_in_the_language_asked_for(shop, order, language, sold, bought, total):
    for actor, title in ((shop.sales, sold), (shop.dealer, bought)):
        answer = get(actor, f"/orders/{gid(order)}/print/?language={language}")
        page = answer.content.decode()
        assert answer.status_code == 200
        assert f"<h1>{title}</h1>" in page
        assert f'<html lang="{language}">' in page
        for shown in ("SO-000001", "ABC", "1,234.50", "2,469.00", "0.15", "2,469.15", "Mind the &lt;step&gt;", total):
            assert shown in page, shown


@with_pango
def test_the_pdf_is_kept_under_the_orders_number(shop, order):
    answer = get(shop.dealer, f"/orders/{gid(order)}/order.pdf?language=zh-hans")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="SO-000001.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"%PDF-")


@with_pango
def test_many_orders_are_one_pdf_and_a_strangers_one_spoils_it(shop, order):
    other = shop.order(("DEF", 1))
    answer = get(shop.sales, f"/orders/order.pdf?id={gid(order)}&id={gid(other)}&id={gid(order)}")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert get(shop.sales, "/orders/order.pdf").status_code == 404
    foreign = Shop("Foreign")
    foreign.sells("XYZ", "1", 5)
    theirs = foreign.order(("XYZ", 1))
    assert get(shop.sales, f"/orders/order.pdf?id={gid(order)}&id={gid(theirs)}").status_code == 404


def test_a_long_order_is_printed_whole(shop):
    order = shop.order(*[(sku, 1) for sku in shop.sells_many(201)])
    page = get(shop.dealer, f"/orders/{gid(order)}/print/").content.decode()
    assert page.count("<tr>") == 202
    assert "M00200" in page


def test_what_was_cancelled_is_not_ordered_any_more_and_a_stopped_order_says_so(shop, order):
    first, second = lines(order)
    confirm(shop.sales, order.pk)
    cancel(shop.sales, order.pk, "Short", {first.pk: Decimal(1), second.pk: Decimal(3)})
    page = get(shop.sales, f"/orders/{gid(order)}/print/?language=en").content.decode()
    assert "ordered 2" in page
    assert 'class="dropped"' in page
    assert "1,234.50" in page
    assert "stamp" not in page
    stopped = shop.order(("ABC", 2))
    decline(shop.sales, stopped.pk, "No")
    page = get(shop.dealer, f"/orders/{gid(stopped)}/print/?language=en").content.decode()
    assert '<p class="stamp">Declined</p>' in page
    assert "2,469.00" in page


def test_the_paper_of_a_shipment_shows_goods_and_no_prices(shop, order):
    confirm(shop.sales, order.pk)
    (shipment,) = ship(shop.sales, ShipmentDraft(order.pk, waybills=["SF1"], carrier="SF"))
    for actor in (shop.sales, shop.dealer):
        page = get(actor, f"/shipments/{gid(shipment)}/print/?language=en").content.decode()
        for shown in ("<h1>Shipment</h1>", shipment.number, "SO-000001", "SF1", "ABC"):
            assert shown in page, shown
        assert "1,234.5" not in page
    if pango():
        assert get(shop.dealer, f"/shipments/{gid(shipment)}/shipment.pdf").content.startswith(b"%PDF-")


def test_papers_are_for_the_two_sides_only(shop, order):
    confirm(shop.sales, order.pk)
    (shipment,) = ship(shop.sales, ShipmentDraft(order.pk))
    stranger = make_stranger()
    for address in (
        f"/orders/{gid(order)}/print/",
        f"/orders/{gid(order)}/order.pdf",
        f"/shipments/{gid(shipment)}/print/",
    ):
        assert get(stranger, address).status_code == 404
        answer = get(None, address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
    assert Client().post(f"/orders/{gid(order)}/print/").status_code in (403, 405)


def test_a_machine_without_pango_says_so_and_still_prints(shop, order, monkeypatch):
    real = builtins.__import__

    def broken(name: str, *given: Any, **more: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *given, **more)

    monkeypatch.setattr(builtins, "__import__", broken)
    answer = get(shop.dealer, f"/orders/{gid(order)}/order.pdf?language=en")
    assert answer.status_code == 503
    assert f"/orders/{gid(order)}/print/" in answer.content.decode()
    assert get(shop.dealer, f"/orders/{gid(order)}/print/").status_code == 200


@with_pango
def test_a_paper_fetches_nothing_wherever_its_texts_point(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the key")
    made = pdf_of([f'<link rel="attachment" href="{secret.as_uri()}"><img src="http://127.0.0.1:1/x"><p>hello</p>'])
    assert made.startswith(b"%PDF-")
    assert b"the key" not in made
    assert b"EmbeddedFile" not in made


def test_a_page_takes_as_many_statements_for_forty_lines_as_for_one(shop, sql_count):
    skus = shop.sells_many(40)
    for some in (skus[:1], skus):
        order = shop.order(*[(sku, 1) for sku in some])
        client = Client()
        client.force_login(shop.dealer.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        with sql_count("order on paper"):
            client.get(f"/orders/{gid(order)}/print/")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"), ("0.05", "伍分"), ("0.50", "伍角整"), ("-0.05", "负伍分"), ("10", "壹拾元整"),
        ("1005.30", "壹仟零伍元叁角整"), ("10001", "壹万零壹元整"), ("1409.02", "壹仟肆佰零玖元零贰分"),
        ("100000001", "壹亿零壹元整"), ("1000000000000", "壹万亿元整"), ("20300400.07", "贰仟零叁拾万零肆佰元零柒分"),
        ("1234567890.12", "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"), ("1.001", ""), ("10000000000000000", ""),
    ],
)  # fmt: skip
def test_amounts_are_written_in_capital_numerals(amount, words):
    assert capital(Decimal(amount)) == words


UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read(words: str) -> int:
    """Fen, read back from capital numerals."""
    whole, _yuan, rest = words.rpartition("元")
    fen = 0
    for place, worth in (("角", 10), ("分", 1)):
        if place in rest:
            fen += DIGITS.index(rest[rest.index(place) - 1]) * worth
    total = group = digit = 0
    for char in whole:
        if char in DIGITS:
            digit = DIGITS.index(char)
        elif char in UNITS:
            group, digit = group + digit * UNITS[char], 0
        elif char == "万":
            total, group, digit = total + (group + digit) * 10_000, 0, 0
        else:
            total, group, digit = (total + group + digit) * 100_000_000, 0, 0
    return (total + group + digit) * 100 + fen


@given(integers(1, 10**18 - 1))
def test_capital_numerals_read_back_as_what_they_were(fen):
    words = capital(Decimal(fen) / 100)
    assert read(words) == fen
    assert "零零" not in words


@pytest.mark.parametrize(
    ("language", "title", "level"), [("en", "Payment reminder", "First"), ("zh-hans", "催款函", "一级")]
)
def test_a_reminder_prints_for_both_sides(shop, language, title, level):
    post_opening(shop.sales, [OpeningLine(shop.buyer.pk, "OLD-7", Decimal("8000"), date(2026, 1, 15))])
    write_levels(shop.sales, [LevelDraft(1, "一级", "First", fee=Decimal(20), charges=True)], Decimal("0.05"))
    run(shop.sales, on=date(2026, 1, 26))
    letter = DunningLetter.objects.get()
    for actor in (shop.sales, shop.dealer):
        answer = get(actor, f"/finance/letters/{gid(letter)}/print/?language={language}")
        page = answer.content.decode()
        assert answer.status_code == 200
        for shown in (f"<h1>{title}</h1>", letter.number, "OLD-7", "8,000.00", "44.00", "20.00", "8,064.00", level):
            assert shown in page, shown
    assert get(make_stranger(), f"/finance/letters/{gid(letter)}/print/").status_code == 404
