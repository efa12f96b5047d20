"""The stock room's own documents, and promises that give way to facts (stock §3)."""

from decimal import Decimal as D

import pytest

from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from marketplace.core.outbox import dispatch_once
from ordercenter.stock import backorders, happenings
from ordercenter.stock.allocation import allocate
from ordercenter.stock.entries import (
    Adjustment,
    Paper,
    StockLine,
    adjust,
    change_condition,
    post_count,
    receive_stock,
    transfer,
)
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.models import Reservation, StockCountLine, StockEntry, StockMove
from ordercenter.stock.reservations import reserve
from ordercenter.stock.terms import Wish
from ordercenter.stock.warehouses import WarehouseDraft, write_warehouse
from tests.ordercenter.stock.shop import differences, make_shop
from tests.refusals import raises

pytestmark = pytest.mark.django_db
WHY = Paper(reason="Broken in the aisle")


class Orders:
    """An order side that only listens, and lets the given demands wait."""

    def __init__(self):
        self.changes, self.queue = [], []

    def waiting(self, seller_id, variant_ids):
        return [d for d in self.queue if d.variant_id in variant_ids]

    def allocation_changed(self, actor, changes, shed):
        self.changes.append((dict(changes), shed))


@pytest.fixture
def orders(monkeypatch):
    side = Orders()
    monkeypatch.setattr(backorders, "_side", side)
    return side


def test_goods_from_outside_are_received_with_their_paper(shop):
    line = StockLine(shop.variant("A").pk, D(5))
    entry = receive_stock(shop.actor, shop.warehouses["W1"], [line, line], Paper(reference="DN-9"))
    assert shop.balance("W1", "A").on_hand == 10
    assert {(m.kind, m.document_number, m.quantity) for m in StockMove.objects.all()} == {
        ("receipt", entry.number, D(5))
    }
    event = OutboxEvent.objects.get(kind="stock.received")
    assert event.payload == {"number": entry.number, "variants": [shop.variant("A").pk]}


def test_what_another_system_sends_twice_is_received_once(shop):
    lines = [StockLine(shop.variant("A").pk, D(5))]
    paper = Paper(external_number="ERP-1")
    first = receive_stock(shop.actor, shop.warehouses["W1"], lines, paper)
    assert receive_stock(shop.actor, shop.warehouses["W1"], lines, paper) == first
    assert shop.balance("W1", "A").on_hand == 5
    with raises(StockErrorCode.MOVE_CONFLICT, field="external_number"):
        receive_stock(shop.actor, shop.warehouses["W1"], [StockLine(shop.variant("A").pk, D(6))], paper)


def test_every_bad_line_is_told_at_once_and_nothing_is_received(shop):
    lines = [StockLine(shop.variant("A").pk, D(quantity)) for quantity in (0, 5, -1)]
    with raises(StockErrorCode.QUANTITY_INVALID, index=2) as refusal:
        receive_stock(shop.actor, shop.warehouses["W1"], lines)
    assert [error.index for error in refusal.errors] == [0, 2]
    assert not StockEntry.objects.exists()


def test_nobody_receives_into_anothers_warehouse_nor_corrects_anothers_balance(shop):
    other = make_shop("Other")
    with raises(CoreErrorCode.NOT_FOUND, field="warehouse"):
        receive_stock(other.actor, shop.warehouses["W1"], [StockLine(shop.variant("A").pk, D(1))])
    shop.put("W1", A=1)
    with raises(CoreErrorCode.NOT_FOUND, field="balance", index=0):
        adjust(other.actor, [Adjustment(shop.balance("W1", "A").pk, change=D(1))], WHY)


def test_a_count_sheds_reservations_first_then_the_order_placed_last(shop, orders):
    shop.put("W1", A=10)
    a, b = shop.order(("A", 4), placed=1)[0], shop.order(("A", 2), placed=2)[0]
    for line in (b, a):  # the order of allocating does not matter, that of placing does
        allocate(shop.actor, shop.seller.pk, [line], "partial")
    reserve(shop.actor, shop.seller.pk, [Wish(1, shop.cart().pk, shop.variant("A").pk, D(3))])
    entry = post_count(shop.actor, [Adjustment(shop.balance("W1", "A").pk, counted=D(5))], Paper())
    assert shop.promised(a) == {"W1": 4}
    assert shop.promised(b) == {"W1": 1}
    assert not Reservation.objects.exists()
    assert orders.changes == [({b.order_line_id: D(-1)}, True)]
    assert OutboxEvent.objects.get(kind="stock.shed").payload == {"quantity": "1.000000"}
    assert StockCountLine.objects.values_list("booked", "counted").get(entry=entry) == (D(10), D(5))
    assert differences() == []


def test_part_of_a_reservation_may_give_way(shop, orders):
    shop.put("W1", A=10)
    reserve(shop.actor, shop.seller.pk, [Wish(1, shop.cart().pk, shop.variant("A").pk, D(6))])
    adjust(shop.actor, [Adjustment(shop.balance("W1", "A").pk, change=D(-6))], WHY)
    assert Reservation.objects.get().quantity == 4
    assert orders.changes == []
    assert differences() == []


