"""Many call off against one limit at once: never above it, and as many pass as fit (contracts §9.1)."""

from decimal import Decimal
from time import sleep

import pytest

from marketplace.core.errors import DomainErrors
from ordercenter.contracts import call_offs
from ordercenter.contracts.enums import LimitBasis
from ordercenter.contracts.verify import lines_called
from ordercenter.orders.models import Order
from tests.ordercenter.contracts.world import ContractShop, called
from tests.threads import at_once

CLIENTS, EACH, LIMIT = 16, 15, 100

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> ContractShop:
    made = ContractShop()
    made.sells("A", "1", 10_000, tax="0")
    made.sells("B", "1", 10_000, tax="0")
    return made


def everybody_calls(shop: ContractShop) -> None:
    """Half of them on one line, half on another, under one amount for both."""
    contract = shop.contract(limit_basis=LimitBasis.AMOUNT, limit_amount=Decimal(LIMIT))
    two = [shop.line("A", "1", contract), shop.line("B", "1", contract)]

    def call(number: int) -> DomainErrors | None:
        try:
            shop.calls(two[number % 2], EACH, "AB"[number % 2])
        except DomainErrors as refused:
            return refused
        return None

    refused = [answer for answer in at_once(CLIENTS, call) if answer]
    assert {error.code.name for one in refused for error in one.errors} == {"CONTRACT_EXHAUSTED"}
    assert CLIENTS - len(refused) == LIMIT // EACH == Order.objects.count()
    assert called(two[0])[1] + called(two[1])[1] == LIMIT // EACH * EACH
    assert list(lines_called()) == []


def test_sixteen_call_off_against_one_limit(shop):
    everybody_calls(shop)


def test_without_the_lock_more_is_called_off_than_agreed(shop, monkeypatch):
    def lingering(line_ids):
        """All have looked before the first has written."""
        rows = call_offs.ContractLine.objects.all()
        lines = {row.pk: row for row in rows}
        contracts = call_offs.Contract.objects.select_related("buyer").in_bulk({row.contract_id for row in rows})
        sleep(0.5)
        return call_offs.Held(lines, contracts)

    monkeypatch.setattr(call_offs, "hold", lingering)
    with pytest.raises(AssertionError):
        everybody_calls(shop)
