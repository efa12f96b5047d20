"""The web process dies between any two instructions while Stripe delivers webhooks, and delivers them again."""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from integrations.stripe import client
from marketplace.core.models import OutboxEvent
from marketplace.core.verify import run_checks
from ordercenter.ledger.kinds import AccountKind
from ordercenter.payments.models import Payment, ProviderEvent
from tests.crash.web import Web
from tests.integrations.stripe.conftest import Till, make_till
from tests.integrations.stripe.simulator import Simulator, signed

KILLS, PAYMENTS, SENDERS = 8, 30, 6
#: Stripe gives up after three days; here a message is sent until it is taken.
PATIENCE = 60


@pytest.fixture
def till(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    simulator = Simulator()
    settings.STRIPE_URL = simulator.url
    monkeypatch.setenv("ENTREPOT_STRIPE_URL", simulator.url)
    monkeypatch.setattr(client, "RETRIES", 0)
    yield make_till(simulator)
    simulator.stop()


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.kill()


class Sender:
    """Stripe: sends each message until it is answered with 200, and some of them once more."""

    def __init__(self, port: int, place: str, dice: random.Random) -> None:
        self.port, self.place, self.dice = port, place, dice
        self.cut_off = 0

    def send(self, event: dict[str, Any]) -> None:
        deadline = time.monotonic() + PATIENCE
        left = self.dice.choice((1, 1, 2))
        while left and time.monotonic() < deadline:
            try:
                left -= self._post(event) == 200
            except (OSError, http.client.HTTPException):
                self.cut_off += 1
                time.sleep(0.01)
        assert not left, "a message was never taken"

    def _post(self, event: dict[str, Any]) -> int:
        body, signature = signed(event)
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
            line.request("POST", f"/hooks/stripe/{self.place}/", body, headers)
            return line.getresponse().status
        finally:
            line.close()


def keep_sending(sender: Sender, events: list[dict[str, Any]], last: list[bool]) -> None:
    """All of them, in an order of its own, again and again until the server has been killed often enough."""
    while True:
        done = last[0]
        for event in sender.dice.sample(events, len(events)):
            sender.send(event)
        if done:
            return


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_every_webhook_counts_once_however_often_the_server_is_killed(till, web):
    references = [till.opened(Decimal(number))[1] for number in range(1, PAYMENTS + 1)]
    events = [till.simulator.pay(reference) for reference in references]
    senders = [Sender(web.port, till.account.place, random.Random(number)) for number in range(SENDERS)]
    last, dice = [False], random.Random(7)
    with ThreadPoolExecutor(SENDERS) as pool:
        running = [pool.submit(keep_sending, sender, events, last) for sender in senders]
        try:
            for _ in range(KILLS):
                web.start()
                web.wait()
                time.sleep(dice.uniform(0.02, 0.25))
                web.kill()
            web.start()
            web.wait()
        finally:
            last[0] = True
        for future in running:
            future.result(timeout=120)
    assert sum(sender.cut_off for sender in senders) >= KILLS, "no message was cut off: the test saw no crash"
    whole = Decimal(PAYMENTS * (PAYMENTS + 1) // 2)
    assert till.books.balance(AccountKind.CASH) == -whole
    assert till.books.balance(AccountKind.BANK) == whole
    assert set(Payment.objects.values_list("status", flat=True)) == {"succeeded"}
    assert ProviderEvent.objects.filter(handled_at=None).count() == 0
    assert (ProviderEvent.objects.count(), heard()) == (PAYMENTS, PAYMENTS)
    assert run_checks() == []


def heard() -> int:
    return OutboxEvent.objects.filter(kind="payment.succeeded").count()
