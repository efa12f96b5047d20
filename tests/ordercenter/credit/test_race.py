"""Many place against one limit at once: never above it by a cent, and as many pass as fit (credit-and-ledger §11.4)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from time import sleep

import pytest

from ordercenter.credit import locking
from ordercenter.credit.enums import CreditRuleKind
from ordercenter.credit.verify import buckets, orders
from ordercenter.orders import crediting
from ordercenter.orders import place as place_module
from ordercenter.orders.place import place
from tests.ordercenter.credit.books import CreditShop, holds
from tests.threads import at_once

CLIENTS = 16
LIMIT = 100_000
EACH = 15_000

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> CreditShop:
    made = CreditShop()
    made.rule(CreditRuleKind.LIMIT)
    made.limit(LIMIT)
    return made


def everybody_orders(shop: CreditShop) -> None:
    placed = at_once(CLIENTS, lambda _number: place(shop.dealer, shop.draft(("ONE", EACH))))
    passed = [order for order in placed if not holds(order)]
    assert len(passed) == LIMIT // EACH
    assert shop.exposure() == EACH * len(passed) <= LIMIT
    assert shop.buckets()["held"] == EACH * (CLIENTS - len(passed))


def test_sixteen_place_against_one_limit(shop):
    everybody_orders(shop)
    assert [*buckets(), *orders()] == []


def test_without_the_lock_more_pass_than_fit(shop, monkeypatch):
    monkeypatch.setattr(locking, "LOCK", locking.LOCK.replace("FOR NO KEY UPDATE OF a", ""))
    lock_accounts = crediting.lock_accounts

    def lingering(priced):
        """All have looked before the first has written."""
        book = lock_accounts(priced)
        sleep(0.5)
        return book

    monkeypatch.setattr(place_module, "lock_accounts", lingering)
    with pytest.raises(AssertionError):
        everybody_orders(shop)


def test_partners_that_share_a_limit_race_for_it_together(shop):
    """Two partners of one account; the last cent that fits is given once."""
    other, dealer = shop.dealer_of("Second")
    shop.share(other)
    people = [(shop.dealer, shop.buyer.downstream_id), (dealer, other.downstream_id)]

    def buy(number: int) -> None:
        actor, buyer = people[number % 2]
        place(actor, replace(shop.draft(("ONE", EACH)), buyer_id=buyer))

    at_once(CLIENTS, buy)
    assert shop.exposure() == LIMIT // EACH * EACH
    assert shop.buckets()["held"] == EACH * (CLIENTS - LIMIT // EACH)


def test_partners_without_an_account_get_one_each_however_many_ask(shop):
    other, dealer = shop.dealer_of("Second")

    def buy(_number: int) -> None:
        place(dealer, replace(shop.draft(("ONE", 10)), buyer_id=other.downstream_id))

    at_once(8, buy)
    assert shop.buckets(other) == {"held": Decimal(80)}


def test_an_account_that_another_opened_in_the_meantime_is_used(shop, monkeypatch):
    """It was missing when this order looked, and there when this order meant to open it: the order is counted."""
    other, dealer = shop.dealer_of("Second")
    open_missing = locking._open_missing

    def overtaken(pairs):
        monkeypatch.setattr(locking, "_open_missing", open_missing)
        at_once(1, lambda _number: buy())
        return open_missing(pairs)

    def buy() -> None:
        place(dealer, replace(shop.draft(("ONE", 10)), buyer_id=other.downstream_id))

    monkeypatch.setattr(locking, "_open_missing", overtaken)
    buy()
    assert shop.buckets(other) == {"held": Decimal(20)}
