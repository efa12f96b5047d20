"""The crowds of test_crowd.py without the lock on orders or carts: they must break, else they would prove nothing."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest
from django.db import DatabaseError

from marketplace.core.errors import DomainError, DomainErrors
from ordercenter.fulfilment import receive, ship
from ordercenter.orders import cancel, carts, confirm
from tests import flush
from tests.ordercenter.orders import test_crowd as crowd
from tests.ordercenter.orders.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    return Shop(auto_confirm=True, takes_backorders=False)


def breaks(test: Callable[[Shop], None], shop: Shop) -> bool:
    """True where the test fails, or what it does is stopped by a constraint."""
    try:
        test(shop)
    except (AssertionError, DatabaseError, DomainError, DomainErrors):
        return True
    return False


def some_crowd_breaks(test: Callable[[Shop], None], shop: Shop, crowds: int = 5) -> bool:
    """True where one of several crowds does, each in an empty database: without a lock it is chance who meets whom."""
    for _crowd in range(crowds):
        if breaks(test, shop):
            return True
        flush.empty(None)
        shop = Shop(auto_confirm=True, takes_backorders=False)
    return False


def without_lock_on_orders(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> None:
    for module in modules:
        monkeypatch.setattr(module, "lock", lambda _orders: [])


def test_without_the_lock_on_orders_two_clerks_confirm_one_order_twice(shop, monkeypatch):
    without_lock_on_orders(monkeypatch, confirm)
    assert breaks(crowd.test_two_clerks_who_confirm_the_same_orders_confirm_each_once, shop)


def test_without_the_lock_on_orders_pieces_move_twice(shop, monkeypatch):
    without_lock_on_orders(monkeypatch, ship, receive, cancel)
    assert some_crowd_breaks(crowd.test_everybody_at_one_order_at_once, shop)


def test_without_the_lock_on_carts_one_is_placed_twice(shop, monkeypatch):
    monkeypatch.setattr(carts, "HOLD", carts.HOLD.replace("FOR UPDATE OF cart", ""))
    assert breaks(crowd.test_a_cart_sent_twice_becomes_one_order, shop)
