"""Random walks of operations: whatever people do, and in whatever order, the books agree and nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from marketplace.core import verify
from marketplace.core.errors import DomainError, DomainErrors
from marketplace.core.outbox import dispatch_once
from marketplace.core.verify import Difference, check_names
from ordercenter.fulfilment.models import Shipment
from ordercenter.fulfilment.receive import Count, ReceiptDraft, receive
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.cancel import cancel, decline
from ordercenter.orders.change import Change, change
from ordercenter.orders.close import close, reopen
from ordercenter.orders.confirm import confirm_all
from ordercenter.orders.entries import Wish
from ordercenter.orders.models import Order, OrderEvent, OrderLine
from ordercenter.orders.place import place
from ordercenter.stock.models import StockBalance
from tests.ordercenter.orders.shop import Shop

ROOMS = ("orders:", "fulfilment:", "stock:")
POLICIES = ("partial", "partial", "partial_cancel", "complete_line", "complete_order")


def differences() -> list[Difference]:
    """What the checks of the rooms that take part find."""
    names = [name for name in check_names() if name.startswith(ROOMS)]
    return [difference for name in names for difference in verify._checks[name]()]


class Walk:
    """A seller and a dealer who do anything at any time; what is refused changes nothing."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.done: Counter[str] = Counter()
        self.came: Counter[str] = Counter()
        self.shop = Shop(auto_confirm=self.dice.random() < 0.5, takes_backorders=self.dice.random() < 0.7)
        self.shop.sells("A", "9.99", BOX=6)
        self.shop.sells("B", "0.35", tax="0.06", BOX=4)
        self.far = self.shop.warehouse("GZ", 2)
        self.goods_come()

    def attempt(self, name: str, act: Callable[..., Any], *arguments: Any) -> None:
        try:
            with transaction.atomic():
                act(*arguments)
            self.done[name] += 1
        except (DomainError, DomainErrors):
            self.done[f"{name} refused"] += 1

    def order(self, *statuses: str) -> Order | None:
        """An order in one of these states; one time in ten, any order: it will be refused."""
        anything = self.dice.random() < 0.1
        orders = [order for order in Order.objects.order_by("pk") if anything or order.status in statuses]
        return self.dice.choice(orders) if orders else None

    def part(self, order: Order) -> dict[int, Decimal] | None:
        """All of an order, or a quantity of one line."""
        rows = list(OrderLine.objects.filter(order=order).order_by("position"))
        return None if self.dice.random() < 0.4 else {self.dice.choice(rows).pk: Decimal(self.dice.randint(1, 9))}

    def goods_come(self) -> None:
        for sku in ("A", "B"):
            quantity = self.dice.randint(1, 30)
            self.came[sku] += quantity
            self.shop.stock(sku, quantity, self.dice.choice([self.shop.shelf, self.far]))

    def place(self) -> None:
        pick = self.dice
        lines = [
            (pick.choice("AB"), pick.randint(1, 9), pick.choice(["PCS", "PCS", "BOX"]))
            for _ in range(pick.randint(1, 4))
        ]
        self.attempt("place", place, self.shop.dealer, self.shop.draft(*lines, short_policy=pick.choice(POLICIES)))

    def confirm(self) -> None:
        chosen = [order for order in (self.order("placed"), self.order("placed")) if order]
        ids = list(dict.fromkeys(order.pk for order in chosen))
        if ids:
            self.attempt("confirm", confirm_all, self.shop.sales, ids, None, True)

    def decline(self) -> None:
        if order := self.order("placed"):
            self.attempt("decline", decline, self.shop.sales, order.pk, "No")

    def change(self) -> None:
        if order := self.order("placed"):
            rows = list(OrderLine.objects.filter(order=order).order_by("position"))
            added = [Wish(self.shop.goods["A"].pk, Decimal(1))] if self.dice.random() < 0.4 else []
            quantities = {self.dice.choice(rows).pk: Decimal(self.dice.randint(0, 9))}
            self.attempt("change", change, self.shop.dealer, order.pk, Change(order.version, quantities, added))

    def cancel(self) -> None:
        if order := self.order("placed", "confirmed"):
            self.attempt("cancel", cancel, self.shop.sales, order.pk, "Why not", self.part(order))

    def ship(self) -> None:
        if order := self.order("confirmed"):
            self.attempt("ship", ship, self.shop.sales, ShipmentDraft(order.pk, self.part(order)))

    def receive(self) -> None:
        shipments = list(Shipment.objects.exclude(status="received").order_by("pk"))
        if shipments:
            shipment = self.dice.choice(shipments)
            counts = None
            if self.dice.random() < 0.5:
                line = self.dice.choice(list(shipment.lines.order_by("pk")))
                received = self.dice.randint(0, int(line.to_receive) + 1)
                counts = {line.pk: Count(Decimal(received), Decimal(self.dice.randint(0, 1)))}
            self.attempt("receive", receive, self.shop.dealer, ReceiptDraft(shipment.pk, counts))

    def close(self) -> None:
        orders = list(Order.objects.filter(fulfilment_status="partially_shipped", status="confirmed"))
        if order := (self.dice.choice(orders) if orders else self.order("confirmed")):
            self.attempt("close", close, self.shop.sales, order.pk, "Enough")

    def reopen(self) -> None:
        if order := self.order("closed"):
            self.attempt("reopen", reopen, self.shop.sales, order.pk)

    def hand_on(self) -> None:
        while dispatch_once():
            pass

    def step(self) -> None:
        often = [self.place, self.place, self.confirm, self.confirm, self.ship, self.ship, self.receive, self.receive]
        seldom = [self.goods_come, self.change, self.cancel, self.close, self.reopen, self.hand_on]
        self.dice.choice([*often, *seldom, *seldom, self.decline])()

    def check(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert differences() == [], self.done
        received: Counter[str] = Counter()
        for line in OrderLine.objects.all():
            received[line.sku] += line.received * line.factor
        for sku in ("A", "B"):
            assert sum(self.shop.on_hand(sku).values()) + received[sku] == self.came[sku]


TOTAL: Counter[str] = Counter()


@pytest.mark.parametrize("seed", range(6))
def test_a_random_walk_keeps_every_rule_of_conservation(db, seed):
    walk = Walk(seed)
    for number in range(60):
        walk.step()
        if number % 6 == 5:
            walk.check()
    walk.check()
    TOTAL.update(walk.done)


def test_the_walks_have_gone_everywhere():
    if not TOTAL:
        pytest.skip("The walks ran elsewhere.")
    for name in ("place", "confirm", "decline", "change", "cancel", "ship", "receive", "close", "reopen"):
        assert TOTAL[name], f"the walks never managed to {name}: {TOTAL}"


def test_the_story_counts_from_one_without_gaps(shop):
    shop.sells("ABC", "10", 5)
    order = shop.order(("ABC", 1))
    confirm_all(shop.sales, [order.pk])
    cancel(shop.sales, order.pk, "No")
    seqs = OrderEvent.objects.filter(order=order).order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == [1, 2, 3]


def test_cancelling_everything_leaves_stock_as_before_the_order(shop):
    shop.sells("ABC", "10", 5, BOX=2)
    before = list(StockBalance.objects.values_list("on_hand", "allocated", "reserved"))
    order = shop.order(("ABC", 2, "BOX"), ("ABC", 3))
    confirm_all(shop.sales, [order.pk])
    cancel(shop.sales, order.pk, "No")
    assert list(StockBalance.objects.values_list("on_hand", "allocated", "reserved")) == before
    assert differences() == []
