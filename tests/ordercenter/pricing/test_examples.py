"""The worked examples of pricing §10, by their numbers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from marketplace.catalog.quantities import QuantityRule
from ordercenter.pricing.models import TierScope, UomFallback


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def test_example_1_a_box_is_priced_from_pieces_where_the_list_says_so(world):
    variant = world.variant(BOX=12)
    price_list = world.everyone(variant, ("PCS", 0, "9.80"), ("PCS", 100, "9.50"), uom_fallback=UomFallback.BASE)
    assert world.price(variant, 3, "BOX") == Decimal("117.6000")
    assert world.price(variant, 9, "BOX") == Decimal("114.0000")
    world.rows(price_list, variant, ("BOX", 0, "110.0000"))
    assert world.price(variant, 3, "BOX") == Decimal("110.0000")
    assert world.price(variant, 36) == Decimal("9.8000")


def test_example_1_without_fallback_there_is_no_price_for_boxes(world):
    variant = world.variant(BOX=12)
    world.everyone(variant, ("PCS", 0, "9.80"))
    assert world.price(variant, 3, "BOX") == "NO_PRICE"
    assert world.price(variant, 3) == Decimal("9.8000")


@pytest.mark.parametrize(("scope", "prices"), [(TierScope.VARIANT, ("114", "9.5")), (TierScope.LINE, ("117.6", "9.8"))])
def test_example_2_units_are_added_up_over_the_sku_or_not(world, scope, prices):
    variant = world.variant(BOX=12)
    world.everyone(variant, ("PCS", 0, "9.80"), ("PCS", 100, "9.50"), uom_fallback=UomFallback.BASE, tier_scope=scope)
    results = world.ask([world.request(variant, 5, "BOX"), world.request(variant, 45)])
    assert [result.unit_price for result in results] == [Decimal(price) for price in prices]


@pytest.fixture
def chain(world):
    """The three lists of example 3; `merges` says whether K does."""

    def build(merges: bool = False):
        variant = world.variant()
        world.buyer.group = world.group("east")
        world.buyer.save()
        rows = {"K": [(100, "8.80")], "G": [(0, "9.40"), (50, "9.20")], "E": [(0, "9.90"), (200, "8.95")]}
        lists = {code: world.price_list(code) for code in rows}
        for code, tiers in rows.items():
            world.rows(lists[code], variant, *(("PCS", *tier) for tier in tiers))
        world.assign(lists["K"], merge=merges, partnership=world.buyer)
        world.assign(lists["G"], merge=True, group=world.buyer.group)
        world.assign(lists["E"], merge=True)
        return variant

    return build


def prices(world, variant) -> list[str]:
    return [f"{world.price(variant, quantity):.2f}" for quantity in (20, 60, 120, 250)]


def test_example_3_the_narrowest_list_blocks_and_merging_lists_share_their_tiers(world, chain):
    assert prices(world, chain()) == ["9.40", "9.20", "8.80", "8.80"]


def test_example_3_a_merging_partner_list_lets_a_higher_tier_through(world, chain):
    assert prices(world, chain(merges=True)) == ["9.40", "9.20", "8.80", "8.95"]


def test_example_3_by_the_lowest_price(world, chain):
    variant = chain()
    world.settle(strategy="minimum")
    assert prices(world, variant) == ["9.40", "9.20", "8.80", "8.80"]


def example_4(world, *floors):
    variant = world.variant(BOX=12)
    world.everyone(variant, ("PCS", 0, "98.7654"), uom_fallback=UomFallback.BASE)
    world.policy(("percent", -3, 1), ("amount", "-1.50", 2), *floors)
    return variant


def test_example_4_steps_follow_one_another_without_rounding_and_the_floor_bounds_the_end(world):
    variant = example_4(world)
    (piece,) = world.ask([world.request(variant, 1)])
    assert [step.after for step in piece.steps] == [Decimal("95.802438"), Decimal("94.302438")]
    assert piece.unit_price == Decimal("94.3024") and piece.floor_price is None
    (box,) = world.ask([world.request(variant, 1, "BOX")])
    assert box.list_price == Decimal("1185.1848")
    assert [step.after for step in box.steps] == [Decimal("1149.629256"), Decimal("1131.629256")]
    assert box.unit_price == Decimal("1131.6293")
    world.policy(("floor_amount", "94.50"))
    assert world.price(variant, 1) == Decimal("94.5000")
    assert world.price(variant, 1, "BOX") == Decimal("1134.0000")


def test_example_5_the_row_that_began_last_is_in_force(world):
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10.00", day(1, 1)), ("PCS", 0, "9.00", day(6, 1), day(6, 10)))
    assert world.price(variant, 1, at=day(6, 12)) == Decimal(10)
    world.rows(price_list, variant, ("PCS", 0, "10.50", day(6, 5)))
    found = [world.price(variant, 1, at=day(6, number)) for number in (4, 6, 12)]
    assert found == [Decimal("9"), Decimal("10.5"), Decimal("10.5")]


def test_example_6_a_list_answers_to_the_last_microsecond_of_its_window(world):
    variant = world.variant()
    east = UTC
    ends = datetime(2026, 6, 30, 16, tzinfo=east)
    world.everyone(variant, ("PCS", 0, "10.00"), valid_from=datetime(2025, 12, 31, 16, tzinfo=east), valid_to=ends)
    assert world.price(variant, 1, at=ends) == "NO_PRICE"
    assert world.price(variant, 1, at=ends - timedelta(microseconds=1)) == Decimal(10)


def test_example_7_quantities_are_raised_to_the_next_allowed_one():
    rule = QuantityRule(Decimal(1), 0, min=Decimal(20), step=Decimal(12), max=Decimal(70))
    allowed = [number for number in range(1, 80) if rule.snap(Decimal(number)) == number]
    assert allowed == [24, 36, 48, 60]
    assert [rule.snap(Decimal(number)) for number in (1, 24, 25, 61)] == [24, 24, 36, None]
