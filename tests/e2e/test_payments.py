"""Payments: recorded, and a statement of the bank whose lines are confirmed, matched by hand and laid aside."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from marketplace.core.clock import today_of
from ordercenter.ledger.items import OpeningLine, post_opening
from ordercenter.ledger.models import OpenItem
from ordercenter.payments.models import BankLine, Payment
from ordercenter.payments.record import PaymentDraft, payment_record
from tests.e2e.market import DEALER, SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATEMENT = """date,amount,payer,text,bank reference
2026-06-02,250.00,Somebody,INV-000077,L1
2026-06-03,-5.00,Bank,Fee,L2
"""


@pytest.fixture
def owed(market) -> OpenItem:
    """What the dealer owes: 400.00."""
    today = today_of(market.seller)
    line = OpeningLine(market.buyer.pk, "INV-000077", Decimal(400), today, today - timedelta(30))
    return post_opening(market.person(SELLER), [line])[0]


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_money_is_recorded_and_a_statement_is_matched(visit, owed, language, width):
    person = visit(SELLER, language, width)
    page = person.sign_in("/office/finance/payments/")
    person.button("Record a payment").first.click()
    dialog = page.get_by_role("dialog", name=person.says("Record a payment"))
    dialog.get_by_role("combobox", name=person.says("Partner")).fill(owed.buyer.name[:4])
    page.get_by_role("option", name=owed.buyer.name).click()
    dialog.get_by_label(person.says("Amount")).fill("150")
    assert person.flaws() == []
    dialog.get_by_role("button", name=person.says("Record"), exact=True).click()
    expect(page.locator("main table")).to_contain_text("PAY-000001")
    owed.refresh_from_db()
    assert owed.open == 250

    page.goto("/office/finance/payments/bank/")
    person.button("Import a statement").first.click()
    dialog = page.get_by_role("dialog", name=person.says("Import a statement"))
    file = {"name": "bank.csv", "mimeType": "text/csv", "buffer": STATEMENT.encode()}
    dialog.locator("input[type=file]").set_input_files(file)
    dialog.get_by_role("button", name=person.says("Import"), exact=True).click()
    expect(page.locator("main table")).to_contain_text("INV-000077")
    assert person.flaws() == [] and not person.overflows()
    page.get_by_role("button", name=person.says("Confirm the money of %(payer)s", payer="Somebody")).click()
    expect(page.locator("main table")).to_contain_text("PAY-000002")
    owed.refresh_from_db()
    assert (owed.open, Payment.objects.count()) == (0, 2)

    page.goto("/office/finance/payments/bank/?status=OPEN")
    page.get_by_role("link", name=person.says("Match the money of %(payer)s", payer="Bank")).click()
    drawer = page.get_by_role("dialog", name=person.says("Bank booking"))
    drawer.get_by_label(person.says("Reason")).fill("Fee")
    drawer.get_by_role("button", name=person.says("Lay aside")).click()
    expect(page.locator("#toasts")).to_contain_text(person.says("Laid aside."))
    assert BankLine.objects.get(amount=-5).status == "ignored"


def test_a_dealer_sees_what_its_seller_has_received(visit, market):
    payment_record(market.person(SELLER), PaymentDraft(market.buyer.pk, Decimal(80), reference="Thanks"))
    person = visit(DEALER)
    page = person.sign_in("/finance/payments/")
    expect(page.locator("main table")).to_contain_text("PAY-000001")
    assert person.flaws() == []
