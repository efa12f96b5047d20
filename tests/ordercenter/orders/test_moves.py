from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from marketplace.core.errors import CoreErrorCode
from marketplace.core.outbox import dispatch_once
from ordercenter.fulfilment.receive import ReceiptDraft, receive
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.cancel import cancel, decline
from ordercenter.orders.change import Change, change
from ordercenter.orders.close import close, reopen
from ordercenter.orders.confirm import confirm, confirm_all
from ordercenter.orders.entries import Wish
from ordercenter.orders.enums import OrderStatus, OrderWait
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Order, OrderEvent, OrderSettings
from tests.locks import watched_locks
from tests.ordercenter.orders.shop import counters, lines
from tests.refusals import raises
from tests.statements import count_sql


def test_confirming_promises_stock_by_the_orders_policy(shop):
    shop.sells("ABC", "10", 5)
    waits, cuts = shop.order(("ABC", 8)), shop.order(("ABC", 2), short_policy="partial_cancel")
    confirm(shop.sales, waits.pk)
    waits.refresh_from_db()
    assert (waits.status, waits.waiting_for) == (OrderStatus.CONFIRMED, OrderWait.SHIPMENT)
    assert counters(waits, "allocated", "cancelled") == [(5, 0)]
    with raises(OrderErrorCode.STOCK_SHORT):
        confirm(shop.sales, cuts.pk)
    shop.stock("ABC", 1)
    confirm(shop.sales, cuts.pk)
    cuts.refresh_from_db()
    assert counters(cuts, "allocated", "cancelled") == [(1, 1)]
    assert (cuts.gross, cuts.cancelled_gross) == (20, 10)


def test_only_the_seller_confirms_and_only_once(shop):
    shop.sells("ABC", "10", 5)
    order = shop.order(("ABC", 1))
    with raises(CoreErrorCode.PERMISSION_DENIED):
        confirm(shop.dealer, order.pk)
    confirm(shop.sales, order.pk)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        confirm(shop.sales, order.pk)
    _other, stranger = shop.dealer_of("Jinli")
    with raises(CoreErrorCode.NOT_FOUND):
        confirm(stranger, order.pk)


def test_of_many_orders_the_good_ones_are_confirmed_and_the_others_come_back(shop):
    shop.sells("ABC", "10", 5)
    shop.settings.takes_backorders = False
    shop.settings.save()
    first, gone = shop.order(("ABC", 5)), shop.order(("ABC", 1))
    short = shop.order(("ABC", 1))
    decline(shop.sales, gone.pk, "Out of range")
    outcome = confirm_all(shop.sales, [first.pk, gone.pk, short.pk], each_by_itself=True)
    assert outcome.done == [first.pk]
    assert [(error.code.name, error.index) for error in outcome.refused] == [
        ("INVALID_TRANSITION", 1),
        ("STOCK_SHORT", 2),
    ]
    with raises(CoreErrorCode.INVALID_TRANSITION, index=0):
        confirm_all(shop.sales, [gone.pk, short.pk])


def test_confirming_takes_the_same_statements_for_1_line_and_for_500(shop):
    shop.sells_many(500)
    orders = [shop.order(*[(sku, 2) for sku in list(shop.goods)[:size]]) for size in (1, 500, 20, 20)]
    counts = []
    for ids in ([orders[0].pk], [orders[1].pk], [orders[2].pk, orders[3].pk]):
        with count_sql() as counter:
            confirm_all(shop.sales, ids)
        counts.append(counter.count)
    assert len(set(counts)) == 1, (counts, counter)


def test_a_declined_order_keeps_its_reason(shop):
    shop.sells("ABC", "10", 5)
    order = shop.order(("ABC", 1))
    with raises(CoreErrorCode.REQUIRED, field="reason"):
        decline(shop.sales, order.pk, " ")
    decline(shop.sales, order.pk, "Credit")
    order.refresh_from_db()
    assert (order.status, order.reason, order.waiting_for) == (OrderStatus.DECLINED, "Credit", OrderWait.NOTHING)
    assert order.total.gross.amount == 10


