"""Many buyers at once, with real threads and connections: nothing is sold twice, and nobody sees a deadlock."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection

from marketplace.core.errors import CoreErrorCode, DomainError, DomainErrors
from ordercenter.fulfilment.receive import ReceiptDraft, receive
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.cancel import cancel
from ordercenter.orders.carts import Checkout, place_cart, write_cart
from ordercenter.orders.confirm import confirm_all
from ordercenter.orders.entries import Wish
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Order, OrderLine
from ordercenter.orders.place import place
from ordercenter.stock import allocation, locking
from tests.ordercenter.orders.shop import Shop
from tests.ordercenter.orders.test_walks import differences
from tests.threads import at_once

CLIENTS = 16
STOCK = 100

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    return Shop(auto_confirm=True, takes_backorders=False)


def sold() -> Decimal:
    return sum((line.open_quantity for line in OrderLine.objects.all()), Decimal(0))


def only(refused: DomainError | DomainErrors, *codes: Any) -> None:
    """Fails for any other refusal."""
    errors = refused.errors if isinstance(refused, DomainErrors) else [refused]
    assert {error.code.name for error in errors} <= {code.name for code in codes}, refused


def buy_until_nothing_is_left(shop: Shop, number: int, skus: tuple[str, ...] = ("ABC",)) -> None:
    """Orders of one to three pieces until even one piece is refused; any other refusal is a fault."""
    dice = Random(number)
    left = set(skus)
    while left:
        chosen = [dice.choice(sorted(left)) for _ in range(dice.randint(1, 2))]
        dice.shuffle(chosen)
        pieces = [(sku, dice.randint(1, 3)) for sku in chosen]
        try:
            place(shop.dealer, shop.draft(*pieces, short_policy="complete_order"))
        except DomainErrors as refused:
            only(refused, OrderErrorCode.STOCK_SHORT)
            for sku in set(chosen):
                try:
                    place(shop.dealer, shop.draft((sku, 1), short_policy="complete_order"))
                except DomainErrors:
                    left.discard(sku)


def test_sixteen_buyers_get_exactly_the_stock(shop):
    shop.sells("ABC", "10", STOCK)
    at_once(CLIENTS, lambda number: buy_until_nothing_is_left(shop, number))
    assert sold() == STOCK
    assert shop.allocated("ABC") == STOCK
    assert differences() == []
    numbers = sorted(Order.objects.values_list("number", flat=True))
    assert numbers == [f"SO-{number:06}" for number in range(1, len(numbers) + 1)]


def test_sixteen_buyers_of_two_goods_in_two_warehouses_in_any_order_get_exactly_the_stock(shop):
    far = shop.warehouse("GZ", 2)
    for sku in ("ABC", "DEF"):
        shop.sells(sku, "10", 60)
        shop.stock(sku, 40, far)
    at_once(CLIENTS, lambda number: buy_until_nothing_is_left(shop, number, ("ABC", "DEF")))
    assert sold() == 2 * STOCK
    assert differences() == []


def test_the_twin_without_the_lock_sells_more_or_breaks(shop, monkeypatch):
    """Proves that the tests above would see the fault: without the lock the same crowd collides."""

    def unlocked(statement: str, values: dict) -> list[locking.Held]:
        bare = statement.replace("FOR NO KEY UPDATE OF b", "")
        with connection.cursor() as cursor:
            cursor.execute(bare, values)
            return [locking.Held(*row) for row in cursor.fetchall()]

    monkeypatch.setattr(locking, "_locked", unlocked)
    monkeypatch.setattr(allocation, "lock_balances", locking.lock_balances)
    shop.sells("ABC", "10")
    fault: object = None
    for attempt in range(1, 6):
        shop.stock("ABC", STOCK)
        try:
            at_once(CLIENTS, lambda number: buy_until_nothing_is_left(shop, number))
        except Exception as error:
            fault = error
        fault = fault or differences() or sold() != attempt * STOCK
        if fault:
            break
    assert fault


def test_everybody_at_one_order_at_once(shop):
    """Shipping, receiving and cancelling the same orders from all sides: each piece moves once."""
    shop.sells("ABC", "10", STOCK)
    orders = [place(shop.dealer, shop.draft(("ABC", 6), ("ABC", 4))) for _ in range(8)]
    calm = (CoreErrorCode.CONFLICT, CoreErrorCode.INVALID_TRANSITION, OrderErrorCode.NOT_ALLOCATED)
    calm += (OrderErrorCode.ALREADY_SHIPPED, OrderErrorCode.ORDER_EMPTY, OrderErrorCode.RECEIPT_EXCEEDS)

    def work(number: int) -> None:
        dice = Random(number)
        for _ in range(12):
            order = dice.choice(orders)
            try:
                if dice.random() < 0.4:
                    for shipment in ship(shop.sales, ShipmentDraft(order.pk)):
                        receive(shop.dealer, ReceiptDraft(shipment.pk))
                elif dice.random() < 0.5:
                    line = dice.choice(list(OrderLine.objects.filter(order=order)))
                    ship(shop.sales, ShipmentDraft(order.pk, {line.pk: Decimal(1)}))
                else:
                    line = dice.choice(list(OrderLine.objects.filter(order=order)))
                    cancel(shop.sales, order.pk, "Less", {line.pk: Decimal(1)})
            except (DomainError, DomainErrors) as refused:
                only(refused, *calm)

    at_once(8, work)
    assert differences() == []


def test_two_clerks_who_confirm_the_same_orders_confirm_each_once(shop):
    shop.settings.auto_confirm = False
    shop.settings.save()
    shop.sells("ABC", "10", STOCK)
    orders = [place(shop.dealer, shop.draft(("ABC", 2))).pk for _ in range(12)]

    def confirm_them(number: int) -> list[int]:
        ids = orders[number * 2 :] + orders[: number * 2]
        outcome = confirm_all(shop.sales, ids, each_by_itself=True)
        assert {error.code.name for error in outcome.refused} <= {"INVALID_TRANSITION", "CONFLICT"}
        return outcome.done

    done = [pk for ids in at_once(6, confirm_them) for pk in ids]
    assert sorted(done) == orders
    assert shop.allocated("ABC") == 24
    assert differences() == []


def test_a_cart_sent_twice_becomes_one_order(shop):
    shop.sells("ABC", "10", STOCK)
    cart = write_cart(shop.dealer, shop.seller.pk, [Wish(shop.goods["ABC"].pk, Decimal(2))], True)

    def send(_number: int) -> int:
        try:
            return place_cart(shop.dealer, cart.pk, Checkout()).pk
        except (DomainError, DomainErrors):
            return 0

    placed = [pk for pk in at_once(6, send) if pk]
    assert len(placed) == 1
