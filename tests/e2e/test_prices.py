"""Price lists: the sheet, what it changes for whom, when what holds, for whom, and why a price is what it is."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from marketplace.graphql import to_global_id
from ordercenter.pricing.adjustments import AdjustmentDraft, Raise, price_adjustment_create
from ordercenter.pricing.models import PriceList, PriceRow, PriceSimulation
from ordercenter.pricing.simulate import simulate
from tests.e2e.market import SELLER
from tests.e2e.sheet import copied, paste

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def office(visit):
    person = visit(SELLER)
    person.sign_in("/office/prices/")
    return person


def to_sheet(person):
    """Open the first price list, and wait until its sheet takes keys."""
    page = person.page
    page.goto("/office/prices/")
    page.locator("td a").first.click()
    find(page)
    return page


def find(page, sku="PAN-01"):
    """Only the rows of these SKUs, so that all of them are drawn."""
    expect(page.locator("[data-price-sheet][data-ready]")).to_be_visible(timeout=20_000)
    page.locator("[data-price-find] [name=search]").fill(sku)
    expect(page.locator(".price-row").first).to_contain_text("PAN-010")


def cell(page, sku, column=0):
    """The price cell of a SKU's base unit, by column."""
    return (
        page.locator(".price-row", has=page.get_by_text(sku, exact=True)).first.locator(".price-cell.end").nth(column)
    )


def amounts(market, sku):
    rows = PriceRow.objects.filter(variant=market.goods[sku]).cleared()
    return [row.amount for row in rows.order_by("min_quantity", "valid_from")]


def test_prices_are_typed_pasted_filled_changed_by_percent_undone_and_published(office, market):
    page = to_sheet(office)
    cell(page, "PAN-011").click()
    page.keyboard.type("18.50")
    page.keyboard.press("Enter")
    paste(page, "19.50\n20.50\n21.50")
    expect(page.locator(".price-cell.changed")).to_have_count(4)
    assert copied(page) == "19.5\n20.5\n21.5"
    page.keyboard.press("Control+d")
    expect(cell(page, "PAN-014").locator(".price-value")).to_have_text("19.50")
    page.keyboard.press("Control+z")
    expect(cell(page, "PAN-014").locator(".price-value")).to_have_text("21.50")
    office.button("Change by percent").click()
    page.get_by_label("By percent").fill("10")
    page.locator("#percent").get_by_role("button", name="Change", exact=True).click()
    expect(cell(page, "PAN-014").locator(".price-value")).to_have_text("23.65")
    page.keyboard.press("Control+Enter")
    review = page.get_by_role("dialog", name="What changes")
    expect(review.locator("[data-review-rows] tr")).to_have_count(4)
    expect(review.locator("[data-review-whom]")).to_contain_text("partners get prices from this list")
    expect(review.locator("[data-review-rows] tr", has_text="PAN-011")).to_contain_text("−11.9 %")
    review.get_by_label("Show").select_option("10")
    expect(review.locator("[data-review-rows] tr")).not_to_have_count(4)
    assert office.flaws() == []
    office.button("Publish").click()
    expect(page.locator("#toasts")).to_contain_text("4 prices published.")
    assert market.order(("PAN-011", 2)).gross == Decimal("37.00")
    expect(page.locator(".price-cell.changed")).to_have_count(0)


def test_a_price_that_is_none_says_so_in_its_cell_and_a_draft_outlives_a_reload(office, market):
    page = to_sheet(office)
    cell(page, "PAN-015").click()
    page.keyboard.type("cheap")
    page.keyboard.press("Enter")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(cell(page, "PAN-015")).to_have_attribute("aria-invalid", "true")
    office.button("Review and publish").click()
    expect(page.locator("[data-price-told]")).to_contain_text("This is not a price")
    page.reload()
    find(page)
    expect(cell(page, "PAN-016").locator(".price-value")).to_have_text("7.00")
    assert amounts(market, "PAN-016") == [26]
    office.button("Discard").click()
    expect(page.locator(".price-cell.changed")).to_have_count(0)


def test_a_tier_is_added_and_holds_from_its_day(office, market):
    page = to_sheet(office)
    office.button("Tiers").click()
    tiers = page.locator("#tiers")
    tiers.locator("[name=min]").fill("50")
    assert office.flaws() == []
    office.button("Add the tier").click()
    cell(page, "PAN-017", 1).click()
    page.keyboard.type("21.0")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    office.button("Publish").click()
    expect(page.locator("#toasts")).to_contain_text("1 prices published.")
    assert market.order(("PAN-017", 50)).gross == Decimal("1050.00")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_the_pages_of_a_price_list_are_clean(visit, photograph, language, width):
    person = visit(SELLER, language, width)
    page = person.sign_in("/office/prices/")
    address = f"/office/prices/{page.locator('td a').first.get_attribute('href').split('/')[3]}/"
    flaws = []
    for place in ("", "rows/", "calendar/", "terms/"):
        page.goto(address + place)
        flaws += person.flaws()
        flaws += [f"{place} is wider than its screen"] if person.overflows() else []
        photograph(page, f"price-list-{place.strip('/')}-{language}-{width}")
    assert flaws == []
    assert re.search(r"/office/prices/\w+=*/terms/", page.url)
    assert PriceList.objects.cleared().count() == 1


