"""A partner's page shows the lists that prices come from."""

from __future__ import annotations

import pytest

from marketplace.graphql import execute, to_global_id
from marketplace.parties.models import Partnership, PriceScope
from ordercenter.pricing.in_force import lists_in_force
from tests.factories import make_actor
from tests.ordercenter.pricing.world import World
from tests.statements import count_sql

ASKED = """query($id: ID!) { partnership(id: $id) {
    priceListsInForce { priceList { code } level levelLabel priority merge } } }"""


@pytest.fixture
def world(db) -> World:
    return World()


def test_the_chain_is_shown_best_first_and_the_others_not(world):
    group = world.group("EAST")
    partner = world.partnership(group=group)
    for code, audience, status in (
        ("ALL", {}, "effective"),
        ("EAST", {"group": group}, "effective"),
        ("OWN", {"partnership": partner}, "effective"),
        ("DRAFT", {}, "draft"),
    ):
        world.assign(world.price_list(code, status=status), **audience)
    owner = make_actor(world.seller, "seller_owner")
    gid = to_global_id("Partnership", partner.pk)
    shown = execute(ASKED, {"id": gid}, actor=owner).data["partnership"]["priceListsInForce"]
    assert [(one["priceList"]["code"], one["level"]) for one in shown] == [
        ("OWN", "PARTNER"), ("EAST", "GROUP"), ("ALL", "EVERYONE"),
    ]  # fmt: skip
    Partnership.objects.filter(pk=partner.pk).update(price_scope=PriceScope.OWN)
    shown = execute(ASKED, {"id": gid}, actor=owner).data["partnership"]["priceListsInForce"]
    assert [one["priceList"]["code"] for one in shown] == ["OWN"]
    dealer = make_actor(partner.downstream, "dealer_owner")
    assert execute(ASKED, {"id": gid}, actor=dealer).data["partnership"]["priceListsInForce"] is None


def test_many_partners_take_one_statement(world):
    world.assign(world.price_list("ALL"))
    keys = [world.partnership().pk for _n in range(20)]
    with count_sql() as counter:
        found = lists_in_force(world.seller.pk, keys)
    assert counter.count == 1 and all(len(found[key]) == 1 for key in keys)
