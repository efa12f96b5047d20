"""The components, as the style page shows them: every state, both languages, light and dark, wide and narrow."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.market import DEALER, SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTHING_KEPT = """async () => {
    const kept = await (await caches.open("pages")).keys();
    return !kept.some((one) => one.url.includes("/orders/"));
}"""


@pytest.fixture
def office(visit):
    person = visit(SELLER)
    person.sign_in("/office/")
    return person


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1440), ("en", "dark", 390), ("zh-hans", "light", 390), ("zh-hans", "dark", 1440)],
)
def test_every_component_is_clean_in_every_state(visit, photograph, language, scheme, width):
    person = visit(SELLER, language, width, color_scheme=scheme)
    page = person.sign_in("/style/")
    expect(page.locator(".chart svg").first).to_be_visible()
    found = person.flaws()
    assert not person.overflows()
    photograph(page, f"style-{language}-{width}-{scheme}", whole=True)
    for name, opener, opened in (
        ("dialog", "[data-dialog=sample]", "#sample"),
        ("confirm", "#show-confirm", "#confirm"),
        ("drawer", ".page-head [data-drawer]", "#drawer .drawer-part"),
    ):
        page.locator(opener).first.click()
        expect(page.locator(opened)).to_be_visible()
        found += person.flaws()
        photograph(page, f"style-{name}-{language}-{width}-{scheme}")
        page.keyboard.press("Escape")
        expect(page.locator(opened)).to_be_hidden()
    assert found == []


def test_a_table_is_sorted_narrowed_and_its_address_says_so(office, market):
    first, second = market.order(("PAN-001", 6)), market.order(("PAN-002", 6))
    page = office.page
    page.goto("/office/orders/")
    page.get_by_role("link", name="Order", exact=True).click()
    page.wait_for_url("**sort=NUMBER**")
    expect(page.locator("tbody tr").first).to_contain_text(first.number)
    page.locator(".pill", has_text="Shipping progress").click()
    page.get_by_role("link", name="Received", exact=True).click()
    page.wait_for_url("**fulfilmentStatus=RECEIVED**")
    expect(page.get_by_text("No order fits these filters")).to_be_visible()
    assert office.flaws() == []
    page.get_by_role("link", name="Remove the filter Shipping progress").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Search orders").last.fill(second.number)
    page.wait_for_url(re.compile(f"search={second.number}"))
    expect(page.locator("tbody tr")).to_have_count(1)


def test_columns_and_density_are_remembered(office, market):
    market.order(("PAN-001", 6))
    page = office.page
    page.goto("/office/orders/")
    page.get_by_label("Columns and density").click()
    page.get_by_role("checkbox", name="Wished date").uncheck()
    expect(page.locator("th.is-wished")).to_have_count(0)
    page.get_by_role("button", name="Compact").click()
    page.goto("/office/")
    page.goto("/office/orders/")
    expect(page.locator("th.is-wished")).to_have_count(0)
    expect(page.locator("body")).to_have_attribute("data-density", "compact")


def test_the_keyboard_walks_chooses_and_opens_rows(office, market):
    orders = [market.order(("PAN-001", n)) for n in (1, 2, 3)]
    page = office.page
    page.goto("/office/orders/?sort=NUMBER")
    page.locator("main").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".bulk strong")).to_have_text("1")
    rows = page.locator("[data-row]")
    rows.first.click(modifiers=["Shift"])
    expect(page.locator(".bulk strong")).to_have_text("2")
    assert office.flaws() == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Next row")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(orders[2].number)


def test_all_that_match_are_confirmed_beyond_the_page(office, market):
    for _n in range(27):
        market.order(("PAN-011", 1))
    page = office.page
    page.goto("/office/orders/?status=PLACED")
    page.get_by_label("Choose all on this page").check()
    page.get_by_role("button", name="Choose all 27").click()
    page.locator(".bulk").get_by_role("button", name="Confirm").click()
    expect(page.locator("#toasts")).to_contain_text("27 orders confirmed.")


def test_a_list_is_taken_as_a_sheet_with_its_filter(office, market):
    kept, left = market.order(("PAN-001", 6)), market.order(("PAN-002", 6))
    page = office.page
    page.goto(f"/office/orders/?search={kept.number}")
    page.get_by_label("Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Text (CSV)").click()
    text = download.value.path().read_text()
    assert kept.number in text
    assert left.number not in text


def test_unsaved_work_is_not_lost_by_leaving(office):
    page = office.page
    page.goto("/style/")
    page.locator("#sample-form").get_by_label("SKU").fill("KET-2")
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    page.get_by_role("link", name="Stock", exact=True).first.click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Leave without saving?")
    dialog.get_by_role("button", name="Cancel").click()
    assert page.url.endswith("/style/")
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("link", name="Stock", exact=True).first.click()
    page.wait_for_url("**/office/stock/")


def test_the_palette_finds_orders_goods_partners_and_places(visit, market):
    order = market.order(("PAN-001", 6))
    person = visit(SELLER)
    page = person.sign_in("/office/")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Go to or find anything")
    assert person.flaws() == []
    for words, found in ((order.number, order.number), ("PAN-003", "PAN-003"), ("Yunqi", "Yunqi")):
        page.get_by_role("combobox", name="Go to or find anything").fill(words)
        expect(palette.get_by_role("option").filter(has_text=found).first).to_be_visible()
    assert person.flaws() == []
    page.get_by_role("combobox", name="Go to or find anything").fill("price li")
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/prices/")


def test_a_drawer_has_an_address_and_gives_the_page_back(office):
    page = office.page
    page.goto("/style/")
    page.locator(".page-head [data-drawer]").click()
    expect(page.locator("#drawer h2")).to_have_text("SO-001042")
    assert "drawer=" in page.url
    page.reload()
    expect(page.locator("#drawer h2")).to_have_text("SO-001042")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "drawer=" not in url)


def test_the_bell_counts_what_happens_meanwhile(visit, market):
    page = visit(SELLER).sign_in("/office/")
    order = market.order(("PAN-001", 6))
    bell = page.get_by_role("link", name="Notifications, unread:")
    expect(bell).to_be_visible()
    bell.click()
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text(order.number)
    drawer.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()


def until(page, holds):
    """Wait for a script's answer; the pages' own rules forbid what a browser would need to wait for it by itself."""
    for _turn in range(100):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never true: {holds}")


def test_pages_open_again_without_a_line_and_are_gone_after_signing_out(visit, market):
    market.order(("PAN-001", 6))
    person = visit(DEALER)
    page = person.sign_in("/home/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    until(page, "Boolean(navigator.serviceWorker.controller)")
    page.goto("/orders/")
    page.goto("/carts/")
    person.context.set_offline(True)
    page.goto("/orders/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
    expect(page.get_by_text("No connection. You see what was kept on this device.")).to_be_visible()
    page.goto("/lists/")
    expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
    person.context.set_offline(False)
    page.goto("/home/")
    page.locator(".who").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    until(page, NOTHING_KEPT)
    person.errors[:] = [error for error in person.errors if "ERR_INTERNET_DISCONNECTED" not in error]


@pytest.mark.parametrize(("language", "name"), [("en", "Quick order"), ("zh-hans", "快速下单")])
def test_the_manifest_speaks_the_language_of_the_page(visit, language, name):
    page = visit(DEALER, language).sign_in("/home/")
    address = page.locator("link[rel=manifest]").get_attribute("href")
    told = json.loads(page.request.get(address).text())
    assert told["shortcuts"][0]["name"] == name
    for icon in told["icons"]:
        assert page.request.get(icon["src"]).ok
