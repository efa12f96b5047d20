"""The demo's prices: made once, right, and shown to its dealers."""

import pytest

from marketplace.catalog.models import Variant
from marketplace.core.actor import Actor
from marketplace.core.verify import run_checks
from marketplace.parties.demo import demo_organization, organizations
from marketplace.parties.models import Partnership
from ordercenter.pricing.demo import next_month, prices
from ordercenter.pricing.models import PriceAdjustment, PriceList, PricePolicyLine, PriceRow
from tests.ordercenter.pricing.world import World


@pytest.fixture
def demo(db):
    """The demo's organizations with a few goods."""
    list(organizations("small"))
    world = World("Another")
    world.seller = demo_organization("xinghe")
    world.actor = Actor.system(world.seller)
    for number in range(20):
        world.variant(**({"BOX": 12, "CTN": 144} if number % 2 else {}))
    world.listed(*Variant.objects.filter(organization=world.seller))
    return world


def test_the_demos_prices_are_made_once(demo):
    for _time in range(2):
        list(prices("small"))
        counts = PriceList.objects.count(), PriceRow.objects.count()
        assert counts[0] == 7
    assert counts == (PriceList.objects.count(), PriceRow.objects.count())
    assert (PricePolicyLine.objects.exclude(kind="list").count(), PriceAdjustment.objects.count()) == (6, 1)
    assert [difference for difference in run_checks() if difference.check.startswith("pricing")] == []


def test_every_dealer_of_the_demo_has_a_price_for_everything(demo):
    list(prices("small"))
    variants = Variant.objects.filter(organization=demo.seller).order_by("pk")
    paid = {}
    for code in ("yunqi", "jinli", "harbour"):
        partnership = Partnership.objects.get(upstream=demo.seller, downstream__code=code)
        requests = [demo.request(variant, 60, partnership_id=partnership.pk, basket=variant.pk) for variant in variants]
        paid[code] = [result.unit_price for result in demo.ask(requests)]
        assert None not in paid[code]
    assert paid["yunqi"] != paid["jinli"] != paid["harbour"]
    assert all(own < other for own, other in zip(paid["yunqi"][:12], paid["jinli"], strict=False))
    later = next_month(demo.seller)
    jinli = Partnership.objects.get(upstream=demo.seller, downstream__code="jinli")
    first = variants[0]
    assert demo.price(first, 1, at=later, partnership_id=jinli.pk) > demo.price(first, 1, partnership_id=jinli.pk)
