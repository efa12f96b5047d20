"""Sourcing: the buyer writes lines and publishes, the supplier takes part, quotes and asks; nobody else reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from marketplace.core.gate import clock
from marketplace.graphql import to_global_id
from ordercenter.quotes.models import QuoteLine
from suppliers.sourcing.drafts import ColumnDraft, EventDraft, LineDraft
from suppliers.sourcing.invite import invite
from suppliers.sourcing.models import Participation, SourcingEvent
from suppliers.sourcing.write import event_create
from tests.e2e.market import DEALER, SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def asked(market) -> SourcingEvent:
    """A draft of the dealer's: two lines, a column, its seller invited."""
    now = clock()
    dates = {
        "ask_until": now + timedelta(days=4),
        "answer_until": now + timedelta(days=5),
        "open_at": now - timedelta(hours=1),
        "close_at": now + timedelta(days=7),
        "opening_at": now + timedelta(days=7),
    }
    buyer = market.person(DEALER)
    lines = [LineDraft(100, market.uoms["PCS"].pk, text="Pan"), LineDraft(40, market.uoms["PCS"].pk, text="Lid")]
    sheet = [ColumnDraft("origin", "产地", "Origin", mandatory=True)]
    event = event_create(buyer, EventDraft({"name_en": "Pans for spring", **dates}, None, lines, sheet))
    invite(buyer, event.pk, [market.seller.pk])
    return event


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_a_buyer_asks_and_a_supplier_quotes(visit, asked, language, width):
    address = f"/sourcing/{to_global_id('SourcingEvent', asked.pk)}/"
    buyer = visit(DEALER, language, width)
    page = buyer.sign_in(address)
    page.locator("[name='input.lines.2.text']").fill("Handle")
    page.locator("[name='input.lines.2.quantity']").fill("60")
    buyer.button("Save the lines").click()
    expect(page.locator("#toasts")).to_contain_text(buyer.says("Saved."))
    assert buyer.flaws() == [] and not buyer.overflows()
    buyer.button("Publish").first.click()
    page.get_by_role("alertdialog").get_by_role("button", name=buyer.says("Publish")).click()
    expect(page.locator("#toasts")).to_contain_text(
        buyer.says("The event is published; the invitations are on their way.")
    )
    assert buyer.flaws() == [] and not buyer.overflows() and buyer.errors == []

    seller = visit(SELLER, language, width)
    page = seller.sign_in(address)
    seller.button("Take part").click()
    expect(page.locator("#toasts")).to_contain_text(seller.says("You take part."))
    page.goto(f"{address}quote/")
    first = page.locator("[name='input.lines.0.price']")
    first.fill("9.5")
    first.press("Enter")
    page.locator("[name='input.lines.1.price']").fill("3")
    page.locator("[name='input.cells.0.value']").fill("CN")
    seller.button("Send the quote").first.click()
    page.get_by_role("alertdialog").get_by_role("button", name=seller.says("Send the quote")).click()
    expect(page.locator("tr[data-row] .invalid-feedback")).to_have_text(seller.says("Enter a value."))
    assert page.locator("[name='input.lines.1.price']").input_value() == "3"
    page.locator("[name='input.cells.1.value']").fill("CN")
    seller.button("Send the quote").first.click()
    page.get_by_role("alertdialog").get_by_role("button", name=seller.says("Send the quote")).click()
    expect(page.locator("#toasts")).to_contain_text(seller.says("Your quote is in."))
    assert seller.flaws() == [] and not seller.overflows()
    assert QuoteLine.objects.count() == 2 and Participation.objects.get().status == "admitted"
    page.goto(address)
    assert seller.flaws() == [] and not seller.overflows()
