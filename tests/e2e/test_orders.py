"""One order between two people: what they say, the files they add, a wish to cancel, long orders, and its papers."""

import re

import pytest
from playwright.sync_api import expect

from marketplace.graphql import to_global_id
from ordercenter.orders.confirm import confirm
from tests.e2e.market import DEALER, SELLER, SKUS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCREENS = [("en", 1440), ("zh-hans", 390)]


@pytest.fixture
def sold(market):
    """A confirmed order of two lines, and the address of its page."""
    order = market.order(("PAN-011", 6), ("PAN-012", 3))
    confirm(market.sales, order.pk)
    return order


def part(person, name):
    """Open one of the parts of the order."""
    person.page.locator(f"[role=tab][data-tab={name}]").click()


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_what_is_said_is_there_at_once_and_a_note_stays_inside(visit, photograph, market, language, width, tmp_path):
    address = order_page(market.order(("PAN-011", 6)))
    dealer, seller = visit(DEALER, language, width), visit(SELLER, language, width)
    mine, theirs = dealer.sign_in(address), seller.sign_in(address)
    for person in (dealer, seller):
        part(person, "messages")
        expect(person.page.get_by_text(person.says("Nothing said yet"))).to_be_visible()
    theirs.locator("#say").fill("half a sentence")
    mine.locator("#say").fill("When does it arrive?")
    paper = tmp_path / "drawing.txt"
    paper.write_text("20 x 30")
    mine.locator("[data-composer-pick]").set_input_files(paper)
    mine.locator("#say").press("Control+Enter")
    for page in (mine, theirs):
        expect(page.locator(".bubble")).to_contain_text("When does it arrive?")
        expect(page.locator(".bubble .file-chip")).to_contain_text("drawing.txt")
    expect(theirs.locator("#say")).to_have_value("half a sentence")
    theirs.locator("#say").fill("Ask the warehouse first")
    theirs.get_by_label(seller.says("Internal note")).check()
    seller.button("Save note").click()
    expect(theirs.locator(".bubble.internal")).to_contain_text("Ask the warehouse first")
    expect(mine.locator(".bubble")).to_have_count(1)
    for person in (dealer, seller):
        assert person.flaws() == []
        assert not person.overflows()
    photograph(theirs, f"order-talk-{language}-{width}")


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_a_file_is_added_with_the_order_and_taken_away(visit, photograph, market, language, width, tmp_path):
    dealer = visit(DEALER, language, width)
    page = dealer.sign_in(order_page(market.order(("PAN-011", 6))))
    part(dealer, "files")
    paper = tmp_path / "delivery.txt"
    paper.write_text("Gate 3")
    page.locator("[data-upload-pick]").set_input_files(paper)
    row = page.locator("#files li", has_text="delivery.txt")
    expect(row).to_be_visible()
    expect(page.locator("#file-count")).to_have_text("1")
    assert dealer.flaws() == []
    photograph(page, f"order-files-{language}-{width}")
    row.get_by_role("button").click()
    dealer.button("Remove").click()
    expect(row).to_have_count(0)
    expect(page.get_by_text(dealer.says("No files yet"))).to_be_visible()


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_a_buyer_asks_to_cancel_some_and_the_seller_answers(visit, photograph, sold, language, width):
    dealer, seller = visit(DEALER, language, width), visit(SELLER, language, width)
    mine, theirs = dealer.sign_in(order_page(sold)), seller.sign_in(order_page(sold))
    for page in (mine, theirs):  # who listens later has missed it
        expect(page.locator("[data-live]")).to_have_attribute("data-live", "on")
    ask_to_cancel(dealer, "PAN-011", "2", "Ordered too many")
    expect(theirs.locator(".asked")).to_contain_text("Ordered too many")
    assert dealer.flaws() == seller.flaws() == []
    photograph(theirs, f"order-asked-{language}-{width}")
    theirs.locator(".asked").get_by_role("button", name=seller.says("Decline the request")).click()
    theirs.locator("#decline-cancel textarea").fill("It is packed")
    theirs.locator("#decline-cancel").get_by_role("button", name=seller.says("Decline the request")).click()
    expect(mine.locator("#live")).to_contain_text("It is packed")
    ask_to_cancel(dealer, "PAN-011", "1", "One at least")
    seller.button("Grant").click()
    seller.button("Cancel what was asked for").click()
    expect(theirs.locator(".asked")).to_have_count(0)
    expect(mine.locator("#live-lines tr", has_text="PAN-011").locator("s")).to_have_text("6")


