"""Allocation of an order's lines (stock §4)."""

from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordercenter.stock.allocation import allocate, free
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.models import Allocation, SafetyStock, StockBalance
from ordercenter.stock.terms import Demand
from tests.ordercenter.stock.shop import differences, make_shop
from tests.refusals import raises
from tests.statements import count_sql

pytestmark = pytest.mark.django_db


def test_lines_take_from_the_first_warehouse_what_is_there_and_the_rest_from_the_next(shop):
    shop.put("W1", A=7)
    shop.put("W2", A=10)
    first, second, third = shop.order(("A", 9), ("A", 6), ("A", 5))
    got = allocate(shop.actor, shop.seller.pk, [first, second, third], "partial")
    assert [shop.promised(line) for line in (first, second, third)] == [{"W1": 7, "W2": 2}, {"W2": 6}, {"W2": 2}]
    assert got.short == {third.order_line_id: D(3)}
    assert differences() == []


def test_a_line_that_must_be_whole_takes_nothing_where_it_does_not_fit(shop):
    shop.put("W1", A=7)
    shop.put("W2", A=10)
    lines = shop.order(("A", 9), ("A", 6), ("A", 5))
    allocate(shop.actor, shop.seller.pk, lines, "complete_line")
    assert [shop.promised(line) for line in lines] == [{"W1": 7, "W2": 2}, {"W2": 6}, {}]
    assert shop.balance("W2", "A").on_hand - shop.balance("W2", "A").allocated == 2


def test_a_line_left_out_keeps_its_place(shop):
    shop.put("W1", A=8)
    lines = shop.order(("A", 5), ("A", 9), ("A", 3))
    allocate(shop.actor, shop.seller.pk, lines, "complete_line")
    assert [shop.promised(line) for line in lines] == [{"W1": 5}, {}, {}]


def test_a_complete_order_takes_all_or_nothing_and_others_take_theirs(shop):
    shop.put("W1", A=5, B=10)
    demands = shop.orders([[("A", 6), ("B", 1)], [("B", 9)]])
    short, fits = demands[:2], demands[2]
    got = allocate(shop.actor, shop.seller.pk, demands, "complete_order")
    assert [shop.promised(line) for line in short] == [{}, {}]
    assert shop.promised(fits) == {"W1": 9}
    assert set(got.short) == {line.order_line_id for line in short}


def test_each_order_is_served_by_its_own_policy(shop):
    shop.put("W1", A=10)
    whole = shop.orders([[("A", 4)]], policy="complete_order")
    part = shop.orders([[("A", 8)]], policy="partial_cancel")
    got = allocate(shop.actor, shop.seller.pk, [*whole, *part], "complete_line")
    assert got.by_line == {whole[0].order_line_id: D(4), part[0].order_line_id: D(6)}
    assert got.short == {part[0].order_line_id: D(2)}


def test_a_seller_who_lets_nobody_wait_refuses_every_short_line_and_promises_nothing(shop):
    shop.put("W1", A=5, B=1)
    demands = shop.order(("A", 5), ("B", 2), ("C", 1))
    with raises(StockErrorCode.STOCK_SHORT, field="quantity", index=1) as refusal:
        allocate(shop.actor, shop.seller.pk, demands, "complete_order", may_wait=False)
    assert [error.index for error in refusal.errors] == [0, 1, 2]


def test_part_of_a_box_is_not_promised(shop):
    shop.put("W1", A=30)
    (line,) = shop.order(("A", 36))
    boxes = Demand(line.order_line_id, line.variant_id, D(36), 1, line.order_id, step=D(12))
    assert allocate(shop.actor, shop.seller.pk, [boxes], "partial").by_line == {line.order_line_id: D(24)}


def test_safety_stock_is_withheld_from_its_own_warehouse(shop):
    shop.put("W1", A=10)
    shop.put("W2", A=10)
    SafetyStock.objects.create(
        organization=shop.seller, warehouse=shop.warehouses["W1"], variant=shop.variant("A"), quantity=4
    )
    (line,) = shop.order(("A", 20))
    allocate(shop.actor, shop.seller.pk, [line], "partial")
    assert shop.promised(line) == {"W1": 6, "W2": 10}


def test_appointed_warehouses_serve_in_their_order_and_no_other_does(shop):
    shop.put("W1", A=5)
    shop.put("W2", A=5)
    back = shop.warehouse("BACK", allocates=False)
    shop.put("BACK", A=5)
    (line,) = shop.order(("A", 9))
    allocate(shop.actor, shop.seller.pk, [line], "partial", warehouses=[back.pk, shop.warehouses["W2"].pk])
    assert shop.promised(line) == {"BACK": 5, "W2": 4}


