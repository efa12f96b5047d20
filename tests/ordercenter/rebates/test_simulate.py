"""Trying a policy on past documents gives what counting them gives, deductions included."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ordercenter.rebates.models import RebatePosition, RebateSimulation
from ordercenter.rebates.recalculate import recalculate
from ordercenter.rebates.simulate import run_simulation, start
from tests.ordercenter.rebates.test_recalculate import STEPS, trade


def tried(shop, policy) -> list[tuple]:
    """(partner, basis, value) of a simulation over all years there are."""
    made = start(shop.sales, policy.pk, date(2025, 1, 1), date(2027, 1, 1))
    run_simulation(made.pk)
    row = RebateSimulation.objects.get(pk=made.pk)
    assert row.status == "succeeded"
    return sorted((one["partnership"], Decimal(one["value"])) for one in row.result)


def counted(policy) -> list[tuple]:
    return sorted(RebatePosition.objects.filter(line__policy=policy).values_list("partnership_id", "target_value"))


def test_a_simulation_gives_what_counting_gives(shop):
    trade(shop)
    first = shop.policy(*STEPS, sequence=1)
    second = shop.policy((0, 5), sequence=2, deducts=[first])
    third = shop.policy((0, 7), (200, 9), sequence=3, deducts=[first, second], pooling="together")
    found = [tried(shop, policy) for policy in (first, second, third)]
    for policy in (first, second, third):
        recalculate(shop.books, policy.pk)
    assert found == [counted(policy) for policy in (first, second, third)]
    assert all(len(rows) == 2 for rows in found)


def test_only_what_both_count_is_deducted(shop):
    trade(shop)
    goods = shop.goods["G1"]
    first = shop.policy((0, 50), sequence=1)
    first.scopes.create(organization=shop.seller, variant=goods)
    second = shop.policy((0, 10), sequence=2, deducts=[first])
    found = tried(shop, second)
    recalculate(shop.books, first.pk)
    recalculate(shop.books, second.pk)
    assert found == counted(second)
