"""Accruing: deltas, once each, in any order; the ledger follows."""

from __future__ import annotations

from decimal import Decimal

from marketplace.core.outbox import dispatch_all
from ordercenter.orders.cancel import cancel
from ordercenter.orders.confirm import confirm
from ordercenter.rebates.accrue import accrue_all
from ordercenter.rebates.models import RebateAccrual, RebatePosition
from tests.ordercenter.rebates.world import QUARTER
from tests.statements import count_sql


def test_example_2_as_rows_in_the_ledger(shop):
    policy = shop.policy()
    for amount in (80_000, 50_000, -40_000, 230_000):
        shop.buys(amount)
    assert shop.steps() == [
        ("VOLUME", "800.00"),
        ("VOLUME", "500.00"),
        ("RATE", "1300.00"),
        ("RETURN", "-800.00"),
        ("RATE", "-900.00"),
        ("VOLUME", "2300.00"),
        ("RATE", "6400.00"),
    ]
    position = shop.position(policy)
    assert (position.period_from, position.period_to) == QUARTER
    assert (position.basis_amount, position.accrued) == (320_000, 9600)
    assert shop.owed() == 9600


def test_a_source_told_twice_counts_once(shop):
    shop.policy()
    source = shop.source(80_000)
    accrue_all(shop.books, [source, source])
    assert accrue_all(shop.books, [source]).rows == 0
    assert shop.steps() == [("VOLUME", "800.00")]


def test_an_overlap_group_counts_a_source_for_its_first_policy_only(shop):
    second = shop.policy((0, 1), overlap_group="G", sequence=20)
    first = shop.policy((0, 2), overlap_group="G", sequence=10)
    shop.buys(1000)
    assert shop.position(first).accrued == 20
    assert not RebatePosition.objects.filter(line__policy=second).exists()


def test_example_7_deducting_earlier_rebates(shop):
    a = shop.policy((0, 8), sequence=1)
    b = shop.policy((0, 5), sequence=2, deducts=[a])
    c = shop.policy((0, 3), sequence=3, deducts=[a, b])
    shop.buys(4000, 6000)
    assert [shop.position(one).accrued for one in (a, b, c)] == [800, 460, Decimal("262.20")]
    shop.buys(-4000)
    assert [shop.position(one).accrued for one in (a, b, c)] == [480, 276, Decimal("157.32")]
    assert shop.owed() == shop.opened()


def test_example_8_together(shop):
    policy = shop.policy((200_000, 2), pooling="together")
    others = [shop.dealer_of(name)[0] for name in ("Jinli", "Harbour")]
    shop.buys(120_000)
    shop.buys(90_000, partnership=others[0])
    shop.buys(40_000, partnership=others[1])
    assert [shop.position(policy, one).accrued for one in (shop.buyer, *others)] == [2400, 1800, 800]
    assert shop.owed() == 5000


def test_the_statements_of_accruing_do_not_grow_with_sources(shop):
    shop.policy()
    shop.buys(100)
    with count_sql() as one:
        shop.buys(100)
    with count_sql() as many:
        shop.buys(*range(1, 100))
    assert one.count == many.count, many


def test_accruals_are_never_changed(shop):
    import pytest
    from django.db import IntegrityError, transaction

    shop.policy()
    shop.buys(100)
    with pytest.raises(IntegrityError), transaction.atomic():
        RebateAccrual.objects.update(amount=1)


def test_accruing_locks_in_the_one_order(shop, lock_order):
    shop.policy()
    shop.buys(100)
    assert lock_order.tables[:2] == ["ledger_ledgeraccount", "rebates_rebateposition"]


def test_a_confirmed_order_counts_and_its_cancelled_part_does_not(shop):
    policy = shop.policy((0, 10), line={"method": "incremental"})
    shop.sells("ABC", price="11.30", stock=100)
    order = shop.order(("ABC", 10))
    dispatch_all()
    assert not RebatePosition.objects.exists()
    confirm(shop.sales, order.pk)
    dispatch_all()
    assert shop.position(policy).basis_amount == order.net
    line = order.lines.get()
    cancel(shop.sales, order.pk, "Too many", {line.pk: Decimal(4)})
    dispatch_all()
    position = shop.position(policy)
    assert position.basis_amount == round(order.net * 6 / 10, 2)
    assert [row[0] for row in shop.steps()] == ["VOLUME", "RETURN"]
    assert shop.owed() == position.accrued
