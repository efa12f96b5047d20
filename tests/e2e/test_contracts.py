"""Contracts: a buyer drafts one and calls off, both sides read and sign, on a screen and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from marketplace.graphql import to_global_id
from ordercenter.contracts.library import TypeDraft, write_type
from ordercenter.contracts.models import Contract
from ordercenter.contracts.submit import approve_contract
from ordercenter.orders.models import Order
from tests.e2e.market import DEALER, SELLER
from tests.factories import make_actor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_a_contract_is_drafted_signed_by_both_and_called_off(visit, market, language, width):
    write_type(market.person(DEALER), TypeDraft("FW", name_en="Framework", name_zh="框架"))
    buyer = visit(DEALER, language, width)
    page = buyer.sign_in("/contracts/")
    page.get_by_role("button", name=buyer.says("New contract"), exact=True).click()
    dialog = page.get_by_role("dialog", name=buyer.says("New contract"))
    dialog.get_by_role("combobox", name=buyer.says("Partner")).fill("Xing")
    dialog.locator("[role=option]").first.click()
    dialog.get_by_label(buyer.says("Title")).fill("Pans of the year")
    dialog.get_by_label(buyer.says("First day")).fill("2026-01-01")
    assert buyer.flaws() == []
    dialog.get_by_role("button", name=buyer.says("Draft contract")).click()
    page.wait_for_url("**/edit/")
    page.get_by_role("combobox", name=buyer.says("Goods")).first.fill("PAN-001")
    page.locator("main [role=option]").first.click()
    page.locator("[name='lines.1.quantity']").fill("100")
    page.locator("[name='lines.1.price']").fill("9.5")
    assert buyer.flaws() == [] and not buyer.overflows()
    page.get_by_role("button", name=buyer.says("Save"), exact=True).click()
    page.wait_for_url("**/contracts/*/")
    contract = Contract.objects.get()
    page.get_by_role("button", name=buyer.says("Submit for approval")).click()
    expect(page.locator("#toasts")).to_contain_text(buyer.says("The contract waits for approval."))
    approve_contract(make_actor(contract.buyer, "dealer_owner"), contract.pk)
    address = f"/contracts/{to_global_id('Contract', contract.pk)}/"
    for person in (buyer, visit(SELLER, language, width)):
        page = person.page if person is buyer else person.sign_in(f"{address}sign/")
        page.goto(f"{address}sign/")
        expect(page.locator("main")).to_contain_text("PAN-001")
        page.locator("main input[type=checkbox]").check()
        assert person.flaws() == [] and not person.overflows()
        page.get_by_role("button", name=person.says("Sign"), exact=True).click()
        expect(page.locator("#toasts")).to_contain_text(person.says("You have signed."))
        assert person.errors == []
    contract.refresh_from_db()
    assert contract.status == "effective"
    page = buyer.page
    page.goto(address)
    page.locator("[name='lines.0.quantity']").fill("60")
    assert buyer.flaws() == [] and not buyer.overflows()
    page.get_by_role("button", name=buyer.says("Place call-off order")).click()
    page.wait_for_url("**/orders/*/")
    assert Order.objects.get().kind == "call_off"
    page.goto(address)
    expect(page.locator("main")).to_contain_text("60%")
    assert buyer.errors == []