def test_a_place_that_does_not_allocate_and_another_sellers_goods_are_left_alone(shop):
    other = make_shop("Other")
    other.warehouse("W1")
    other.put("W1", A=50)
    shop.warehouse("BACK", allocates=False)
    shop.put("BACK", A=50)
    (line,) = shop.order(("A", 1))
    assert allocate(shop.actor, shop.seller.pk, [line], "partial").by_line == {}


def test_allocating_again_adds_to_what_a_line_holds(shop):
    shop.put("W1", A=3)
    (line,) = shop.order(("A", 5))
    allocate(shop.actor, shop.seller.pk, [line], "partial")
    shop.put("W1", A=3)
    rest = Demand(line.order_line_id, line.variant_id, D(2), 1, line.order_id)
    allocate(shop.actor, shop.seller.pk, [rest], "partial")
    assert shop.promised(line) == {"W1": 5}
    assert Allocation.objects.count() == 1
    assert differences() == []


def test_giving_back_frees_the_newest_promise_first_and_never_more_than_there_is(shop):
    shop.put("W1", A=4)
    shop.put("W2", A=4)
    first, second = shop.order(("A", 6), ("A", 2))
    allocate(shop.actor, shop.seller.pk, [first, second], "partial")
    assert free(shop.actor, {first.order_line_id: D(3), second.order_line_id: None}) == {
        first.order_line_id: D(3),
        second.order_line_id: D(2),
    }
    assert shop.promised(first) == {"W1": 3}
    assert free(shop.actor, {first.order_line_id: D(50)}) == {first.order_line_id: D(3)}
    assert differences() == []
    assert not StockBalance.objects.exclude(allocated=0).exists()


def test_five_hundred_lines_take_as_many_statements_as_one(shop):
    shop.put("W1", **{f"S{n}": 3 for n in range(50)})
    one = shop.order(("S0", 1))
    many = shop.orders([[(f"S{n % 50}", 1) for n in range(500)]])
    with count_sql() as small:
        allocate(shop.actor, shop.seller.pk, one, "partial")
    with count_sql() as large:
        allocate(shop.actor, shop.seller.pk, many, "partial")
    assert small.count == large.count == 2, large


def test_locks_are_taken_in_the_one_order(lock_order, shop):
    shop.put("W1", A=3)
    demands = shop.order(("A", 3))
    allocate(shop.actor, shop.seller.pk, demands, "partial")
    assert lock_order.tables == ["stock_stockbalance"]
    free(shop.actor, {demands[0].order_line_id: None})


BASKET = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 9)), min_size=1, max_size=6)
STOCK = st.tuples(*[st.integers(0, 12)] * 4)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(basket=BASKET, stock=STOCK)
def test_a_list_gets_what_one_line_at_a_time_would_get(shop, basket, stock):
    def fresh(name):
        made = make_shop(name)
        for code, (a, b) in (("W1", stock[:2]), ("W2", stock[2:])):
            made.warehouse(code, priority=int(code[1]))
            goods = {sku: quantity for sku, quantity in (("A", a), ("B", b)) if quantity}
            if goods:
                made.put(code, **goods)
        return made, made.order(*basket)

    together, lines = fresh("Together")
    allocate(together.actor, together.seller.pk, lines, "partial")
    apart, others = fresh("Apart")
    for line in others:
        allocate(apart.actor, apart.seller.pk, [line], "partial")
    assert [together.promised(line) for line in lines] == [apart.promised(line) for line in others]
    assert differences() == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    baskets=st.lists(BASKET, min_size=1, max_size=4),
    stock=STOCK,
    policy=st.sampled_from(["complete_order", "complete_line", "partial"]),
)
def test_never_more_is_promised_than_is_there(shop, baskets, stock, policy):
    made = make_shop("Any")
    for code, (a, b) in (("W1", stock[:2]), ("W2", stock[2:])):
        made.warehouse(code)
        goods = {sku: quantity for sku, quantity in (("A", a), ("B", b)) if quantity}
        if goods:
            made.put(code, **goods)
    demands = made.orders(baskets, policy=policy)
    got = allocate(made.actor, made.seller.pk, demands, policy)
    for demand in demands:
        held = got.by_line.get(demand.order_line_id, D(0))
        assert held + got.short.get(demand.order_line_id, D(0)) == demand.quantity
        if policy != "partial":
            assert held in (0, demand.quantity)
    assert differences() == []
