"""Dunning: one letter a partner, each level of an item once (credit-and-ledger §7 and §12, example 7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from ordercenter.ledger.dunning import LevelDraft, preview, run, stopped, write_levels
from ordercenter.ledger.items import dispute
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import DunningLetter, DunningLine, LedgerEntry, OpenItem
from tests.ordercenter.ledger.books import differences, make_books
from tests.refusals import raises
from tests.threads import at_once

LEVELS = [
    LevelDraft(3, "一级", "First reminder"),
    LevelDraft(10, "二级", "Second reminder", fee=Decimal(20)),
    LevelDraft(30, "三级", "Last reminder", fee=Decimal(50), stop_orders=True),
]


@pytest.fixture
def levels(books):
    return write_levels(books.seller, LEVELS, Decimal("0.05"))


def test_example_7_days_level_and_interest(books, levels):
    books.invoice(8000, date(2026, 6, 1))
    (letter,) = preview(books.seller, date(2026, 6, 12))
    assert (letter.days, letter.level.name_en) == (11, "Second reminder")
    assert (letter.interest, letter.fee, letter.total) == (Decimal("44.00"), 20, Decimal("8064.00"))


def test_the_due_date_itself_is_not_overdue(books):
    write_levels(books.seller, [LevelDraft(1, "一", "One")], Decimal(0))
    books.invoice(10, date(2026, 6, 1))
    assert preview(books.seller, date(2026, 6, 1)) == []
    assert preview(books.seller, date(2026, 6, 2))[0].days == 1


def test_one_letter_has_the_highest_level_and_all_late_items(books, levels):
    old, young = books.invoice(100, date(2026, 5, 1)), books.invoice(50, date(2026, 6, 5))
    books.invoice(7, date(2026, 6, 11))
    made = run(books.seller, on=date(2026, 6, 12))
    letter = DunningLetter.objects.get(run=made)
    assert (letter.level.days, letter.amount, letter.stop_orders) == (30, 150, True)
    assert {line.open_item_id for line in letter.lines.all()} == {old.pk, young.pk}
    event = OutboxEvent.objects.get(kind="ledger.dunned")
    assert event.payload["stop_orders"] is True


def test_a_second_run_writes_nothing_and_a_new_level_one_more(books, levels):
    books.invoice(100, date(2026, 6, 1))
    assert run(books.seller, on=date(2026, 6, 5)).letters_made == 1
    assert run(books.seller, on=date(2026, 6, 9)) is None
    assert run(books.seller, on=date(2026, 6, 11)).letters_made == 1
    assert DunningLine.objects.filter(is_new=True).count() == 2


def test_disputed_items_are_left_out_and_orders_run_again_once_the_cause_is_paid(books, levels):
    item, other = books.invoice(100, date(2026, 5, 1)), books.invoice(60, date(2026, 5, 1))
    dispute(books.seller, other.pk, "Damaged")
    run(books.seller, on=date(2026, 6, 12))
    assert DunningLetter.objects.get().amount == 100
    pk = books.partnership.pk
    assert stopped([pk]) == {pk}
    books.clear(item, 100, books.paid(100))
    assert stopped([pk]) == set()


def test_levels_are_checked_all_at_once_and_used_ones_stay(books, levels):
    with raises(CoreErrorCode.DUPLICATE, field="days", index=1) as refused:
        write_levels(books.seller, [LevelDraft(3, "", ""), LevelDraft(3, "a", "")], Decimal(2))
    assert {(e.code.name, e.field) for e in refused.errors} >= {("REQUIRED", "name"), ("INVALID", "daily_interest")}
    books.invoice(100, date(2026, 6, 1))
    run(books.seller, on=date(2026, 6, 5))
    with raises(CoreErrorCode.IN_USE):
        write_levels(books.seller, LEVELS[1:], Decimal(0))
    kept = write_levels(books.seller, [LEVELS[0], LevelDraft(20, "二", "Two")], Decimal(0))
    assert [level.days for level in kept] == [3, 20] and kept[0].pk == levels[0].pk


def test_a_run_costs_as_many_statements_for_many_partners_as_for_one(books, levels, django_assert_num_queries):
    from tests.factories import make_partnership

    for number in range(6):
        partner = make_partnership(books.organization, f"Dealer {number}")
        replace(books, partnership=partner).invoice(10, date(2026, 6, 1))
    with django_assert_num_queries(12):
        assert run(books.seller, on=date(2026, 6, 12)).letters_made == 6


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_write_each_letter_once(transactional_db):
    books = make_books()
    write_levels(books.seller, LEVELS, Decimal(0))
    books.invoice(100, date(2026, 6, 1))
    made = at_once(4, lambda n: run(books.seller, on=date(2026, 6, 12)))
    assert sum(one is not None for one in made) == 1 and DunningLetter.objects.count() == 1


def charging(books) -> None:
    first, second, _last = LEVELS
    write_levels(books.seller, [first, replace(second, charges=True)], Decimal("0.05"))


def test_a_level_that_charges_posts_fee_and_interest_and_others_claim_them(books):
    charging(books)
    books.invoice(8000, date(2026, 6, 1))
    run(books.seller, on=date(2026, 6, 5))
    assert not OpenItem.objects.filter(document_kind="dunning_letter").exists()
    run(books.seller, on=date(2026, 6, 12))
    letter = DunningLetter.objects.get(is_charged=True)
    item = OpenItem.objects.get(document_kind="dunning_letter")
    assert (item.number, item.amount, item.due_on) == (letter.number, Decimal("64.00"), date(2026, 6, 12))
    assert books.balance(AccountKind.RECEIVABLE) == Decimal("8064.00")
    entries = LedgerEntry.objects.filter(posting__source_kind="dunning_letter")
    assert set(entries.values_list("account__sub", "amount", "kind")) == {
        ("", Decimal("64.00"), "dunning"),
        ("dunning_fee", Decimal(-20), "dunning"),
        ("late_interest", Decimal("-44.00"), "dunning"),
    }
    assert differences() == []


def test_what_a_letter_charged_bears_no_interest_and_is_not_claimed_again(books):
    charging(books)
    books.invoice(8000, date(2026, 6, 1))
    run(books.seller, on=date(2026, 6, 12))
    write_levels(books.seller, [*LEVELS[:1], replace(LEVELS[1], charges=True), LEVELS[2]], Decimal("0.05"))
    (letter,) = preview(books.seller, date(2026, 7, 2))
    assert (letter.amount, letter.interest) == (8000, Decimal("124.00") - Decimal("44.00"))
    assert letter.is_charged is False
