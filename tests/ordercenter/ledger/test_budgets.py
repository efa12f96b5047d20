"""Budgets: total = free + reserved + consumed, along every way they move (credit-and-ledger §2, §10, §11.9)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.errors import CoreErrorCode, DomainErrors
from marketplace.core.models import ControlMode
from ordercenter.ledger.budget_moves import BudgetMove, move_all
from ordercenter.ledger.budgets import BudgetDraft, accrue, top_up, transfer, write_budget
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.kinds import LedgerEntryKind as Kind
from ordercenter.ledger.models import Budget, BudgetEntry, BudgetKind
from tests.factories import make_stranger
from tests.ordercenter.ledger.books import differences, make_books
from tests.refusals import raises
from tests.threads import at_once

TODAY = timezone.localdate()


def draft(name="Marketing", total=1000, **fields) -> BudgetDraft:
    known = {"begins_on": TODAY - timedelta(days=3), "ends_on": TODAY + timedelta(days=90), "total": Decimal(total)}
    return BudgetDraft("", name, **(known | fields))


def move(budget, kind, amount, document=1, **fields) -> BudgetMove:
    known = {"document_kind": "expense", "document_id": document, "cause": str(kind)}
    return BudgetMove(budget.pk, kind, Decimal(amount), **(known | fields))


def figures(budget) -> tuple:
    row = Budget.objects.get(pk=budget.pk)
    return row.total, row.free, row.reserved, row.consumed


def test_money_is_promised_spent_and_given_back(books):
    budget = write_budget(books.seller, draft())
    for kind, amount, after in (
        (Kind.RESERVE, 400, (1000, 600, 400, 0)),
        (Kind.CONSUME, 250, (1000, 600, 150, 250)),
        (Kind.FREE, 150, (1000, 750, 0, 250)),
        (Kind.REVERSE, 50, (1000, 800, 0, 200)),
    ):
        move_all(books.seller, [move(budget, kind, amount)])
        assert figures(budget) == after
    assert differences() == []


def test_the_same_document_and_cause_moves_once(books):
    budget = write_budget(books.seller, draft())
    for _ in range(2):
        move_all(books.seller, [move(budget, Kind.RESERVE, 400)])
    assert figures(budget)[2] == 400


def test_a_budget_that_blocks_is_not_exceeded_and_one_that_warns_says_so(books):
    blocks = write_budget(books.seller, draft(total=100))
    warns = write_budget(books.seller, draft(total=100, control=ControlMode.WARN))
    asks = write_budget(books.seller, draft(total=100, control=ControlMode.REQUIRE_APPROVAL))
    with raises(LedgerErrorCode.BUDGET_EXCEEDED, index=1):
        move_all(books.seller, [move(warns, Kind.RESERVE, 1), move(blocks, Kind.RESERVE, 101)])
    assert not BudgetEntry.objects.filter(kind=Kind.RESERVE).exists()
    moved = move_all(books.seller, [move(warns, Kind.RESERVE, 130), move(asks, Kind.RESERVE, 150)])
    assert [one.over for one in moved.warnings] == [30, 50]
    assert [one.budget_id for one in moved.needs_approval] == [asks.pk]


def test_what_is_used_below_counts_above_where_that_rolls_up(books):
    top = write_budget(books.seller, draft("Top", 1000, rollup=True))
    middle = write_budget(books.seller, draft("Middle", 300, parent_id=top.pk))
    low = write_budget(books.seller, draft("Low", 200, parent_id=middle.pk))
    move_all(books.seller, [move(low, Kind.RESERVE, 150), move(middle, Kind.RESERVE, 100)])
    assert (figures(low)[2], figures(middle)[2], figures(top)[2]) == (150, 100, 250)
    with raises(LedgerErrorCode.BUDGET_EXCEEDED):
        move_all(books.seller, [move(low, Kind.RESERVE, 51, document=2)])
    assert differences() == []


def test_a_transfer_keeps_the_sum(books):
    one, two = write_budget(books.seller, draft()), write_budget(books.seller, draft("Other", 10))
    transfer(books.seller, one.pk, two.pk, Decimal("250.50"), "More fairs")
    assert figures(one)[0] == Decimal("749.50") and figures(two)[0] == Decimal("260.50")
    with raises(LedgerErrorCode.BUDGET_EXCEEDED):
        transfer(books.seller, one.pk, two.pk, Decimal(750))
    with raises(CoreErrorCode.INVALID, field="target"):
        transfer(books.seller, one.pk, one.pk, Decimal(1))
    assert differences() == []


def test_a_top_up_is_not_taken_back_below_what_is_promised(books):
    budget = write_budget(books.seller, draft())
    move_all(books.seller, [move(budget, Kind.RESERVE, 900)])
    with raises(LedgerErrorCode.BUDGET_EXCEEDED):
        top_up(books.seller, budget.pk, Decimal(-101))
    assert top_up(books.seller, budget.pk, Decimal(-100)).free == 0
    assert top_up(books.seller, budget.pk, Decimal(5), key="q3").total == 905
    assert top_up(books.seller, budget.pk, Decimal(5), key="q3").total == 905
    with raises(LedgerErrorCode.AMOUNT_PRECISION):
        top_up(books.seller, budget.pk, Decimal("0.001"))
    with raises(CoreErrorCode.NOT_FOUND):
        top_up(make_stranger(), budget.pk, Decimal(1))


def test_a_variable_budget_stops_at_what_is_promised_and_pays_its_deficit_first(books):
    budget = write_budget(books.seller, draft(total=0, kind=BudgetKind.VARIABLE))
    accrue(books.seller, budget.pk, Decimal(100), "2026-06-01")
    move_all(books.seller, [move(budget, Kind.RESERVE, 80)])
    row = accrue(books.seller, budget.pk, Decimal(-50), "2026-06-02")
    assert (row.total, row.free, row.deficit) == (80, 0, 30)
    move_all(books.seller, [move(budget, Kind.FREE, 10)])
    row.refresh_from_db()
    assert (row.total, row.free, row.deficit) == (70, 0, 20)
    row = accrue(books.seller, budget.pk, Decimal(50), "2026-06-03")
    assert (row.total, row.free, row.deficit) == (100, 30, 0)
    assert accrue(books.seller, budget.pk, Decimal(50), "2026-06-03").total == 100
    assert differences() == []


def test_bad_budgets_are_refused_with_every_reason(books):
    with raises(CoreErrorCode.REQUIRED, field="name") as refused:
        write_budget(books.seller, draft("", -1, ends_on=TODAY - timedelta(days=9)))
    assert {e.field for e in refused.errors} == {"name", "ends_on", "total"}
    with raises(CoreErrorCode.NOT_FOUND, field="parent"):
        write_budget(books.seller, draft(parent_id=0))
    budget = write_budget(books.seller, draft())
    below = write_budget(books.seller, draft("Below", parent_id=budget.pk))
    with raises(CoreErrorCode.TREE_CYCLE):
        write_budget(books.seller, draft(parent_id=below.pk), budget.pk)
    ended = write_budget(books.seller, draft(begins_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=1)))
    with raises(CoreErrorCode.INVALID, field="budget"):
        move_all(books.seller, [move(ended, Kind.RESERVE, 1)])


def test_many_moves_cost_as_many_statements_as_one(books, django_assert_num_queries):
    rows = [write_budget(books.seller, draft(f"B{n}")) for n in range(10)]
    with django_assert_num_queries(7):
        move_all(books.seller, [move(rows[0], Kind.RESERVE, 1)])
    with django_assert_num_queries(7):
        move_all(books.seller, [move(row, Kind.RESERVE, 2, document=9) for row in rows])


MOVES = st.lists(
    st.tuples(
        st.sampled_from([Kind.RESERVE, Kind.CONSUME, Kind.FREE, Kind.REVERSE, "top_up", "transfer"]),
        st.integers(0, 2),
        st.integers(1, 400),
    ),
    max_size=12,
)


@given(MOVES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_moves_total_is_free_reserved_and_consumed(db, moves):
    books = make_books()
    top = write_budget(books.seller, draft("Top", 900, rollup=True))
    rows = [top, *(write_budget(books.seller, draft(f"B{n}", 300, parent_id=top.pk)) for n in range(2))]
    added = Decimal(0)
    for number, (kind, place, amount) in enumerate(moves):
        try:
            if kind == "top_up":
                top_up(books.seller, rows[place].pk, Decimal(amount))
                added += amount
            elif kind == "transfer":
                transfer(books.seller, rows[place].pk, rows[(place + 1) % 3].pk, Decimal(amount))
            else:
                move_all(books.seller, [move(rows[place], kind, amount, document=number)])
        except DomainErrors:
            pass
    found = list(Budget.objects.filter(pk__in=[row.pk for row in rows]))
    assert all(one.total == one.free + one.reserved + one.consumed and one.free >= 0 for one in found)
    assert sum(one.total for one in found) == 1500 + added
    assert differences() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_sixteen_at_once_never_exceed_a_budget(transactional_db, monkeypatch, locked):
    """The twin reads the rows without a lock and overwrites what others promised: it has to be seen."""
    books = make_books()
    budget = write_budget(books.seller, draft(total=100))
    if not locked:
        from ordercenter.ledger import budget_moves

        def unlocked(actor, ids):
            return {row.pk: row for row in Budget.objects.filter(pk__in=set(ids))}

        monkeypatch.setattr(budget_moves, "locked", unlocked)

    def promise(n: int) -> bool:
        try:
            move_all(books.seller, [move(budget, Kind.RESERVE, 15, document=n)])
        except Exception:
            return False
        return True

    passed = sum(at_once(16, promise))
    if locked:
        assert passed == 6 and figures(budget)[2] == 90 and differences() == []
    else:
        assert passed > 6 or figures(budget)[2] != 15 * passed
