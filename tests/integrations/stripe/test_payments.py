"""Paying by card: once, whatever the network does; believed when Stripe's object says so."""

from decimal import Decimal as D

import pytest

from marketplace.core.errors import CoreErrorCode
from marketplace.core.verify import run_checks
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import OpenItem
from ordercenter.payments.enums import PaymentStatus
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.inbox import handle_waiting
from ordercenter.payments.models import Payment, ProviderEvent
from ordercenter.payments.online import payment_cancel, payment_check, payment_open
from tests.integrations.stripe.conftest import make_till
from tests.integrations.stripe.simulator import CUT_AFTER, ERROR_AFTER, REFUSED_BEFORE, signed
from tests.refusals import raises

pytestmark = pytest.mark.django_db


def test_a_payment_clears_what_it_names_when_stripe_says_that_it_has_come(till):
    item = till.books.invoice("80.50")
    payment, reference = till.opened(None, item)
    intent = till.simulator.objects[reference]
    assert (payment.amount, intent["amount"], intent["currency"]) == (D("80.50"), 8050, "cny")
    assert till.deliver(till.simulator.pay(reference)) == 200
    payment.refresh_from_db()
    assert (payment.status, payment.provider_reference) == (PaymentStatus.SUCCEEDED, reference)
    assert OpenItem.objects.get(pk=item.pk).open == 0
    assert till.books.balance(AccountKind.BANK) == D("80.50")
    assert run_checks() == []


@pytest.mark.parametrize(("currency", "amount", "minor"), [("JPY", "1500", 1500), ("KWD", "1.230", 1230)])
def test_amounts_are_in_the_currencys_minor_units(simulator, db, currency, amount, minor):
    till = make_till(simulator, currency)
    payment = till.paid(amount)
    assert simulator.objects[payment.provider_reference]["amount"] == minor
    assert till.books.balance(AccountKind.CASH) == -D(amount)


def test_what_cards_are_not_charged_is_refused(simulator, db):
    with raises(PaymentErrorCode.AMOUNT_PRECISION, field="amount"):
        make_till(simulator, "KWD").start("1.234")


@pytest.mark.parametrize("fault", [CUT_AFTER, ERROR_AFTER, REFUSED_BEFORE])
def test_a_lost_answer_makes_no_second_payment(till, fault):
    payment = till.start("10")
    till.simulator.faults.append(fault)
    with raises(PaymentErrorCode.PROVIDER_UNAVAILABLE):
        payment_open(till.dealer, payment.pk)
    first, second = (payment_open(till.dealer, payment.pk).state.reference for _ in range(2))
    assert first == second
    assert len(till.simulator.intents()) == 1


def test_a_payment_made_while_the_answer_was_lost_is_found_by_its_key(till):
    payment = till.start("10")
    till.simulator.faults.append(CUT_AFTER)
    with raises(PaymentErrorCode.PROVIDER_UNAVAILABLE):
        payment_open(till.dealer, payment.pk)
    till.simulator.pay(till.simulator.intents()[0]["id"])
    assert payment_check(till.dealer, payment.pk).status == PaymentStatus.SUCCEEDED
    assert till.books.balance(AccountKind.CASH) == -10


def test_a_message_may_come_before_our_own_answer(till):
    payment = till.start("10")
    till.simulator.faults.append(CUT_AFTER)
    with raises(PaymentErrorCode.PROVIDER_UNAVAILABLE):
        payment_open(till.dealer, payment.pk)
    assert till.deliver(till.simulator.pay(till.simulator.intents()[0]["id"])) == 200
    assert Payment.objects.get(pk=payment.pk).status == PaymentStatus.SUCCEEDED


def test_messages_may_come_twice_and_in_any_order(till):
    payment, reference = till.opened("10")
    simulator = till.simulator
    events = [
        simulator.move(reference, "requires_payment_method", "payment_intent.payment_failed", "Declined"),
        simulator.move(reference, "processing", "payment_intent.processing"),
        simulator.pay(reference),
    ]
    assert [till.deliver(event) for event in (*reversed(events), *events)] == [200] * 6
    payment.refresh_from_db()
    assert (payment.status, payment.failure) == (PaymentStatus.SUCCEEDED, "")
    assert (ProviderEvent.objects.count(), till.books.balance(AccountKind.CASH)) == (3, D(-10))
    assert run_checks() == []


