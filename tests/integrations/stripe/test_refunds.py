"""Money that goes back through Stripe, and money that the payer's bank calls back."""

from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.verify import run_checks
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import OpenItem
from ordercenter.payments.enums import ChargebackStatus, PaymentStatus, RefundStatus
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.models import Chargeback, Payment, Refund
from ordercenter.payments.refunds import RefundDraft, payment_refund, send_refund
from ordercenter.payments.tasks import send_waiting_refunds
from tests.integrations.stripe.conftest import make_till
from tests.integrations.stripe.simulator import CUT_AFTER, ERROR_AFTER, REFUSED_BEFORE
from tests.refusals import raises

pytestmark = pytest.mark.django_db


def refund(till, payment, amount, key=""):
    return payment_refund(till.books.seller, RefundDraft(payment.pk, D(amount), "Sent twice", key))


def cash(till):
    return till.books.balance(AccountKind.CASH)


def test_a_refund_is_sent_to_stripe_and_done_when_stripe_says_so(till):
    payment = till.paid("100")
    made = refund(till, payment, 40)
    assert (made.status, cash(till)) == (RefundStatus.PENDING, D(-60))
    send_refund(made.pk)
    (there,) = till.simulator.refunds()
    assert (there["amount"], there["payment_intent"]) == (4000, payment.provider_reference)
    assert Refund.objects.get().status == RefundStatus.PROCESSING
    assert till.deliver(till.simulator.end_refund(there["id"], "succeeded")) == 200
    assert (Refund.objects.get().status, Payment.objects.get().status) == ("succeeded", "partially_refunded")
    assert run_checks() == []


@pytest.mark.parametrize("fault", [CUT_AFTER, ERROR_AFTER, REFUSED_BEFORE])
def test_a_refund_whose_answer_was_lost_is_sent_once(till, fault):
    made = refund(till, till.paid("100"), 40)
    till.simulator.faults.append(fault)
    with raises(PaymentErrorCode.PROVIDER_UNAVAILABLE):
        send_refund(made.pk)
    assert Refund.objects.get().status == RefundStatus.PENDING
    assert send_waiting_refunds() == 1
    assert len(till.simulator.refunds()) == 1
    assert Refund.objects.get().status == RefundStatus.PROCESSING


def test_a_refund_that_fails_gives_the_money_back_to_the_buyer_once(till):
    made = refund(till, till.paid("100"), 40)
    send_refund(made.pk)
    (there,) = till.simulator.refunds()
    events = [till.simulator.end_refund(there["id"], "succeeded"), till.simulator.end_refund(there["id"], "failed")]
    assert [till.deliver(event) for event in (*reversed(events), *events)] == [200] * 4
    found = Refund.objects.get()
    assert (found.status, found.failure) == (RefundStatus.FAILED, "expired_or_canceled_card")
    assert (cash(till), Payment.objects.get().status) == (D(-100), PaymentStatus.SUCCEEDED)
    assert run_checks() == []


def test_what_stripe_had_called_done_may_fail_after_all(till):
    made = refund(till, till.paid("100"), 40)
    send_refund(made.pk)
    (there,) = till.simulator.refunds()
    till.deliver(till.simulator.end_refund(there["id"], "succeeded"))
    till.deliver(till.simulator.end_refund(there["id"], "failed"))
    assert (Refund.objects.get().status, cash(till)) == (RefundStatus.FAILED, D(-100))
    assert run_checks() == []


def test_a_refund_that_stripe_refuses_has_failed(till):
    payment = till.paid("100")
    made = refund(till, payment, 40)
    till.simulator.objects[payment.provider_reference]["amount"] = 10
    send_refund(made.pk)
    assert "greater" in Refund.objects.get().failure
    assert cash(till) == -100
    assert run_checks() == []


def test_what_was_sent_back_at_stripe_itself_is_owed_again_where_it_had_been_used(till):
    """The seller used Stripe's own page: the books follow the money."""
    item = till.books.invoice(70)
    payment = till.paid("100")
    assert (OpenItem.objects.get(pk=item.pk).open, cash(till)) == (0, D(-30))
    event = till.simulator.refund(payment.provider_reference, 5000)
    assert (till.deliver(event), till.deliver(event)) == (200, 200)
    assert (OpenItem.objects.get(pk=item.pk).open, cash(till)) == (D(20), D(0))
    found = Refund.objects.get()
    assert (found.status, found.amount, found.charged) == (RefundStatus.SUCCEEDED, D(50), D(0))
    assert run_checks() == []


