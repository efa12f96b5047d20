"""A seller sets its payment provider up; its dealer pays an order; the seller sends something of it back."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, Route, expect

from integrations.stripe import client
from integrations.stripe.accounts import AccountDraft, stripe_account_write
from integrations.stripe.models import StripeAccount
from marketplace.graphql import to_global_id
from ordercenter.payments.models import Payment, Refund
from ordercenter.payments.record import PaymentDraft, payment_record
from ordercenter.payments.tasks import send_waiting_refunds
from tests.e2e.market import DEALER, SELLER
from tests.integrations.stripe.simulator import PUBLIC_KEY, SECRET_KEY, SIGNING, Simulator, signed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: What Stripe's script does, as far as the page sees it.
SCRIPT = """window.Stripe = (key) => ({
  elements: ({ clientSecret }) => {
    const heard = {};
    const mount = (where) => {
      document.querySelector(where).innerHTML = '<label>Card <input id="card"></label>';
      heard.ready();
    };
    return { secret: clientSecret, create: () => ({ on: (name, done) => { heard[name] = done; }, mount }) };
  },
  confirmPayment: async ({ elements }) => {
    const card = document.querySelector("#card").value;
    const answer = await fetch("https://api.stripe.com/confirm?card=" + card + "&secret=" + elements.secret);
    return answer.json();
  },
});"""


@pytest.fixture
def simulator(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    made = Simulator()
    settings.STRIPE_URL = made.url
    monkeypatch.setattr(client, "RETRIES", 0)
    yield made
    made.stop()


def at_stripe(page: Page, simulator: Simulator) -> None:
    """What the browser asks of Stripe's own addresses."""

    def confirm(route: Route) -> None:
        (intent,) = simulator.intents()
        declined = "card=0" in route.request.url
        if not declined and intent["status"] != "succeeded":
            simulator.pay(intent["id"])
        answer = {"error": {"message": "Your card was declined."}} if declined else {}
        route.fulfill(json=answer, headers={"Access-Control-Allow-Origin": "*"})

    page.context.route(
        "https://js.stripe.com/**", lambda route: route.fulfill(body=SCRIPT, content_type="text/javascript")
    )
    page.context.route("https://api.stripe.com/**", confirm)


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_an_order_is_paid_online_and_a_part_sent_back(visit, market, simulator, language, width, photograph):
    seller = visit(SELLER, language, width)
    page = seller.sign_in("/company/payments/")
    seller.button("Set up Stripe").click()
    page.get_by_label(seller.says("Publishable key")).fill(PUBLIC_KEY)
    page.get_by_label(seller.says("Secret key")).fill(SECRET_KEY)
    page.get_by_label(seller.says("Signing secret")).fill(SIGNING)
    photograph(page, f"payment-provider-{language}-{width}", whole=True)
    assert seller.flaws() == [] and not seller.overflows()
    page.get_by_role("button", name=seller.says("Save")).click()
    expect(page.get_by_text(seller.says("Test mode"))).to_be_visible()
    assert SECRET_KEY not in page.content()

    order = market.order(("PAN-001", 10))
    address = f"/orders/{to_global_id('Order', order.pk)}/"
    dealer = visit(DEALER, language, width)
    page = dealer.sign_in(address)
    at_stripe(page, simulator)
    photograph(page, f"order-{language}-{width}", whole=True)
    page.get_by_role("button", name=dealer.says("Pay online")).click()
    page.get_by_label("Card").fill("0")
    pay = page.locator("[data-pay-now]")
    pay.click()
    expect(page.get_by_role("alert").filter(has_text="declined")).to_be_visible()
    photograph(page, f"pay-{language}-{width}", whole=True)
    assert dealer.flaws() == [] and not dealer.overflows()
    page.get_by_label("Card").fill("4242")
    pay.click()
    expect(page.get_by_text(dealer.says("%(seller)s has your money.", seller=market.seller.name))).to_be_visible()
    payment = Payment.objects.get()
    assert (payment.amount, payment.order_id, payment.status) == (order.gross, order.pk, "succeeded")
    page.goto(address)
    expect(page.get_by_role("button", name=dealer.says("Pay online"))).to_have_count(0)

    page = seller.page
    page.goto("/office/finance/payments/")
    page.get_by_role("button", name=seller.says("Refund %(number)s", number=payment.number)).click()
    dialog = page.get_by_role("dialog", name=seller.says("Refund"))
    dialog.get_by_label(seller.says("Amount")).fill("5")
    dialog.get_by_label(seller.says("Reason")).fill("Broken")
    dialog.get_by_role("button", name=seller.says("Refund"), exact=True).click()
    expect(page.locator("main table")).to_contain_text("RF-000001")
    send_waiting_refunds()
    event = simulator.dispute(payment.provider_reference, "needs_response", int((order.gross - 5) * 100))
    deliver(event)
    assert Refund.objects.get().status == "processing"
    page.goto("/office/finance/payments/?chargedBack=true")
    expect(page.locator("main table")).to_contain_text(seller.says("Called back"))
    photograph(page, f"payments-{language}-{width}", whole=True)
    assert seller.flaws() == [] and not seller.overflows()


def deliver(event: dict[str, Any]) -> None:
    body, signature = signed(event)
    place = f"/hooks/stripe/{StripeAccount.objects.get().place}/"
    headers = {"Stripe-Signature": signature}
    assert Client().post(place, body, content_type="application/json", headers=headers).status_code == 200


def test_prepaid_cash_is_paid_in_and_only_this_page_may_load_the_providers_script(visit, market, simulator):
    stripe_account_write(market.person(SELLER), AccountDraft(PUBLIC_KEY, SECRET_KEY, SIGNING))
    payment_record(market.person(SELLER), PaymentDraft(market.buyer.pk, Decimal(1)))
    dealer = visit(DEALER)
    page = dealer.sign_in("/finance/payments/")
    at_stripe(page, simulator)
    page.get_by_role("link", name=dealer.says("Pay online")).click()
    page.get_by_role("textbox", name=dealer.says("Amount")).fill("50")
    dealer.button("Continue to payment").click()
    expect(page.get_by_label("Card")).to_be_visible()
    assert "https://js.stripe.com" in page.request.get(page.url).headers["content-security-policy"]
    page.get_by_role("link", name=dealer.says("Payments")).first.click()
    page.wait_for_url("**/finance/payments/")
    assert page.evaluate("typeof window.Stripe") == "undefined", "the page was left by a whole load"
    assert "stripe" not in page.request.get("/finance/payments/").headers["content-security-policy"]
    page.get_by_role("button", name=dealer.says("Give up %(number)s", number="PAY-000002")).click()
    page.get_by_role("button", name=dealer.says("Give up"), exact=True).last.click()
    expect(page.locator("main table")).to_contain_text(dealer.says("Cancelled"))
    assert simulator.intents()[0]["status"] == "canceled"
