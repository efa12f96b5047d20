"""Imported orders, replayed: event by event comes to what one recalculation finds."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace

import pytest

from integrations.invoices.commands import SELLER
from marketplace.core.actor import Actor
from marketplace.core.outbox import dispatch_all
from marketplace.core.verify import run_checks
from marketplace.parties.models import Organization
from ordercenter.rebates.models import RebatePosition
from ordercenter.rebates.recalculate import recalculate
from tests.integrations.invoices.sample import LINES, write
from tests.integrations.invoices.test_import import run
from tests.ordercenter.rebates.world import RebateShop

STEPS = ((0, 1), (20, 3), (60, 5))


def sums(policy) -> list[tuple]:
    rows = RebatePosition.objects.filter(line__policy=policy).order_by("partnership", "period_from")
    return [(row.partnership_id, row.period_from, row.basis_amount, row.basis_quantity, row.accrued) for row in rows]


@pytest.mark.parametrize("basis", ["ordered", "shipped", "received"])
def test_imported_orders_event_by_event_equal_one_recalculation(db, tmp_path, basis):
    run(write(tmp_path / "invoices.csv", LINES))
    seller = Organization.objects.get(name=SELLER)
    books = SimpleNamespace(seller=seller, codes=count(1))
    told = RebateShop.policy(books, *STEPS, basis=basis, currency="GBP")
    dispatch_all()
    again = RebateShop.policy(books, *STEPS, basis=basis, currency="GBP")
    recalculate(Actor.system(seller), again.pk)
    assert sums(told) == sums(again)
    assert len(sums(told)) == 2
    assert run_checks() == []
