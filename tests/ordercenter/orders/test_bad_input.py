"""What people and programs send that no order can be made of: refused by name, and nothing is half-written."""

from decimal import Decimal

from django.db import connection

from marketplace.core.errors import CoreErrorCode
from ordercenter.orders.carts import Checkout, discard_cart, place_cart, write_cart
from ordercenter.orders.drafts import LINE_LIMIT
from ordercenter.orders.entries import Wish
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Cart, CartLine, SavedList
from ordercenter.orders.saved_lists import SavedListDraft, write_saved_list
from ordercenter.stock.models import Reservation
from ordercenter.stock.reservations import reserve
from ordercenter.stock.terms import Wish as StockWish
from tests.factories import make_stranger
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
