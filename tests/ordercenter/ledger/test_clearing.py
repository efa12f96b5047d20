"""Clearing: exact by open item, never more than is open or paid, and undone (credit-and-ledger §2, §10)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from ordercenter.ledger import clearing
from ordercenter.ledger.clearing import ClearingDraft, clear_all, oldest_first, unclear
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import Clearing
from ordercenter.ledger.posting import post_all
from tests.factories import make_partnership
from tests.ordercenter.ledger.books import differences
from tests.refusals import raises

CASH, BANK, RECEIVABLE, REVENUE = AccountKind.CASH, AccountKind.BANK, AccountKind.RECEIVABLE, AccountKind.REVENUE


def test_a_payment_clears_part_of_what_is_owed(books):
    item, payment = books.invoice(100), books.paid(60)
    done = books.clear(item, 60, payment)
    item.refresh_from_db()
    assert (item.open, item.status, item.cleared) == (40, "partially_cleared", 60)
    assert books.balance(CASH) == 0 and books.balance(RECEIVABLE) == 40
    event = OutboxEvent.objects.get(kind="ledger.cleared")
    assert event.payload["open"] == "40.0000" and event.payload["clearing"] == done.pk
    assert differences() == []


def test_no_more_is_cleared_than_is_open_or_paid(books):
    item, payment = books.invoice(100), books.paid(300)
    with raises(LedgerErrorCode.CLEARING_EXCEEDS, field="amount", index=1):
        clear_all(
            books.seller, [ClearingDraft(item.pk, Decimal(60), payment), ClearingDraft(item.pk, Decimal(41), payment)]
        )
    assert not Clearing.objects.exists()
    small = books.paid(5)
    with raises(LedgerErrorCode.CLEARING_EXCEEDS, field="payment"):
        books.clear(item, 6, small)
    books.clear(item, 5, small)
    with raises(LedgerErrorCode.CLEARING_EXCEEDS, field="payment"):
        books.clear(item, 1, small)


def test_free_cash_clears_without_a_payment_being_named(books):
    item = books.invoice(100)
    books.paid(30)
    with raises(LedgerErrorCode.FUND_INSUFFICIENT):
        books.clear(item, 31)
    books.clear(item, 30)
    assert books.balance(CASH) == 0 and books.balance(RECEIVABLE) == 70


def test_a_credit_on_the_receivable_is_only_matched(books):
    item = books.invoice(100)
    credit = books.post(25, REVENUE, RECEIVABLE, source_kind="credit_note").entry_ids[1]
    books.clear(item, 25, credit)
    item.refresh_from_db()
    assert item.open == 75 and books.balance(RECEIVABLE) == 75 and differences() == []


def test_a_payment_of_another_partner_is_not_found_and_of_another_currency_refused(books):
    item = books.invoice(100)
    other = make_partnership(books.organization, "Jinli Trading")
    theirs = replace(books, partnership=other).paid(100)
    with raises(CoreErrorCode.NOT_FOUND, field="payment"):
        books.clear(item, 10, theirs)
    draft = books.draft(50, BANK, CASH)
    entries = [replace(e, account=replace(e.account, currency="USD")) for e in draft.entries]
    dollars = post_all(books.seller, [replace(draft, entries=entries)])[0].entry_ids[1]
    with raises(LedgerErrorCode.CURRENCY_MISMATCH, field="payment"):
        books.clear(item, 10, dollars)


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_an_amount_to_clear_is_above_nought_and_no_finer_than_the_currency(books, amount):
    item = books.invoice(100)
    with raises(LedgerErrorCode.AMOUNT_PRECISION, field="amount"):
        books.clear(item, amount, books.paid(5))


def test_the_same_event_clears_once(books):
    item, payment = books.invoice(100), books.paid(100)
    first = books.clear(item, 60, payment, key="payment:1:1")
    assert books.clear(item, 60, payment, key="payment:1:1").pk == first.pk
    item.refresh_from_db()
    assert item.open == 40


def test_an_undone_clearing_leaves_everything_as_before(books):
    item, payment = books.invoice(100), books.paid(60)
    done = books.clear(item, 60, payment)
    back = unclear(books.seller, done.pk)
    item.refresh_from_db()
    assert (item.open, back.reverses_id) == (100, done.pk)
    assert books.balance(CASH) == -60 and books.balance(RECEIVABLE) == 100
    for undone in (done, back):
        with raises(LedgerErrorCode.ALREADY_REVERSED):
            unclear(books.seller, undone.pk)
    books.clear(item, 60, payment)
    assert differences() == []


def test_whoever_keeps_grants_follows_what_is_taken_and_given_back(books, monkeypatch):
    seen: list[tuple[str, Decimal, int | None]] = []
    keeper = [lambda actor, moves, w=w: seen.extend((w, m.amount, m.payment_entry_id) for m in moves) for w in "tg"]
    monkeypatch.setattr(clearing, "_keepers", {"test": tuple(keeper)})
    item, payment = books.invoice(100), books.paid(60)
    unclear(books.seller, books.clear(item, 60, payment).pk)
    assert seen == [("t", 60, payment), ("g", 60, payment)]


def test_a_payment_takes_the_oldest_first_unless_it_names_its_items(books):
    late, early = books.invoice(50, date(2026, 7, 1)), books.invoice(30, date(2026, 6, 1))
    pk = books.partnership.pk
    assert [(d.open_item_id, d.amount) for d in oldest_first(pk, "CNY", Decimal(45))] == [(early.pk, 30), (late.pk, 15)]
    named = oldest_first(pk, "CNY", Decimal(45), named=[late.pk])
    assert [(d.open_item_id, d.amount) for d in named] == [(late.pk, 45)]


def test_many_clearings_cost_as_many_statements_as_one(books):
    items = [books.invoice(10) for _ in range(40)]
    payment = books.paid(1000)
    books.clear(items[0], 1, payment)
    with CaptureQueriesContext(connection) as one:
        books.clear(items[1], 1, payment)
    with CaptureQueriesContext(connection) as many:
        clear_all(books.seller, [ClearingDraft(item.pk, Decimal(2), payment) for item in items])
    assert len(many) == len(one) <= 22  # those of the rooms that keep grants among them
