from decimal import Decimal

import pytest

from marketplace.catalog.packs import packs_in_use
from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from ordercenter.orders.enums import OrderStatus, OrderWait
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Order, OrderCancellation, OrderEvent, OrderLine
from ordercenter.orders.place import place, place_all
from ordercenter.orders.prepare import PlacingRefused
from tests.locks import watched_locks
from tests.ordercenter.orders.shop import counters, lines
from tests.refusals import raises
from tests.statements import count_sql


def test_a_placed_order_keeps_prices_names_and_totals(shop):
    shop.sells("ABC", "19.99", 50)
    shop.settle(tax_included=True)
    order = shop.order(("ABC", 3), buyer_reference="PO-7", note="Ring twice")
    order.refresh_from_db()
    assert (order.number, order.status, order.waiting_for) == (
        "SO-000001", OrderStatus.PLACED, OrderWait.SELLER_CONFIRMATION,
    )  # fmt: skip
    (line,) = lines(order)
    assert (line.sku, line.name_en, line.unit_price) == ("ABC", "Pan ABC", Decimal("19.99"))
    assert (line.list_amount, line.net, line.tax, line.gross) == tuple(
        map(Decimal, ("59.97", "53.07", "6.90", "59.97"))
    )
    assert (order.net, order.tax, order.gross, order.line_count) == (line.net, line.tax, line.gross, 1)
    assert order.address["city"] == "Hangzhou"
    assert line.snapshot["unit_price"] == "19.9900"


def test_at_a_seller_that_confirms_by_itself_stock_is_promised_at_once(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 50)
    order = shop.order(("ABC", 3), ("ABC", 60))
    order.refresh_from_db()
    assert (order.status, order.waiting_for) == (OrderStatus.CONFIRMED, OrderWait.SHIPMENT)
    assert counters(order, "allocated", "cancelled") == [(3, 0), (47, 0)]
    assert shop.allocated("ABC") == 50
    kinds = list(OrderEvent.objects.filter(order=order).order_by("seq").values_list("seq", "kind"))
    assert kinds == [(1, "order.placed"), (2, "order.confirmed")]
    assert OutboxEvent.objects.filter(aggregate="order", aggregate_id=order.pk).count() == 2


def test_part_of_a_pack_is_never_promised(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 30, BOX=12)
    order = shop.order(("ABC", 3, "BOX"))
    assert counters(order, "allocated") == [(2,)]
    assert shop.allocated("ABC") == 24


def test_without_backorders_the_rest_is_dropped_and_the_payable_falls(quick_shop):
    shop = quick_shop
    shop.settings.takes_backorders = False
    shop.settings.save()
    shop.sells("ABC", "10", 2)
    order = shop.order(("ABC", 3))
    order.refresh_from_db()
    assert counters(order, "quantity", "cancelled", "allocated") == [(3, 1, 2)]
    assert (order.gross, order.cancelled_gross) == (Decimal("30"), Decimal("10"))
    assert order.total.gross.amount == 20
    assert OrderCancellation.objects.get(order=order).kind == "short"
    with raises(OrderErrorCode.STOCK_SHORT, field="quantity", index=0):
        shop.order(("ABC", 1))
    assert Order.objects.count() == 1


def test_a_complete_order_without_backorders_is_all_or_nothing(quick_shop):
    shop = quick_shop
    shop.settings.takes_backorders = False
    shop.settings.save()
    shop.sells("ABC", "10", 2)
    shop.sells("DEF", "10", 9)
    with raises(OrderErrorCode.STOCK_SHORT, index=1):
        shop.order(("DEF", 1), ("ABC", 3), short_policy="complete_order")
    assert shop.allocated("DEF") == 0
    assert not OrderLine.objects.exists()


def test_every_problem_of_every_line_is_told_at_once_and_nothing_is_written(shop):
    shop.sells("ABC", "10", rule=(20, 12, 70))
    shop.sells("DEF", "10")
    gone = shop.sells("GONE", "10")
    gone.listings.all().delete()
    with raises(OrderErrorCode.QUANTITY_STEP, field="quantity", index=1) as refusal:
        shop.order(("DEF", 1), ("ABC", 25), ("GONE", 1), ("DEF", "1.5"), ("DEF", 0), ("ABC", 12))
    assert [(error.code.name, error.index) for error in refusal.errors] == [
        ("QUANTITY_STEP", 1),
        ("NOT_IN_ASSORTMENT", 2),
        ("QUANTITY_PRECISION", 3),
        ("QUANTITY_INVALID", 4),
        ("QUANTITY_MINIMUM", 5),
    ]
    assert not Order.objects.exists()


