"""Random walks: the value of every order stands somewhere, once, after every event (credit-and-ledger §11.2 to 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.errors import DomainError, DomainErrors
from marketplace.core.models import ControlMode
from ordercenter.credit.book import CreditMove
from ordercenter.credit.enums import UNSHIPPED, Bucket, CreditRuleKind
from ordercenter.credit.moves import Standing, standing_of, taken_from
from ordercenter.credit.queue import evaluate
from ordercenter.credit.verify import buckets, orders
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.arithmetic import LineCalculator
from ordercenter.orders.cancel import cancel, decline
from ordercenter.orders.close import close, reopen
from ordercenter.orders.confirm import confirm
from ordercenter.orders.enums import OrderStatus
from ordercenter.orders.following import value_between
from ordercenter.orders.holds import hold_reject, hold_release
from ordercenter.orders.models import Order, OrderLine
from tests.ordercenter.credit.books import CreditShop, holds
from tests.refusals import raises

STOPPED = (OrderStatus.CANCELLED, OrderStatus.DECLINED)
LIMIT = 500
STEPS = ("place", "place", "place", "confirm", "ship", "cancel", "close", "reopen", "hold", "decline", "look")


class Walk:
    """A seller with a limit, and people who do anything at any time; what is refused changes nothing."""

    def __init__(self, seed: int, mode: ControlMode) -> None:
        self.dice, self.done = Random(seed), Counter[str]()
        self.shop = CreditShop()
        self.shop.sells("ODD", "3.33", tax="0.13")
        self.shop.stock("ODD", 1000)
        self.shop.rule(CreditRuleKind.LIMIT, mode)
        self.account = self.shop.limit(LIMIT)

    def step(self) -> None:
        name = self.dice.choice(
            ["place"] * 3 + ["confirm", "ship", "cancel", "close", "reopen", "hold", "decline", "look"]
        )
        try:
            with transaction.atomic():
                getattr(self, name)()
            self.done[name] += 1
        except (DomainError, DomainErrors):
            self.done[f"{name} refused"] += 1

    def some(self) -> Order:
        return self.dice.choice(list(Order.objects.order_by("pk")) or [self.shop.order(("ODD", 1))])

    def part(self, order: Order) -> dict[int, Decimal] | None:
        line = self.dice.choice(list(order.lines.order_by("pk")))
        return None if self.dice.random() < 0.4 else {line.pk: Decimal(self.dice.randint(1, 20))}

    def place(self) -> None:
        self.shop.order(("ODD", self.dice.randint(1, 60)), ("ODD", self.dice.randint(1, 20)))

    def confirm(self) -> None:
        confirm(self.shop.sales, self.some().pk)

    def ship(self) -> None:
        order = self.some()
        ship(self.shop.sales, ShipmentDraft(order.pk, self.part(order)))

    def cancel(self) -> None:
        order = self.some()
        cancel(self.shop.sales, order.pk, "why not", self.part(order))

    def decline(self) -> None:
        decline(self.shop.sales, self.some().pk, "why not")

    def close(self) -> None:
        close(self.shop.sales, self.some().pk, "why not")

    def reopen(self) -> None:
        reopen(self.shop.sales, self.some().pk)

    def hold(self) -> None:
        for hold in holds(self.some())[:1]:
            answer: Callable[..., Any] = self.dice.choice([hold_release, hold_reject])
            answer(self.shop.sales, hold.pk, "so be it")

    def look(self) -> None:
        evaluate(self.shop.system, self.account.pk)

    def agrees(self) -> None:
        """Each line's value stands where its quantities say (rule 3), and the columns are the sums (rule 2)."""
        assert [*buckets(), *orders()] == []
        rows = list(Order.objects.order_by("pk"))
        standing = standing_of(order.pk for order in rows)
        for order in rows:
            calculator = LineCalculator(order.currency, order.tax_included)
            for line in OrderLine.objects.filter(order=order):
                end = line.quantity - line.cancelled
                waiting = value_between(line, line.shipped, end, calculator)
                expected = Decimal(0) if order.status in STOPPED else waiting
                assert sum(standing.of(order.pk, bucket, line.pk) for bucket in UNSHIPPED) == expected, order.status
                gone = value_between(line, Decimal(0), line.shipped, calculator)
                assert standing.of(order.pk, Bucket.UNBILLED, line.pk) == gone


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_each_value_stands_somewhere_once(seed):
    walk = Walk(seed, ControlMode.REQUIRE_APPROVAL)
    for _step in range(40):
        walk.step()
        walk.agrees()
    assert walk.done["place"] and walk.done["cancel"] + walk.done["ship"] + walk.done["hold"], walk.done


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(10, 13))
def test_where_the_limit_blocks_it_is_never_passed_by_a_cent(seed):
    walk = Walk(seed, ControlMode.BLOCK)
    for _step in range(40):
        walk.step()
        assert walk.shop.exposure() <= LIMIT
    walk.agrees()


def test_close_order_elsewhere_reopen_is_refused_where_it_blocks(shop):
    """Rule 6 of §11, where the rule blocks: nothing is written."""
    from ordercenter.credit.errors import CreditErrorCode

    shop.rule(CreditRuleKind.LIMIT, ControlMode.BLOCK)
    shop.limit(100)
    shop.stock("ONE", 100)
    order = shop.buys(80)
    confirm(shop.sales, order.pk)
    ship(shop.sales, ShipmentDraft(order.pk, {order.lines.get().pk: Decimal(30)}))
    close(shop.sales, order.pk, "enough")
    shop.buys(70)
    with raises(CreditErrorCode.CREDIT_BLOCKED):
        reopen(shop.sales, order.pk)
    order.refresh_from_db()
    assert order.status == OrderStatus.CLOSED and shop.exposure() == 100


amounts = st.integers(0, 10**6).map(lambda cents: Decimal(cents) / 100)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(UNSHIPPED), amounts, min_size=1), amounts)
def test_what_is_taken_is_never_more_than_stands_there_and_sums_up(sums, wanted):
    standing = Standing({1: {7: dict(sums)}})
    template = CreditMove(1, "CNY", 1, "shipped", Bucket.OUTSIDE, Bucket.UNBILLED, Decimal(0), "shipment", 5)
    moves = taken_from(standing, template, {7: wanted})
    there = sum(sums.values(), Decimal(0))
    assert sum((move.amount for move in moves), Decimal(0)) == min(wanted, there)
    assert all(standing.of(1, bucket, 7) >= 0 for bucket in UNSHIPPED)
    assert len({move.seq for move in moves}) == len(moves)
    assert standing.of(1, Bucket.UNBILLED, 7) == min(wanted, there)
