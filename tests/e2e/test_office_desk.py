"""The seller's desk for orders: the overview, the inbox under the keyboard, saved views, orders entered for dealers."""

import re

import pytest
from playwright.sync_api import expect

from ordercenter.orders.enums import EntryMode, OrderStatus
from ordercenter.orders.models import Order
from tests.e2e.market import SELLER
from tests.e2e.sheet import open_pad, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EVERYONE = pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])


@pytest.fixture
def orders(market) -> list[Order]:
    """Three orders that await confirmation, the latest first."""
    return [market.order(("PAN-011", 6 * n), note="Ring twice" if n == 2 else "") for n in (1, 2, 3)][::-1]


@EVERYONE
def test_every_number_of_the_overview_leads_to_its_list(visit, orders, photograph, language, width):
    office = visit(SELLER, language, width)
    page = office.sign_in("/office/")
    expect(page.locator("#turnover .turnover-head strong")).to_contain_text("¥")
    expect(page.locator("#turnover [data-chart] svg")).to_be_visible()
    assert office.flaws() == []
    assert not office.overflows()
    photograph(page, f"office-desk-{language}-{width}", whole=True)
    for place, rows in (
        ("a.figure[href='/office/orders/?status=PLACED']", 3),
        ("#turnover .turnover-head a", 3),
        ("#attention a[href='/office/orders/?flag=NOTE']", 1),
        ("#top-partners li a", 3),
        ("#top-goods li a", 3),
    ):
        page.goto("/office/")
        page.locator(place).first.click()
        page.wait_for_url(re.compile("/office/orders/"))
        expect(page.locator("#t-orders tbody tr")).to_have_count(rows)
    page.goto("/office/")
    page.get_by_role("link", name=office.says("12 weeks")).click()
    page.wait_for_url("**/office/?by=WEEK")
    expect(page.locator("#turnover [aria-current]")).to_have_text(office.says("12 weeks"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_orders_are_read_and_confirmed_beside_the_list_without_a_mouse(visit, orders, photograph, language):
    office = visit(SELLER, language)
    page = office.sign_in("/office/orders/")
    expect(page.locator(".side [hx-get='/office/orders/waiting/']")).to_contain_text("3")
    page.get_by_role("button", name=office.says("Split")).click()
    pane = page.locator("#split-pane")
    expect(pane).to_be_visible()
    page.locator("main").focus()
    for order in orders[:2]:
        page.keyboard.press("j")
        expect(pane.locator("h2")).to_have_text(order.number)
    expect(pane).to_contain_text("Ring twice")
    assert office.flaws() == []
    photograph(page, f"office-inbox-split-{language}")
    page.keyboard.press("c")
    expect(pane).to_contain_text(office.says("Confirmed"))
    expect(page.locator("#t-orders tbody tr.cursor")).to_contain_text(orders[1].number)
    expect(page.locator(".side [hx-get='/office/orders/waiting/']")).to_contain_text("2")
    page.keyboard.press("j")
    expect(pane.locator("h2")).to_have_text(orders[2].number)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/orders/[^/]+/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(orders[2].number)
    orders[1].refresh_from_db()
    assert orders[1].status == OrderStatus.CONFIRMED


def test_confirming_leads_on_to_the_next_order_that_waits(visit, orders):
    page = visit(SELLER).sign_in("/office/orders/?status=PLACED")
    page.get_by_role("button", name="Split").click()
    pane = page.locator("#split-pane")
    expect(pane).to_be_visible()
    page.locator("main").focus()
    page.keyboard.press("j")
    for order in orders:
        expect(pane.locator("h2")).to_have_text(order.number)
        page.keyboard.press("c")
    expect(page.get_by_text("No order fits these filters")).to_be_visible()
    assert not Order.objects.filter(status=OrderStatus.PLACED).exists()


@EVERYONE
def test_a_view_is_kept_changed_shared_and_deleted(visit, orders, language, width):
    office = visit(SELLER, language, width)
    page = office.sign_in("/office/orders/?flag=NOTE&sort=-GROSS")
    office.button("Save view").click()
    form = page.locator("#view-keep")
    form.get_by_label(office.says("Name")).fill("Notes")
    form.get_by_label(office.says("Colleagues see it")).check()
    assert office.flaws() == []
    form.get_by_role("button", name=office.says("Save"), exact=True).click()
    expect(page.locator("#toasts")).to_contain_text(office.says("The view is saved."))
    page.goto("/office/orders/")
    page.get_by_role("link", name="Notes").click()
    expect(page.locator("#t-orders tbody tr")).to_have_count(1)
    expect(page.locator(".table-views [aria-current]")).to_have_text("Notes")
    page.goto(page.url.replace("flag=NOTE", "flag=LATE"))
    office.button("Save changes").click()
    expect(page.locator("#toasts")).to_contain_text(office.says("The view is saved."))
    page.get_by_label(office.says("View %(name)s", name="Notes")).click()
    office.button("Delete view").click()
    page.locator("dialog[open]").get_by_role("button", name=office.says("Delete"), exact=True).click()
    expect(page.locator("#toasts")).to_contain_text(office.says("The view is deleted."))
    expect(page.get_by_role("link", name="Notes")).to_have_count(0)


def test_chosen_orders_are_printed_in_one_file_exported_and_confirmed_as_far_as_they_can_be(visit, orders, market):
    office = visit(SELLER)
    page = office.sign_in("/office/orders/")
    page.get_by_label("Choose all on this page").check()
    bar = page.locator("#t-orders-bulk")
    with page.expect_popup() as opened:
        bar.get_by_role("button", name="Print").click()
    assert opened.value.url.count("id=") == 3 or "order.pdf" in opened.value.url
    with page.expect_download() as got, page.expect_popup():
        bar.get_by_role("button", name="Export").click()
    assert got.value.suggested_filename.endswith(".xlsx")
    page.goto("/office/orders/")
    office.button("Split").click()
    market.order(("PAN-012", 6))
    page.goto("/office/orders/")
    page.get_by_label("Choose all on this page").check()
    bar.get_by_role("button", name="Confirm").click()
    expect(page.locator("#toasts")).to_contain_text("4 orders confirmed.")
    page.get_by_label("Choose all on this page").check()
    bar.get_by_role("button", name="Confirm").click()
    expect(page.locator("[data-problems]")).to_contain_text(orders[0].number)


@EVERYONE
def test_an_order_is_entered_for_a_dealer_and_its_story_tells_by_whom(visit, market, photograph, language, width):
    office = visit(SELLER, language, width)
    page = office.sign_in("/office/orders/new/")
    assert office.flaws() == []
    page.get_by_role("link", name=re.compile("Yunqi")).click()
    open_pad(page)
    if width < 500:
        page.locator("[data-pad-add]").click()
    write(page, ("PAN-020", "3"))
    place = page.locator("[data-pad-checkout]")
    expect(place).to_be_enabled()
    assert office.flaws() == []
    assert not office.overflows()
    photograph(page, f"office-enter-{language}-{width}")
    place.click()
    dialog = page.locator("#pad-place")
    dialog.get_by_label(office.says("The dealer's number for it")).fill("By phone 7")
    dialog.get_by_role("button", name=office.says("Place order"), exact=True).click()
    page.wait_for_url(re.compile("/orders/[^/]+/$"))
    order = Order.objects.get()
    assert (order.entry_mode, order.buyer_id) == (EntryMode.SELLER, market.buyer.downstream_id)
    assert (order.buyer_reference, order.address["city"] != "") == ("By phone 7", True)
    expect(page.locator("#timeline")).to_contain_text("Lin Yue")
