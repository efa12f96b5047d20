"""A seller that is paid through the simulator by its dealer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from integrations.stripe import client
from integrations.stripe.accounts import AccountDraft, stripe_account_write
from integrations.stripe.models import StripeAccount
from marketplace.core.actor import Actor
from ordercenter.ledger.models import OpenItem
from ordercenter.payments.models import Payment
from ordercenter.payments.online import StartDraft, payment_open, payment_start
from tests.factories import make_actor
from tests.integrations.stripe.simulator import PUBLIC_KEY, SECRET_KEY, SIGNING, Simulator, signed
from tests.ordercenter.ledger.books import Books, make_books


@pytest.fixture
def simulator(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """Stripe, for this test; no call is made twice by the library, so that the faults are seen."""
    made = Simulator()
    settings.STRIPE_URL = made.url
    monkeypatch.setattr(client, "RETRIES", 0)
    yield made
    made.stop()


@dataclass
class Till:
    """`till.start(...)` and `till.opened(...)` as the dealer; `till.deliver(event)` as Stripe."""

    simulator: Simulator
    books: Books
    dealer: Actor
    account: StripeAccount

    def start(self, amount: Any = None, *items: OpenItem, **fields: Any) -> Payment:
        draft = StartDraft(
            None if items or "order_id" in fields else self.books.partnership.pk,
            open_items=tuple(item.pk for item in items),
            amount=None if amount is None else Decimal(amount),
            **fields,
        )
        return payment_start(self.dealer, draft)

    def opened(self, amount: Any = None, *items: OpenItem, **fields: Any) -> tuple[Payment, str]:
        """A payment for which the provider was asked, and its name there."""
        payment = self.start(amount, *items, **fields)
        reference = payment_open(self.dealer, payment.pk).state.reference
        payment.refresh_from_db()
        return payment, reference

    def paid(self, amount: Any = None, *items: OpenItem, **fields: Any) -> Payment:
        """A payment that has come, as a webhook told."""
        payment, reference = self.opened(amount, *items, **fields)
        assert self.deliver(self.simulator.pay(reference)) == 200
        payment.refresh_from_db()
        return payment

    def deliver(self, event: dict[str, Any], **how: Any) -> int:
        """Post a message as Stripe does; the status it is answered with."""
        body, signature = signed(event, **how)
        return self.post(body, signature)

    def post(self, body: bytes, signature: str) -> int:
        headers = {"Stripe-Signature": signature}
        place = f"/hooks/stripe/{self.account.place}/"
        return Client().post(place, body, content_type="application/json", headers=headers).status_code


def make_till(simulator: Simulator, currency: str = "CNY") -> Till:
    books = make_books(currency)
    draft = AccountDraft(PUBLIC_KEY, SECRET_KEY, SIGNING)
    account = stripe_account_write(books.seller, draft)
    return Till(simulator, books, make_actor(books.partnership.downstream, "dealer_owner"), account)


@pytest.fixture
def till(db: None, simulator: Simulator) -> Till:
    return make_till(simulator)
