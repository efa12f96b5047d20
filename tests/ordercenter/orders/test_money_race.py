"""Sixteen at once against one limit, one cap and one account: as many get it as it holds, and not a cent more."""

from decimal import Decimal

import pytest
from django.db import connection

from marketplace.core.verify import run_checks
from ordercenter.credit import locking
from ordercenter.credit.enums import CreditRuleKind
from ordercenter.ledger.funds.models import FundGrant
from ordercenter.orders.models import Order
from ordercenter.promotions.models import PromotionCap
from tests.ordercenter.orders.money_shop import MoneyShop
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


@pytest.fixture
def money(transactional_db) -> MoneyShop:
    """A seller that controls credit."""
    return MoneyShop()


def held_and_passed(money: MoneyShop) -> tuple[int, int]:
    money.limit(100000)
    money.rule(CreditRuleKind.LIMIT)
    at_once(16, lambda _number: money.buys(15000).pk)
    return Order.objects.filter(open_holds=1).count(), Order.objects.filter(open_holds=0).count()


def test_of_sixteen_orders_against_one_limit_six_pass(money):
    """Credit-and-ledger §12.4."""
    assert held_and_passed(money) == (10, 6)
    assert money.buckets() == {"open_orders": 90000, "held": 150000}
    assert run_checks() == []


def test_without_the_lock_more_pass_than_fit(money, monkeypatch):
    """The twin: the accounts are read without being locked, and everybody a moment later."""
    lock = locking.LOCK.replace("FOR NO KEY UPDATE OF a", "")
    monkeypatch.setattr(locking, "LOCK", lock)
    check = locking._book

    def late(*arguments):
        found = check(*arguments)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.5)")
        return found

    monkeypatch.setattr(locking, "_book", late)
    held, _passed = held_and_passed(money)
    assert held < 10


def test_sixteen_orders_share_one_cap_to_the_cent(money):
    """Promotions §11.10: 132.00 each of 1,000.00."""
    money.limit(10000000)
    money.sells("A", "1100", 500)
    money.promotes("percent_off", value=12, cap=("amount", 1000), on_short="partial")
    at_once(16, lambda _number: money.order(("A", 1)).pk)
    cap = PromotionCap.objects.get()
    discounts = sorted(Order.objects.values_list("discount", flat=True), reverse=True)
    assert discounts == [132] * 7 + [76] + [0] * 8
    assert (cap.reserved, cap.used) == (1000, 0)
    assert run_checks() == []


def test_sixteen_orders_use_one_account_to_the_cent(money):
    money.limit(10000000)
    money.sells("A", "99.99", 500)
    money.grant("rebate", 333)
    got = at_once(16, lambda _number: _with_rebate(money))
    grant = FundGrant.objects.get()
    assert sum(got) == grant.reserved == 300
    assert sorted(got) == [0] * 10 + [50] * 6
    assert run_checks() == []


def _with_rebate(money: MoneyShop) -> Decimal:
    from marketplace.core.errors import DomainErrors

    try:
        return money.order(("A", 1), funds={"rebate": D(50)}).reduction
    except DomainErrors:
        return D(0)