def test_an_empty_order_and_one_too_large_are_refused(shop):
    shop.sells("ABC", "10")
    with raises(OrderErrorCode.ORDER_EMPTY, field="lines"):
        shop.order()
    with raises(OrderErrorCode.ORDER_TOO_LARGE, field="lines"):
        shop.order(*[("ABC", 1)] * 2001)


def test_an_order_below_the_minimum_value_is_refused(shop):
    shop.sells("ABC", "10")
    shop.settings.minimum_value = Decimal("100")
    shop.settings.save()
    with raises(OrderErrorCode.ORDER_MINIMUM):
        shop.order(("ABC", 9))
    shop.order(("ABC", 10))


def test_a_moved_total_is_refused_unless_it_was_accepted(shop):
    shop.sells("ABC", "10")
    with raises(OrderErrorCode.PRICE_CHANGED, field="accepted_total") as refusal:
        shop.order(("ABC", 3), accepted_total=Decimal("29"))
    assert "30.00" in str(refusal.errors[0].message)
    assert "29" in str(refusal.errors[0].message)
    with raises(OrderErrorCode.PRICE_CHANGED, index=0):
        shop.order(shop.line("ABC", 3, shown_price=Decimal("9")))
    shop.order(shop.line("ABC", 3, shown_price=Decimal("9")), accepted_total=Decimal("30"))


def test_a_price_by_hand_is_the_sellers_to_give(shop):
    shop.sells("ABC", "10")
    with raises(CoreErrorCode.PERMISSION_DENIED, field="price", index=0):
        shop.order(shop.line("ABC", 3, agreed_price=Decimal("1")))
    order = shop.order(shop.line("ABC", 3, agreed_price=Decimal("9.5")), actor=shop.sales)
    (line,) = lines(order)
    assert (line.unit_price, line.list_price, line.gross) == (Decimal("9.5"), 10, Decimal("28.50"))
    assert order.entry_mode == "seller"
    with raises(OrderErrorCode.PRICE_PRECISION):
        shop.order(shop.line("ABC", 3, agreed_price=Decimal("9.12345")), actor=shop.sales)


def test_a_stranger_and_an_ended_partnership_place_nothing(shop):
    shop.sells("ABC", "10")
    _other, dealer = shop.dealer_of("Jinli")
    with raises(CoreErrorCode.NOT_FOUND):
        shop.order(("ABC", 1), actor=dealer)
    shop.buyer.status = "suspended"
    shop.buyer.save()
    with raises(OrderErrorCode.PARTNERSHIP_INACTIVE):
        shop.order(("ABC", 1))


def test_an_address_is_the_buyers_own(shop):
    shop.sells("ABC", "10")
    with raises(CoreErrorCode.NOT_FOUND, field="address"):
        shop.order(("ABC", 1), address_id=10**9)


def test_an_outside_document_is_placed_once(shop):
    shop.sells("ABC", "10")
    shop.order(("ABC", 1), integration="invoices", external_number="536365", actor=shop.system)
    with raises(CoreErrorCode.DUPLICATE, field="external_number"):
        shop.order(("ABC", 1), integration="invoices", external_number="536365", actor=shop.system)


def test_of_many_drafts_all_are_placed_or_none(shop):
    shop.sells("ABC", "10", 5)
    good, bad = shop.draft(("ABC", 1)), shop.draft(("ABC", 0))
    with pytest.raises(PlacingRefused) as caught:
        place_all(shop.dealer, [good, bad, good])
    assert list(caught.value.by_draft) == [1]
    assert not Order.objects.exists()
    orders = place_all(shop.dealer, [good, good, good])
    assert [order.number for order in orders] == ["SO-000001", "SO-000002", "SO-000003"]


@pytest.mark.parametrize("auto_confirm", [False, True])
def test_placing_takes_the_same_statements_for_1_and_500_lines(shop, auto_confirm):
    shop.settings.auto_confirm = auto_confirm
    shop.settings.save()
    shop.sells_many(500, stock=5)
    counts = []
    for size in (1, 500):
        draft = shop.draft(*[(sku, 2) for sku in list(shop.goods)[:size]])
        with count_sql() as counter:
            place(shop.dealer, draft)
        counts.append(counter.count)
    assert counts[0] == counts[1], counter
    assert counts[0] <= 12, counter


def test_placing_locks_in_the_one_order(quick_shop):
    quick_shop.sells("ABC", "10", 5)
    with watched_locks() as locks:
        quick_shop.order(("ABC", 1))
    assert locks.transactions == [["stock_stockbalance", "core_numberseries"]]


def test_a_pack_on_a_line_is_in_use(shop):
    variant = shop.sells("ABC", "10", BOX=12)
    box, piece = ((variant.pk, shop.uoms[uom].pk) for uom in ("BOX", "PCS"))
    shop.order(("ABC", 1, "BOX"))
    assert packs_in_use([box, piece]) == {box}
