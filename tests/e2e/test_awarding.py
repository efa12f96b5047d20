"""Awarding: the buyer compares, has a scenario solved and awards; openers make keys; anybody verifies a receipt."""

from __future__ import annotations

import os
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from playwright.sync_api import expect

from marketplace.core.gate import clock
from marketplace.graphql import to_global_id
from suppliers.sourcing.closing import close
from suppliers.sourcing.disclose import mark_opened
from suppliers.sourcing.drafts import EventDraft, LineDraft
from suppliers.sourcing.invite import invite
from suppliers.sourcing.life import DATES
from suppliers.sourcing.models import AwardScenario, Participation, Round, SourcingEvent
from suppliers.sourcing.offers import OfferLine, offer_of
from suppliers.sourcing.publish import event_publish
from suppliers.sourcing.scenarios import ScenarioDraft, scenario_create
from suppliers.sourcing.submit import quote_submit
from suppliers.sourcing.taking_part import register
from suppliers.sourcing.write import event_create
from tests.e2e.market import DEALER, SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def opened(market) -> SourcingEvent:
    """The dealer's event, quoted by its seller and opened, with one scenario solved."""
    now = clock()
    times = {"ask_until": 4, "answer_until": 5, "close_at": 7, "opening_at": 7}
    dates = {name: now + timedelta(days=days) for name, days in times.items()}
    buyer, seller = market.person(DEALER), market.person(SELLER)
    lines = [
        LineDraft(Decimal(100), market.uoms["PCS"].pk, text="Pan", baseline_price=Decimal(12)),
        LineDraft(Decimal(40), market.uoms["PCS"].pk, text="Lid"),
    ]
    event = event_create(
        buyer, EventDraft({"name_en": "Pans", "open_at": now - timedelta(hours=1), **dates}, None, lines)
    )
    invite(buyer, event.pk, [market.seller.pk])
    event_publish(buyer, event.pk)
    register(seller, event.pk)
    prices = [OfferLine(1, Decimal("9.5")), OfferLine(2, Decimal(3))]
    quote_submit(seller, Participation.objects.get(event=event).pk, offer_of("CNY", prices))
    SourcingEvent.objects.update(**{name: F(name) - timedelta(days=8) for name in DATES})
    Round.objects.update(open_at=F("open_at") - timedelta(days=8), close_at=F("close_at") - timedelta(days=8))
    mark_opened(close(event.pk), clock())
    scenario_create(buyer, event.pk, ScenarioDraft("First"))
    return event


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_a_buyer_compares_and_drafts_an_award(visit, opened, language, width):
    address = f"/sourcing/{to_global_id('SourcingEvent', opened.pk)}/compare/"
    buyer = visit(DEALER, language, width)
    page = buyer.sign_in(address)
    expect(page.locator("#scenarios")).to_contain_text("First")
    assert buyer.flaws() == [] and not buyer.overflows()
    page.locator("#scenarios summary").first.click()
    buyer.button("Award so").click()
    expect(page.locator("#toasts")).to_contain_text(buyer.says("The award is drafted."))
    buyer.button("Ask for approval").click()
    expect(page.locator("#toasts")).to_contain_text(buyer.says("The award waits for approval."))
    assert buyer.flaws() == [] and not buyer.overflows()
    if os.environ.get("ENTREPOT_SHOTS"):
        page.screenshot(path=f"{os.environ['ENTREPOT_SHOTS']}/compare-{language}-{width}.png", full_page=True)
    page.goto("/verify-receipt/")
    page.locator("#receipt").fill("{}")
    buyer.button("Verify").click()
    expect(page.get_by_role("status").first).to_contain_text(buyer.says("The receipt does not hold."))
    assert buyer.flaws() == [] and not buyer.overflows() and buyer.errors == []
    assert AwardScenario.objects.get().awards.get().status == "pending_approval"
