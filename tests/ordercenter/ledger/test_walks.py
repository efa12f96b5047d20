"""Whatever happens to the books, they agree with themselves (credit-and-ledger §11, rules 1 and 5); many at once."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.errors import DomainError, DomainErrors
from ordercenter.ledger import clearing, posting
from ordercenter.ledger.accounts import key_of
from ordercenter.ledger.clearing import ClearingDraft, clear_all, unclear
from ordercenter.ledger.items import write_off
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import Clearing, LedgerAccount, LedgerEntry, LedgerPosting, OpenItem
from ordercenter.ledger.posting import post_all, reverse
from tests.ordercenter.ledger.books import Books, differences, make_books
from tests.threads import at_once

CASH, BANK, RECEIVABLE, REVENUE = AccountKind.CASH, AccountKind.BANK, AccountKind.RECEIVABLE, AccountKind.REVENUE
STEPS = ["invoice", "pay", "credit", "clear", "unclear", "write_off", "reverse", "again", "refund"]
WALKS = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 50), st.integers(1, 9000)), max_size=25)


def step(books: Books, name: str, place: int, cents: int, drafts: list) -> None:
    """One thing that may happen, with what there is at that place; refused where it may not."""
    amount = Decimal(cents) / 100
    items = list(OpenItem.objects.order_by("pk"))
    credits = list(LedgerEntry.objects.filter(amount__lt=0, account__kind__in=[CASH, RECEIVABLE]).order_by("pk"))
    clearings = list(Clearing.objects.order_by("pk"))
    postings = list(LedgerPosting.objects.order_by("pk"))
    if name == "invoice":
        books.invoice(amount)
    elif name == "pay":
        drafts.append(books.draft(amount, BANK, CASH, source_kind="payment"))
        post_all(books.seller, drafts[-1:])
    elif name == "credit":
        books.post(amount, REVENUE, RECEIVABLE, source_kind="credit_note")
    elif name == "refund":
        books.post(amount, CASH, BANK, source_kind="refund")
    elif name == "again" and drafts:
        post_all(books.seller, [drafts[place % len(drafts)]])
    elif name == "clear" and items:
        payment = credits[place % len(credits)].pk if credits and place % 3 else None
        clear_all(books.seller, [ClearingDraft(items[place % len(items)].pk, amount, payment)])
    elif name == "unclear" and clearings:
        unclear(books.seller, clearings[place % len(clearings)].pk)
    elif name == "write_off" and items:
        write_off(books.seller, items[place % len(items)].pk, "Gone", amount)
    elif name == "reverse" and postings:
        reverse(books.seller, postings[place % len(postings)].pk)


@given(WALKS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_every_balance_is_its_entries_and_every_item_its_clearings(db, walk):
    books = make_books()
    drafts: list = []
    for name, place, cents in walk:
        try:
            step(books, name, place, cents, drafts)
        except (DomainError, DomainErrors):
            continue
    assert differences() == []
    assert not LedgerAccount.objects.filter(kind=CASH, balance__gt=0).exists()


@given(st.lists(st.integers(1, 500), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_posting_and_clearing_twice_changes_nothing_the_second_time(db, amounts):
    books = make_books()
    drafts = [books.draft(amount, BANK, CASH, source_kind="payment") for amount in amounts]
    paid = post_all(books.seller, drafts)
    items = [books.invoice(amount) for amount in amounts]
    clear = [
        ClearingDraft(item.pk, Decimal(amount), one.entry_ids[1], key=f"payment:{one.pk}")
        for item, amount, one in zip(items, amounts, paid, strict=True)
    ]
    first = clear_all(books.seller, clear)
    before = state()
    assert [one.pk for one in post_all(books.seller, drafts)] == [one.pk for one in paid]
    assert [one.pk for one in clear_all(books.seller, clear)] == [one.pk for one in first]
    assert state() == before


def state() -> list:
    """All figures of the books."""
    accounts = LedgerAccount.objects.order_by("pk").values_list("pk", "balance")
    return [*accounts, *OpenItem.objects.order_by("pk").values_list("pk", "open"), LedgerEntry.objects.count()]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_sixteen_clear_one_item_and_never_more_than_is_open(transactional_db, monkeypatch, locked):
    """The twin reads the item without its lock, and what all of them saw open is cleared many times over."""
    books = make_books()
    item = books.invoice(100)
    books.paid(1000)
    monkeypatch.setattr(clearing, "_keepers", {})
    if not locked:
        monkeypatch.setattr(clearing, "_lock_items", lambda matches: None)
        monkeypatch.setattr(clearing, "lock_accounts", lambda keys: {})
        monkeypatch.setattr(posting, "lock_accounts", _found)

    def take(n: int) -> bool:
        try:
            clear_all(books.seller, [ClearingDraft(item.pk, Decimal(15))])
        except Exception:
            return False
        return True

    passed = sum(at_once(16, take))
    item.refresh_from_db()
    if locked:
        assert passed == 6 and item.open == 10 and differences() == []
    else:
        assert passed != 6 or item.open != 10


def _found(keys: object) -> dict:
    """The accounts as they are, without a lock."""
    wanted = set(keys)  # type: ignore[call-overload]
    return {key_of(row): row for row in LedgerAccount.objects.all() if key_of(row) in wanted}


@pytest.mark.django_db(transaction=True)
def test_documents_of_many_threads_end_without_deadlock_and_agree(transactional_db):
    books = make_books()
    other = replace(books, partnership=_another(books))
    both = [books, other]

    def work(n: int) -> None:
        one, two = both[n % 2], both[(n + 1) % 2]
        for turn in range(3):
            post_all(one.seller, [one.draft(5, BANK, CASH), two.draft(7, BANK, CASH)])
            item = one.invoice(4)
            one.clear(item, 2)
            if turn == 1:
                unclear(one.seller, item.clearings.first().pk)

    at_once(16, work)
    assert differences() == []


def _another(books: Books) -> object:
    from tests.factories import make_partnership

    return make_partnership(books.organization, "Jinli Trading")


@pytest.mark.django_db(transaction=True)
def test_the_same_key_posted_by_sixteen_at_once_posts_once(transactional_db):
    books = make_books()
    draft = books.draft(5, BANK, CASH)
    made = at_once(16, lambda n: post_all(books.seller, [draft])[0].pk)
    assert len(set(made)) == 1 and books.balance(CASH) == -5
