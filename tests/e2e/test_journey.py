"""From pasted lines to received goods, both sides at their screens, in both languages, wide and narrow."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.market import DEALER, SELLER, sheet

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_pasted_lines_become_an_order_that_is_shipped_in_two_parts_and_received(visit, photograph, language, width):
    dealer = visit(DEALER, language, width)
    find_goods_and_ask_why_this_price(dealer, photograph)
    address = paste_and_place(dealer, photograph)
    seller = visit(SELLER, language, width)
    confirm(seller, address, dealer)
    ship_half(seller, dealer, photograph)
    ship_rest(seller, dealer)
    receive(dealer, photograph)
    assert dealer.flaws() == []


def find_goods_and_ask_why_this_price(dealer, photograph):
    page = dealer.sign_in("/catalog/")
    assert dealer.flaws() == []
    page.get_by_label(dealer.says("Search the catalogue")).fill("PAN-001")
    page.keyboard.press("Enter")
    page.wait_for_url("**search=PAN-001**")
    page.locator(".tile-link", has_text="PAN-001").click()
    expect(page.get_by_text("¥11.00").first).to_be_visible()
    dealer.button("Why this price?").first.click()
    expect(page.locator(".trace-list.won")).to_contain_text("¥11.00")
    assert dealer.flaws() == []
    photograph(page, f"why-{dealer.language}-{page.viewport_size['width']}")
    page.keyboard.press("Escape")


def paste_and_place(dealer, photograph):
    page = dealer.page
    page.goto("/orders/new/")
    dealer.button("Paste").click()
    page.get_by_label(dealer.says("Paste from a spreadsheet")).fill(sheet(rows=40, unknown=2))
    dealer.button("Read the lines").click()
    expect(page.locator("[data-pad-bad]")).to_contain_text("2")
    page.locator("[data-pad-bad]").click()  # goes to the first of them
    bad = page.locator(".pad-row.wrong")
    expect(bad).to_have_count(2)
    expect(bad.first).to_be_in_viewport()
    assert dealer.flaws() == []
    photograph(page, f"pad-{dealer.language}-{page.viewport_size['width']}")
    bad.first.get_by_role("button", name=re.compile("^PAN-")).first.click()
    expect(bad).to_have_count(1)
    bad.first.locator("[data-pad-remove]").click()
    expect(bad).to_have_count(0)
    dealer.button("Check out").click()
    page.wait_for_url(re.compile("/checkout/"))
    page.get_by_label(dealer.says("Your purchase-order number")).fill("PO-4711")
    assert dealer.flaws() == []
    dealer.button("Place order").click()
    expect(page.locator("#status")).to_contain_text(dealer.says("Awaiting confirmation"))
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "on")
    assert dealer.flaws() == []
    return page.url


def confirm(seller, address, dealer):
    page = seller.sign_in("/office/orders/")
    assert seller.flaws() == []
    page.locator("#t-orders tbody a").first.click()
    seller.button("Confirm").click()
    expect(page.locator("#status")).to_contain_text(seller.says("Confirmed"))
    expect(dealer.page.locator("#status")).to_contain_text(dealer.says("Confirmed"))
    assert dealer.page.url == address


def ship_half(seller, dealer, photograph):
    page = seller.page
    seller.button("Ship").click()
    fields = page.locator("#ship input[type=number]")
    expect(fields.first).to_be_visible()
    for place in range(1, fields.count()):
        fields.nth(place).fill("0")
    fields.first.fill("3")
    assert seller.flaws() == []
    seller.button("Ship these quantities").click()
    expect(page.locator("#status")).to_contain_text(seller.says("Partially shipped"))
    expect(dealer.page.locator("#status")).to_contain_text(dealer.says("Partially shipped"))
    photograph(dealer.page, f"order-{dealer.language}-{dealer.page.viewport_size['width']}")


def ship_rest(seller, dealer):
    seller.button("Ship").click()
    seller.page.get_by_label(seller.says("Tracking number")).fill("SF1234567890")
    seller.button("Ship these quantities").click()
    expect(seller.page.locator("#status")).to_contain_text(seller.says("Shipped"))
    expect(dealer.page.locator("#live-shipments")).to_contain_text("SF1234567890")


def receive(dealer, photograph):
    page = dealer.page
    for _shipment in range(2):
        page.get_by_role("button", name=re.compile(dealer.says("Receive %(number)s", number=""))).first.click()
        expect(page.locator("#receive input[type=number]").first).to_be_visible()
        dealer.button("Post the receipt").click()
        expect(page.locator("#receive")).to_be_hidden()
    expect(page.locator("#status")).to_contain_text(dealer.says("Completed"))
    photograph(page, f"received-{dealer.language}-{page.viewport_size['width']}")