def test_a_card_that_is_declined_may_be_tried_again(till):
    payment, reference = till.opened("10")
    kind = "payment_intent.payment_failed"
    till.deliver(till.simulator.move(reference, "requires_payment_method", kind, "Your card was declined."))
    payment.refresh_from_db()
    assert (payment.status, payment.failure) == (PaymentStatus.FAILED, "Your card was declined.")
    assert till.opened("10")[0] == payment
    till.deliver(till.simulator.pay(reference))
    assert Payment.objects.get().status == PaymentStatus.SUCCEEDED


def test_forged_stale_and_foreign_messages_change_nothing(till):
    payment, reference = till.opened("10")
    event = till.simulator.pay(reference)
    body, signature = signed(event)
    assert till.deliver(event, secret="whsec_other") == 400
    assert till.deliver(event, at=0) == 400
    assert till.post(body + b" ", signature) == 400
    assert till.post(body, "") == 400
    assert not ProviderEvent.objects.exists()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING
    till.account.place = "nobody"
    assert till.post(body, signature) == 404


def test_a_message_is_not_believed_but_asked_after(till):
    """Whoever has the signing secret alone cannot invent money."""
    payment, reference = till.opened("10")
    lie = {
        "id": "evt_lie",
        "type": "payment_intent.succeeded",
        "data": {"object": {"id": reference, "status": "succeeded"}},
    }
    assert till.deliver(lie) == 200
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING


def test_a_seller_cannot_tell_anything_of_anothers_payments(till, simulator):
    payment, reference = till.opened("10")
    other = make_till(simulator)
    assert other.deliver(simulator.pay(reference)) == 200
    assert Payment.objects.get(pk=payment.pk).status == PaymentStatus.PENDING
    assert till.deliver(simulator.events[-1]) == 200, "the other has not used up the message"
    assert Payment.objects.get(pk=payment.pk).status == PaymentStatus.SUCCEEDED


def test_a_message_waits_while_stripe_does_not_answer(till):
    _payment, reference = till.opened("10")
    event = till.simulator.pay(reference)
    till.simulator.faults.append(REFUSED_BEFORE)
    assert till.deliver(event) == 503
    assert ProviderEvent.objects.get().error
    assert handle_waiting() == 1
    assert Payment.objects.get().status == PaymentStatus.SUCCEEDED
    assert handle_waiting() == 0


def test_the_secret_before_is_good_until_it_is_forgotten(till):
    from integrations.stripe.accounts import AccountDraft, stripe_account_write
    from tests.integrations.stripe.simulator import PUBLIC_KEY, SIGNING

    stripe_account_write(till.books.seller, AccountDraft(PUBLIC_KEY, webhook_secret="whsec_new"))
    _payment, reference = till.opened("10")
    event = till.simulator.pay(reference)
    assert (till.deliver(event, secret="whsec_new"), till.deliver(event, secret=SIGNING)) == (200, 200)
    stripe_account_write(till.books.seller, AccountDraft(PUBLIC_KEY, forget=True))
    assert (till.deliver(event, secret="whsec_new"), till.deliver(event, secret=SIGNING)) == (200, 400)


def test_a_payment_that_was_given_up_is_not_taken(till):
    payment, reference = till.opened("10")
    assert payment_cancel(till.dealer, payment.pk).status == PaymentStatus.CANCELLED
    assert till.simulator.objects[reference]["status"] == "canceled"
    with raises(CoreErrorCode.INVALID_TRANSITION):
        payment_open(till.dealer, payment.pk)


def test_giving_up_what_was_paid_a_moment_ago_finds_it_paid(till):
    payment, reference = till.opened("10")
    till.simulator.pay(reference)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        payment_cancel(till.dealer, payment.pk)
    assert Payment.objects.get().status == PaymentStatus.SUCCEEDED


def test_what_cannot_be_paid_is_refused(till):
    item = till.books.invoice(10)
    till.paid(None, item)
    with raises(PaymentErrorCode.NOTHING_OWED):
        till.start(None, item)
    with raises(CoreErrorCode.INVALID, field="amount"):
        till.start("0")
    till.account.on = False
    till.account.save()
    with raises(PaymentErrorCode.PROVIDER_MISSING):
        till.start("5")


def test_the_same_is_started_once(till):
    item = till.books.invoice(10)
    assert till.start(None, item) == till.start(None, item)
    assert till.start("3") != till.start("4")