def ask_to_cancel(person, sku, quantity, reason):
    page = person.page
    page.get_by_label(person.says("More actions")).click()
    person.button("Ask to cancel").click()
    page.locator("#ask-cancel textarea").fill(reason)
    page.get_by_label(person.says("Only some lines")).check()
    page.get_by_label(person.says("To cancel of %(sku)s", sku=sku)).fill(quantity)
    person.button("Send the request").click()
    expect(page.locator(".asked")).to_contain_text(reason)


def test_a_refusal_leaves_what_was_typed(visit, sold):
    seller = visit(SELLER)
    page = seller.sign_in(order_page(sold))
    seller.button("Ship").click()
    field = page.get_by_label("Ship now of PAN-011")
    field.evaluate("(field) => { field.removeAttribute('max'); field.value = '700'; }")
    page.get_by_label("Tracking number").fill("SF1")
    seller.button("Ship these quantities").click()
    expect(page.locator("#ship-said [role=alert]")).to_be_visible()
    expect(field).to_have_value("700")
    expect(page.get_by_label("Tracking number")).to_have_value("SF1")
    assert seller.flaws() == []
    field.fill("6")
    seller.button("Ship these quantities").click()
    expect(page.locator("#live-timeline")).to_contain_text("SH")
    page.locator("#live-timeline a[data-goto]").first.click()
    expect(page.locator(".shipment-card")).to_contain_text("SF1")
    assert seller.flaws() == []


def test_a_long_order_is_searched_and_shipped_whole(visit, market):
    order = market.order(*[(sku, 6) for sku in SKUS] * 2)
    confirm(market.sales, order.pk)
    seller = visit(SELLER)
    page = seller.sign_in(order_page(order))
    page.get_by_label("Search the lines").first.fill("PAN-005")
    expect(page.locator("#live-lines tr:visible", has_text="PAN-005")).to_have_count(
        order.lines.filter(sku="PAN-005").count()
    )
    seller.button("Ship").click()
    expect(page.locator("#ship tr[data-words]")).to_have_count(order.lines.count())
    seller.button("Ship these quantities").click()
    expect(page.locator("#status")).to_contain_text("Shipped")


def test_papers_are_offered_in_both_languages_and_the_lines_go_into_the_pad(visit, sold):
    dealer = visit(DEALER)
    page = dealer.sign_in(order_page(sold))
    page.locator("summary", has_text="Print").click()
    for code in ("zh-hans", "en"):
        link = page.locator(f"a[href$='/print/?language={code}']")
        assert page.request.get(link.get_attribute("href")).ok
    page.keyboard.press("Escape")
    page.locator("summary", has_text="Order again").click()
    page.get_by_role("link", name="Into a quick order").click()
    page.wait_for_url(re.compile(r"/orders/new/\?seller="))
    expect(page.locator("#pad[data-ready]")).to_be_attached()
    expect(page.locator(".pad-row", has_text="PAN-012")).to_have_count(1)
    assert "order=" not in page.url


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_the_list_is_ones_own_or_the_companys_and_prints_many(visit, photograph, market, language, width):
    market.order(("PAN-011", 6))
    market.order(("PAN-012", 6))
    dealer = visit(DEALER, language, width)
    page = dealer.sign_in("/orders/")
    expect(page.locator("tbody tr")).to_have_count(2)
    assert dealer.flaws() == []
    assert not dealer.overflows()
    photograph(page, f"orders-{language}-{width}")
    for box in page.locator("[data-row]").all():
        box.check()
    with page.context.expect_page() as opened:
        page.locator(".bulk").get_by_role("button", name=dealer.says("Print")).click()
    assert opened.value.url.count("id=") == 2 or opened.value.url == "about:blank"
    opened.value.close()
    page.get_by_role("link", name=dealer.says("Mine"), exact=True).click()
    page.wait_for_url("**mine=true**")
    expect(page.locator("tbody tr")).to_have_count(0)


def order_page(order):
    """The address of an order's page."""
    return f"/orders/{to_global_id('Order', order.pk)}/"
