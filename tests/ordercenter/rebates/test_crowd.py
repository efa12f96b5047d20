"""Many at once, and a death in the middle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError

from marketplace.core.errors import DomainError, DomainErrors
from marketplace.core.verify import run_checks
from ordercenter.ledger.funds.models import FundGrant
from ordercenter.rebates import pay, positions
from ordercenter.rebates.accrue import accrue_all
from ordercenter.rebates.models import RebateAccrual, RebateSettlement
from ordercenter.rebates.settle import propose, submit
from tests.ordercenter.rebates.world import RebateShop
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

LADDER = ((0, 1), (200_000, 2), (400_000, 3))
EACH = 63


@pytest.fixture
def shop() -> RebateShop:
    return RebateShop()


def crowd(shop: RebateShop) -> None:
    """16 threads accrue 1,008 sources of one partner, every seventh of them twice."""
    policy = shop.policy(*LADDER)
    sources = [shop.source(100 + number) for number in range(16 * EACH)]

    def work(thread: int) -> None:
        mine = sources[thread * EACH : (thread + 1) * EACH]
        for start in range(0, EACH, 9):
            accrue_all(shop.books, mine[start : start + 9])
        accrue_all(shop.books, sources[thread::7][:9])

    at_once(16, work)
    position = shop.position(policy)
    assert position.basis_amount == sum(source.net for source in sources)
    assert position.accrued == round(position.basis_amount * 3 / 100, 2)
    assert RebateAccrual.objects.exclude(cause="rate").count() == len(sources)
    assert run_checks() == []


def test_sixteen_threads_give_the_serial_result(shop):
    crowd(shop)


def test_without_the_lock_on_positions_sources_are_lost(shop, monkeypatch):
    monkeypatch.setattr(positions, "LOCK", positions.LOCK.replace("FOR NO KEY UPDATE OF p", ""))
    monkeypatch.setattr("ordercenter.rebates.accrue.lock_accrual_accounts", list)
    try:
        crowd(shop)
    except (AssertionError, DatabaseError, DomainError, DomainErrors):
        return
    pytest.fail("sources were counted without a lock")


def dying(real: Callable[..., None]) -> Callable[..., None]:
    """Do it, and die."""

    def dies(*given: object) -> None:
        real(*given)
        raise KeyboardInterrupt

    return dies


def test_a_death_in_the_middle_of_posting_leaves_nothing_behind(shop, monkeypatch):
    policy = shop.policy()
    shop.buys(10_000)
    row = propose(shop.sales, policy.pk, date(2026, 2, 1))[0]
    submit(shop.sales, [row.pk])
    for step in ("_settle", "_pay", "_mark"):
        with monkeypatch.context() as patch:
            patch.setattr(pay, step, dying(getattr(pay, step)))
            with pytest.raises(KeyboardInterrupt):
                pay.post(shop.sales, [row.pk])
        assert RebateSettlement.objects.get().status == "approved"
        assert not FundGrant.objects.exists()
        assert run_checks() == []
    pay.post(shop.sales, [row.pk])
    assert FundGrant.objects.get().amount == 100
    assert run_checks() == []


def test_two_who_post_at_once_pay_once(shop):
    policy = shop.policy()
    shop.buys(10_000)
    row = propose(shop.sales, policy.pk, date(2026, 2, 1))[0]
    submit(shop.sales, [row.pk])
    at_once(8, lambda _n: pay.post(shop.sales, [row.pk]))
    assert FundGrant.objects.get().amount == 100
    assert run_checks() == []