def test_an_adjustment_needs_a_reason_and_one_figure_and_never_goes_below_nothing(shop):
    shop.put("W1", A=3)
    pk = shop.balance("W1", "A").pk
    with raises(CoreErrorCode.REQUIRED, field="reason"):
        adjust(shop.actor, [Adjustment(pk, change=D(1))], Paper())
    with raises(CoreErrorCode.REQUIRED, field="counted", index=0):
        adjust(shop.actor, [Adjustment(pk)], WHY)
    with raises(StockErrorCode.STOCK_NEGATIVE, index=0):
        adjust(shop.actor, [Adjustment(pk, change=D(-4))], WHY)
    with raises(CoreErrorCode.DUPLICATE, index=1):
        adjust(shop.actor, [Adjustment(pk, change=D(1)), Adjustment(pk, change=D(1))], WHY)
    adjust(shop.actor, [Adjustment(pk, counted=D(2))], WHY)
    assert shop.balance("W1", "A").on_hand == 2
    assert StockMove.objects.get(kind="adjustment").reason == WHY.reason


def test_defective_goods_are_set_aside_and_their_promise_gives_way(shop, orders):
    shop.put("W1", A=5)
    (line,) = shop.order(("A", 4))
    allocate(shop.actor, shop.seller.pk, [line], "partial")
    before = shop.network()
    change_condition(shop.actor, shop.balance("W1", "A").pk, D(3), "defective", WHY)
    assert shop.balance("W1", "A", "defective").on_hand == 3
    assert shop.promised(line) == {"W1": 2}
    assert shop.network() == before
    assert differences() == []


def test_a_transfer_keeps_the_sum_and_takes_nothing_that_is_promised(shop):
    shop.put("W1", A=5)
    allocate(shop.actor, shop.seller.pk, shop.order(("A", 3)), "partial")
    before, source = shop.network(), shop.balance("W1", "A").pk
    with raises(StockErrorCode.STOCK_SHORT, index=0):
        transfer(shop.actor, [(source, D(3))], shop.warehouses["W2"])
    transfer(shop.actor, [(source, D(2))], shop.warehouses["W2"])
    assert shop.balance("W2", "A").on_hand == 2
    assert shop.network() == before
    assert differences() == []


def test_what_comes_goes_to_those_who_wait_first_come_first_served(shop, orders):
    shop.put("W1", A=1)
    early, late = shop.order(("A", 4), placed=1)[0], shop.order(("A", 4), placed=2)[0]
    orders.queue = [early, late]
    backorders.fill(shop.actor, shop.seller.pk)
    shop.put("W2", A=5)
    orders.queue = [type(early)(early.order_line_id, early.variant_id, D(3), 1, early.order_id), late]
    backorders.fill(shop.actor, shop.seller.pk, [shop.variant("A").pk])
    assert shop.promised(early) == {"W1": 1, "W2": 3}
    assert shop.promised(late) == {"W2": 2}
    assert [change for change, shed in orders.changes if not shed] == [
        {early.order_line_id: D(1)},
        {early.order_line_id: D(3), late.order_line_id: D(2)},
    ]


def test_goods_of_many_lines_are_received_and_corrected_in_as_many_statements_as_of_one(shop, orders, sql_count):
    for quantity in (1, 40):
        goods = {f"S{n}": 5 for n in range(quantity)}
        lines = [StockLine(shop.variant(sku).pk, D(5)) for sku in goods]
        with sql_count("goods received into stock"):
            receive_stock(shop.actor, shop.warehouses["W1"], lines)
        rows = [Adjustment(shop.balance("W1", sku).pk, change=D(-1)) for sku in goods]
        with sql_count("stock adjusted"):
            adjust(shop.actor, rows, WHY)


def test_what_waits_is_filled_and_open_screens_hear_of_it_after_the_goods_have_come(shop, orders, monkeypatch):
    told = []
    monkeypatch.setattr(happenings, "publish", lambda topic, payload: told.append((topic, payload)))
    (line,) = shop.order(("A", 4))
    orders.queue = [line]
    shop.put("W1", A=5)
    while dispatch_once():
        pass
    assert shop.promised(line) == {"W1": 4}
    assert told == [(f"stock:{shop.seller.pk}", {"variants": [shop.variant("A").pk]})]


def test_a_post_locks_in_the_one_order(lock_order, shop, orders):
    shop.put("W1", A=5)
    assert lock_order.tables == ["stock_stockbalance", "core_numberseries"]


def test_a_warehouse_needs_a_code_and_a_name_of_its_own(shop):
    with raises(CoreErrorCode.REQUIRED, field="name"):
        write_warehouse(shop.actor, WarehouseDraft(" "))
    with raises(CoreErrorCode.DUPLICATE, field="code"):
        write_warehouse(shop.actor, WarehouseDraft("W1", name_en="Again"))
    with raises(CoreErrorCode.INVALID, field="code"):
        write_warehouse(shop.actor, WarehouseDraft("TRANSIT", name_en="Road"))
    changed = write_warehouse(shop.actor, WarehouseDraft("W9", name_en="Renamed"), shop.warehouses["W1"].pk)
    assert (changed.pk, changed.code, changed.priority) == (shop.warehouses["W1"].pk, "W9", 1)
