"""Orders that are paid online: before and after they are invoiced, and what is given back of them."""

from decimal import Decimal as D

import pytest

from integrations.stripe.accounts import AccountDraft, stripe_account_write
from marketplace.core.outbox import dispatch_all
from marketplace.core.verify import run_checks
from ordercenter.ledger.clearing import unclear_all
from ordercenter.ledger.models import Clearing, OpenItem
from ordercenter.orders.enums import OrderPaymentStatus
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.models import Payment
from ordercenter.payments.offers import offer_of
from ordercenter.payments.online import StartDraft, payment_check, payment_open, payment_start
from ordercenter.payments.providers import RefundState
from ordercenter.payments.refunds import RefundDraft, payment_refund, refund_told
from tests.integrations.stripe.simulator import PUBLIC_KEY, SECRET_KEY, SIGNING
from tests.ordercenter.invoicing.desk import Desk
from tests.refusals import raises

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db, simulator) -> Desk:
    made = Desk()
    made.sells("A", 10)
    stripe_account_write(made.sales, AccountDraft(PUBLIC_KEY, SECRET_KEY, SIGNING))
    return made


def paid(desk, simulator, **what) -> Payment:
    payment = payment_start(desk.dealer, StartDraft(**what))
    simulator.pay(payment_open(desk.dealer, payment.pk).state.reference)
    payment = payment_check(desk.dealer, payment.pk)
    dispatch_all()
    return payment


def test_an_order_paid_before_its_invoice_is_paid_when_it_is_invoiced(desk, simulator):
    order = desk.shipped(("A", 10))
    due = order.gross
    assert offer_of(desk.dealer, StartDraft(order_id=order.pk)).amount == due
    paid(desk, simulator, order_id=order.pk)
    assert offer_of(desk.dealer, StartDraft(order_id=order.pk)) is None, "it is paid, though nothing is invoiced"
    with raises(PaymentErrorCode.NOTHING_OWED):
        payment_start(desk.dealer, StartDraft(order_id=order.pk))
    desk.invoice(order)
    dispatch_all()
    order.refresh_from_db()
    assert (OpenItem.objects.get().open, order.paid) == (D(0), due)
    assert order.payment_status == OrderPaymentStatus.PAID
    assert run_checks() == []


def test_an_invoice_is_paid_in_two_parts(desk, simulator):
    invoice = desk.invoice(desk.shipped(("A", 10)))
    first = paid(desk, simulator, invoice_id=invoice.pk, amount=D(5))
    left = offer_of(desk.dealer, StartDraft(invoice_id=invoice.pk)).amount
    assert left == invoice.gross - 5
    second = paid(desk, simulator, invoice_id=invoice.pk)
    assert (first.amount, second.amount, OpenItem.objects.get().open) == (D(5), left, D(0))


def test_what_goes_back_of_an_order_is_told_to_it(desk, simulator):
    order = desk.shipped(("A", 10))
    invoice = desk.invoice(order)
    payment = paid(desk, simulator, invoice_id=invoice.pk)
    unclear_all(desk.sales, list(Clearing.objects.filter(reverses=None).values_list("pk", flat=True)))
    refund = payment_refund(desk.sales, RefundDraft(payment.pk, D(5), "Broken"))
    dispatch_all()
    order.refresh_from_db()
    assert (order.refunded, order.payment_status, refund.order_id) == (D(5), OrderPaymentStatus.REFUNDED, order.pk)
    assert run_checks() == []
    failed = RefundState("re_x", refund.key, payment.provider_reference, "failed", D(5), order.currency, "closed")
    payment.refresh_from_db()
    refund_told(payment, failed)
    order.refresh_from_db()
    assert (order.refunded, order.payment_status) == (D(0), OrderPaymentStatus.UNPAID)
    assert run_checks() == []


def test_a_way_to_pay_is_shown_to_who_may_and_where_there_is_one(desk, simulator):
    order = desk.shipped(("A", 10))
    assert offer_of(desk.sales, StartDraft(order_id=order.pk)) is None
    stripe_account_write(desk.sales, AccountDraft(PUBLIC_KEY, on=False))
    assert offer_of(desk.dealer, StartDraft(order_id=order.pk)) is None
