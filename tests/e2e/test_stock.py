"""Stock: the board and what stands behind a figure, documents of many lines, places, and what dealers see."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from marketplace.graphql import to_global_id
from ordercenter.orders.confirm import confirm
from ordercenter.stock.models import SafetyStock, StockBalance, StockVisibility, Warehouse
from tests.e2e.market import DEALER, SELLER
from tests.e2e.sheet import paste

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def office(visit):
    person = visit(SELLER)
    person.sign_in("/office/stock/")
    return person


def toast(page, words):
    expect(page.locator("#toasts")).to_contain_text(words)


def test_a_figure_tells_what_is_behind_it_and_is_set_right_there(office, market):
    order = market.order(("PAN-007", 10))
    confirm(market.sales, order.pk)
    page = office.page
    page.goto("/office/stock/?search=PAN-007")
    page.get_by_role("link", name="PAN-007").click()
    drawer = page.get_by_role("dialog", name="PAN-007")
    expect(drawer).to_contain_text(order.number)
    expect(drawer).to_contain_text("Receipt in")
    drawer.locator("summary", has_text="Adjust stock").click()
    drawer.get_by_label("Counted quantity").fill("93")
    drawer.get_by_label("Reason").fill("Seven broken")
    assert office.flaws() == []
    drawer.get_by_role("button", name="Post the adjustment").click()
    toast(page, "The adjustment is posted.")
    balance = StockBalance.objects.cleared().get(variant=market.goods["PAN-007"], warehouse=market.shelf)
    assert balance.on_hand == 93
    page.goto("/office/stock/moves/?kind=ADJUSTMENT")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("−7")
    page.locator("tbody a").click()
    page.wait_for_url(re.compile("search=ST-"))


def test_goods_are_expected_and_dealers_see_from_when(office, visit, market):
    page = office.page
    page.goto("/office/stock/supply/")
    office.button("Expect goods").first.click()
    dialog = page.get_by_role("dialog", name="Expect goods")
    dialog.get_by_label("SKU").fill("PAN-008")
    dialog.locator("[name='lines.0.warehouse']").select_option(label=market.shelf.name_en)
    dialog.get_by_label("Day", exact=True).fill(str(date.today() + timedelta(6)))
    dialog.get_by_label("Quantity").fill("500")
    assert office.flaws() == []
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("main table")).to_contain_text("PAN-008")
    assert office.flaws() == []
    dealer = visit(DEALER)
    product = market.goods["PAN-008"].product
    dealer.sign_in("/catalog/" + to_global_id("Product", product.pk) + "/")
    expect(dealer.page.locator("main")).to_contain_text("By date")
    assert dealer.flaws() == []


def test_many_lines_are_adjusted_in_one_document_and_a_wrong_one_says_so_in_place(office, market):
    page = office.page
    page.goto("/office/stock/adjust/")
    expect(page.locator("form[data-lines][data-ready]")).to_be_visible()
    page.get_by_label("Reason").fill("Count of the year")
    page.get_by_label("SKU, line 1").click()
    paste(page, "PAN-001\tSH\t95\nPAN-0O2\tSH\t90\nPAN-003\tSH\t\t-4")
    office.button("Post the adjustment").click()
    expect(page.locator(".lines-wrong")).to_contain_text("PAN-0O2")
    assert office.flaws() == []
    page.get_by_label("SKU, line 2").fill("PAN-002")
    office.button("Post the adjustment").click()
    page.wait_for_url(re.compile("/office/stock/moves/"))
    expect(page.locator("tbody tr")).to_have_count(3)
    assert [market.on_hand(sku)["SH"] for sku in ("PAN-001", "PAN-002", "PAN-003")] == [95, 90, 96]


def test_goods_are_received_in_their_packs(office, market):
    page = office.page
    page.goto("/office/stock/receive/")
    expect(page.locator("form[data-lines][data-ready]")).to_be_visible()
    page.get_by_label("Warehouse", exact=True).select_option(label="SH")
    page.get_by_label("SKU, line 1").click()
    paste(page, "PAN-008\t20\nPAN-009\t2\tBOX")
    assert office.flaws() == []
    office.button("Post the receipt").click()
    page.wait_for_url(re.compile("/office/stock/moves/"))
    assert market.on_hand("PAN-008") == {"SH": 120}
    assert market.on_hand("PAN-009") == {"SH": 124}


def test_a_warehouse_is_made_and_changed_and_stock_withheld_and_shown(office, market):
    page = office.page
    page.goto("/office/stock/warehouses/")
    office.button("New warehouse").click()
    form = page.locator("#warehouse")
    form.locator("[name='input.nameEn']").fill("Annex")
    form.get_by_label("Code").fill("AN")
    assert office.flaws() == []
    form.get_by_role("button", name="Create").click()
    toast(page, "Saved.")
    page.get_by_role("button", name="Change Annex").click()
    page.locator("dialog[open]").get_by_label("Priority").fill("3")
    page.locator("dialog[open]").get_by_role("button", name="Save").click()
    expect(page.locator("tbody tr", has_text="Annex")).to_contain_text("3")
    assert Warehouse.objects.cleared().get(code="AN").priority == 3
    page.goto("/office/stock/settings/")
    office.button("Withhold stock").click()
    form = page.locator("#withhold")
    form.get_by_label("SKU").fill("PAN-001")
    form.get_by_label("Quantity").fill("12")
    form.get_by_role("button", name="Save").click()
    toast(page, "Saved.")
    assert SafetyStock.objects.cleared().get().quantity == 12
    office.button("Add a rule").click()
    page.get_by_label("Shown as").select_option("EXACT")
    page.locator("#rule").get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("tbody").first).to_contain_text("Exact figure")
    assert StockVisibility.objects.cleared().get().show == "exact"


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_the_pages_of_stock_are_clean(visit, photograph, language, width):
    person = visit(SELLER, language, width)
    page = person.sign_in("/office/stock/")
    flaws = []
    for place in ("", "moves/", "adjust/", "receive/", "warehouses/", "settings/"):
        page.goto(f"/office/stock/{place}")
        flaws += person.flaws()
        flaws += [f"{place} is wider than its screen"] if person.overflows() else []
        photograph(page, f"stock-{place.strip('/')}-{language}-{width}")
    assert flaws == []
