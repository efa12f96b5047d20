"""Posting: balanced, once, and undone by its opposite (credit-and-ledger §2, §10)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from ordercenter.ledger.accounts import balances_of, checkpoint
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import LedgerAccount, LedgerCheckpoint, LedgerEntry, LedgerPosting, OpenItem
from ordercenter.ledger.posting import EntryDraft, post_all, reverse
from tests.factories import make_partnership
from tests.ordercenter.ledger.books import differences
from tests.refusals import raises

CASH, BANK, RECEIVABLE, REVENUE = AccountKind.CASH, AccountKind.BANK, AccountKind.RECEIVABLE, AccountKind.REVENUE


def test_an_invoice_is_owed_by_its_due_date(books):
    item = books.invoice(1130, date(2026, 7, 1), number="INV-000001")
    assert (item.amount, item.open, item.due_on, item.number) == (1130, 1130, date(2026, 7, 1), "INV-000001")
    assert item.status == "uncleared"
    assert (item.seller_id, item.buyer_id) == (books.organization.pk, books.partnership.downstream_id)
    assert books.balance(RECEIVABLE) == 1130 and books.balance(REVENUE) == -1130


def test_the_same_key_posts_once(books):
    draft = books.draft(100, BANK, CASH)
    first, second = post_all(books.seller, [draft])[0], post_all(books.seller, [draft])[0]
    assert first.pk == second.pk and LedgerEntry.objects.count() == 2
    assert books.balance(CASH) == -100
    assert [p.pk for p in post_all(books.seller, [draft, draft])] == [first.pk, first.pk]


def test_the_same_key_with_other_amounts_is_a_conflict(books):
    draft = books.draft(100, BANK, CASH)
    post_all(books.seller, [draft])
    other = books.draft(101, BANK, CASH, source_id=draft.source_id)
    with raises(LedgerErrorCode.POSTING_CONFLICT, index=1):
        post_all(books.seller, [books.draft(5, BANK, CASH), other])
    assert books.balance(CASH) == -100


def test_entries_that_do_not_sum_to_nought_are_refused_by_code_and_by_the_database(books):
    draft = books.draft(100, BANK, CASH)
    lame = replace(draft, entries=(draft.entries[0], replace(draft.entries[1], amount=Decimal(-99))))
    with raises(LedgerErrorCode.POSTING_UNBALANCED, index=0):
        post_all(books.seller, [lame])
    assert not LedgerPosting.objects.exists()
    posting = post_all(books.seller, [draft])[0]
    entry = LedgerEntry.objects.filter(posting=posting).first()
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        LedgerEntry.objects.create(
            organization=entry.organization,
            posting=posting,
            account=entry.account,
            line=3,
            kind="adjust",
            amount=1,
            value_date=entry.value_date,
        )


def test_two_currencies_balance_each_by_itself(books):
    draft = books.draft(100, BANK, CASH)
    dollars = replace(draft.entries[1], account=replace(draft.entries[1].account, currency="USD"))
    with raises(LedgerErrorCode.POSTING_UNBALANCED):
        post_all(books.seller, [replace(draft, entries=(draft.entries[0], dollars))])


def test_an_amount_finer_than_its_currency_is_refused(books):
    with raises(LedgerErrorCode.AMOUNT_PRECISION, index=0):
        books.post("1.005", BANK, CASH)


def test_a_ledger_cannot_be_edited(books):
    posting = books.post(100, BANK, CASH)
    for change in (
        lambda: LedgerEntry.objects.filter(posting=posting).update(amount=5),
        lambda: LedgerEntry.objects.filter(posting=posting).delete(),
        lambda: LedgerPosting.objects.filter(pk=posting.pk).update(memo="x"),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_a_posting_is_undone_once_and_its_open_item_with_it(books):
    item = books.invoice(100)
    posting = item.entry.posting
    made = reverse(books.seller, posting.pk)
    item.refresh_from_db()
    assert (item.open, item.status) == (0, "cleared")
    assert made.reverses_id == posting.pk and books.balance(RECEIVABLE) == 0
    with raises(LedgerErrorCode.ALREADY_REVERSED):
        reverse(books.seller, posting.pk)
    assert differences() == []


def test_what_was_cleared_is_not_undone_under_its_clearing(books):
    item = books.invoice(100)
    books.clear(item, 40, books.paid(40))
    with raises(CoreErrorCode.IN_USE):
        reverse(books.seller, item.entry.posting_id)


def test_another_organization_s_posting_is_not_found(books):
    other = make_partnership(books.partnership.downstream, "Elsewhere")
    posting = books.post(5, BANK, CASH)
    from tests.factories import make_actor

    with raises(CoreErrorCode.NOT_FOUND):
        reverse(make_actor(other.upstream), posting.pk)


def test_a_partnership_of_others_has_no_account(books):
    foreign = make_partnership(books.partnership.downstream, "Elsewhere")
    draft = books.draft(5, BANK, CASH)
    entry = EntryDraft(books.key(CASH, foreign), Decimal(-5), "payment")
    with raises(CoreErrorCode.NOT_FOUND, field="partnership"):
        post_all(books.seller, [replace(draft, entries=(draft.entries[0], entry))])


def test_a_fund_account_gives_no_more_than_it_holds(books):
    books.paid(100)
    with raises(LedgerErrorCode.FUND_INSUFFICIENT):
        books.post(101, CASH, BANK)
    books.post(100, CASH, BANK)
    assert books.balance(CASH) == 0


def test_accounts_of_the_whole_company_keep_no_running_balance(books):
    for amount in (100, 50):
        books.invoice(amount)
    account = LedgerAccount.objects.get(kind=REVENUE)
    assert account.balance == 0 and balances_of([account.pk]) == {account.pk: -150}
    assert checkpoint(least=2) == 1
    books.invoice(7)
    assert LedgerCheckpoint.objects.get().balance == -150
    assert balances_of([account.pk]) == {account.pk: -157}
    assert checkpoint(least=1) == 1 and differences() == []


def test_many_postings_cost_as_many_statements_as_one(books, django_assert_max_num_queries):
    books.invoice(1)
    drafts = [books.draft(n, RECEIVABLE, REVENUE, date(2026, 6, 1)) for n in range(1, 60)]
    with django_assert_max_num_queries(6):  # savepoint and release; lock, postings, entries, events
        made = post_all(books.seller, drafts)
    assert len({posting.pk for posting in made}) == 59 and OpenItem.objects.count() == 60


def test_a_partner_hears_of_what_moves_its_accounts(books):
    books.invoice(100)
    event = OutboxEvent.objects.get(kind="ledger.posted")
    assert event.organizations == [books.organization.pk, books.partnership.downstream_id]


def test_accounts_are_locked_before_open_items_and_numbers(books, lock_order):
    item = books.invoice(100)
    books.clear(item, 10, books.paid(10))
    assert lock_order.tables == ["ledger_ledgeraccount", "ledger_openitem"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
