"""A cart that is written while it is being placed, with real threads and connections."""

from decimal import Decimal
from threading import Event

import pytest
from django.db import transaction

from marketplace.core.errors import CoreErrorCode, DomainError
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


def quantity_after_two_set_one_line(with_version: bool) -> set[Decimal]:
    """What two colleagues were told they had set, who both saw the same cart and set the same line."""
    shop = Shop()
    shop.sells("ABC")
    cart = write_cart(shop.dealer, shop.seller.pk, [Wish(shop.goods["ABC"].pk, Decimal(1))], add=True)
    seen = cart.version if with_version else None
    set_to: set[Decimal] = set()
    refused: list[object] = []

    def act(number: int) -> None:
        wish = Wish(shop.goods["ABC"].pk, Decimal(10 + number))
        try:
            write_cart(shop.dealer, shop.seller.pk, [wish], add=False, cart_id=cart.pk, version=seen)
            set_to.add(Decimal(10 + number))
        except DomainError as error:
            refused.append(error.code)

    at_once(2, act)
    assert set(refused) <= {CoreErrorCode.CONFLICT}
    assert CartLine.objects.get(cart=cart).quantity in set_to
    return set_to


def test_of_two_writers_who_saw_the_same_cart_one_is_told_that_it_changed():
    assert len(quantity_after_two_set_one_line(with_version=True)) == 1


def test_the_twin_without_the_version_loses_what_one_of_them_wrote():
    assert len(quantity_after_two_set_one_line(with_version=False)) == 2


def test_two_first_writers_make_one_cart():
    shop = Shop()
    shop.sells("ABC")

    def act(number: int) -> None:
        write_cart(shop.dealer, shop.seller.pk, [Wish(shop.goods["ABC"].pk, Decimal(1))], add=True)

    at_once(4, act)
    assert CartLine.objects.get().quantity == 4
