"""Opening balances, write-off, dispute, statement of account and ageing."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from ordercenter.ledger.clearing import unclear
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.items import OpeningLine, dispute, end_dispute, post_opening, reverse_by_hand, write_off
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.statement import ageing, statement_of_account
from tests.factories import make_actor, make_stranger
from tests.ordercenter.ledger.books import differences
from tests.refusals import raises

CASH, BANK, RECEIVABLE = AccountKind.CASH, AccountKind.BANK, AccountKind.RECEIVABLE


def test_what_is_written_off_is_owed_no_more_and_can_be_taken_back(books):
    item = books.invoice(100)
    done = write_off(books.seller, item.pk, "Insolvent", Decimal(30))
    item.refresh_from_db()
    assert (item.open, item.written_off, item.status) == (70, 30, "partially_cleared")
    write_off(books.seller, item.pk, "Insolvent")
    item.refresh_from_db()
    assert (item.open, item.status) == (0, "written_off")
    assert books.balance(AccountKind.WRITE_OFF) == 100 and books.balance(RECEIVABLE) == 0
    assert OutboxEvent.objects.filter(kind="ledger.written_off").count() == 2
    unclear(books.seller, done.pk)
    item.refresh_from_db()
    assert (item.open, item.written_off) == (30, 70) and differences() == []


def test_a_write_off_needs_a_reason_and_no_more_than_is_open(books):
    item = books.invoice(100)
    with raises(LedgerErrorCode.REASON_REQUIRED, field="reason"):
        write_off(books.seller, item.pk, " ")
    with raises(LedgerErrorCode.CLEARING_EXCEEDS, field="amount"):
        write_off(books.seller, item.pk, "x", Decimal(101))
    with raises(CoreErrorCode.NOT_FOUND):
        write_off(make_stranger(), item.pk, "x")


def test_either_side_disputes_an_item_and_lets_it_count_again(books):
    item = books.invoice(100)
    buyer = make_actor(books.partnership.downstream)
    assert dispute(buyer, item.pk, "Two cartons are missing").disputed
    with raises(CoreErrorCode.INVALID_TRANSITION):
        dispute(books.seller, item.pk, "again")
    assert not end_dispute(books.seller, item.pk).disputed
    with raises(CoreErrorCode.INVALID_TRANSITION):
        end_dispute(books.seller, item.pk)
    with raises(LedgerErrorCode.REASON_REQUIRED):
        dispute(buyer, item.pk, "")
    with raises(CoreErrorCode.NOT_FOUND):
        dispute(make_stranger(), item.pk, "mine")


def test_opening_balances_are_taken_over_once_and_undone_by_hand(books):
    line = OpeningLine(books.partnership.pk, "OLD-7", Decimal(500), date(2026, 6, 1), date(2026, 5, 1))
    first, second = (post_opening(books.seller, [line])[0] for _ in range(2))
    assert first.pk == second.pk and first.issued_on == date(2026, 5, 1)
    with raises(CoreErrorCode.INVALID, index=0):
        post_opening(books.seller, [OpeningLine(books.partnership.pk, "X", Decimal(0), date(2026, 6, 1))])
    reverse_by_hand(books.seller, first.entry.posting_id)
    first.refresh_from_db()
    assert first.open == 0 and books.balance(RECEIVABLE) == 0
    invoice = books.invoice(9)
    with raises(CoreErrorCode.INVALID):
        reverse_by_hand(books.seller, invoice.entry.posting_id)
    assert differences() == []


def test_a_statement_says_what_was_owed_what_moved_it_and_what_is_owed_now(books):
    books.invoice(1000, date(2026, 5, 1), value_date=date(2026, 4, 1), number="INV-1")
    item = books.invoice(200, date(2026, 6, 1), value_date=date(2026, 5, 10), number="INV-2")
    payment = books.post(300, BANK, CASH, source_kind="payment", value_date=date(2026, 5, 20), number="PAY-1")
    books.clear(item, 200, payment.entry_ids[1])
    buyer = make_actor(books.partnership.downstream)
    for actor in (books.seller, buyer):
        found = statement_of_account(actor, books.partnership.pk, date(2026, 5, 1), date(2026, 5, 31))
        assert (found.opening, found.debit, found.credit, found.closing) == (1000, 200, 300, 900)
        assert [(line.number, line.amount, line.balance) for line in found.lines] == [
            ("INV-2", 200, 1200),
            ("PAY-1", -300, 900),
        ]
        assert found.ageing.total == 1000 and found.ageing.unapplied == 100
    with raises(CoreErrorCode.NOT_FOUND):
        statement_of_account(make_stranger(), books.partnership.pk, date(2026, 5, 1), date(2026, 5, 31))


def test_what_is_open_falls_into_buckets_by_days_overdue(books):
    today = timezone.now().astimezone(timezone.get_default_timezone()).date()
    today = today if books.organization.time_zone == "UTC" else _today_in(books)
    for days, amount in ((-5, 1), (0, 2), (1, 4), (30, 8), (31, 16), (60, 32), (61, 64), (90, 128), (91, 256)):
        books.invoice(amount, today - timedelta(days=days))
    (found,) = ageing(seller_id=books.organization.pk)
    assert (found.current, found.days_1_30, found.days_31_60, found.days_61_90, found.days_over_90) == (
        3,
        12,
        48,
        192,
        256,
    )
    assert (found.total, found.overdue, found.oldest_due) == (511, 508, today - timedelta(days=91))


def _today_in(books):
    from zoneinfo import ZoneInfo

    return timezone.now().astimezone(ZoneInfo(books.organization.time_zone)).date()


def test_a_statement_costs_as_many_statements_for_many_lines_as_for_one(books, django_assert_num_queries):
    for day in range(1, 20):
        books.invoice(1, date(2026, 6, day), value_date=date(2026, 5, day))
    with django_assert_num_queries(4):
        found = statement_of_account(books.seller, books.partnership.pk, date(2026, 5, 1), date(2026, 5, 31))
    assert len(found.lines) == 19
