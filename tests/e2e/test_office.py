"""The seller's office: goods, prices, stock, imports, and the inbox of many orders."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.market import SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def office(visit):
    person = visit(SELLER)
    person.sign_in("/office/")
    return person


def toast(page, words):
    expect(page.locator("#toasts")).to_contain_text(words)


def test_many_orders_are_confirmed_at_once(office, market):
    for quantity in (6, 12, 18):
        market.order(("PAN-011", quantity))
    page = office.page
    page.goto("/office/orders/?status=PLACED")
    page.get_by_label("Choose all on this page").check()
    expect(page.locator("#t-orders-bulk")).to_contain_text("3")
    assert office.flaws() == []
    page.locator("#t-orders-bulk").get_by_role("button", name="Confirm").click()
    toast(page, "3 orders confirmed.")
    expect(page.get_by_text("No order fits these filters")).to_be_visible()


def test_an_order_is_changed_before_it_is_confirmed_and_another_declined(office, market):
    changed, declined = market.order(("PAN-011", 6)), market.order(("PAN-012", 6))
    page = office.page
    page.goto("/office/orders/")
    page.get_by_role("link", name=changed.number).click()
    office.button("Change").click()
    page.get_by_label("Quantity of PAN-011").fill("4")
    page.locator("#change").get_by_role("button", name="Change the order").click()
    toast(page, "The change is in force.")
    expect(page.locator("#live-lines tbody")).to_contain_text("4")
    page.goto("/office/orders/")
    page.get_by_role("link", name=declined.number).click()
    office.button("Decline").click()
    page.locator("#decline").get_by_label("Reason").fill("Out of season")
    assert office.flaws() == []
    office.button("Decline the order").click()
    expect(page.locator("#status")).to_contain_text("Declined")
    expect(page.locator("#live")).to_contain_text("Out of season")


def upload(office, kind, file):
    """Put a file into the import centre and wait for what was found in it."""
    page = office.page
    page.goto("/office/imports/")
    form = page.locator("form", has=page.locator(f"#f-{kind}-file"))
    if kind == "prices":
        form.get_by_label("Rows with errors").select_option("SKIP_ROWS")
    form.locator("input[type=file]").set_input_files(file)
    form.get_by_role("button", name="Upload and check").click()
    page.wait_for_url(re.compile(f"/office/imports/{kind}/"))


def test_prices_are_checked_shown_and_applied_without_the_rows_in_error(office, tmp_path):
    file = tmp_path / "prices.csv"
    file.write_text("sku,uom,min_quantity,amount\nPAN-001,PCS,0,9.90\nNO-1,PCS,0,1\n")
    upload(office, "prices", file)
    expect(office.page.locator("#job tr.wrong")).to_contain_text("NO-1")
    assert office.flaws() == []
    office.button("Apply").click()
    expect(office.page.locator("#job")).to_contain_text("Partially succeeded")


def test_products_with_an_error_in_a_row_are_not_taken_and_a_good_file_is(office, tmp_path):
    file = tmp_path / "goods.csv"
    file.write_text("sku,name,uom\nNEW-1,New pan,PCS\n,Nameless,PCS\n")
    upload(office, "products", file)
    expect(office.page.locator("#job tr.wrong")).to_have_count(1)
    expect(office.button("Apply")).to_have_count(0)
    file.write_text("sku,name,uom\nNEW-1,New pan,PCS\n")
    upload(office, "products", file)
    office.button("Apply").click()
    expect(office.page.locator("#job")).to_contain_text("Succeeded")
    office.page.goto("/office/products/?search=NEW-1")
    expect(office.page.locator("tbody")).to_contain_text("New pan")
