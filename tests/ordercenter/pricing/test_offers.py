"""Prices and tiers as they are shown beside goods."""

from decimal import Decimal

import pytest

from marketplace.catalog.goods import GoodsRequest, load_goods
from marketplace.catalog.models import OrderQuantityRule, Pack
from marketplace.core.actor import Actor
from ordercenter.pricing.models import UomFallback
from ordercenter.pricing.offers import offered_prices, price_tiers
from tests.statements import count_sql


def offers(world, *variants, **fields):
    return offered_prices(world.actor, world.seller.pk, world.buyer.downstream_id, [v.pk for v in variants], **fields)


@pytest.mark.parametrize(
    ("rule", "least"),
    [
        (None, 1),
        ({"min": 20, "step": 12}, 24),
        ({"min": 0, "step": 12}, 12),
        ({"min": 5, "step": 1}, 5),
        ({"min": 1, "step": Decimal("2.5")}, 5),
    ],
)
def test_without_a_quantity_the_least_that_may_be_ordered_is_priced(world, rule, least):
    variant = world.variant()
    world.everyone(variant, ("PCS", 0, 10), ("PCS", 12, 9), ("PCS", 24, 8))
    if rule:
        OrderQuantityRule.objects.create(organization=world.seller, variant=variant, uom=world.uoms["PCS"], **rule)
    offer = offers(world, variant)[variant.pk]
    goods = load_goods(world.actor, world.seller.pk, [GoodsRequest(1, world.buyer.pk, variant.pk)])[1]
    assert offer.quantity == goods.rule.least == least
    assert offer.result.unit_price == world.price(variant, least)


def test_without_a_uom_the_default_pack_is_priced(world):
    variant = world.variant(BOX=12)
    Pack.objects.filter(variant=variant, uom__code="BOX").update(is_default=True)
    world.everyone(variant, ("PCS", 0, 10), ("BOX", 0, 110))
    assert offers(world, variant)[variant.pk].result.unit_price == 110
    assert offers(world, variant, uom="pcs", quantity=Decimal(3))[variant.pk].result.unit_price == 10
    assert offers(world, variant, uom="CTN") == {}


def test_a_page_of_prices_is_one_statement_and_each_is_priced_by_itself(world):
    product = world.variant().product
    variants = [world.variant(product) for _number in range(20)]
    price_list = world.price_list(tier_scope="product")
    world.assign(price_list)
    for variant in variants[:-1]:
        world.rows(price_list, variant, ("PCS", 0, 10), ("PCS", 2, 9))
    with count_sql() as counter:
        found = offers(world, *variants)
    assert counter.count == 1
    assert {key: offer.result.unit_price for key, offer in found.items()} == {v.pk: 10 for v in variants[:-1]}


def test_a_stranger_gets_no_price(world):
    variant = world.variant()
    world.everyone(variant, ("PCS", 0, 10))
    other = type(world)("Other")
    args = (world.seller.pk, world.buyer.downstream_id, [variant.pk])
    assert offered_prices(other.actor, *args) == offered_prices(Actor.anonymous(), *args) == {}
    assert offered_prices(Actor(organization=world.buyer.downstream), *args)


def test_tiers_stand_where_an_order_gets_another_price(world):
    variant = world.variant(BOX=12)
    first = world.everyone(variant, ("PCS", 0, 10), ("PCS", 30, 9), ("PCS", 50, 9), uom_fallback=UomFallback.BASE)
    first.assignments.update(merge=True, priority=1)
    second = world.everyone(variant, ("PCS", 100, 8), ("BOX", 20, "90"))
    second.assignments.update(merge=True)
    found = price_tiers(world.actor, world.seller.pk, world.buyer.downstream_id, [variant.pk])[variant.pk]
    codes = {uom.pk: code for code, uom in world.uoms.items()}
    assert [(codes[tier.uom_id], tier.min_quantity, tier.unit_price) for tier in found] == [
        ("PCS", 1, 10), ("PCS", 30, 9), ("PCS", 100, 8), ("BOX", 1, 120), ("BOX", 3, 108), ("BOX", 20, 90),
    ]  # fmt: skip
    for tier in found:
        assert world.price(variant, tier.min_quantity, codes[tier.uom_id]) == tier.unit_price
