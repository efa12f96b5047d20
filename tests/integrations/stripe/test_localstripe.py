"""Against localstripe, which others keep as a stand-in for Stripe, as a process of its own: paid, told, refunded."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from decimal import Decimal as D
from importlib.util import find_spec
from typing import Any

import pytest

from integrations.stripe import client
from marketplace.core.verify import run_checks
from ordercenter.ledger.kinds import AccountKind
from ordercenter.payments.enums import PaymentStatus, RefundStatus
from ordercenter.payments.models import Payment, Refund
from ordercenter.payments.online import StartDraft, payment_check, payment_open, payment_start
from ordercenter.payments.refunds import RefundDraft, payment_refund, send_refund
from tests.integrations.stripe.conftest import Till, make_till
from tests.integrations.stripe.simulator import SECRET_KEY, SIGNING

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(find_spec("localstripe") is None, reason="localstripe is not installed"),
]

GOOD, DECLINED = "4242424242424242", "4000000000000341"
#: localstripe waits a second before it posts a webhook.
PATIENCE = 15


class Localstripe:
    """The process, and what a payer's browser does with it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, **fields: Any) -> dict[str, Any]:
        """A form as Stripe's own script sends it."""
        data = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self.url + path, data, {"Authorization": f"Bearer {SECRET_KEY}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as refused:
            return json.loads(refused.read())

    def pay(self, intent: str, card: str) -> dict[str, Any]:
        fields = {"card[number]": card, "card[exp_month]": 12, "card[exp_year]": 2040, "card[cvc]": "123"}
        method = self.ask("/v1/payment_methods", type="card", **fields)
        self.ask(f"/v1/payment_intents/{intent}", payment_method=method["id"])
        return self.ask(f"/v1/payment_intents/{intent}/confirm")


@pytest.fixture
def localstripe(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Localstripe]:
    with socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        port = probe.getsockname()[1]
    argv = [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"]
    process = subprocess.Popen(argv, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = Localstripe(f"http://127.0.0.1:{port}")
    settings.STRIPE_URL = made.url
    monkeypatch.setattr(client, "RETRIES", 0)
    try:
        until(lambda: answers(port))
        yield made
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def until(done: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_paid_told_and_refunded(localstripe, transactional_db, live_server):
    till: Till = make_till(localstripe)  # type: ignore[arg-type]
    hook = f"{live_server.url}/hooks/stripe/{till.account.place}/"
    localstripe.ask("/_config/webhooks/ours", url=hook, secret=SIGNING)
    item = till.books.invoice("80.50")
    payment = payment_start(till.dealer, StartDraft(open_items=[item.pk]))
    reference = payment_open(till.dealer, payment.pk).state.reference
    assert payment_open(till.dealer, payment.pk).state.reference == reference
    assert localstripe.pay(reference, GOOD)["status"] == "succeeded"
    until(lambda: Payment.objects.get().status == PaymentStatus.SUCCEEDED)
    item.refresh_from_db()
    assert (item.open, till.books.balance(AccountKind.BANK)) == (D(0), D("80.50"))

    more = payment_start(till.dealer, StartDraft(till.books.partnership.pk, amount=D(20)))
    reference = payment_open(till.dealer, more.pk).state.reference
    localstripe.pay(reference, GOOD)
    assert payment_check(till.dealer, more.pk).status == PaymentStatus.SUCCEEDED
    refund = payment_refund(till.books.seller, RefundDraft(more.pk, D(5), "Too much"))
    send_refund(refund.pk)
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert till.books.balance(AccountKind.CASH) == -15
    assert run_checks() == []


def test_declined_and_given_up(localstripe, transactional_db):
    till: Till = make_till(localstripe)  # type: ignore[arg-type]
    payment, reference = till.opened("10")
    localstripe.pay(reference, DECLINED)
    found = payment_check(till.dealer, payment.pk)
    assert (found.status, bool(found.failure)) == (PaymentStatus.FAILED, True)