def test_the_buyer_cancels_until_the_order_is_confirmed(shop):
    shop.sells("ABC", "10", 5)
    order, later = shop.order(("ABC", 1)), shop.order(("ABC", 3))
    cancel(shop.dealer, order.pk, "Wrong goods")
    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED
    assert counters(order, "cancelled") == [(1,)]
    confirm(shop.sales, later.pk)
    with raises(CoreErrorCode.PERMISSION_DENIED):
        cancel(shop.dealer, later.pk, "Changed my mind")
    shop.settings.buyer_may_cancel = True
    shop.settings.save()
    cancel(shop.dealer, later.pk, "Changed my mind")
    assert shop.allocated("ABC") == 0


def test_a_cancelled_part_frees_its_stock_but_not_what_waits(shop):
    shop.sells("ABC", "10", 5)
    order = shop.order(("ABC", 8))
    confirm(shop.sales, order.pk)
    (line,) = lines(order)
    cancel(shop.sales, order.pk, "Too many", {line.pk: Decimal(4)})
    assert counters(order, "allocated", "cancelled") == [(4, 4)]
    assert shop.allocated("ABC") == 4
    order.refresh_from_db()
    assert (order.status, order.cancelled_gross) == (OrderStatus.CONFIRMED, 40)
    with raises(OrderErrorCode.ALREADY_SHIPPED, field="quantity", index=0):
        cancel(shop.sales, order.pk, "Too many", {line.pk: Decimal(5)})


def test_freed_stock_goes_to_the_order_that_waits(shop):
    shop.sells("ABC", "10", 5)
    first, second = shop.order(("ABC", 5)), shop.order(("ABC", 3))
    confirm_all(shop.sales, [first.pk, second.pk])
    cancel(shop.sales, first.pk, "No longer needed")
    while dispatch_once():
        pass
    second.refresh_from_db()
    assert counters(second, "allocated") == [(3,)]
    assert second.waiting_for == OrderWait.SHIPMENT
    assert OrderEvent.objects.filter(order=second, kind="order.allocated").exists()


def test_stock_that_comes_fills_backorders_by_whole_packs_and_complete_orders_as_a_whole(shop):
    shop.sells("ABC", "10", BOX=12)
    shop.sells("DEF", "10")
    boxes = shop.order(("ABC", 2, "BOX"))
    complete = shop.order(("ABC", 1), ("DEF", 1), short_policy="complete_order")
    confirm_all(shop.sales, [boxes.pk, complete.pk])
    shop.stock("ABC", 20)
    while dispatch_once():
        pass
    assert counters(boxes, "allocated") == [(1,)]
    assert counters(complete, "allocated") == [(0,), (0,)]
    assert shop.allocated("ABC") == 12
    shop.stock("ABC", 10)
    shop.stock("DEF", 1)
    while dispatch_once():
        pass
    assert counters(complete, "allocated") == [(1,), (1,)]


def test_an_order_that_awaits_confirmation_is_changed_at_its_frozen_prices(shop):
    shop.sells("ABC", "10", 50)
    shop.sells("DEF", "20", 50)
    shop.sells("GHI", "30", 50)
    order = shop.order(("ABC", 3), ("DEF", 1))
    first, second = lines(order)
    change(
        shop.dealer,
        order.pk,
        Change(
            1, {first.pk: Decimal(5), second.pk: Decimal(0)}, [Wish(shop.goods["GHI"].pk, Decimal(2))], note="By Friday"
        ),
    )
    order.refresh_from_db()
    assert (order.gross, order.cancelled_gross, order.line_count, order.version) == (130, 20, 3, 2)
    assert order.note == "By Friday"
    assert counters(order, "position", "quantity", "cancelled") == [(1, 5, 0), (2, 1, 1), (3, 2, 0)]
    with raises(OrderErrorCode.CHANGE_STALE, field="base_version"):
        change(shop.dealer, order.pk, Change(1, {first.pk: Decimal(6)}))
    with raises(OrderErrorCode.ORDER_EMPTY):
        third = lines(order)[2]
        change(shop.dealer, order.pk, Change(2, {first.pk: Decimal(0), third.pk: Decimal(0)}))
    change(shop.dealer, order.pk, Change(2, {second.pk: Decimal(4)}))
    order.refresh_from_db()
    assert (order.gross, order.cancelled_gross) == (190, 0)


