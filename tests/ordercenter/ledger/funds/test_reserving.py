"""Promising, using, freeing and giving back, in the database (credit-and-ledger §6, §11, §12)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from marketplace.core.clock import database_now
from marketplace.core.verify import run_checks
from ordercenter.ledger.funds.back import give_back_all
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.expire import expire
from ordercenter.ledger.funds.grants import take_back
from ordercenter.ledger.funds.kinds import FundCause
from ordercenter.ledger.funds.models import FundGrant, FundSettings, FundShare, FundUse
from ordercenter.ledger.funds.reserve import FundUsePart, free_all, use_all
from ordercenter.ledger.models import LedgerAccount
from tests.ordercenter.ledger.funds.purse import SYSTEM, Purse, part
from tests.refusals import raises
from tests.statements import count_sql

D = Decimal


def books_agree() -> bool:
    found = [one for one in run_checks() if one.check.startswith(("funds", "ledger"))]
    assert not found, found
    return True


def test_a_grant_comes_in_once_and_is_the_balance(purse: Purse):
    first = purse.grant("cash", 500, source_id=77)
    assert purse.grant("cash", 500, source_id=77) == first
    assert purse.held("cash") == (500, 0) and FundGrant.objects.count() == 1
    assert books_agree()


def test_what_is_promised_to_an_order_is_not_there_for_another(purse: Purse):
    purse.grant("cash", 100)
    purse.reserve(purse.order(("A", 1)), cash=60)
    assert purse.held("cash") == (100, 60)
    with raises(FundErrorCode.FUND_INSUFFICIENT):
        purse.reserve(purse.order(("A", 1)), cash="40.01")
    purse.reserve(purse.order(("A", 1)), cash=40)
    assert purse.held("cash") == (100, 100) and books_agree()


def test_worked_example_5_and_6_used_by_two_invoices_and_given_back(purse: Purse):
    now = database_now()
    purse.grant("cash", 100, source_id=1)
    purse.grant("rebate", 100, ends=now + timedelta(days=60))
    purse.grant("rebate", 90, ends=now + timedelta(days=30))
    purse.grant("rebate", 60)
    purse.rule("rebate", treatment="payment", mode="manual")
    order = purse.order(("A", 3))
    (moved,) = purse.reserve(order, rebate=180)
    assert moved.amount == 180 and purse.grants("rebate") == [(100, 90), (90, 90), (60, 0)]
    (used,) = use_all(SYSTEM, [part(order, 3)])
    assert used.amount == 180 and used.entry_id and len(used.use_ids) == 2
    assert purse.grants("rebate") == [(10, 0), (0, 0), (60, 0)]
    (back,) = give_back_all(SYSTEM, [part(order, D(50) / D(60), kind=FundCause.CREDIT_NOTE)])
    assert back.amount == 50 and purse.grants("rebate") == [(60, 0), (0, 0), (60, 0)]
    assert books_agree()


def test_uses_are_part_values_and_the_same_invoice_uses_once(purse: Purse):
    purse.grant("cash", 500)
    order = purse.order(("A", 10), ("B", 7))
    purse.reserve(order, cash="100.01")
    (first,) = use_all(SYSTEM, [part(order, 6, 3)])
    assert use_all(SYSTEM, [part(order, 6, 3)]) == []
    (second,) = use_all(SYSTEM, [part(order, 10, 7, document=2)])
    assert first.amount + second.amount == D("100.01")
    assert purse.held("cash") == (D("399.99"), 0) and books_agree()
    receivable = LedgerAccount.objects.get(partnership=purse.buyer, kind="receivable")
    assert receivable.balance == -D("100.01")


def test_a_price_reduction_is_revenue_and_touches_no_receivable(purse: Purse):
    purse.grant("rebate", 100)
    order = purse.order(("A", 1))
    purse.reserve(order, rebate=50)
    (used,) = use_all(SYSTEM, [part(order, 1)])
    assert used.amount == 50 and used.entry_id is None
    assert not LedgerAccount.objects.filter(kind="receivable").exists() and books_agree()


def test_cancelling_frees_from_the_end_of_the_line_and_the_rest_is_used(purse: Purse):
    purse.grant("cash", 500)
    order = purse.order(("A", 7))
    purse.reserve(order, cash=100)
    (freed,) = free_all(SYSTEM, [part(order, 3, kind="")])
    assert free_all(SYSTEM, [part(order, 3, kind="")]) == []
    (used,) = use_all(SYSTEM, [part(order, 4)])
    assert freed.amount + used.amount == 100 and purse.held("cash") == (500 - used.amount, 0)
    assert books_agree()


def test_a_wholly_cancelled_or_wholly_returned_order_leaves_every_account_as_before(purse: Purse):
    purse.grant("cash", 500)
    purse.grant("rebate", 33)
    purse.rule("rebate", max_percent=20)
    before = purse.grants("cash"), purse.grants("rebate")
    cancelled, returned = purse.order(("A", 3), ("B", 1)), purse.order(("A", 2), ("B", 5))
    purse.reserve(cancelled, cash=100)
    free_all(SYSTEM, [FundUsePart(cancelled.pk, ())])
    assert (purse.grants("cash"), purse.grants("rebate")) == before
    purse.reserve(returned, cash=100)
    use_all(SYSTEM, [part(returned, 2, 5)])
    give_back_all(SYSTEM, [part(returned, 2, 5, kind=FundCause.CREDIT_NOTE)])
    assert (purse.grants("cash"), purse.grants("rebate")) == before and books_agree()


def test_promised_money_does_not_end_and_comes_back_for_its_days(purse: Purse):
    FundSettings.objects.create(organization=purse.seller, restore_days=10)
    ended = purse.grant("rebate", 100, ends=database_now() + timedelta(days=1))
    order = purse.order(("A", 1))
    purse.reserve(order, rebate=40)
    FundGrant.objects.filter(pk=ended.pk).update(valid_to=database_now() - timedelta(hours=1))
    assert expire(SYSTEM) == 1 and expire(SYSTEM) == 0
    assert purse.grants("rebate") == [(40, 40)]
    free_all(SYSTEM, [FundUsePart(order.pk, ())])
    assert purse.grants("rebate") == [(40, 0)] and expire(SYSTEM) == 0
    ended.refresh_from_db()
    assert ended.usable_to - database_now() == timedelta(days=10)
    purse.reserve(purse.order(("A", 1)), rebate=15)
    FundGrant.objects.filter(pk=ended.pk).update(restored_to=database_now() - timedelta(hours=1))
    assert expire(SYSTEM) == 1 and purse.grants("rebate") == [(15, 15)] and books_agree()


def test_what_comes_back_before_the_daily_run_does_not_revive_what_had_ended(purse: Purse):
    ended = purse.grant("rebate", 100, ends=database_now() + timedelta(days=1))
    order = purse.order(("A", 1))
    purse.reserve(order, rebate=40)
    FundGrant.objects.filter(pk=ended.pk).update(valid_to=database_now() - timedelta(hours=1))
    free_all(SYSTEM, [FundUsePart(order.pk, ())])
    assert purse.grants("rebate") == [(40, 0)] and books_agree()


def test_a_grant_is_taken_back_once_and_only_whole(purse: Purse):
    first, second = purse.grant("rebate", 100), purse.grant("rebate", 50)
    purse.reserve(purse.order(("A", 1)), rebate=10)
    with raises(FundErrorCode.FUND_USED) as refusal:
        take_back(purse.sales, first.pk)
    assert "10" in str(refusal.errors[0].message)
    take_back(purse.sales, second.pk)
    with raises(FundErrorCode.FUND_USED):
        take_back(purse.sales, second.pk)
    assert purse.grants("rebate") == [(100, 10), (0, 0)] and books_agree()


def test_an_order_promised_anew_uses_what_it_has_now(purse: Purse):
    purse.grant("cash", 500)
    order = purse.order(("A", 2))
    purse.reserve(order, cash=100)
    free_all(SYSTEM, [FundUsePart(order.pk, ())])
    purse.reserve(order, cash=30)
    (used,) = use_all(SYSTEM, [part(order, 2)])
    assert used.amount == 30 and FundShare.objects.count() == 2 and books_agree()


def test_uses_are_written_once_and_never_changed(purse: Purse):
    purse.grant("cash", 500)
    order = purse.order(("A", 2))
    purse.reserve(order, cash=100)
    use_all(SYSTEM, [part(order, 2)])
    use = FundUse.objects.get()
    use.amount = D(1)
    with pytest.raises(Exception, match="append-only"):
        use.save()
    connection.needs_rollback = True


@pytest.mark.parametrize("count", [1, 25])
def test_statements_do_not_grow_with_lines(purse: Purse, count):
    skus = purse.sells_many(count, price=10, stock=50)
    purse.grant("cash", 5000)
    order = purse.order(*((sku, 2) for sku in skus))
    with count_sql() as reserved:
        purse.reserve(order, cash=count)
    with count_sql() as used:
        use_all(SYSTEM, [part(order, *([1] * count))])
    with count_sql() as freed:
        free_all(SYSTEM, [part(order, *([1] * count), kind="")])
    assert (reserved.count, used.count, freed.count) == (9, 15, 8), (reserved, used, freed)


def test_a_part_of_nothing_is_nothing(purse: Purse):
    order = purse.order(("A", 2))
    assert use_all(SYSTEM, [part(order, 2)]) == free_all(SYSTEM, []) == give_back_all(SYSTEM, [part(order, 2)]) == []


def test_everything_locks_accounts_first_and_in_the_one_order(purse: Purse, lock_order):
    purse.grant("cash", 500)
    order = purse.order(("A", 4))
    purse.reserve(order, cash=100)
    for step in (
        lambda: use_all(SYSTEM, [part(order, 2)]),
        lambda: free_all(SYSTEM, [part(order, 1, kind="")]),
        lambda: give_back_all(SYSTEM, [part(order, 1, kind=FundCause.CREDIT_NOTE)]),
    ):
        step()
        assert lock_order.tables[0] == "ledger_ledgeraccount"
