"""One message delivered sixteen times at once pays once; and what happens without the constraint and the lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from threading import Barrier

import pytest
from django.db import connection

from integrations.stripe import webhook
from marketplace.core.models import OutboxEvent
from marketplace.core.verify import run_checks
from ordercenter.ledger.kinds import AccountKind
from ordercenter.payments import told
from ordercenter.payments.inbox import Message
from ordercenter.payments.models import Payment, ProviderEvent
from tests.integrations.stripe.conftest import Till, make_till
from tests.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SIXTEEN = 16


@pytest.fixture
def till(transactional_db, simulator) -> Till:
    return make_till(simulator)


def deliver_at_once(till: Till) -> None:
    _payment, reference = till.opened("10")
    event = till.simulator.pay(reference)
    assert at_once(SIXTEEN, lambda _number: till.deliver(event)) == [200] * SIXTEEN


def times_heard() -> int:
    return OutboxEvent.objects.filter(kind="payment.succeeded").count()


def test_one_message_delivered_by_sixteen_at_once_pays_once(till):
    deliver_at_once(till)
    assert (ProviderEvent.objects.count(), times_heard()) == (1, 1)
    assert (Payment.objects.get().status, till.books.balance(AccountKind.CASH)) == ("succeeded", -10)
    assert run_checks() == []


@contextmanager
def without_constraint() -> Iterator[None]:
    """Messages are not held apart by their ids."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_providerevent DROP CONSTRAINT provider_event_once")
    try:
        yield
    finally:
        ProviderEvent.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE payments_providerevent ADD CONSTRAINT provider_event_once"
                " UNIQUE (organization_id, provider, event_id)"
            )


def test_without_constraint_and_lock_it_is_heard_more_than_once(till, monkeypatch):
    """The twin: the test above sees the fault."""
    asked, read = Barrier(SIXTEEN), Barrier(SIXTEEN)

    def kept_if_new(message: Message) -> ProviderEvent:
        known = ProviderEvent.objects.filter(event_id=message.event_id).first()
        asked.wait(30)
        return known or ProviderEvent.objects.create(**asdict(message))

    def unlocked(seller_id: int, provider: str, reference: str, key: str = "") -> Payment | None:
        found = Payment.objects.filter(seller=seller_id, provider_reference=reference).select_related("seller").first()
        read.wait(30)
        return found

    monkeypatch.setattr(webhook, "keep", kept_if_new)
    with without_constraint():
        _payment, reference = till.opened("10")
        event = till.simulator.pay(reference)
        monkeypatch.setattr(told, "locked_payment", unlocked)
        at_once(SIXTEEN, lambda _number: till.deliver(event))
        assert ProviderEvent.objects.count() == SIXTEEN
        assert times_heard() > 1