def test_the_seller_may_lower_but_not_raise_and_after_confirming_nobody_may(shop):
    shop.sells("ABC", "10", 50)
    order = shop.order(("ABC", 3))
    (line,) = lines(order)
    with raises(CoreErrorCode.PERMISSION_DENIED, field="quantity", index=0):
        change(shop.sales, order.pk, Change(1, {line.pk: Decimal(4)}))
    change(shop.sales, order.pk, Change(1, {line.pk: Decimal(2)}))
    confirm(shop.sales, order.pk)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        change(shop.dealer, order.pk, Change(3, {line.pk: Decimal(1)}))


def test_a_changed_quantity_obeys_the_rules_of_a_new_one(shop):
    shop.sells("ABC", "10", 50, rule=(20, 12, 70))
    order = shop.order(("ABC", 24))
    (line,) = lines(order)
    with raises(OrderErrorCode.QUANTITY_STEP, field="quantity", index=0):
        change(shop.dealer, order.pk, Change(1, {line.pk: Decimal(25)}))
    shop.settings.minimum_value = Decimal(500)
    shop.settings.save()
    with raises(OrderErrorCode.ORDER_MINIMUM):
        change(shop.dealer, order.pk, Change(1, {line.pk: Decimal(36)}))
    change(shop.dealer, order.pk, Change(1, note="What is ordered has been taken at its value"))


def test_moves_lock_stock_before_orders(shop):
    shop.sells("ABC", "10", 50)
    order = shop.order(("ABC", 3))
    with watched_locks() as locks:
        confirm(shop.sales, order.pk)
        cancel(shop.sales, order.pk, "Why not")
    assert locks.transactions == [["stock_stockbalance", "orders_order"]] * 2


def test_a_closed_order_cannot_be_reopened_too_late_and_one_not_shipped_is_not_closed(shop):
    shop.sells("ABC", "10", 50)
    order = shop.order(("ABC", 3))
    confirm(shop.sales, order.pk)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        close(shop.sales, order.pk, "Enough")
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.CLOSED, ended_at=timezone.now() - timedelta(days=31))
    with raises(OrderErrorCode.REOPEN_WINDOW):
        reopen(shop.sales, order.pk)


def test_an_order_is_not_reopened_for_goods_that_are_gone(quick_shop):
    """Else all that came back would be dropped again, and the order be completed for good without a word."""
    shop = quick_shop
    OrderSettings.objects.filter(organization=shop.seller).update(takes_backorders=False)
    shop.sells("ABC", stock=10)
    order = shop.order(("ABC", 10))
    (line,) = lines(order)
    (shipment,) = ship(shop.sales, ShipmentDraft(order.pk, {line.pk: Decimal(6)}))
    receive(shop.dealer, ReceiptDraft(shipment.pk))
    close(shop.sales, order.pk, "No more")
    shop.order(("ABC", 4))
    with raises(OrderErrorCode.STOCK_SHORT):
        reopen(shop.sales, order.pk)
    order.refresh_from_db()
    assert (order.status, counters(order, "cancelled")) == ("closed", [(4,)])
    shop.stock("ABC", 3)
    reopen(shop.sales, order.pk)
    order.refresh_from_db()
    assert (order.status, counters(order, "cancelled", "allocated")) == ("confirmed", [(1, 3)])
