"""What people and programs send that no order can be made of: refused by name, and nothing is half-written."""

from decimal import Decimal

import pytest
from django.db import connection

from marketplace.catalog.models import Listing
from marketplace.core.errors import CoreErrorCode
from marketplace.graphql import execute, to_global_id
from ordercenter.fulfilment.receive import Count, ReceiptDraft, receive
from ordercenter.fulfilment.ship import PARCEL_LIMIT, ShipmentDraft, ship
from ordercenter.orders.cancel import REASON_LIMIT, cancel
from ordercenter.orders.carts import Checkout, discard_cart, place_cart, write_cart
from ordercenter.orders.change import Change, change
from ordercenter.orders.confirm import confirm
from ordercenter.orders.drafts import LINE_LIMIT
from ordercenter.orders.entries import Wish
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Cart, CartLine, SavedList
from ordercenter.orders.saved_lists import SavedListDraft, write_saved_list
from ordercenter.stock.models import Reservation
from ordercenter.stock.reservations import reserve
from ordercenter.stock.terms import Wish as StockWish
from tests.factories import make_stranger
from tests.ordercenter.orders.ask import ask
from tests.ordercenter.orders.shop import lines
from tests.refusals import raises


def test_a_list_is_kept_only_for_a_seller_one_trades_with(shop):
    """Else it would tell strangers which organizations there are, and what they are called."""
    stranger = make_stranger()
    for seller_id in (shop.seller.pk, 999_999):
        with raises(CoreErrorCode.NOT_FOUND, field="seller"):
            write_saved_list(stranger, SavedListDraft(seller_id=seller_id, name="Mine"))
    assert not SavedList.objects.filter(name="Mine").exists()
    assert write_saved_list(shop.dealer, SavedListDraft(seller_id=shop.seller.pk, name="Mine")).pk


def test_quantities_that_add_up_to_more_than_fits_are_refused(shop):
    shop.sells("ABC")
    much = Wish(shop.goods["ABC"].pk, Decimal(9 * 10**11))
    with raises(OrderErrorCode.QUANTITY_INVALID, field="quantity", index=0):
        write_cart(shop.dealer, shop.seller.pk, [much, much], add=True)
    assert write_cart(shop.dealer, shop.seller.pk, [much], add=True)
    with raises(OrderErrorCode.QUANTITY_INVALID, field="quantity", index=0):
        write_cart(shop.dealer, shop.seller.pk, [much], add=True)
    with raises(OrderErrorCode.QUANTITY_INVALID, field="lines", index=1):
        write_saved_list(shop.dealer, SavedListDraft(seller_id=shop.seller.pk, name="Much", wishes=[much, much]))


def test_a_full_cart_can_still_be_changed_and_takes_no_line_more(shop):
    goods = [shop.goods[sku].pk for sku in shop.sells_many(LINE_LIMIT + 1)]
    full = [Wish(pk, Decimal(1)) for pk in goods[:-1]]
    cart = write_cart(shop.dealer, shop.seller.pk, full, add=True)
    write_cart(shop.dealer, shop.seller.pk, [Wish(goods[0], Decimal(7))], add=False)
    assert CartLine.objects.get(cart=cart, variant=goods[0]).quantity == 7
    with raises(OrderErrorCode.ORDER_TOO_LARGE, field="lines"):
        write_cart(shop.dealer, shop.seller.pk, [Wish(goods[-1], Decimal(1))], add=True)
    assert CartLine.objects.filter(cart=cart).count() == LINE_LIMIT


def test_a_cart_for_which_stock_is_kept_can_be_placed_and_thrown_away(shop):
    shop.sells("ABC", stock=10)
    for leave in (lambda cart: place_cart(shop.dealer, cart, Checkout()), lambda cart: discard_cart(shop.dealer, cart)):
        cart = write_cart(shop.dealer, shop.seller.pk, [Wish(shop.goods["ABC"].pk, Decimal(2))], add=False)
        reserve(shop.dealer, shop.seller.pk, [StockWish(0, cart.pk, shop.goods["ABC"].pk, Decimal(2))])
        assert Reservation.objects.filter(cart=cart).exists()
        leave(cart.pk)
        connection.check_constraints()
        assert not Cart.objects.filter(pk=cart.pk).exists()
        assert not Reservation.objects.filter(cart=cart.pk).exists()


def test_an_order_of_more_money_than_fits_is_refused(shop):
    shop.sells("ABC", "99999999.99")
    with raises(OrderErrorCode.QUANTITY_INVALID, field="lines"):
        shop.order(("ABC", 99_999_999))


@pytest.mark.parametrize("quantity", ["0.5", "1e-30", "0.0000001"])
def test_what_is_cancelled_leaves_a_quantity_that_can_be_shipped(shop, quantity):
    shop.sells("ABC", stock=10)
    order = shop.order(("ABC", 10))
    with raises(OrderErrorCode.QUANTITY_PRECISION, field="quantity", index=0):
        cancel(shop.dealer, order.pk, "Too much", {lines(order)[0].pk: Decimal(quantity)})


