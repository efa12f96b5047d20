"""Whatever happens in whatever order, the books agree and nothing appears or vanishes (stock §12, rules 1 to 3)."""

from decimal import Decimal as D
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.errors import DomainError, DomainErrors
from ordercenter.stock import backorders
from ordercenter.stock.allocation import allocate, free
from ordercenter.stock.entries import Adjustment, Paper, adjust, change_condition, transfer
from ordercenter.stock.models import StockBalance
from ordercenter.stock.reservations import reserve
from ordercenter.stock.shipping import receive_in, ship_out
from ordercenter.stock.terms import Wish
from tests.ordercenter.stock.shop import differences, make_shop

pytestmark = pytest.mark.django_db

_documents = count(1000)


class Walk:
    """A shop, and what the goods in it should come to."""

    def __init__(self):
        self.shop = make_shop("Walk")
        self.shop.warehouse("W1", priority=1)
        self.shop.warehouse("W2", priority=2)
        self.expected = self.shop.network()
        self.lines, self.sent, self.cart = [], [], self.shop.cart()

    def balances(self):
        own = StockBalance.objects.filter(organization=self.shop.seller, warehouse__kind="physical")
        return list(own.order_by("pk"))

    def come(self, n, sku):
        self.shop.put("W1" if n % 2 else "W2", **{sku: n})
        self.expected += n

    def sell(self, n, sku):
        (line,) = self.shop.order((sku, n), placed=n)
        allocate(self.shop.actor, self.shop.seller.pk, [line], "partial")
        self.lines.append(line)

    def free(self, n, _sku):
        if self.lines:
            free(self.shop.actor, {self.lines[n % len(self.lines)].order_line_id: D(n)})

    def ship(self, n, _sku):
        if self.lines:
            line = self.lines[n % len(self.lines)]
            document = next(_documents)
            ship_out(self.shop.actor, self.shop.shipping(document, (line, 1)))
            self.sent.append(line)

    def arrive(self, _n, _sku):
        if self.sent:
            line = self.sent.pop()
            sku = next(sku for sku, variant in self.shop.variants.items() if variant.pk == line.variant_id)
            receive_in(self.shop.actor, self.shop.receiving(next(_documents), (sku, 1)))
            self.expected -= 1

    def keep(self, n, sku):
        reserve(self.shop.actor, self.shop.seller.pk, [Wish(1, self.cart.pk, self.shop.variant(sku).pk, D(n))])

    def adjust(self, n, _sku):
        if balances := self.balances():
            balance = balances[n % len(balances)]
            change = D(n % 5 - 2)
            adjust(self.shop.actor, [Adjustment(balance.pk, change=change)], Paper(reason="walk"))
            self.expected += change

    def spoil(self, n, _sku):
        if balances := self.balances():
            pk = balances[n % len(balances)].pk
            change_condition(self.shop.actor, pk, D(1), "defective", Paper(reason="walk"))

    def move(self, n, _sku):
        if balances := self.balances():
            transfer(self.shop.actor, [(balances[n % len(balances)].pk, D(1))], self.shop.warehouses["W2"])


STEPS = ["come", "sell", "free", "ship", "arrive", "keep", "adjust", "spoil", "move"]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 12), st.sampled_from("AB")), max_size=25))
def test_random_walks_keep_the_books_and_the_sum_of_the_network(monkeypatch, steps):
    monkeypatch.setattr(backorders, "_side", backorders.NoOrders())
    walk = Walk()
    for name, n, sku in [("come", 12, "A"), ("come", 11, "B"), *steps]:
        expected = walk.expected
        try:
            with transaction.atomic():
                getattr(walk, name)(n, sku)
        except (DomainError, DomainErrors):
            walk.expected = expected  # a refusal leaves nothing behind
        assert walk.shop.network() == walk.expected, name
    assert differences() == []
