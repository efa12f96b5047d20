"""Fund accounts: a seller tops one up and says how it may be used; its dealer sees it and pays an order with it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from marketplace.core.clock import database_now
from marketplace.graphql import to_global_id
from ordercenter.ledger.funds.kinds import FundKind, FundMode, FundTreatment
from ordercenter.ledger.funds.models import FundAccount, FundReservation, FundTopUp, FundUseRule
from ordercenter.ledger.funds.rules import RuleDraft, write_rule
from ordercenter.ledger.funds.top_ups import TopUpDraft, create_top_up
from ordercenter.orders.models import Cart
from tests.e2e.market import DEALER, SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FUNDS = "/office/finance/funds/"


@pytest.fixture
def funds(market):
    """Cash of 500 and a rebate of 80 that ends soon, which may reduce prices by a fifth."""
    where = market.buyer.pk
    soon = database_now() + timedelta(days=9)
    create_top_up(market.sales, TopUpDraft(where, FundKind.CASH, Decimal(500), reference="Slip 1"), submit=True)
    create_top_up(market.sales, TopUpDraft(where, FundKind.REBATE, Decimal(80), valid_to=soon), submit=True)
    return write_rule(
        market.sales,
        RuleDraft(
            FundKind.REBATE,
            FundMode.MANUAL,
            FundTreatment.PRICE_REDUCTION,
            max_percent=Decimal(20),
            name_en="A fifth",
            name_zh="两成",
        ),
    )


def clean(person) -> bool:
    assert person.flaws() == [] and not person.overflows() and person.errors == []
    return True


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("zh-hans", 1440)])
def test_a_seller_tops_up_adjusts_and_reverses(visit, market, funds, language, width):
    seller = visit(SELLER, language, width)
    page = seller.sign_in(FUNDS)
    assert clean(seller)
    page.locator("tbody a, .row-card a").filter(has_text=market.buyer.downstream.name).first.click()
    page.wait_for_url("**/office/finance/funds/*/")
    assert clean(seller)
    seller.button("Adjust").first.click()
    dialog = page.get_by_role("dialog", name=seller.says("Adjust the account"))
    dialog.get_by_label(seller.says("Amount")).fill("-20")
    dialog.get_by_label(seller.says("Reason")).fill("Counted twice")
    assert seller.flaws() == []
    dialog.get_by_role("button", name=seller.says("Adjust"), exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("FA-000001")
    expect(page.locator("main")).to_contain_text("480.00")
    seller.button("Top up").first.click()
    dialog = page.get_by_role("dialog", name=seller.says("Fund top-up"))
    dialog.get_by_label(seller.says("Amount")).fill("100")
    dialog.get_by_role("button", name=seller.says("Top up"), exact=True).click()
    expect(dialog).to_contain_text(seller.says("Name the payment by which the money came."))
    dialog.get_by_label(seller.says("Payment or promise behind it")).fill("Slip 2")
    dialog.get_by_role("button", name=seller.says("Top up"), exact=True).click()
    expect(page.locator("main")).to_contain_text("580.00")
    page.goto(f"{FUNDS}top-ups/")
    assert clean(seller)
    page.get_by_role("button", name=seller.says("Reverse %(number)s", number="FT-000003")).click()
    page.locator("#confirm [data-yes]").click()
    expect(page.locator("#toasts")).to_contain_text("FT-000003")
    assert FundTopUp.objects.get(number="FT-000003").status == "reversed"


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_a_seller_says_how_a_fund_may_be_used(visit, market, funds, language, width):
    seller = visit(SELLER, language, width)
    page = seller.sign_in(f"{FUNDS}rules/")
    assert clean(seller)
    page.goto(f"{FUNDS}rules/new/")
    page.locator("[name='input.nameEn']").fill("Half in cash")
    page.locator("[name='input.maxPercent']").fill("50")
    assert clean(seller)
    page.get_by_role("button", name=seller.says("Save"), exact=True).click()
    page.wait_for_url("**/rules/")
    made = FundUseRule.objects.get(name_en="Half in cash")
    assert (made.kind, made.mode, made.max_percent, made.is_active) == ("cash", "auto", 50, True)
    page.goto(f"{FUNDS}transfers/")
    assert clean(seller)


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("zh-hans", 1440)])
def test_a_dealer_sees_its_funds_and_pays_an_order_with_them(visit, market, funds, language, width):
    dealer = visit(DEALER, language, width)
    page = dealer.sign_in("/finance/funds/")
    expect(page.locator("main")).to_contain_text("500.00")
    assert clean(dealer)
    cart = Cart.objects.create(
        organization=market.buyer.downstream, seller=market.seller, user=market.person(DEALER).user
    )
    cart.lines.create(
        organization=market.buyer.downstream,
        position=0,
        variant=market.goods["PAN-010"],
        uom=market.uoms["PCS"],
        quantity=10,
    )
    page.goto(f"/checkout/{to_global_id('Cart', cart.pk)}/")
    page.get_by_label(dealer.says("Note to the seller")).fill("Ring twice")
    page.locator("[data-fund='REBATE'] [data-fund-most]").click()
    expect(page.locator("#checkout-money")).to_contain_text("160.00")
    page.locator("#fund-CASH").fill("600")
    page.locator("#fund-CASH").press("Enter")
    expect(page.locator("[data-fund='CASH'] [data-fund-said]")).not_to_be_empty()
    page.locator("#fund-CASH").fill("100")
    page.locator("#fund-CASH").press("Enter")
    expect(page.locator("#checkout-money")).to_contain_text("100.00")
    expect(page.locator("#checkout-funds[aria-busy]")).to_have_count(0)
    expect(page.get_by_label(dealer.says("Note to the seller"))).to_have_value("Ring twice")
    assert dealer.flaws() == [] and not dealer.overflows()
    page.get_by_role("button", name=dealer.says("Place order"), exact=True).click()
    page.wait_for_url("**/orders/*/")
    promised = {row.kind: row.amount for row in FundReservation.objects.all()}
    assert promised == {"rebate": 40, "cash": 100}
    assert FundAccount.objects.get(partnership=market.buyer, kind="cash").reserved == 100
