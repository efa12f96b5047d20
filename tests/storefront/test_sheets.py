"""Lists as sheets, and what is chosen beyond a page: the page's own query, walked."""

import csv
import io
from decimal import Decimal

import pytest

from marketplace.graphql import to_global_id
from ordercenter.orders.models import Order
from storefront.sheets import STEP, walking
from tests.e2e.market import DEALER


def rows_of(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_list_is_exported_whole_in_its_order_and_with_its_filter(seller, market):
    orders = [market.order(("PAN-001", n)) for n in (6, 12, 18)]
    rows = rows_of(seller.get("/office/orders/?export=csv&sort=NUMBER"))
    assert [row["Order"] for row in rows] == [order.number for order in orders]
    assert Decimal(rows[0]["Gross"]) == orders[0].gross
    found = rows_of(seller.get(f"/office/orders/?export=csv&search={orders[1].number}"))
    assert [row["Order"] for row in found] == [orders[1].number]


def test_an_export_walks_more_than_a_page_with_one_query_a_page(seller, market, monkeypatch):
    for _n in range(5):
        market.order(("PAN-001", 6))
    monkeypatch.setattr("storefront.sheets.STEP", 2)
    walking.cache_clear()
    rows = rows_of(seller.get("/office/orders/?export=csv"))
    walking.cache_clear()
    assert len({row["Order"] for row in rows}) == 5
    assert STEP == 100


def test_a_dealer_exports_its_own_orders_alone(dealer, market):
    market.order(("PAN-001", 6))
    assert len(rows_of(dealer.get("/orders/?export=csv"))) == 1
    assert dealer.get("/office/stock/?export=csv").status_code == 403


def test_a_page_without_a_sheet_answers_as_ever(dealer):
    assert dealer.get("/orders/new/?export=csv")["Content-Type"].startswith("text/html")


def test_the_sheet_of_what_is_not_there_is_empty(dealer):
    response = dealer.get("/carts/?export=csv")
    assert b"".join(response.streaming_content).count(b"\n") == 1  # the headings


def test_a_workbook_is_a_workbook(seller, market):
    market.order(("PAN-001", 6))
    response = seller.get("/office/orders/?export=xlsx")
    assert b"".join(response.streaming_content)[:2] == b"PK"


def test_all_that_match_are_chosen_and_nothing_else(seller, market):
    orders = [market.order(("PAN-001", 6)) for _n in range(3)]
    left = market.order(("PAN-002", 6))
    form = {"do": "BulkConfirm", "_all": "ids", "_rows": "orders"}
    numbers = orders[0].number
    assert seller.post(f"/office/orders/?search={numbers}", form).status_code == 303
    found = Order.objects.filter(status="confirmed").values_list("number", flat=True)
    assert list(found) == [numbers]
    assert left.number not in found


def test_too_many_at_once_are_refused_before_anything_happens(seller, market, monkeypatch):
    monkeypatch.setattr("storefront.page.MOST_AT_ONCE", 1)
    for _n in range(2):
        market.order(("PAN-001", 6))
    response = seller.post("/office/orders/", {"do": "BulkConfirm", "_all": "ids", "_rows": "orders"})
    assert response.status_code == 422
    assert not Order.objects.filter(status="confirmed").exists()


@pytest.mark.parametrize("rows", ["nothing", "", "counts.x"])
def test_a_list_that_the_page_does_not_have_cannot_be_walked(seller, rows):
    form = {"do": "BulkConfirm", "_all": "ids", "_rows": rows}
    assert seller.post("/office/orders/", form).status_code == 404


def test_the_palette_finds_only_what_one_may_see(dealer, seller, market):
    order = market.order(("PAN-001", 6))
    assert order.number in dealer.get(f"/palette/?search={order.number}").content.decode()
    assert "/office/" not in dealer.get("/palette/?search=PAN-001").content.decode()
    assert "/office/products/" in seller.get("/palette/?search=PAN-001").content.decode()


def test_a_form_in_a_drawer_goes_back_to_the_page_behind(seller, market):
    order = market.order(("PAN-001", 6))
    gid = to_global_id("Order", order.pk)
    headers = {
        "HX-Target": "drawer-body",
        "HX-Current-URL": "http://testserver/office/orders/?drawer=%2Fx%2F&sort=NUMBER",
    }
    response = seller.post(f"/orders/{gid}/", {"do": "Confirm"}, headers=headers)
    assert response.status_code == 204
    assert '"/office/orders/?sort=NUMBER"' in response["HX-Location"]


def test_nobody_reads_the_kept_pages_of_another(dealer):
    """The owner of what a browser keeps is the user in the organization; static/js/pwa.js empties it for another."""
    page = dealer.get("/home/").content.decode()
    assert 'data-owner=""' not in page
    assert DEALER not in page.partition("data-owner")[2][:80]