def test_a_policy_is_made_bounded_tried_and_put_in_effect(office, market):
    page = office.page
    order = market.order(("PAN-020", 5))
    page.goto("/office/prices/policies/")
    page.locator("[data-dialog=new-policy]").first.click()
    dialog = page.locator("#new-policy")
    dialog.locator("[name='input.name']").fill("Autumn terms")
    dialog.locator("[name='input.code']").fill("AUTUMN")
    dialog.locator("[name='input.audience.everyone'][type=checkbox]").check()
    dialog.locator("button.btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Autumn terms")
    for kind, value in (("PERCENT", "-10"), ("FLOOR_PERCENT", "95")):
        page.locator("[data-dialog=term-new]").click()
        dialog = page.locator("#term-new")
        dialog.locator("[name='input.kind']").select_option(kind)
        dialog.locator("[name='input.value']").fill(value)
        dialog.locator("button.btn-primary").click()
        expect(page.get_by_text("−10 %" if kind == "PERCENT" else "not below 95 %").first).to_be_visible()
    assert office.flaws() == []
    page.locator("[data-dialog=try]").click()
    page.locator("#try [name='input.periodTo']").fill(f"{order.placed_at.year + 1}-01-01T00:00")
    page.locator("#try button.btn-primary").click()
    expect(page).to_have_url(re.compile("/simulations/"))
    simulation = PriceSimulation.objects.cleared().latest("pk")
    simulate(simulation.pk)
    page.reload()
    expect(page.locator("#result")).to_contain_text("Difference")
    expect(page.get_by_role("row").nth(1)).to_contain_text("−5")
    assert office.flaws() == []
    page.goto("/office/prices/policies/")
    page.locator("td a").first.click()
    office.button("Put in effect").click()
    expect(page.locator("#toasts")).to_contain_text("The policy is in effect.")
    assert market.price(market.goods["PAN-020"], 5) == Decimal("28.5")  # 30 − 10 %, and not below 95 %


def test_prices_are_adjusted_from_a_day_to_come_and_voided(office, market):
    page = office.page
    page.goto("/office/prices/adjustments/")
    page.locator("[data-dialog=new-adjustment]").first.click()
    dialog = page.locator("#new-adjustment")
    dialog.get_by_role("combobox").first.fill("EVERYONE")
    dialog.get_by_role("option").first.click()
    dialog.locator("[name='input.change.percent']").fill("10")
    dialog.locator("[name='input.effectiveAt']").fill("2090-01-01T00:00")
    dialog.locator("button.btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("PA-000001")
    expect(page.get_by_role("row", name="PAN-001").first).to_contain_text("12.10")
    assert office.flaws() == []
    office.button("Approve").click()
    expect(page.locator("#toasts")).to_contain_text("The adjustment is approved.")
    to_come = PriceRow.objects.cleared().filter(valid_from__gt=datetime(2089, 12, 1, tzinfo=UTC))
    assert to_come.count() == 70
    office.button("Void").click()
    page.locator("dialog[open] .btn-danger").click()
    expect(page.get_by_text("Voided").first).to_be_visible()
    assert not to_come.exists()


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_the_pages_of_policies_and_adjustments_are_clean(visit, market, photograph, language, width):
    policy = market.policy(("percent", -3), ("floor_amount", 9, None, {"variant": market.goods["PAN-001"]}))[0].policy
    draft = market.price_list("NEXT", status="draft")
    market.rows(draft, market.goods["PAN-001"], ("PCS", 0, "9"))
    market.assign(draft)
    change = AdjustmentDraft(change=Raise(percent=Decimal(5)))
    adjustment = price_adjustment_create(market.sales, market.list.pk, change)
    person = visit(SELLER, language, width)
    page = person.sign_in("/office/prices/")
    flaws = []
    places = {
        "policy": f"policies/{to_global_id('PricePolicy', policy.pk)}",
        "adjustment": f"adjustments/{to_global_id('PriceAdjustment', adjustment.pk)}",
        "difference": f"{to_global_id('PriceList', draft.pk)}/difference",
        "policies": "policies",
        "policy-calendar": "policies/calendar",
        "adjustments": "adjustments",
        "simulations": "simulations",
    }
    for name, place in places.items():
        page.goto(f"/office/prices/{place}/")
        flaws += person.flaws()
        flaws += [f"{name} is wider than its screen"] if person.overflows() else []
        photograph(page, f"prices-{name}-{language}-{width}")
    assert flaws == []