def test_a_payment_called_back_is_gone_until_it_is_won(till):
    item = till.books.invoice(70)
    payment = till.paid("100")
    called = till.simulator.dispute(payment.provider_reference, "needs_response")
    assert till.deliver(called) == 200
    assert (OpenItem.objects.get(pk=item.pk).open, cash(till)) == (D(70), D(0))
    assert till.books.balance(AccountKind.BANK) == 0
    assert Payment.objects.get().charged_back == 100
    name = called["data"]["object"]["id"]
    won = till.simulator.dispute(payment.provider_reference, "won", name=name)
    assert [till.deliver(event) for event in (won, called, won)] == [200] * 3
    assert (OpenItem.objects.get(pk=item.pk).open, cash(till)) == (D(0), D(-30))
    assert (Chargeback.objects.get().status, Payment.objects.get().charged_back) == (ChargebackStatus.WON, D(0))
    assert run_checks() == []


def test_a_payment_called_back_for_good_stays_gone(till):
    payment = till.paid("100")
    name = till.simulator.dispute(payment.provider_reference, "warning_needs_response")["data"]["object"]["id"]
    till.deliver(till.simulator.events[-1])
    assert cash(till) == -100, "an enquiry takes nothing"
    till.deliver(till.simulator.dispute(payment.provider_reference, "lost", name=name))
    found = Chargeback.objects.get()
    assert (found.status, found.taken, cash(till)) == (ChargebackStatus.LOST, D(100), D(0))
    with raises(PaymentErrorCode.REFUND_EXCEEDS, field="amount"):
        refund(till, payment, 1)
    assert run_checks() == []


def test_locks_are_taken_in_the_one_order(till, lock_order):
    till.books.invoice(70)
    payment = till.paid("100")
    refund(till, payment, 10)
    till.deliver(till.simulator.refund(payment.provider_reference, 5000))
    till.deliver(till.simulator.dispute(payment.provider_reference, "lost"))
    assert "ledger_openitem" in lock_order.tables
    assert run_checks() == []


def test_what_is_no_longer_there_is_owed_again(till):
    """Cash that was paid out since cannot be taken: an open item of its own."""
    first, _second = till.paid("100"), till.paid("20")
    refund(till, first, 100)
    till.deliver(till.simulator.dispute(first.provider_reference, "lost"))
    found = Chargeback.objects.get()
    assert (found.taken, found.charged, cash(till)) == (D(100), D(80), D(0))
    assert OpenItem.objects.get().open == 80
    assert run_checks() == []


happenings = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.integers(1, 400)),
        st.tuples(st.just("owe"), st.integers(1, 400)),
        st.tuples(st.just("refund"), st.integers(1, 400)),
        st.tuples(st.just("fail"), st.just(0)),
        st.tuples(st.just("outside"), st.integers(1, 400)),
        st.tuples(st.just("dispute"), st.just(0)),
        st.tuples(st.just("win"), st.just(0)),
    ),
    min_size=2,
    max_size=9,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings)
def test_payments_less_what_went_back_are_on_cash_or_cleared(simulator, steps):
    """Sum of payments - refunds - call-backs = what is on CASH + what is cleared - what is owed again for it."""
    till = make_till(simulator)
    for what, amount in steps:
        happen(till, what, amount)
    own = Payment.objects.filter(seller=till.books.organization)
    came = sum(row.amount - row.refunded - row.charged_back for row in own if row.arrived_at)
    owed = sum(D(amount) / 100 for what, amount in steps if what == "owe")
    assert till.books.balance(AccountKind.BANK) == came
    assert -till.books.balance(AccountKind.CASH) + owed - till.books.balance(AccountKind.RECEIVABLE) == came
    assert run_checks() == []


def happen(till, what, amount):
    """One thing that may happen, told to us twice."""
    paid = list(Payment.objects.filter(seller=till.books.organization, arrived_at__isnull=False))
    last = paid[-1] if paid else None
    simulator, events = till.simulator, []
    if what == "owe":
        till.books.invoice(D(amount) / 100)
    elif what == "pay":
        till.paid(D(amount) / 100)
    elif last and what == "refund":
        part = min(D(amount) / 100, last.amount - last.refunded - last.charged_back, -cash(till))
        if part > 0:
            send_refund(refund(till, last, part).pk)
    elif last and what == "fail":
        sent = Refund.objects.filter(payment=last, status="processing").first()
        events = [simulator.end_refund(sent.provider_reference, "failed")] if sent else []
    elif last and what == "outside" and (left := int((last.amount - last.refunded) * 100)):
        events = [simulator.refund(last.provider_reference, min(amount, left))]
    elif last and what == "dispute" and not Chargeback.objects.filter(payment=last).exists():
        events = [simulator.dispute(last.provider_reference, "needs_response")]
    elif last and what == "win":
        known = Chargeback.objects.filter(payment=last).first()
        name = known.provider_reference if known else ""
        events = [simulator.dispute(last.provider_reference, "won", name=name)] if known else []
    for event in [*events, *events]:
        assert till.deliver(event) == 200
