"""What a dealer does besides the journey: carts, lists, ordering again, cancelling."""

import re

import pytest
from playwright.sync_api import expect

from marketplace.graphql import to_global_id
from ordercenter.orders.saved_lists import SavedListDraft, write_saved_list
from tests.e2e.market import DEALER
from tests.factories import make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def dealer(visit):
    person = visit(DEALER)
    person.sign_in("/home/")
    return person


def test_goods_go_from_the_catalogue_into_the_cart_and_the_header_counts_them(dealer):
    page = dealer.page
    page.goto("/catalog/?search=PAN-020")
    page.get_by_role("button", name="Add PAN-020 to the cart").click()
    expect(page.locator("#cart-button .badge")).to_have_text("1")
    expect(page.locator("#toasts")).to_contain_text("1 line")
    page.locator("#cart-button").click()
    expect(page.locator("tbody tr")).to_contain_text("PAN-020")
    assert dealer.flaws() == []


def test_the_quantity_of_a_cart_line_is_changed_and_the_line_removed(dealer):
    page = dealer.page
    page.goto("/catalog/?search=PAN-020")
    page.get_by_role("button", name="Add PAN-020 to the cart").click()
    expect(page.locator("#cart-button .badge")).to_have_text("1")
    page.goto("/carts/")
    field = page.get_by_label("Quantity of PAN-020 in PCS")
    field.fill("5")
    field.press("Tab")
    expect(page.locator("aside.card")).to_contain_text("¥150.00")
    page.get_by_role("button", name="Remove PAN-020").click()
    expect(page.get_by_text("This cart is empty")).to_be_visible()


def test_an_order_becomes_a_list_and_the_list_a_cart(dealer, market):
    order = market.order(("PAN-011", 6), ("PAN-012", 3))
    page = dealer.page
    page.goto("/orders/")
    page.get_by_role("link", name=order.number).click()
    page.get_by_label("More actions").click()
    dealer.button("Save as list").click()
    page.get_by_label("Name of the list").fill("Every Monday")
    page.locator("#save-list").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Every Monday")
    page.get_by_label("Quantity of PAN-012").fill("0")
    dealer.button("Add to the cart").click()
    expect(page.locator("#cart-button .badge")).to_have_text("1")
    assert dealer.flaws() == []


def test_an_order_is_placed_again_and_the_first_one_cancelled(dealer, market):
    order = market.order(("PAN-011", 6), ("PAN-012", 3))
    page = dealer.page
    page.goto("/orders/")
    page.get_by_role("button", name=f"Order again {order.number}").click()
    page.wait_for_url("**/carts/")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.goto("/orders/")
    page.get_by_role("link", name=order.number).click()
    page.get_by_label("More actions").click()
    dealer.button("Cancel order").click()
    page.locator("#cancel").get_by_label("Reason").fill("Ordered twice")
    dealer.button("Cancel the order").click()
    expect(page.locator("#status")).to_contain_text("Cancelled")


def test_a_first_address_is_added_while_checking_out(dealer):
    page = dealer.page
    page.goto("/catalog/?search=PAN-020")
    page.get_by_role("button", name="Add PAN-020 to the cart").click()
    expect(page.locator("#cart-button .badge")).to_have_text("1")
    page.goto("/carts/")
    page.get_by_role("link", name="Check out").click()
    page.wait_for_url(re.compile("/checkout/"))
    dealer.button("New address").click()
    form = page.locator("#address")
    for label, words in {
        "Recipient": "Wang Li",
        "Phone": "13800000000",
        "Region": "Sichuan",
        "City": "Chengdu",
    }.items():
        form.get_by_label(label).fill(words)
    form.get_by_label("Street and number").fill("88 Tianfu Road")
    assert dealer.flaws() == []
    form.get_by_role("button", name="Save the address").click()
    expect(page.get_by_text("88 Tianfu Road")).to_be_visible()


def test_orders_are_found_by_status_number_and_day(dealer, market):
    order = market.order(("PAN-011", 6))
    page = dealer.page
    page.goto("/orders/?status=PLACED")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_label("Search orders").fill(order.number)
    page.get_by_label("Search orders").press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto("/orders/?status=COMPLETED")
    expect(page.get_by_text("No order fits these filters")).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_goods_are_added_by_sku_and_a_list_is_filled_sorted_and_shared(visit, market, language, width):
    make_member(market.buyer.downstream, "dealer_buyer", email="li@yunqi.example", name="Li Na")
    kept = write_saved_list(market.person(DEALER), SavedListDraft(seller_id=market.seller.pk, name="Monday"))
    person = visit(DEALER, language, width)
    page = person.sign_in("/home/")
    assert person.flaws() == []
    form = page.locator("#quick-add")
    form.get_by_role("combobox").fill("PAN-03")
    form.get_by_role("option", name="PAN-031").click()
    form.get_by_role("button", name=person.says("Add"), exact=True).click()
    expect(page.locator("#cart-button .badge")).to_have_text("1")
    page.goto(f"/lists/{to_global_id('SavedList', kept.pk)}/")
    for sku in ("PAN-011", "PAN-012"):
        adding = page.locator(".list-add")
        adding.get_by_role("combobox").fill(sku)
        adding.get_by_role("option", name=sku).click()
        adding.get_by_role("button", name=person.says("Add"), exact=True).click()
        expect(page.locator("tr[data-line]").filter(has_text=sku)).to_be_visible()
    assert person.flaws() == []
    assert not person.overflows()
    page.locator("[data-grip]").nth(1).focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-autosave-state]")).to_have_text(person.says("Saved"))
    assert list(kept.lines.order_by("position").values_list("variant__sku", flat=True)) == ["PAN-012", "PAN-011"]
    page.get_by_label(person.says("More actions")).click()
    person.button("Sharing").click()
    person.button("Share with somebody").click()
    page.get_by_label(person.says("With whom")).select_option(label="Li Na")
    page.get_by_label(person.says("What they may do")).select_option("WRITE")
    page.locator("#share .sheet-foot .btn-primary").click()
    expect(page.locator(".list-shares")).to_contain_text("Li Na")
    share = kept.shares.get()
    assert (share.user.name, share.access) == ("Li Na", "write")
