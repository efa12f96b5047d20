"""The pad without a line: typing goes on, a reload loses nothing, and what was sent arrives once."""

import re

import pytest
from playwright.sync_api import expect

from ordercenter.orders.models import Cart, CartLine
from tests.e2e.market import DEALER
from tests.e2e.sheet import cell, open_pad, typed, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def dealer(visit):
    """Somebody whose line is cut on purpose: the browser's complaints of it are no fault of the page."""
    person = visit(DEALER)
    yield person
    person.errors[:] = [error for error in person.errors if "DISCONNECTED" not in error and "RESET" not in error]


def at_the_pad(dealer):
    page = dealer.sign_in("/orders/new/")
    open_pad(page)
    return page


def kept_for_offline(page):
    """Until the worker serves the pages, as from the second visit on."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("async () => Boolean(await (await caches.open('pages')).match(location.href))")
    page.reload()
    open_pad(page)
    page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")


def test_typing_survives_a_reload_without_a_line_and_exactly_one_cart_comes_of_it(dealer, market):
    page = at_the_pad(dealer)
    kept_for_offline(page)
    page.context.set_offline(True)
    write(page, ("PAN-011", "6"), ("PAN-012", "2"))
    expect(page.locator("[data-pad-state]")).to_contain_text("Offline")
    page.wait_for_timeout(300)
    page.reload()
    expect(cell(page, 2, "code")).to_have_text("PAN-012")
    assert typed(page) == [("PAN-011", "6"), ("PAN-012", "2")]
    page.get_by_role("button", name="Add to the cart").click()
    expect(page.locator("[data-pad-state]")).to_contain_text("Waiting to send: 2 lines")
    page.wait_for_timeout(300)
    page.reload()
    expect(page.locator("[data-pad-state]")).to_contain_text("Waiting to send: 2 lines")
    assert not Cart.objects.exists()
    page.context.set_offline(False)
    expect(page.locator("[data-pad-state]")).to_contain_text("Sent: 2 lines are in the cart")
    page.reload()
    open_pad(page)
    assert typed(page) == []
    cart = Cart.objects.get()
    assert sorted(CartLine.objects.filter(cart=cart).values_list("variant__sku", "quantity")) == [
        ("PAN-011", 6),
        ("PAN-012", 2),
    ]


def test_an_answer_that_is_lost_on_its_way_does_not_send_twice(dealer, market):
    page = at_the_pad(dealer)
    write(page, ("PAN-011", "6"))
    expect(page.locator("[data-pad-gross]")).not_to_have_text("—")
    lost = []

    def lose_the_first_answer(route):
        body = route.request.post_data or ""
        if "SendLines" in body and not lost:
            lost.append(route.request.headers["idempotency-key"])
            route.fetch()  # it has arrived and happened
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(re.compile("/orders/new/"), lose_the_first_answer)
    page.get_by_role("button", name="Add to the cart").click()
    expect(page.locator("[data-pad-state]")).to_contain_text("Sent: 1 line is in the cart", timeout=40_000)
    assert len(lost) == 1
    assert CartLine.objects.get().quantity == 6


def test_lines_that_were_wrong_come_back_when_the_line_is_back(dealer, market):
    page = at_the_pad(dealer)
    page.context.set_offline(True)
    write(page, ("PAN-011", "6"), ("PAN-0O2", "1"))
    page.get_by_role("button", name="Add to the cart").click()
    expect(page.locator("[data-pad-state]")).to_contain_text("Waiting to send: 2 lines")
    page.context.set_offline(False)
    expect(page.locator("[data-pad-state]")).to_contain_text("Sent: 1 line is in the cart")
    expect(cell(page, 1, "code")).to_have_text("PAN-0O2")
    assert CartLine.objects.get().variant.sku == "PAN-011"
