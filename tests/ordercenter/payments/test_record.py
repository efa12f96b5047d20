"""Money that comes and goes back (credit-and-ledger §2)."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.errors import CoreErrorCode
from marketplace.core.verify import run_checks
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import OpenItem
from ordercenter.payments.enums import PaymentStatus, RefundStatus
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.models import Payment, Refund
from ordercenter.payments.record import PaymentDraft, payment_record, payment_record_all
from ordercenter.payments.refunds import RefundDraft, payment_refund
from tests.refusals import raises
from tests.statements import count_sql

pytestmark = pytest.mark.django_db

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


def pay(books, amount, **fields):
    return payment_record(books.seller, PaymentDraft(books.partnership.pk, D(amount), **fields))


def left(*items):
    return [OpenItem.objects.get(pk=item.pk).open for item in items]


def differences():
    return run_checks()


def test_a_payment_clears_the_oldest_and_the_rest_stays_on_cash(books):
    late, early = books.invoice(300, JULY), books.invoice(100, JUNE)
    payment = pay(books, 250, reference="PO-1")
    assert (payment.status, payment.number) == (PaymentStatus.SUCCEEDED, "PAY-000001")
    assert left(early, late) == [D(0), D(150)]
    pay(books, 200)
    assert left(early, late) == [D(0), D(0)]
    assert books.balance(AccountKind.BANK) == 450
    assert books.balance(AccountKind.CASH) == -50
    assert books.balance(AccountKind.RECEIVABLE) == 0
    assert differences() == []


def test_a_payment_that_names_items_clears_these_and_no_others(books):
    early, late = books.invoice(100, JUNE), books.invoice(300, JULY)
    pay(books, 350, open_items=[late.pk])
    assert left(early, late) == [D(100), D(0)]
    assert books.balance(AccountKind.CASH) == -50


def test_a_disputed_item_is_left_alone_unless_it_is_named(books):
    item = books.invoice(100, JUNE)
    OpenItem.objects.filter(pk=item.pk).update(disputed=True)
    pay(books, 60)
    assert left(item) == [D(100)]
    pay(books, 40, open_items=[item.pk])
    assert left(item) == [D(60)]


def test_the_same_key_pays_once(books):
    item = books.invoice(100)
    first, second = pay(books, 80, key="k1"), pay(books, 80, key="k1")
    assert (first, left(item), Payment.objects.count()) == (second, [D(20)], 1)


def test_many_payments_take_as_many_statements_as_one(books):
    books.invoice(1000)
    pay(books, 1)  # makes the accounts
    drafts = [PaymentDraft(books.partnership.pk, D(1), reference=f"R{n}") for n in range(30)]
    with count_sql() as one:
        payment_record_all(books.seller, drafts[:1])
    with count_sql() as many:
        payment_record_all(books.seller, drafts[1:])
    assert many.count == one.count


def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_written(books):
    item = books.invoice(100)
    for fields, code, field in (
        ({"amount": "0"}, CoreErrorCode.INVALID, "amount"),
        ({"amount": "1.001"}, PaymentErrorCode.AMOUNT_PRECISION, "amount"),
        ({"amount": "1", "currency": "EUR", "open_items": [item.pk]}, PaymentErrorCode.CURRENCY_MISMATCH, "open_items"),
        ({"amount": "1", "open_items": [0]}, CoreErrorCode.NOT_FOUND, "open_items"),
        ({"amount": "1", "note": "x" * 501}, CoreErrorCode.INVALID, "note"),
    ):
        with raises(code, field=field):
            pay(books, **fields)
    pay(books, 1, provider_reference="B-1")
    with raises(CoreErrorCode.DUPLICATE, field="provider_reference"):
        pay(books, 1, provider_reference="B-1")
    assert Payment.objects.count() == 1


def test_a_refund_takes_what_is_free_and_never_more_than_was_paid(books):
    payment = pay(books, 100)
    refund = payment_refund(books.seller, RefundDraft(payment.pk, D(40), "Paid twice"))
    assert (refund.status, Payment.objects.get().status) == (RefundStatus.SUCCEEDED, "partially_refunded")
    assert (books.balance(AccountKind.CASH), books.balance(AccountKind.BANK)) == (D(-60), D(60))
    with raises(PaymentErrorCode.REFUND_EXCEEDS, field="amount"):
        payment_refund(books.seller, RefundDraft(payment.pk, D("60.01"), "Too much"))
    with raises(CoreErrorCode.REQUIRED, field="reason"):
        payment_refund(books.seller, RefundDraft(payment.pk, D(60), " "))
    payment_refund(books.seller, RefundDraft(payment.pk, D(60), "The rest"))
    assert Payment.objects.get().status == PaymentStatus.REFUNDED
    assert differences() == []


def test_what_a_payment_has_cleared_is_not_refunded(books):
    books.invoice(100)
    payment = pay(books, 100)
    with raises(PaymentErrorCode.FUND_INSUFFICIENT):
        payment_refund(books.seller, RefundDraft(payment.pk, D(1), "Back"))
    assert not Refund.objects.exists()


def test_the_same_key_refunds_once(books):
    payment = pay(books, 100)
    refund = payment_refund(books.seller, RefundDraft(payment.pk, D(40), "Back", key="r1"))
    assert payment_refund(books.seller, RefundDraft(payment.pk, D(40), "Back", key="r1")) == refund
    assert books.balance(AccountKind.CASH) == -60


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 300), min_size=1, max_size=4), st.lists(st.integers(1, 400), min_size=1, max_size=4))
def test_what_was_owed_and_paid_is_cleared_or_free_to_the_cent(books, owed, paid):
    receivable_before, cash_before = books.balance(AccountKind.RECEIVABLE), books.balance(AccountKind.CASH)
    items = [books.invoice(D(amount) / 100, JUNE) for amount in owed]
    payment_record_all(books.seller, [PaymentDraft(books.partnership.pk, D(amount) / 100) for amount in paid])
    receivable, cash = books.balance(AccountKind.RECEIVABLE), books.balance(AccountKind.CASH)
    owing = receivable_before + D(sum(owed)) / 100
    assert receivable == max(D(0), owing - D(sum(paid)) / 100)
    assert cash - cash_before == -max(D(0), D(sum(paid)) / 100 - owing)
    assert sum(left(*items)) <= receivable
