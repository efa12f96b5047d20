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


def test_a_product_is_made_edited_and_listed(office):
    page = office.page
    page.goto("/office/products/")
    office.button("New product").click()
    form = page.locator("#new-product")
    form.get_by_label("Name", exact=True).fill("Copper kettle")
    form.get_by_label("SKU").fill("KET-1")
    form.get_by_label("Unit of measure").select_option("PCS")
    assert office.flaws() == []
    form.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Copper kettle")
    page.get_by_label("Description").fill("Two litres.")
    page.locator("form.card").get_by_role("button", name="Save").click()
    toast(page, "Saved.")
    expect(page.get_by_label("Description")).to_have_value("Two litres.")
    office.button("List now").click()
    expect(page.locator(".page-head")).to_contain_text("Listed")
    assert office.flaws() == []


def test_a_code_that_exists_is_refused_beside_its_field_and_nothing_typed_is_lost(office):
    page = office.page
    page.goto("/office/products/")
    office.button("New product").click()
    form = page.locator("#new-product")
    form.get_by_label("Name", exact=True).fill("Second pan")
    form.get_by_label("SKU").fill("PAN-001")
    form.get_by_role("button", name="Create").click()
    expect(form.locator("[aria-invalid=true]")).to_have_value("PAN-001")
    expect(form.get_by_label("Name", exact=True)).to_have_value("Second pan")
    assert office.flaws() == []


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
    expect(page.locator("#live tbody")).to_contain_text("4")
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
