"""No interleaving of orders promises a piece twice, and none waits for another for ever (stock §4, §12)."""

from contextlib import contextmanager
from decimal import Decimal as D
from random import Random
from threading import Barrier, local

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.core.errors import DomainErrors
from ordercenter.stock import allocation, entries, locking
from ordercenter.stock.allocation import allocate, free
from ordercenter.stock.entries import Adjustment, Paper, StockLine, adjust
from ordercenter.stock.models import Allocation, StockBalance
from ordercenter.stock.reservations import reserve
from ordercenter.stock.shipping import ship_out
from ordercenter.stock.terms import Wish
from tests.ordercenter.stock.shop import differences
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 16


def pieces_sold(shop, orders):
    """Sixteen clients place their orders, each in a transaction, at a seller who lets nobody wait."""

    def client(n):
        sold = 0
        for order in orders[n::CLIENTS]:
            try:
                with transaction.atomic():
                    got = allocate(shop.actor, shop.seller.pk, order, "complete_order", may_wait=False)
                sold += int(sum(got.by_line.values()))
            except DomainErrors:
                continue
        return sold

    return sum(at_once(CLIENTS, client))


def baskets(shop, number, rows):
    """Orders of these baskets, as lists of demands."""
    demands = shop.orders([rows(n) for n in range(number)])
    orders = {}
    for demand in demands:
        orders.setdefault(demand.order_id, []).append(demand)
    return list(orders.values())


@contextmanager
def without_check():
    """The table without the constraint that would save a program that forgot the lock."""
    name = "stock_promised_is_there"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE stock_stockbalance DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE stock_stockbalance SET allocated = 0, reserved = 0")
            cursor.execute(
                f"ALTER TABLE stock_stockbalance ADD CONSTRAINT {name} CHECK (on_hand >= allocated + reserved)"
            )


def no_lock(seller_id, variant_ids, warehouses=None):
    """The same balances, read and not held."""
    rows = StockBalance.objects.filter(organization=seller_id, variant__in=set(variant_ids), warehouse__allocates=True)
    return [locking.Held(row.pk, row.on_hand, row.allocated, row.reserved) for row in rows.order_by("pk")]


def test_a_balance_that_comes_in_after_the_lock_serves_the_next_order(shop, monkeypatch):
    shop.put("W1", A=5)
    real = allocation.lock_balances

    def lock_and_let_goods_come(*wanted):
        held = real(*wanted)
        shop.put("W2", A=5)
        return held

    monkeypatch.setattr(allocation, "lock_balances", lock_and_let_goods_come)
    (order,) = baskets(shop, 1, lambda n: [("A", 10)])
    got = allocate(shop.actor, shop.seller.pk, order, "partial")
    assert list(got.by_line.values()) == [5]


def test_sixteen_clients_get_exactly_the_stock_of_one_place(shop):
    shop.put("W1", A=100)
    orders = baskets(shop, 160, lambda n: [("A", n % 3 + 1)])
    assert pieces_sold(shop, orders) == 100
    assert shop.balance("W1", "A").allocated == 100
    assert differences() == []


def test_sixteen_clients_get_exactly_the_stock_of_two_places_with_two_lines_of_one_sku(shop):
    shop.put("W1", A=60)
    shop.put("W2", A=40)
    orders = baskets(shop, 240, lambda n: [("A", 1), ("A", n % 2 + 1)] if n % 4 else [("A", 1)])
    assert pieces_sold(shop, orders) == 100
    assert differences() == []


def test_orders_of_up_to_twelve_lines_sell_everything_without_a_deadlock(shop):
    shop.put("W1", A=200, B=200, C=200, E=200)
    shop.put("W2", A=100, B=100, C=100, E=100)
    random = Random(7)
    orders = baskets(
        shop, 320, lambda n: [(random.choice("ABCE"), random.randint(1, 4)) for _ in range(random.randint(1, 12))]
    )

    def client(n):
        for order in orders[n::CLIENTS]:
            with transaction.atomic():
                allocate(shop.actor, shop.seller.pk, order, "partial")

    at_once(CLIENTS, client)
    assert sum(Allocation.objects.values_list("quantity", flat=True)) == 1200
    assert differences() == []


def test_without_the_lock_the_constraint_refuses_what_would_be_sold_twice(shop, monkeypatch):
    monkeypatch.setattr(allocation, "lock_balances", no_lock)
    shop.put("W1", A=100)
    orders = baskets(shop, 160, lambda n: [("A", n % 3 + 1)])
    with pytest.raises(IntegrityError, match="stock_promised_is_there"):
        pieces_sold(shop, orders)


