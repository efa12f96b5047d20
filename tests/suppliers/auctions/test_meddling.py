"""Every mutation of auctions with every kind of id, in an auction that is there: refused by name, never from inside."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from marketplace.graphql import get_schema, to_global_id
from suppliers.auctions.models import Auction, AuctionAudit, AuctionSeat, Bid
from tests.factories import make_stranger
from tests.marketplace.graphql.walker import Meddling


@pytest.mark.parametrize("who", ["stranger", "supplier", "buyer"])
def test_mutations_of_auctions_never_fail_inside_and_strangers_change_nothing(world, who):
    auction = world.live()
    world.bid(0, auction, 1000)
    actor = {"supplier": world.suppliers[0], "buyer": world.buyer}.get(who) or make_stranger()
    mutations = get_schema().mutation_type.fields
    mine = {name: field for name, field in mutations.items() if name.startswith("auction")}
    meddling = Meddling(SimpleNamespace(mutation_type=SimpleNamespace(fields=mine)), actor)
    meddling._call = Meddling(get_schema(), actor)._call  # type: ignore[method-assign]
    ids = [
        to_global_id("Auction", auction.pk),
        to_global_id("AuctionSeat", world.seat(0, auction).pk),
        to_global_id("Bid", Bid.objects.get().pk),
        to_global_id("Lot", world.lot.pk),
        to_global_id("Participation", world.participations[0].pk),
        to_global_id("Organization", world.buyer_organization.pk),
    ]

    def rows() -> list:
        models = (Auction, AuctionSeat, Bid, AuctionAudit)
        return [list(model._base_manager.order_by("pk").values_list()) for model in models] if who == "stranger" else []

    meddling.run(ids, rows)
    assert meddling.internal == [] and meddling.changed == []
