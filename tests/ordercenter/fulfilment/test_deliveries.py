from dataclasses import replace
from decimal import Decimal

from marketplace.core.errors import CoreErrorCode
from ordercenter.fulfilment.models import Parcel, Receipt, Shipment
from ordercenter.fulfilment.receive import Count, ReceiptDraft, receive, receive_all
from ordercenter.fulfilment.ship import ShipmentDraft, ship, ship_all
from ordercenter.orders.cancel import cancel
from ordercenter.orders.close import close, reopen
from ordercenter.orders.enums import OrderFulfilmentStatus, OrderStatus, OrderWait
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import OrderEvent
from ordercenter.orders.place import place_all
from tests.locks import watched_locks
from tests.ordercenter.orders.shop import counters, lines
from tests.refusals import raises
from tests.statements import count_sql


def progress(order) -> tuple[str, str, str]:
    order.refresh_from_db()
    return order.status, order.fulfilment_status, order.waiting_for


def test_the_worked_example_of_statuses(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 20)
    order = shop.order(("ABC", 10), ("ABC", 5))
    first, second = lines(order)
    cancel(shop.sales, order.pk, "Less", {second.pk: Decimal(2)})
    (shipment,) = ship(shop.sales, ShipmentDraft(order.pk, {first.pk: Decimal(10)}))
    assert progress(order) == ("confirmed", OrderFulfilmentStatus.PARTIALLY_SHIPPED, OrderWait.SHIPMENT)
    (other,) = ship(shop.sales, ShipmentDraft(order.pk))
    assert progress(order) == ("confirmed", OrderFulfilmentStatus.SHIPPED, OrderWait.RECEIPT)
    line = shipment.lines.get()
    receive(shop.dealer, ReceiptDraft(shipment.pk, {line.pk: Count(Decimal(9), Decimal(1))}))
    assert progress(order) == ("confirmed", OrderFulfilmentStatus.PARTIALLY_RECEIVED, OrderWait.RECEIPT)
    receive(shop.dealer, ReceiptDraft(other.pk))
    assert progress(order) == (OrderStatus.COMPLETED, OrderFulfilmentStatus.RECEIVED, OrderWait.NOTHING)
    assert counters(order, "shipped", "received", "differed", "allocated") == [(10, 9, 1, 0), (3, 3, 0, 0)]
    assert shop.on_hand("ABC") == {"SH": 7, "TRANSIT": 1}
    kinds = OrderEvent.objects.filter(order=order).order_by("seq").values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["order.received", "order.received", "order.completed"]


def test_a_pack_that_lies_in_two_warehouses_goes_with_the_one_that_has_most_of_it(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 7, BOX=12)
    far = shop.warehouse("GZ", 2)
    shop.stock("ABC", 29, far)
    order = shop.order(("ABC", 3, "BOX"))
    shipments = ship(shop.sales, ShipmentDraft(order.pk, carrier="SF", waybills=["SF1", "SF2"]))
    assert [(row.number, row.warehouse.code, row.lines.get().quantity) for row in shipments] == [
        ("SH-000001", "GZ", 2),
        ("SH-000002", "SH", 1),
    ]
    assert Parcel.objects.filter(shipment=shipments[0]).count() == 2
    assert shop.on_hand("ABC") == {"TRANSIT": 36}


def test_two_warehouses_make_two_shipments(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 7)
    shop.stock("ABC", 10, shop.warehouse("GZ", 2))
    order = shop.order(("ABC", 9), ("ABC", 6))
    shipments = ship(shop.sales, ShipmentDraft(order.pk))
    assert [(row.warehouse.code, [line.quantity for line in row.lines.order_by("pk")]) for row in shipments] == [
        ("SH", [7]),
        ("GZ", [2, 6]),
    ]
    assert progress(order)[1] == OrderFulfilmentStatus.SHIPPED


def test_nothing_leaves_that_is_not_promised(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 5)
    order = shop.order(("ABC", 8))
    (line,) = lines(order)
    with raises(OrderErrorCode.NOT_ALLOCATED, field="quantity", index=0):
        ship(shop.sales, ShipmentDraft(order.pk, {line.pk: Decimal(6)}))
    with raises(OrderErrorCode.NOT_ALLOCATED):
        ship(shop.sales, ShipmentDraft(order.pk, {line.pk: Decimal(2)}, warehouse_id=10**9))
    with raises(OrderErrorCode.QUANTITY_PRECISION):
        ship(shop.sales, ShipmentDraft(order.pk, {line.pk: Decimal("1.5")}))
    with raises(CoreErrorCode.PERMISSION_DENIED):
        ship(shop.dealer, ShipmentDraft(order.pk))
    ship(shop.sales, ShipmentDraft(order.pk))
    with raises(OrderErrorCode.NOT_ALLOCATED):
        ship(shop.sales, ShipmentDraft(order.pk))


