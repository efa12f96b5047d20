"""A cart that is written while it is being placed, with real threads and connections."""

from decimal import Decimal
from threading import Event

import pytest
from django.db import transaction

from ordercenter.orders import carts
from ordercenter.orders.carts import Checkout, place_cart, write_cart
from ordercenter.orders.entries import Wish
from ordercenter.orders.models import CartLine, OrderLine
from tests.ordercenter.orders.shop import Shop
from tests.threads import at_once, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)

#: What emptying was before: it took whatever lay in the cart by then, ordered or not.
EMPTY_ALL = """
WITH unused AS (SELECT %s::bigint[], %s::bigint[], %s::numeric[]),
     emptied AS (DELETE FROM orders_cartline WHERE cart_id = %s)
DELETE FROM orders_cart WHERE id = %s
"""


def skus_after_writing_while_placing() -> set[str]:
    """SKUs that are ordered or in the cart, after a line was written by one while another waited to place the cart."""
    shop = Shop()
    for sku in ("ABC", "DEF"):
        shop.sells(sku)
    cart = write_cart(shop.dealer, shop.seller.pk, [Wish(shop.goods["ABC"].pk, Decimal(1))], add=True)

    written = Event()

    def act(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                write_cart(shop.dealer, shop.seller.pk, [Wish(shop.goods["DEF"].pk, Decimal(1))], add=True)
                written.set()
                until_somebody_waits()
        else:
            assert written.wait(timeout=20)
            place_cart(shop.dealer, cart.pk, Checkout())

    at_once(2, act)
    kept = set(OrderLine.objects.values_list("sku", flat=True))
    return kept | set(CartLine.objects.values_list("variant__sku", flat=True))


def test_a_line_that_is_written_while_its_cart_is_placed_is_not_lost():
    assert skus_after_writing_while_placing() == {"ABC", "DEF"}


def test_the_twin_that_empties_the_whole_cart_loses_it(monkeypatch):
    monkeypatch.setattr(carts, "EMPTY", EMPTY_ALL)
    assert skus_after_writing_while_placing() == {"ABC"}