def test_a_reason_is_no_book(shop):
    shop.sells("ABC")
    order = shop.order(("ABC", 10))
    with raises(CoreErrorCode.INVALID, field="reason"):
        cancel(shop.dealer, order.pk, "x" * (REASON_LIMIT + 1))


def test_goods_no_longer_sold_are_lowered_to_whole_quantities_only(shop):
    shop.sells("ABC")
    order = shop.order(("ABC", 10))
    line = lines(order)[0].pk
    Listing.objects.filter(variant=shop.goods["ABC"]).delete()
    for quantity, code in (("-5", "QUANTITY_INVALID"), ("2.5", "QUANTITY_PRECISION")):
        with raises(OrderErrorCode[code], field="quantity", index=0):
            change(shop.dealer, order.pk, Change(order.version, {line: Decimal(quantity)}))
    change(shop.dealer, order.pk, Change(order.version, {line: Decimal(2)}))
    assert lines(order)[0].quantity == 2


def test_a_count_beyond_all_reach_is_more_than_is_on_its_way(quick_shop):
    shop = quick_shop
    shop.sells("ABC", stock=10)
    order = shop.order(("ABC", 10))
    with raises(CoreErrorCode.INVALID, field="waybills"):
        ship(shop.sales, ShipmentDraft(order.pk, waybills=[str(n) for n in range(PARCEL_LIMIT + 1)]))
    (shipment,) = ship(shop.sales, ShipmentDraft(order.pk))
    with raises(OrderErrorCode.RECEIPT_EXCEEDS, index=0):
        receive(shop.dealer, ReceiptDraft(shipment.pk, {shipment.lines.get().pk: Count(Decimal("1e39"))}))


def test_a_line_named_twice_is_refused_wherever_lines_are_named(shop):
    """Else the last one would hold, and a clerk who counts 1 and 1 has received 1."""
    shop.sells("ABC", stock=10)
    order = shop.order(("ABC", 10))
    line = {"line": to_global_id("OrderLine", lines(order)[0].pk), "quantity": "1"}
    answers = [
        ask(
            shop.dealer,
            "mutation($id: ID!, $l: [OrderChangeLineInput!]!)"
            '{ done: orderCancel(id: $id, reason: "x", lines: $l) { errors { code index } } }',
            id=to_global_id("Order", order.pk),
            l=[line, line],
        ),
        ask(
            shop.dealer,
            "mutation($i: OrderChangeInput!) { done: orderChangePropose(input: $i) { errors { code index } } }",
            i={"order": to_global_id("Order", order.pk), "baseVersion": 1, "lines": [line, line]},
        ),
    ]
    confirm(shop.sales, order.pk)
    (shipment,) = ship(shop.sales, ShipmentDraft(order.pk, {lines(order)[0].pk: Decimal(2)}))
    sent = {"orderLine": line["line"], "quantity": "1"}
    counted = {"shipmentLine": to_global_id("ShipmentLine", shipment.lines.get().pk), "received": "1"}
    answers += [
        ask(
            shop.sales,
            "mutation($i: ShipmentInput!) { done: shipmentCreate(input: $i) { errors { code index } } }",
            i={"order": to_global_id("Order", order.pk), "lines": [sent, sent]},
        ),
        ask(
            shop.dealer,
            "mutation($i: ReceiptInput!) { done: receiptPost(input: $i) { errors { code index } } }",
            i={"shipment": to_global_id("Shipment", shipment.pk), "lines": [counted, counted]},
        ),
    ]
    assert [answer["done"]["errors"] for answer in answers] == [[{"code": "DUPLICATE", "index": 1}]] * 4


def test_an_order_found_by_two_of_its_lines_is_there_once(shop):
    shop.sells("ABC", "10")
    shop.sells("DEF", "5")
    order = shop.order(("ABC", 1), ("DEF", 1))
    found = ask(
        shop.dealer,
        "query($f: OrderFilter) { orders(first: 5, filter: $f) { totalCount edges { node { number } } }"
        " orderStatusCounts(side: BUYER, filter: $f) { count gross { amount } } }",
        f={"line": [to_global_id("OrderLine", line.pk) for line in lines(order)]},
    )
    assert found["orders"] == {"totalCount": 1, "edges": [{"node": {"number": order.number}}]}
    assert found["orderStatusCounts"] == [{"count": 1, "gross": {"amount": "15.00"}}]


def test_orders_until_the_last_day_there_is(shop):
    shop.sells("ABC")
    shop.order(("ABC", 1))
    until = 'query { orders(first: 5, filter: {placedAt: {lte: "9999-12-31"}}) { totalCount } }'
    assert ask(shop.dealer, until) == {"orders": {"totalCount": 1}}


@pytest.mark.parametrize("text", ["query($t: String) { orders(search: $t) { totalCount } }"])
def test_text_with_the_character_nul_is_refused_before_anything_happens(shop, text):
    for document, variables in (
        (text, {"t": "a\0b"}),
        (text.replace("$t)", '"a\\u0000b")').replace("($t: String)", ""), {}),
    ):
        (error,) = execute(document, variables, actor=shop.dealer).errors
        assert error.extensions["code"] != "INTERNAL"
        assert "NUL" in error.message
