"""What an order gives in rebates: the same before it is counted and after, divided over its lines."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.core.outbox import dispatch_all
from marketplace.graphql import execute, to_global_id
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.cancel import cancel
from ordercenter.orders.confirm import confirm
from ordercenter.orders.models import OrderLine
from ordercenter.rebates.models import RebateAccrual
from ordercenter.rebates.ordered import rebates_of_orders
from tests.factories import make_actor
from tests.statements import count_sql

STEPS = ((0, 1), (1000, 2))


@pytest.fixture
def goods(shop):
    shop.sells("ABC", "11.30", 1000)
    shop.sells("XYZ", "22.60", 1000)
    return shop


def told(order):
    found = rebates_of_orders([order.pk])[order.pk]
    lines = list(OrderLine.objects.filter(order=order).order_by("position").values_list("pk", flat=True))
    return found.total, [found.rebates.get(line) for line in lines], [found.prices.get(line) for line in lines]


@pytest.mark.parametrize("basis", ["ordered", "shipped", "received", "invoiced"])
def test_an_order_gives_the_same_before_it_is_counted_and_after(goods, basis):
    goods.policy(*STEPS, basis=basis, period="whole_term")
    order = goods.order(("ABC", 20), ("XYZ", 45))  # 200 and 900 without tax: the order reaches 2 %
    expected = (Decimal(22), [Decimal(4), Decimal(18)], [Decimal("11.1000"), Decimal("22.2000")])
    assert told(order) == expected
    confirm(goods.sales, order.pk)
    dispatch_all()
    assert told(order) == expected
    first, last = order.lines.order_by("position")
    ship(goods.sales, ShipmentDraft(order.pk, {first.pk: Decimal(5), last.pk: Decimal(20)}))
    dispatch_all()
    assert told(order) == expected


def test_an_order_is_told_what_it_adds_to_those_before_it(goods):
    policy = goods.policy(*STEPS, period="whole_term")
    goods.buys(900)
    order = goods.order(("ABC", 20))
    assert told(order)[0] == 22 - 9
    confirm(goods.sales, order.pk)
    dispatch_all()
    assert told(order)[0] == 22 - 9
    assert goods.position(policy).accrued == 22


def test_a_later_rebate_that_deducts_an_earlier_one_is_told_alike(goods):
    first = goods.policy((0, 10), sequence=1, period="whole_term")
    goods.policy((0, 10), sequence=2, deducts=[first], period="whole_term")
    order = goods.order(("ABC", 100))
    assert told(order)[0] == 100 + 90
    confirm(goods.sales, order.pk)
    dispatch_all()
    assert told(order)[0] == 100 + 90


def test_an_order_that_was_cancelled_gives_nothing(goods):
    goods.policy(*STEPS)
    order = goods.order(("ABC", 20))
    cancel(goods.dealer, order.pk, "Mistake")
    assert rebates_of_orders([order.pk]) == {}


def test_statements_do_not_grow_with_the_orders(goods):
    first = goods.policy(*STEPS, basis="shipped")
    goods.policy(*STEPS, basis="shipped", deducts=[first], sequence=200)
    orders = [goods.order(("ABC", 5), ("XYZ", 1)) for _order in range(3)]
    with count_sql() as one:
        rebates_of_orders([orders[0].pk])
    with count_sql() as all_of_them:
        rebates_of_orders([order.pk for order in orders])
    assert one.count == all_of_them.count, all_of_them


def test_both_sides_see_it_who_may_see_rebates(goods):
    goods.policy((0, 10), period="whole_term")
    order = goods.order(("ABC", 10))
    document = "query($id: ID!) { order(id: $id) { rebate { amount } lines(first: 1) { edges { node"
    document += " { rebate { amount } effectivePrice { amount } } } } } }"
    asked = {"id": to_global_id("Order", order.pk)}
    for actor in (goods.dealer, goods.sales):
        found = execute(document, asked, actor=actor).data["order"]
        assert found["rebate"]["amount"] == "10.00"
        line = {"rebate": {"amount": "10.00"}, "effectivePrice": {"amount": "10.30"}}
        assert found["lines"]["edges"][0]["node"] == line
    keeper = make_actor(goods.seller, "seller_warehouse")
    found = execute(document, asked, actor=keeper)
    assert found.data["order"]["rebate"] is None and not found.errors
    assert not RebateAccrual.objects.exists()