def test_shipped_goods_cannot_be_cancelled_the_rest_is_closed_and_comes_back(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 6)
    order = shop.order(("ABC", 8))
    (line,) = lines(order)
    (shipment,) = ship(shop.sales, ShipmentDraft(order.pk, {line.pk: Decimal(3)}))
    with raises(OrderErrorCode.ALREADY_SHIPPED):
        cancel(shop.sales, order.pk, "Stop")
    close(shop.sales, order.pk, "Out of season")
    assert progress(order) == (OrderStatus.CLOSED, OrderFulfilmentStatus.SHIPPED, OrderWait.RECEIPT)
    assert counters(order, "cancelled", "allocated", "shipped") == [(5, 0, 3)]
    assert shop.allocated("ABC") == 0
    reopen(shop.sales, order.pk)
    assert progress(order) == (OrderStatus.CONFIRMED, OrderFulfilmentStatus.PARTIALLY_SHIPPED, OrderWait.SHIPMENT)
    assert counters(order, "cancelled", "allocated", "shipped") == [(0, 3, 3)]
    close(shop.sales, order.pk, "Again")
    receive(shop.dealer, ReceiptDraft(shipment.pk))
    assert progress(order) == (OrderStatus.CLOSED, OrderFulfilmentStatus.RECEIVED, OrderWait.NOTHING)


def test_only_the_buyer_receives_and_never_more_than_is_on_its_way(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 6)
    order = shop.order(("ABC", 6))
    (shipment,) = ship(shop.sales, ShipmentDraft(order.pk))
    line = shipment.lines.get()
    with raises(CoreErrorCode.PERMISSION_DENIED):
        receive(shop.sales, ReceiptDraft(shipment.pk))
    with raises(OrderErrorCode.RECEIPT_EXCEEDS, field="received", index=0):
        receive(shop.dealer, ReceiptDraft(shipment.pk, {line.pk: Count(Decimal(5), Decimal(2))}))
    receipt = receive(shop.dealer, ReceiptDraft(shipment.pk, {line.pk: Count(Decimal(4))}))
    shipment.refresh_from_db()
    assert (receipt.number, shipment.status) == ("GR-000001", "partially_received")
    receive(shop.dealer, ReceiptDraft(shipment.pk))
    shipment.refresh_from_db()
    assert shipment.status == "received"
    with raises(CoreErrorCode.INVALID_TRANSITION):
        receive(shop.dealer, ReceiptDraft(shipment.pk))
    _other, stranger = shop.dealer_of("Jinli")
    with raises(CoreErrorCode.NOT_FOUND):
        receive(stranger, ReceiptDraft(shipment.pk))


def test_shipping_and_receiving_take_the_same_statements_for_any_number_of_lines_and_orders(quick_shop):
    shop = quick_shop
    skus = shop.sells_many(100, stock=5)
    groups = [
        place_all(shop.system, [shop.draft((skus[0], 1))]),
        place_all(shop.system, [shop.draft(*[(sku, 1) for sku in skus])]),
        place_all(shop.system, [shop.draft(*[(sku, 1) for sku in skus[:9]]) for _ in range(3)]),
    ]
    counts = []
    for group in groups:
        with count_sql() as shipping:
            shipments = ship_all(shop.sales, [ShipmentDraft(order.pk) for order in group])
        with count_sql() as receiving:
            receive_all(shop.dealer, [ReceiptDraft(shipment.pk) for shipment in shipments])
        counts.append((shipping.count, receiving.count))
        for order in group:
            assert progress(order)[0] == OrderStatus.COMPLETED
    assert len(set(counts)) == 1, counts


def test_orders_of_many_buyers_take_as_many_statements_as_of_one(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 60)
    others = [shop.dealer_of(f"Dealer {number}")[0].downstream_id for number in range(7)]
    counts = []
    for buyers in (others[:1], others[1:]):
        with count_sql() as counter:
            orders = place_all(shop.system, [replace(shop.draft(("ABC", 6)), buyer_id=pk) for pk in buyers])
            shipments = ship_all(shop.system, [ShipmentDraft(order.pk) for order in orders])
            receipts = receive_all(shop.system, [ReceiptDraft(shipment.pk) for shipment in shipments])
        counts.append(counter.count)
        assert [receipt.number for receipt in receipts] == ["GR-000001"] * len(buyers)
    assert counts[0] == counts[1]


def test_deliveries_lock_stock_then_orders_then_numbers(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 6)
    order = shop.order(("ABC", 6))
    with watched_locks() as locks:
        (shipment,) = ship(shop.sales, ShipmentDraft(order.pk))
        receive(shop.dealer, ReceiptDraft(shipment.pk))
    for tables in locks.transactions:
        assert tables[:2] == ["stock_stockbalance", "orders_order"]


def test_a_delivery_is_there_for_both_sides_and_not_for_a_stranger(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 6)
    (shipment,) = ship(shop.sales, ShipmentDraft(shop.order(("ABC", 6)).pk))
    receive(shop.dealer, ReceiptDraft(shipment.pk))
    _other, stranger = shop.dealer_of("Jinli")
    for model in (Shipment, Receipt):
        assert model.objects.visible_to(shop.sales).count() == 1
        assert model.objects.visible_to(shop.dealer).count() == 1
        assert not model.objects.visible_to(stranger).exists()