def test_without_lock_and_constraint_more_is_sold_than_there_is(shop, monkeypatch):
    monkeypatch.setattr(allocation, "lock_balances", no_lock)
    shop.put("W1", A=100)
    with without_check():
        sold = pieces_sold(shop, baskets(shop, 160, lambda n: [("A", n % 3 + 1)]))
        Allocation.objects.all().delete()
    assert sold > 100


def test_orders_that_want_the_same_goods_in_opposite_order_do_not_wait_for_each_other_for_ever(shop):
    goods = [f"S{n}" for n in range(8)]
    shop.put("W1", **dict.fromkeys(goods, 1000))
    orders = baskets(shop, 160, lambda n: [(sku, 1) for sku in (goods if n % 2 else reversed(goods))])

    def client(n):
        for order in orders[n::CLIENTS]:
            with transaction.atomic():
                allocate(shop.actor, shop.seller.pk, order, "partial")
                free(shop.actor, {line.order_line_id: D(1) for line in order[::2]})

    at_once(CLIENTS, client)
    assert differences() == []


def test_everything_at_once_keeps_the_books(shop):
    goods = ("A", "B", "C")
    shop.put("W1", A=300, B=300, C=300)
    shop.put("W2", A=300, B=300, C=300)
    for sku in goods:  # one shipment before, so that the place of goods on their way is known
        first = shop.order((sku, 1))
        allocate(shop.actor, shop.seller.pk, first, "partial")
        ship_out(shop.actor, shop.shipping(first[0].order_line_id, (first[0], 1)))
    carts = [shop.cart().pk for _ in range(1)] * CLIENTS
    orders = baskets(shop, 192, lambda n: [(goods[(n + m) % 3], m + 1) for m in range(3)])
    balances = [balance.pk for balance in StockBalance.objects.filter(warehouse__kind="physical")]

    def client(n):
        random = Random(n)
        for order in orders[n::CLIENTS]:
            with transaction.atomic():
                got = allocate(shop.actor, shop.seller.pk, order, "partial").by_line
            held = [line for line in order if line.order_line_id in got]
            what = random.randrange(4)
            if what == 0:
                free(shop.actor, {line.order_line_id: None for line in held})
            elif what == 1 and held:
                parts = [(line, int(got[line.order_line_id])) for line in held]
                ship_all(shop, order[0].order_line_id, parts)
            elif what == 2:
                variant = shop.variant(random.choice(goods)).pk
                reserve(shop.actor, shop.seller.pk, [Wish(1, carts[n], variant, D(5))])
            else:
                adjust(shop.actor, [Adjustment(random.choice(balances), change=D(3))], Paper(reason="found"))

    at_once(CLIENTS, client)
    assert differences() == []


def ship_all(shop, document, parts):
    with transaction.atomic():
        ship_out(shop.actor, shop.shipping(document, *parts))


def sent_at_once(shop, monkeypatch):
    """The same delivery of five, sent by two programs at once, both of which find that nobody has sent it yet."""
    look, both = entries._known_receipt, Barrier(2)
    first = local()

    def known(*args):
        found = look(*args)
        if not getattr(first, "done", False):
            first.done = True
            both.wait(timeout=60)
        return found

    monkeypatch.setattr(entries, "_known_receipt", known)
    line, paper = StockLine(shop.variant("A").pk, D(5)), Paper(external_number="ERP-1")
    return at_once(2, lambda _n: entries.receive_stock(shop.actor, shop.warehouses["W1"], [line], paper).pk)


def test_a_delivery_sent_twice_at_once_is_received_once(shop, monkeypatch):
    one, other = sent_at_once(shop, monkeypatch)
    assert one == other
    assert shop.balance("W1", "A").on_hand == 5
    assert differences() == []


def test_without_the_constraint_a_delivery_sent_twice_at_once_is_received_twice(shop, monkeypatch):
    name = "stock_entry_external_once"
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        (definition,) = cursor.fetchone()
        cursor.execute(f"DROP INDEX {name}")
    try:
        assert len(set(sent_at_once(shop, monkeypatch))) == 2
        assert shop.balance("W1", "A").on_hand == 10
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE stock_stockentry SET external_number = ''")
            cursor.execute(definition)
