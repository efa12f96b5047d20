"""What is shown before an order is placed is what placing it does (credit-and-ledger §5)."""

from decimal import Decimal
from typing import Any

import pytest

from marketplace.core.models import ControlMode
from marketplace.graphql import to_global_id
from ordercenter.credit.enums import CreditMode, CreditRuleKind
from ordercenter.orders.carts import write_cart
from ordercenter.orders.entries import Wish
from ordercenter.orders.models import OrderHold
from tests.ordercenter.orders.ask import ask
from tests.ordercenter.orders.money_shop import MoneyShop

D = Decimal
CREDIT = """query($id: ID!) { cart(id: $id) { offer { credit { limit { amount } exposure { amount } value { amount }
  available { amount } after { amount } exceeded overdue { amount } refused
  holds { reason reasonLabel explanation } } } } }"""


@pytest.fixture
def money(db) -> MoneyShop:
    shop = MoneyShop()
    shop.sells("A", "100", 50)
    return shop


def outlook(money: MoneyShop, quantity: int, **funds: str) -> Any:
    cart = write_cart(money.dealer, money.seller.pk, [Wish(money.goods["A"].pk, D(quantity))], add=False)
    gid = to_global_id("Cart", cart.pk)
    asked = [{"kind": kind.upper(), "amount": amount} for kind, amount in funds.items()]
    set_funds = "mutation($c: ID!, $f: [FundAskInput!]!) { orderFundsSet(cart: $c, funds: $f) { errors { code } } }"
    ask(money.dealer, set_funds, c=gid, f=asked)
    return ask(money.dealer, CREDIT, id=gid)["cart"]["offer"]["credit"]


def laid(money: MoneyShop, quantity: int, **funds: str) -> list[tuple[str, str]]:
    order = money.order(("A", quantity), funds={kind: D(amount) for kind, amount in funds.items()})
    return sorted((row.reason.upper(), row.rule_kind) for row in OrderHold.objects.filter(order=order))


def test_the_figures_are_those_of_placing_cash_and_all(money):
    """§12.1: cash kept for the order raises the exposure that it meets."""
    money.limit(1000)
    money.rule(CreditRuleKind.LIMIT)
    money.grant("cash", 100)
    found = outlook(money, 11, cash="40")
    figures = {name: found[name]["amount"] for name in ("limit", "exposure", "value", "available", "after", "overdue")}
    assert figures == {
        "limit": "1000.00", "exposure": "-100.00", "value": "1060.00", "available": "1100.00", "after": "0.00",
        "overdue": "0.00",
    }  # fmt: skip
    assert (found["exceeded"], found["holds"], found["refused"]) == (False, [], "")
    assert laid(money, 11, cash="40") == []
    more = outlook(money, 1)
    assert (more["exceeded"], more["after"]["amount"]) == (True, "-100.00")
    assert [hold["reason"] for hold in more["holds"]] == ["CREDIT"] and "100.00" in more["holds"][0]["explanation"]
    assert [reason for reason, _kind in laid(money, 1)] == ["CREDIT"]


def test_all_rules_that_would_fire_are_told_and_one_that_refuses(money):
    money.limit(1000)
    money.rule(CreditRuleKind.LIMIT)
    money.rule(CreditRuleKind.ORDER_AMOUNT, threshold=D(500), currency="CNY")
    found = outlook(money, 12)
    assert len(found["holds"]) == 2 == len(laid(money, 12))
    money.rule(CreditRuleKind.SUSPENDED, ControlMode.BLOCK)
    money.account().__class__.objects.update(status="suspended")
    assert "suspended" in outlook(money, 1)["refused"]


def test_who_has_no_account_yet_pays_in_advance_and_reading_opens_none(money):
    money.rule(CreditRuleKind.LIMIT)
    found = outlook(money, 1)
    assert (found["limit"]["amount"], found["after"]["amount"]) == ("0.00", "-100.00")
    assert [hold["reason"] for hold in found["holds"]] == ["PREPAYMENT"]
    from ordercenter.credit.models import CreditAccount

    assert not CreditAccount.objects.exists()
    assert [reason for reason, _kind in laid(money, 1)] == ["PREPAYMENT"]


def test_without_a_limit_there_is_nothing_left_to_tell(money):
    money.limit(1000)
    money.mode(CreditMode.UNLIMITED)
    found = outlook(money, 40)
    assert (found["limit"], found["after"], found["exceeded"]) == (None, None, False)
