"""Credit: an order above the limit waits, is let go or refused, and its buyer sees what it may still order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from marketplace.graphql import to_global_id
from ordercenter.credit.accounts import AccountDraft, write_account
from ordercenter.credit.enums import CreditMode
from ordercenter.credit.keeping import write_settings
from ordercenter.credit.requests import RequestDraft, create_request
from ordercenter.orders.carts import write_cart
from ordercenter.orders.entries import Wish
from ordercenter.orders.models import OrderHold
from tests.e2e.market import DEALER, SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def credit(market):
    """Control on, and a limit of 100 for the dealer."""
    write_settings(market.sales, controls=True)
    account = write_account(market.sales, AccountDraft((market.buyer.pk,), mode=CreditMode.LIMITED))
    create_request(market.sales, RequestDraft(market.buyer.pk, Decimal(100)), submit=True)
    return account


def held(order):
    return OrderHold.objects.filter(order=order, status="held").count()


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_an_order_above_the_limit_waits_and_is_let_go(visit, market, credit, language, width):
    order = market.order(("PAN-001", 500))
    assert held(order) == 1
    seller = visit(SELLER, language, width)
    page = seller.sign_in("/office/credit/holds/")
    expect(page.locator("main")).to_contain_text(order.number)
    assert seller.flaws() == []
    page.get_by_role("button", name=seller.says("Release %(number)s", number=order.number)).click()
    dialog = page.get_by_role("dialog", name=seller.says("Release this order?"))
    dialog.get_by_label(seller.says("Reason")).fill("Guarantee came")
    assert seller.flaws() == []
    dialog.get_by_role("button", name=seller.says("Release"), exact=True).click()
    expect(page.locator("#toasts")).to_contain_text(seller.says("The order goes on."))
    assert held(order) == 0
    page.goto("/office/credit/")
    page.locator("tbody a, .row-card a").filter(has_text=market.buyer.downstream.name).first.click()
    page.wait_for_url("**/office/credit/*/")
    expect(page.locator("main")).to_contain_text(order.number)
    assert seller.flaws() == [] and not seller.overflows() and seller.errors == []
    page.goto(f"/office/partners/{to_global_id('Partnership', market.buyer.pk)}/credit/")
    expect(page.locator(".credit-figures")).to_contain_text("100.00")
    assert seller.flaws() == [] and not seller.overflows() and seller.errors == []


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("zh-hans", 1440)])
def test_a_dealer_sees_its_credit_and_asks_for_more(visit, market, credit, language, width):
    dealer = visit(DEALER, language, width)
    page = dealer.sign_in("/home/")
    expect(page.locator("#credit-title")).to_be_visible()
    wish = Wish(market.goods["PAN-001"].pk, Decimal(500))
    cart = write_cart(market.person(DEALER), market.seller.pk, [wish], add=False)
    page.goto(f"/checkout/{to_global_id('Cart', cart.pk)}/")
    hint = page.get_by_role("region", name=dealer.says("Credit"), exact=True)
    expect(hint).to_contain_text(dealer.says("The order would wait for its release."))
    assert dealer.flaws() == [] and not dealer.overflows()
    page.goto("/credit/")
    expect(page.locator("main")).to_contain_text("100.00")
    dealer.button("Ask for a limit").first.click()
    dialog = page.get_by_role("dialog", name=dealer.says("Ask for a limit"))
    dialog.get_by_label(dealer.says("Limit you need")).fill("5000")
    dialog.get_by_label(dealer.says("Reason")).fill("New shop")
    assert dealer.flaws() == []
    dialog.get_by_role("button", name=dealer.says("Ask the seller"), exact=True).click()
    expect(page.locator("#toasts")).to_contain_text(dealer.says("Your seller has been asked."))
    assert dealer.flaws() == [] and not dealer.overflows() and dealer.errors == []

    seller = visit(SELLER, language, width)
    page = seller.sign_in("/office/credit/requests/")
    page.get_by_role("button", name=seller.says("Approve %(name)s", name=market.buyer.downstream.name)).click()
    dialog = page.get_by_role("dialog", name=seller.says("Grant this limit?"))
    dialog.get_by_label(seller.says("Limit"), exact=True).fill("3000")
    dialog.get_by_role("button", name=seller.says("Approve"), exact=True).click()
    expect(page.locator("#toasts")).to_contain_text(seller.says("The limit holds from now on."))
    assert seller.flaws() == [] and seller.errors == []
    credit.refresh_from_db()
    assert credit.limits.filter(kind="standing", amount=3000).exists()


def test_control_is_switched_on_and_a_rule_changed(visit, market):
    seller = visit(SELLER)
    page = seller.sign_in("/office/credit/rules/")
    page.get_by_label("Control credit").check()
    seller.button("Save").last.click()
    expect(page.locator("tbody tr")).to_have_count(5)
    page.get_by_role("button", name="Change Exposure above the limit").click()
    dialog = page.get_by_role("dialog", name="Exposure above the limit")
    dialog.get_by_label("What it does").select_option("BLOCK")
    assert seller.flaws() == []
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("tbody tr").filter(has_text="Exposure above the limit")).to_contain_text("Block")
    assert seller.flaws() == [] and seller.errors == []
