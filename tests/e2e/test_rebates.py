"""Rebates: a policy is written and put in effect, what it owes is settled, and its partner confirms."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from ordercenter.rebates.models import RebatePolicy
from ordercenter.rebates.settle import propose, submit
from tests.e2e.market import DEALER, SELLER
from tests.ordercenter.rebates.world import RebateShop

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def rebates(market):
    """The market, with the words of a shop with rebates."""
    shop = RebateShop.__new__(RebateShop)
    shop.__dict__ |= market.__dict__
    return shop.keeps_books()


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_a_policy_tells_holes_as_one_types_and_takes_effect(visit, rebates, language, width):
    rebates.policy((0, 1), status="draft", code="Q-1")
    seller = visit(SELLER, language, width)
    page = seller.sign_in("/office/rebates/")
    page.locator("tbody a, .row-card a").filter(has_text="Rebate").first.click()
    page.wait_for_url("**/office/rebates/*/")
    page.locator("[data-name=upper]").first.fill("100")
    expect(page.locator("[data-said]").first).to_have_text(seller.says("The last band must be open"))
    seller.button("Add a band").click()
    page.locator("[data-name=value]").nth(1).fill("2")
    expect(page.locator("[data-said]").first).to_be_hidden()
    assert seller.flaws() == []
    seller.button("Save").click()
    expect(page.locator("#toasts")).to_contain_text(seller.says("Saved."))
    seller.button("Put in effect").first.click()
    page.get_by_role("alertdialog").get_by_role("button", name=seller.says("Put in effect")).click()
    expect(page.locator("#toasts")).to_contain_text(seller.says("The policy is in effect."))
    assert RebatePolicy.objects.get().lines.get().tiers.count() == 2
    assert seller.flaws() == [] and not seller.overflows() and seller.errors == []


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("zh-hans", 1440)])
def test_a_partner_sees_its_progress_and_confirms_a_settlement(visit, rebates, language, width):
    policy = rebates.policy(period="whole_term")
    rebates.buys(261_000)
    submit(rebates.sales, [one.pk for one in propose(rebates.sales, policy.pk, date(2026, 2, 1))])
    dealer = visit(DEALER, language, width)
    page = dealer.sign_in("/rebates/")
    expect(page.locator("main")).to_contain_text("39,000")
    expect(page.locator("main")).to_contain_text("3,780.00")
    assert dealer.flaws() == []
    page.get_by_role("link", name="RB-000001").click()
    page.wait_for_url("**/rebates/settlements/*/")
    assert dealer.flaws() == []
    dealer.button("Confirm").click()
    expect(page.locator("#toasts")).to_contain_text(dealer.says("The settlement is confirmed."))
    page.goto("/rebates/")
    page.get_by_role("link", name=dealer.says("Documents that count")).click()
    page.wait_for_url("**/rebates/positions/*/")
    assert dealer.flaws() == [] and not dealer.overflows() and dealer.errors == []
