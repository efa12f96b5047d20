"""Sixteen clients place by `orderPlace` against one cap and one fund account, and the twins that must fail."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.core.verify import run_checks
from marketplace.graphql import execute, to_global_id
from ordercenter.credit.models import CreditSettings
from ordercenter.ledger.funds import take
from ordercenter.ledger.funds.models import FundGrant
from ordercenter.orders import funding
from ordercenter.orders.models import Order
from ordercenter.promotions import evaluate
from ordercenter.promotions.models import PromotionCap
from tests.ordercenter.orders.money_shop import MoneyShop
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

PLACE = """mutation($input: OrderPlaceInput!) { orderPlace(input: $input) {
  order { discount { amount } reduction { amount } } errors { code } } }"""


@pytest.fixture
def money(transactional_db) -> MoneyShop:
    """A seller that does not control credit: else its accounts would let one client in after the other."""
    shop = MoneyShop()
    CreditSettings.objects.update(controls=False)
    shop.sells("A", "1100", 500)
    return shop


def clients(money: MoneyShop, sku: str = "A", **fields) -> list:
    """What each of sixteen is answered: its order, the codes of its refusal, or None for a failure."""
    line = {"variant": to_global_id("Variant", money.goods[sku].pk), "quantity": "1"}
    placing = {"seller": to_global_id("Organization", money.seller.pk), "lines": [line], **fields}

    def place(_number: int):
        answer = execute(PLACE, {"input": placing}, actor=money.dealer)
        if answer.errors:
            return None
        found = answer.data["orderPlace"]
        return found["order"] or [error["code"] for error in found["errors"]]

    return at_once(16, place)


def test_sixteen_clients_share_one_cap_to_the_cent(money):
    """Promotions §11.10: 132.00 each of 1,000.00, and 76.00 of what is left."""
    money.promotes("percent_off", value=12, cap=("amount", 1000), on_short="partial")
    answers = clients(money)
    given = sorted((Decimal(order["discount"]["amount"]) for order in answers), reverse=True)
    assert given == [132] * 7 + [76] + [0] * 8
    cap = PromotionCap.objects.get()
    assert (cap.reserved, cap.used) == (1000, 0)
    assert run_checks() == []


def test_the_twin_that_does_not_lock_the_cap_fails_clients(money, monkeypatch):
    money.promotes("percent_off", value=12, cap=("amount", 1000), on_short="partial")
    monkeypatch.setattr(evaluate, "lock_caps", lambda book, wanted: None)
    assert None in clients(money)


def test_sixteen_clients_use_one_rebate_fund_to_the_cent(money):
    """Six of 50.00 fit into 333.00; the others are refused whole and leave nothing behind."""
    money.grant("rebate", 333)
    answers = clients(money, funds=[{"kind": "REBATE", "amount": "50"}])
    placed = [answer for answer in answers if isinstance(answer, dict)]
    assert sum(Decimal(order["reduction"]["amount"]) for order in placed) == FundGrant.objects.get().reserved == 300
    assert [Decimal(order["reduction"]["amount"]) for order in placed] == [50] * 6
    assert Order.objects.count() == 6 and all(answer for answer in answers)
    assert run_checks() == []


def test_the_twin_that_does_not_lock_the_fund_fails_clients(money, monkeypatch):
    money.grant("rebate", 333)
    monkeypatch.setattr(funding, "lock_funds", take.read_funds)
    assert None in clients(money, funds=[{"kind": "REBATE", "amount": "50"}])
