"""Goods leave, are on their way, and arrive (stock §3)."""

import pytest
from django.db import Error, transaction

from ordercenter.stock.allocation import allocate
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.models import StockBalance, StockMove, StockSettings
from ordercenter.stock.shipping import receive_in, ship_out
from tests.ordercenter.stock.shop import differences, make_shop
from tests.refusals import raises

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(shop):
    """Lines of 9 and 6 pieces, promised from both warehouses."""
    shop.put("W1", A=7)
    shop.put("W2", A=10)
    lines = shop.order(("A", 9), ("A", 6))
    allocate(shop.actor, shop.seller.pk, lines, "partial")
    return lines


def test_goods_go_from_where_they_are_promised_into_transit(shop, sold):
    before = shop.network()
    ship_out(shop.actor, shop.shipping(1, (sold[0], 8), (sold[1], 6)))
    assert shop.promised(sold[0]) == {"W2": 1}
    assert shop.promised(sold[1]) == {}
    assert shop.balance("W1", "A").on_hand == 0
    assert shop.balance("TRANSIT", "A").on_hand == 14
    assert shop.network() == before
    assert differences() == []


def test_a_shipment_from_one_warehouse_takes_only_what_it_holds_for_the_line(shop, sold):
    lines = shop.shipping(1, (sold[0], 3))
    w2 = [type(lines[0])(*(getattr(lines[0], name) for name in lines[0].__slots__[:5]), shop.warehouses["W2"].pk)]
    with raises(StockErrorCode.NOT_ALLOCATED, index=0):
        ship_out(shop.actor, w2)


def test_more_than_is_promised_to_the_line_does_not_leave(shop, sold):
    with raises(StockErrorCode.NOT_ALLOCATED, field="quantity", index=1), transaction.atomic():
        ship_out(shop.actor, shop.shipping(1, (sold[0], 9), (sold[1], 7)))
    assert not StockMove.objects.filter(document_kind="shipment").exists()


def test_the_same_shipment_again_changes_nothing_and_another_one_under_its_name_is_refused(shop, sold):
    lines = shop.shipping(1, (sold[0], 4), (sold[0], 2))
    ship_out(shop.actor, lines)
    moves = StockMove.objects.count()
    ship_out(shop.actor, lines)
    assert StockMove.objects.count() == moves
    assert shop.balance("TRANSIT", "A").on_hand == 6
    with raises(StockErrorCode.MOVE_CONFLICT, index=1), transaction.atomic():
        ship_out(shop.actor, shop.shipping(1, (sold[0], 4), (sold[0], 3)))


def test_a_buyer_who_keeps_stock_gets_it_there_and_the_network_keeps_its_sum(shop, sold):
    dealer = make_shop("Dealer's own")
    shop.partnership.downstream = dealer.seller
    place = dealer.warehouse("D1")
    StockSettings.objects.create(organization=dealer.seller, default_warehouse=place)
    ship_out(shop.actor, shop.shipping(1, (sold[0], 9)))
    before = shop.network()
    receive_in(dealer.actor, shop.receiving(1, ("A", 5)))
    assert StockBalance.objects.get(organization=dealer.seller, warehouse=place).on_hand == 5
    assert shop.balance("TRANSIT", "A").on_hand == 4
    assert shop.network() == before
    assert differences() == []


def test_goods_leave_the_network_at_a_buyer_who_keeps_none(shop, sold):
    ship_out(shop.actor, shop.shipping(1, (sold[0], 9)))
    before = shop.network()
    receive_in(shop.actor, shop.receiving(1, ("A", 5)))
    receive_in(shop.actor, shop.receiving(1, ("A", 5)))
    assert shop.network() == before - 5
    with raises(StockErrorCode.STOCK_NEGATIVE, index=0), transaction.atomic():
        receive_in(shop.actor, shop.receiving(2, ("A", 5)))
    with raises(StockErrorCode.MOVE_CONFLICT, index=0), transaction.atomic():
        receive_in(shop.actor, shop.receiving(1, ("A", 4)))
    assert differences() == []


def test_a_move_is_never_changed_nor_deleted(shop, sold):
    move = StockMove.objects.first()
    for change in (
        lambda: StockMove.objects.filter(pk=move.pk).update(quantity=1),
        lambda: StockMove.objects.filter(pk=move.pk).delete(),
    ):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            change()


def test_eighty_lines_ship_and_arrive_in_as_many_statements_as_one(shop, sql_count):
    shop.put("W1", **{f"S{n}": 9 for n in range(20)})

    def statements(baskets, document):
        demands = shop.orders(baskets)
        with sql_count("stock promised to order lines"):
            allocate(shop.actor, shop.seller.pk, demands, "partial")
        with sql_count("stock shipped and received") as counter:
            ship_out(shop.actor, shop.shipping(document, *[(d, 1) for d in demands]))
            receive_in(shop.actor, shop.receiving(document, *[(basket[0], 1) for rows in baskets for basket in rows]))
        return counter

    small = statements([[("S0", 1)]], 1)
    large = statements([[(f"S{(n + 7 * m) % 20}", 1) for n in range(10)] for m in range(8)], 2)
    assert small.count == large.count == 6, large
    assert differences() == []


def test_shipping_and_receiving_lock_in_the_one_order(lock_order, shop, sold):
    ship_out(shop.actor, shop.shipping(1, (sold[0], 9)))
    receive_in(shop.actor, shop.receiving(1, ("A", 9)))
    assert lock_order.tables == ["stock_stockbalance"]
