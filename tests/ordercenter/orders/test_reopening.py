"""Orders that fund accounts paid a part of, closed and taken up again (orders §7, credit-and-ledger §5, §6)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.core.clock import database_now
from marketplace.core.verify import run_checks
from ordercenter.credit.enums import CreditRuleKind
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.models import FundGrant
from ordercenter.orders.change import Change, change
from ordercenter.orders.close import close, reopen
from ordercenter.orders.confirm import confirm
from ordercenter.orders.models import Order, OrderHold
from ordercenter.promotions.errors import PromotionErrorCode
from tests.locks import watched_locks
from tests.ordercenter.orders.money_shop import MoneyShop
from tests.ordercenter.orders.shop import lines
from tests.refusals import raises

D = Decimal


@pytest.fixture
def money(db) -> MoneyShop:
    shop = MoneyShop()
    shop.limit(1000)
    shop.rule(CreditRuleKind.LIMIT)
    shop.sells("A", "33.33", 100)
    shop.grant("rebate", 50)
    shop.grant("cash", 100)
    return shop


def begun(money: MoneyShop, **funds: str) -> Order:
    """An order of seven, of which three have left."""
    order = money.order(("A", 7), funds={kind: D(amount) for kind, amount in funds.items()})
    confirm(money.sales, order.pk)
    (line,) = lines(order)
    ship(money.sales, ShipmentDraft(order.pk, {line.pk: D(3)}))
    return order


def test_closing_and_reopening_leaves_everything_as_it_was(money):
    order = begun(money, rebate="20", cash="77.77")
    before = money.everything()
    close(money.sales, order.pk, "Enough")
    assert money.held_in("cash")[1] < D("77.77") and run_checks() == []
    with watched_locks():
        reopen(money.sales, order.pk)
    assert money.everything() == before
    assert money.held_in("cash") == (100, D("77.77")) and run_checks() == []
    close(money.sales, order.pk, "Once more")
    reopen(money.sales, order.pk)
    ship(money.sales, ShipmentDraft(order.pk))
    assert money.held_in("rebate") == (50, 20) and run_checks() == []


def test_an_order_that_was_changed_promises_only_what_it_had_at_last(money):
    order = money.order(("A", 9), funds={"cash": D(100)})
    (line,) = lines(order)
    change(money.dealer, order.pk, Change(order.version, {line.pk: D(2)}, []))
    confirm(money.sales, order.pk)
    ship(money.sales, ShipmentDraft(order.pk, {line.pk: D(1)}))
    before = money.held_in("cash")
    close(money.sales, order.pk, "Enough")
    reopen(money.sales, order.pk)
    assert money.held_in("cash") == before == (100, D("66.66")) and run_checks() == []


def test_money_that_another_order_has_is_not_promised_twice(money):
    order = begun(money, rebate="50", cash="70")
    close(money.sales, order.pk, "Enough")
    money.order(("A", 5), funds={"rebate": D(25), "cash": D(60)})
    before = money.everything()
    with raises(FundErrorCode.FUND_INSUFFICIENT, field="funds"):
        reopen(money.sales, order.pk)
    assert money.everything() == before and run_checks() == []
    money.grant("rebate", 40)
    money.grant("cash", 40)
    reopen(money.sales, order.pk)
    assert money.held_in("rebate")[1] == 75 and money.held_in("cash")[1] == 130
    ship(money.sales, ShipmentDraft(order.pk))
    assert run_checks() == []


def test_what_has_ended_is_not_promised_again(money):
    order = begun(money, rebate="50")
    close(money.sales, order.pk, "Enough")
    FundGrant.objects.filter(kind="rebate").update(valid_to=database_now() - timedelta(days=1))
    with raises(FundErrorCode.FUND_INSUFFICIENT, field="funds"):
        reopen(money.sales, order.pk)


def test_cash_kept_for_an_order_is_out_of_the_exposure_that_it_meets(money):
    """Credit-and-ledger §12.1: UNAPPLIED falls by the cash kept for the order, and the exposure is higher by it."""
    money.limit(133)
    order = money.order(("A", 7), funds={"cash": D("0.31")})
    assert money.exposure() == D("-99.69") and OrderHold.objects.get(order=order).over == D("0.31")


def test_a_promotion_whose_limit_another_order_has_used_up_is_not_exceeded(money):
    money.promotes("amount_off", value=30, cap=("amount", 40), on_short="partial")
    order = begun(money)
    close(money.sales, order.pk, "Enough")
    money.order(("A", 3))
    before = money.everything()
    with raises(PromotionErrorCode.PROMOTION_CHANGED, field="promotions"):
        reopen(money.sales, order.pk)
    assert money.everything() == before and run_checks() == []
