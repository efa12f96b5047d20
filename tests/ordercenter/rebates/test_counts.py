"""The pages of rebates take the same statements for one partner as for many."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.graphql import to_global_id
from ordercenter.rebates.models import RebateSettlement
from ordercenter.rebates.settle import propose, submit
from tests.ordercenter.orders.ask import on_page
from tests.ordercenter.rebates.world import RebateShop


@pytest.mark.parametrize("partners", [1, 9])
def test_the_pages_of_rebates_take_their_statements(shop: RebateShop, sql_count, partners):
    policy = shop.policy(period="whole_term")
    shop.buys(*range(100, 100 + 3 * partners))
    for number in range(1, partners):
        shop.buys(1000, partnership=shop.dealer_of(f"Dealer {number}")[0])
    made = propose(shop.sales, policy.pk, date(2026, 2, 1))
    submit(shop.sales, [one.pk for one in made])
    mine = RebateSettlement.objects.get(partnership=shop.buyer)
    position = {"id": to_global_id("RebatePosition", shop.position(policy).pk)}
    settlement = {"id": to_global_id("RebateSettlement", mine.pk)}
    pages = (
        (shop.sales, "policies", "RebatePolicies", {}),
        (shop.sales, "policy", "RebatePolicy", {"id": to_global_id("RebatePolicy", policy.pk)}),
        (shop.sales, "positions", "RebatePositions", {}),
        (shop.sales, "position", "RebatePosition", position),
        (shop.sales, "settlements", "RebateSettlements", {}),
        (shop.sales, "settlement", "RebateSettlement", settlement),
        (shop.dealer, "progress", "RebateProgress", {}),
        (shop.dealer, "position", "RebatePosition", position),
        (shop.dealer, "settlement", "RebateSettlement", settlement),
    )
    for actor, page, operation, variables in pages:
        side = "seller" if actor is shop.sales else "dealer"
        with sql_count(f"page rebates/{page} {operation}, {side}"):
            on_page(actor, f"rebates/{page}", operation, **variables)
