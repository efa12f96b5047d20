"""The hold queue: who goes first, what a person may let go, and for how long that holds (credit-and-ledger §5)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ordercenter.credit.enums import Checkpoint, CreditRuleKind
from ordercenter.credit.queue import evaluate, evaluate_many
from ordercenter.orders.change import Change, change
from ordercenter.orders.confirm import confirm
from ordercenter.orders.enums import OrderStatus
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.holds import hold_reject, hold_release
from tests.factories import make_actor
from tests.ordercenter.credit.books import holds
from tests.refusals import raises


def test_one_giant_order_does_not_starve_the_small_ones_behind_it(shop):
    shop.rule(CreditRuleKind.LIMIT)
    account = shop.limit(1)
    giant, small, smaller = shop.buys(500), shop.buys(60), shop.buys(50)
    shop.limit(100)
    evaluate(shop.system, account.pk)
    assert holds(giant) and not holds(small) and holds(smaller)
    assert shop.exposure() == 60
    assert evaluate(shop.system, account.pk) == []


def test_a_held_order_takes_no_stock_and_is_not_confirmed(shop):
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(1)
    shop.stock("ONE", 100)
    order = shop.buys(50)
    with raises(OrderErrorCode.ORDER_HELD):
        confirm(shop.sales, order.pk)
    assert shop.allocated("ONE") == 0


def test_who_released_it_for_some_days_is_believed_at_the_next_step(shop):
    """Grace: the released rule does not hold the order again while V is within its tolerance."""
    shop.rule(CreditRuleKind.LIMIT, grace_days=3, tolerance=Decimal(5))
    shop.limit(10)
    shop.stock("ONE", 1000)
    order = shop.buys(100)
    (hold,) = holds(order)
    hold_release(shop.sales, hold.pk, "bank guarantee")
    assert shop.exposure() == 100
    confirm(shop.sales, order.pk)
    order.refresh_from_db()
    assert order.status == OrderStatus.CONFIRMED and holds(order) == []


@pytest.mark.parametrize(("quantity", "held"), [(105, False), (106, True)])
def test_a_change_beyond_the_tolerance_is_held_again(shop, quantity, held):
    shop.rule(CreditRuleKind.LIMIT, grace_days=3, tolerance=Decimal(5))
    shop.limit(10)
    order = shop.buys(100)
    hold_release(shop.sales, holds(order)[0].pk, "bank guarantee")
    order.refresh_from_db()
    line = order.lines.get()
    change(shop.dealer, order.pk, Change(order.version, quantities={line.pk: Decimal(quantity)}))
    assert bool(holds(order)) is held
    assert shop.exposure() + shop.buckets().get("held", 0) == quantity


def test_rejecting_declines_what_is_placed_and_drops_the_rest_of_what_is_confirmed(shop):
    shop.rule(CreditRuleKind.LIMIT, at=(Checkpoint.PLACE,))
    shop.limit(1)
    order = shop.buys(50)
    hold_reject(shop.sales, holds(order)[0].pk, "no")
    order.refresh_from_db()
    assert order.status == OrderStatus.DECLINED and shop.buckets() == {}


def test_nobody_releases_an_order_of_their_own(shop):
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(1)
    order = shop.order(("ONE", 50), actor=shop.sales)
    (hold,) = holds(order)
    with raises(OrderErrorCode.SELF_APPROVAL):
        hold_release(shop.sales, hold.pk, "mine")
    hold_release(make_actor(shop.seller, "seller_finance"), hold.pk, "seen")
    assert holds(order) == []


def test_evaluating_all_goes_through_every_account_with_held_orders(shop):
    other, _dealer = shop.dealer_of("Second")
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(1)
    shop.limit(1, other)
    shop.buys(50)
    assert evaluate_many(shop.sales) == []
    shop.limit(100)
    assert len(evaluate_many(shop.sales)) == 1
