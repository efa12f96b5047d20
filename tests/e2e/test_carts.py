"""Several carts: edited in place, shared, moved about; and the one page that makes an order of one."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from ordercenter.orders.carts import write_cart
from ordercenter.orders.entries import Wish
from ordercenter.orders.models import Cart, CartLine, Order, OrderLine
from ordercenter.orders.named_carts import make_cart
from tests.e2e.market import DEALER
from tests.factories import make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COLLEAGUE = "li@yunqi.example"
PEOPLE = [("en", 1440), ("zh-hans", 390)]


@pytest.fixture
def filled(market):
    """A cart of three lines, one of them off its step, and a second cart that is shared."""
    make_member(market.buyer.downstream, "dealer_buyer", email=COLLEAGUE, name="Li Na")
    owner = market.person(DEALER)
    seller = market.seller.pk
    shared = make_cart(owner, seller, "Fair", shared=True)
    write_cart(owner, seller, [wish(market, "PAN-020", 2)], add=True, cart_id=shared.pk)
    usual = make_cart(owner, seller, "Weekly")
    lines = [wish(market, sku, quantity) for sku, quantity in (("PAN-011", 6), ("PAN-012", 3), ("PAN-002", 7))]
    write_cart(owner, seller, lines, add=True, cart_id=usual.pk)
    return usual


def wish(market, sku, quantity):
    return Wish(market.goods[sku].pk, Decimal(quantity))


@pytest.mark.parametrize(("language", "width"), PEOPLE)
def test_a_cart_is_edited_in_place(visit, photograph, filled, language, width):
    person = visit(DEALER, language, width)
    page = person.sign_in("/carts/")
    assert person.flaws() == []
    photograph(page, f"cart-{language}-{width}", whole=True)
    page.get_by_role("button", name=person.says("Take %(quantity)s", quantity="12")).click()
    expect(page.locator("#cart tr.wrong")).to_have_count(0)
    field = page.locator("[data-variant] [data-quantity]").first
    field.fill("9")
    field.press("Tab")
    expect(page.locator("#cart .sums .whole.tabular")).to_contain_text("399.00")
    expect(page.locator("[data-autosave-state]")).to_have_text(person.says("Saved"))
    page.get_by_role("button", name=person.says("Remove %(sku)s", sku="PAN-012")).click()
    expect(page.locator("#cart tbody tr")).to_have_count(2)
    assert not person.overflows()
    assert set(CartLine.objects.filter(cart=filled).values_list("variant__sku", "quantity")) == {
        ("PAN-011", 9),
        ("PAN-002", 12),
    }


def test_carts_are_made_chosen_filled_from_one_another_and_put_together(visit, filled):
    person = visit(DEALER)
    page = person.sign_in("/carts/")
    page.get_by_label("Choose PAN-012").check()
    person.button("Move to another cart").click()
    page.locator("#move-to").select_option(label="A new cart")
    assert person.flaws() == []
    page.locator("#move").get_by_label("Name of the new cart").fill("Later")
    person.button("Move the lines").click()
    expect(page.get_by_role("heading", name="Later")).to_be_visible()
    expect(page.locator("#cart tbody tr")).to_have_count(1)
    page.get_by_label("More actions").click()
    person.button("Put other carts in here").click()
    page.locator("#merge").get_by_label("Weekly").check()
    person.button("Put together").click()
    expect(page.locator("#cart tbody tr")).to_have_count(3)
    page.get_by_role("link", name="Fair").click()
    expect(page.locator("#cart-name")).to_have_text("Fair")
    person.button("Add here from now on").click()
    expect(page.get_by_text("Adding goes here")).to_be_visible()
    page.goto("/catalog/?search=PAN-030")
    page.get_by_role("button", name="Add PAN-030 to the cart").click()
    expect(page.locator("#cart-button .badge")).to_have_text("5")
    assert Cart.objects.get(name="Fair").lines.count() == 2
    expect(page.locator(".cart-into")).to_contain_text("Fair")
    page.locator(".cart-into").click()
    assert person.flaws() == []
    page.locator(".cart-choices").get_by_role("button", name="Later").click()
    expect(page.locator(".cart-into")).to_contain_text("Later")
    page.get_by_role("button", name="Add PAN-030 to the cart").click()
    expect(page.locator("#cart-button .badge")).to_have_text("6")
    assert Cart.objects.get(name="Later").lines.count() == 4


def test_a_colleague_writes_in_a_shared_cart_and_gets_one_handed_over(visit, filled):
    owner, colleague = visit(DEALER), visit(COLLEAGUE)
    page = owner.sign_in("/carts/")
    page.get_by_role("link", name="Fair").click()
    expect(page.locator("#cart-name")).to_have_text("Fair")
    theirs = colleague.sign_in("/carts/")
    field = theirs.get_by_label("Quantity of PAN-020 in PCS")
    field.fill("5")
    field.press("Tab")
    expect(theirs.locator("[data-autosave-state]")).to_have_text("Saved")
    field = page.get_by_label("Quantity of PAN-020 in PCS")
    field.fill("8")
    field.press("Tab")
    expect(page.locator("#toasts")).to_contain_text("A colleague has changed this cart")
    expect(page.get_by_label("Quantity of PAN-020 in PCS")).to_have_value("5")
    page.get_by_role("link", name="Weekly").click()
    expect(page.locator("#cart-name")).to_have_text("Weekly")
    page.get_by_label("More actions").click()
    owner.button("Hand to a colleague").click()
    page.get_by_label("Colleague", exact=True).select_option(label="Li Na")
    page.get_by_label("Words to go with it").fill("Please order it today")
    owner.button("Hand the cart over").click()
    page.wait_for_url("**/carts/")
    expect(page.get_by_role("link", name="Weekly")).to_have_count(0)
    theirs.goto("/notifications/")
    theirs.get_by_role("link", name=re.compile("Weekly")).first.click()
    expect(theirs.locator("#cart-name")).to_have_text("Weekly")


@pytest.mark.parametrize(("language", "width"), PEOPLE)
def test_a_cart_becomes_one_order_with_a_line_for_two_days(visit, photograph, market, filled, language, width):
    CartLine.objects.filter(variant__sku="PAN-002").update(quantity=12)
    person = visit(DEALER, language, width)
    page = person.sign_in("/carts/")
    page.get_by_role("link", name=person.says("Check out")).click()
    page.wait_for_url(re.compile("/checkout/"))
    person.button("Dates by line").click()
    page.get_by_role("button", name=person.says("Another date for %(sku)s", sku="PAN-011")).click()
    days = page.locator("[data-line]").first.locator("[data-part-day]")
    days.nth(0).fill("2027-03-01")
    days.nth(1).fill("2027-04-01")
    assert person.flaws() == []
    assert not person.overflows()
    photograph(page, f"checkout-{language}-{width}", whole=True)
    page.locator("[name='input.files']").set_input_files(
        {"name": "drawing.txt", "mimeType": "text/plain", "buffer": b"Our drawing."}
    )
    parts = page.locator("[data-line]").first.locator("[data-part-quantity]")
    parts.nth(0).fill("1")
    person.button("Place order").click()
    expect(page.locator("[data-parts-sum]").first).not_to_be_empty()
    parts.nth(0).fill("3")
    button = person.button("Place order")
    button.dblclick()
    page.wait_for_url(re.compile("/orders/"))
    order = Order.objects.get()
    lines = OrderLine.objects.filter(order=order, sku="PAN-011").order_by("position")
    assert [(int(line.quantity), str(line.requested_on)) for line in lines] == [(3, "2027-03-01"), (3, "2027-04-01")]
    assert not Cart.objects.filter(pk=filled.pk).exists()


def test_what_is_refused_at_the_checkout_is_told_beside_its_line(visit, market, filled):
    CartLine.objects.filter(variant__sku="PAN-002").update(quantity=12)
    person = visit(DEALER)
    page = person.sign_in("/carts/")
    page.get_by_role("link", name="Check out").click()
    page.wait_for_url(re.compile("/checkout/"))
    CartLine.objects.filter(variant__sku="PAN-012").update(quantity=5)
    person.button("Dates by line").click()
    person.button("Place order").click()
    expect(page.locator("[data-line]").nth(1).locator("[data-wrong]")).to_contain_text("the line is 5")
    assert not Order.objects.exists()
