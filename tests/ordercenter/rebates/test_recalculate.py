"""A recalculation and the events one by one come to the same."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.core.outbox import dispatch_all
from ordercenter.fulfilment.receive import ReceiptDraft, receive
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.close import close
from ordercenter.orders.confirm import confirm
from ordercenter.orders.drafts import OrderDraft
from ordercenter.orders.place import place
from ordercenter.rebates.models import RebateAccrual, RebatePosition
from ordercenter.rebates.recalculate import recalculate
from tests.ordercenter.rebates.world import RebateShop

STEPS = ((0, 1), (100, 2), (300, 3))


def trade(shop: RebateShop) -> None:
    """Orders of two dealers: confirmed, a part shipped and received, a part cancelled."""
    for number, price in enumerate(("11.30", "7.77", "3.33")):
        shop.sells(f"G{number}", price=price, stock=1000)
    partnership, dealer = shop.dealer_of("Jinli")
    for number in range(4):
        wishes = [shop.line("G0", 3 + number), shop.line("G1", 7), shop.line("G2", 10 + number)]
        actor, buyer = (shop.dealer, shop.buyer) if number % 2 else (dealer, partnership)
        order = place(actor, OrderDraft(shop.seller.pk, buyer.downstream_id, wishes))
        confirm(shop.sales, order.pk)
        dispatch_all()
        first, *_rest, last = order.lines.order_by("position")
        shipment = ship(shop.sales, ShipmentDraft(order.pk, {first.pk: Decimal(2)}))[0]
        ship(shop.sales, ShipmentDraft(order.pk, {first.pk: Decimal(1), last.pk: Decimal(3)}))
        receive(actor, ReceiptDraft(shipment.pk))
        close(shop.sales, order.pk, "No longer made")
        dispatch_all()


def sums(policy) -> list[tuple]:
    rows = RebatePosition.objects.filter(line__policy=policy).order_by("partnership", "period_from")
    return [(row.partnership_id, row.basis_amount, row.basis_quantity, row.accrued) for row in rows]


@pytest.mark.parametrize("basis", ["ordered", "shipped", "received"])
def test_a_recalculation_equals_the_events_one_by_one(shop, basis):
    told = shop.policy(*STEPS, basis=basis)
    trade(shop)
    again = shop.policy(*STEPS, basis=basis)
    done = recalculate(shop.books, again.pk, batch=2)
    assert sums(told) == sums(again)
    assert sums(told)
    assert done.rows == RebateAccrual.objects.filter(line__policy=again).count()
    assert recalculate(shop.books, again.pk).rows == 0
    assert recalculate(shop.books, told.pk).rows == 0
    assert shop.owed() == shop.opened()


def steps(policy) -> list[tuple]:
    """Accruals row by row, without the positions they stand in."""
    rows = RebateAccrual.objects.filter(line__policy=policy).order_by("position__partnership", "position_id", "seq")
    columns = ("source_kind", "source_id", "cause", "amount", "basis_amount", "basis_quantity", "occurred_on")
    return list(rows.values_list(*columns))


@pytest.mark.parametrize("method", ["retrospective", "incremental"])
def test_a_recalculation_writes_the_rows_that_the_events_write(shop, method):
    told = shop.policy((0, 1), (100, 2), (300, 3), line={"method": method})
    for number, price in enumerate(("11.30", "7.77", "3.33")):
        shop.sells(f"G{number}", price=price, stock=1000)
    for number in range(4):
        order = shop.order(("G0", 3 + number), ("G1", 7), ("G2", 10 + number))
        confirm(shop.sales, order.pk)
        dispatch_all()
    again = shop.policy((0, 1), (100, 2), (300, 3), line={"method": method})
    recalculate(shop.books, again.pk)
    assert steps(told) == steps(again)
    assert {row[2] for row in steps(again)} == ({"volume", "rate"} if method == "retrospective" else {"volume"})


def test_pooled_and_deducting_policies_are_recalculated_alike(shop):
    def pair():
        first = shop.policy(*STEPS, sequence=1)
        return [first, shop.policy((0, 5), sequence=2, deducts=[first]), shop.policy(*STEPS, pooling="together")]

    told = pair()
    trade(shop)
    again = pair()
    for policy in again:
        recalculate(shop.books, policy.pk)
    assert [sums(policy) for policy in told] == [sums(policy) for policy in again]
    assert shop.owed() == shop.opened()
