"""Sixteen clients place through GraphQL against one limit and one fund account: not a cent beyond (§11.4, §12.4).

Each with a twin without the lock, which goes beyond: the test sees the fault.
"""

from __future__ import annotations

from decimal import Decimal
from time import sleep
from typing import Any

import pytest

from marketplace.core.verify import run_checks
from marketplace.graphql import to_global_id
from ordercenter.credit import locking
from ordercenter.credit.enums import CreditRuleKind
from ordercenter.ledger.funds import take
from ordercenter.ledger.funds.models import FundGrant
from ordercenter.orders import place as place_module
from ordercenter.orders.models import Order
from tests.ordercenter.orders.ask import ask
from tests.ordercenter.orders.money_shop import MoneyShop
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 16
D = Decimal
PLACE = """mutation($input: OrderPlaceInput!) { orderPlace(input: $input) {
  errors { code } order { id openHolds funded { amount } } } }"""


@pytest.fixture
def money(transactional_db) -> MoneyShop:
    return MoneyShop()


def order_place(money: MoneyShop, sku: str, quantity: Any, cash: str = "") -> Any:
    line = {"variant": to_global_id("Variant", money.goods[sku].pk), "quantity": str(quantity)}
    given: dict[str, Any] = {"seller": to_global_id("Organization", money.seller.pk), "lines": [line]}
    if cash:
        given["funds"] = [{"kind": "CASH", "amount": cash}]
    return ask(money.dealer, PLACE, input=given)["orderPlace"]


def everybody_against_one_limit(money: MoneyShop) -> None:
    """A limit of 100,000.00 and orders of 15,000.01: six pass, and the seventh would go beyond by 0.07 and more."""
    money.limit("100000.00")
    money.rule(CreditRuleKind.LIMIT)
    money.sells("X", "15000.01", 100, tax="0")
    placed = at_once(CLIENTS, lambda _number: order_place(money, "X", 1))
    assert all(one["errors"] == [] for one in placed)
    assert sorted(one["order"]["openHolds"] for one in placed) == [0] * 6 + [1] * 10
    assert money.exposure() == D("90000.06") <= money.account().limits.get().amount


def test_sixteen_clients_never_pass_one_limit_by_a_cent(money):
    everybody_against_one_limit(money)
    assert run_checks() == []


def test_the_twin_without_the_lock_passes_the_limit(money, monkeypatch):
    monkeypatch.setattr(locking, "LOCK", locking.ACCOUNTS)
    lingering(monkeypatch, "lock_accounts")
    with pytest.raises(AssertionError):
        everybody_against_one_limit(money)


def lingering(monkeypatch, name: str) -> None:
    """All have looked before the first has written."""
    function = getattr(place_module, name)

    def slowly(*arguments):
        found = function(*arguments)
        sleep(0.5)
        return found

    monkeypatch.setattr(place_module, name, slowly)


def everybody_from_one_account(money: MoneyShop) -> None:
    """333.33 of cash and 50.00 asked by each: six get it, the rest are told that it does not hold so much."""
    money.limit("1000000")
    money.sells("A", "99.99", 500)
    money.grant("cash", "333.33")
    placed = at_once(CLIENTS, lambda _number: order_place(money, "A", 1, "50.00"))
    refused = [error["code"] for one in placed for error in one["errors"]]
    got = [D(one["order"]["funded"]["amount"]) for one in placed if one["order"]]
    grant = FundGrant.objects.get()
    assert (refused, got) == (["FUND_INSUFFICIENT"] * 10, [D("50.00")] * 6)
    assert (grant.reserved, grant.remaining) == (300, D("333.33"))
    assert Order.objects.count() == 6


def test_sixteen_clients_never_take_more_than_one_account_holds(money):
    everybody_from_one_account(money)
    assert run_checks() == []


def test_the_twin_without_the_lock_promises_more_than_there_is(money, monkeypatch):
    """Nobody waits for the account, and credit is not controlled: the database's own constraint refuses the rest."""
    monkeypatch.setattr(take, "LOCK", take.LOCK.replace("FOR NO KEY UPDATE", ""))
    monkeypatch.setattr(locking, "LOCK", locking.ACCOUNTS)
    lingering(monkeypatch, "lock_purses")
    with pytest.raises(Exception, match=r"fund_grant_within|assert|IntegrityError|INTERNAL|reserved"):
        everybody_from_one_account(money)
