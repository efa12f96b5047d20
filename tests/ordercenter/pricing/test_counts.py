"""What pages and writes of prices cost in statements: as many for a page as for a row (bench/sql_counts.json)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from ordercenter.pricing.adjustments import AdjustmentDraft, price_adjustment_create
from ordercenter.pricing.drafts import PriceEntry
from ordercenter.pricing.models import PriceSimulation, PriceSimulationRow
from ordercenter.pricing.rows import price_rows_end, price_rows_write
from tests.ordercenter.pricing.test_schema import EXPLAIN, gid, run

LISTS = """{ priceLists(first: 20) { totalCount edges { node { code name statusLabel rowCount updatedAt
    assignments { audience priority merge policyName } } } } }"""

ROWS = """query($list: ID!) { priceRows(priceList: $list, first: 50) { totalCount edges { node {
    minQuantity inForce validFrom uom { code } amount { amount } variant { sku fullName } } } } }"""

POLICIES = """{ pricePolicies { edges { node { code audience statusLabel lines { priority priceList { code } }
    terms { effect goods scopeLabel overlaps { policyName effect wins } } } } } }"""

ADJUSTMENTS = """{ priceAdjustments { edges { node { number statusLabel lineCount priceList { name }
    createdBy { displayName } } } } }"""

ADJUSTMENT = """query($id: ID!) { priceAdjustment(id: $id) { number overlays { variant { sku } uom { code } ends }
    lines(first: 50) { edges { node { new { amount } old { amount } percent variant { sku } uom { code } } } } } }"""

SIMULATION = """query($id: ID!) { priceSimulation(id: $id) { statusLabel policies { name } lists { name }
    rows(level: SKU, first: 50) { edges { node { label detail current { amount } percent } } } } }"""

IMPORTS = "{ priceImports { edges { node { fileName statusLabel priceList { name } createdBy { displayName } } } } }"


@pytest.fixture
def shop(world):
    """Three lists, one of them with eight goods."""
    variants = [world.variant(BOX=12) for _number in range(8)]
    lists = [world.price_list() for _number in range(3)]
    for price_list in lists:
        world.assign(price_list, partnership=world.buyer)
    for variant in variants:
        world.rows(lists[0], variant, ("PCS", 0, 10), ("PCS", 20, 9))
    world.listed(*variants)
    return world.person("prices.view", "prices.manage", "catalog.view"), lists, variants


def test_pages_of_prices(shop, sql_count):
    seller, lists, _variants = shop
    for name, document, variables in (
        ("price lists, 20", LISTS, {}),
        ("price rows, 50", ROWS, {"list": gid(lists[0])}),
        ("price policies, 20", POLICIES, {}),
        ("price imports, 20", IMPORTS, {}),
        ("price adjustments, 20", ADJUSTMENTS, {}),
    ):
        with sql_count(name):
            run(seller, document, **variables)


def test_an_explanation(world, shop, sql_count):
    seller, _lists, variants = shop
    lines = [{"variant": gid(variant), "quantity": "30"} for variant in variants]
    with sql_count("price explanation"):
        run(seller, EXPLAIN, lines=lines, buyer=gid(world.buyer.downstream))


def test_writes_of_prices(world, shop, sql_count):
    _seller, lists, variants = shop
    entries = [PriceEntry("PCS", Decimal(8), variant.pk) for variant in variants]
    with sql_count("price rows written"):
        price_rows_write(world.actor, lists[0].pk, entries)
    rows = list(lists[0].rows.values_list("pk", flat=True))
    with sql_count("price rows ended"):
        price_rows_end(world.actor, lists[0].pk, rows)


def test_an_adjustment_and_a_simulation(world, shop, sql_count):
    seller, lists, variants = shop
    lines = [PriceEntry("PCS", Decimal(8), variant.pk) for variant in variants]
    made = price_adjustment_create(world.actor, lists[0].pk, AdjustmentDraft(lines=lines))
    with sql_count("price adjustment, 50 lines"):
        run(seller, ADJUSTMENT, id=gid(made))
    policies = [world.policy(("percent", -number), ("floor_amount", 1))[0].policy_id for number in range(1, 4)]
    now = timezone.now()
    simulation = PriceSimulation.objects.create(
        organization=world.seller, currency="CNY", period_from=now, period_to=now + timedelta(days=1), assumed_at=now,
        lists=[one.pk for one in lists], policies=policies,
    )  # fmt: skip
    PriceSimulationRow.objects.bulk_create(
        PriceSimulationRow(organization=world.seller, simulation=simulation, level="sku", key=one.pk)
        for one in variants
    )
    with sql_count("price simulation, 50 rows"):
        run(seller, SIMULATION, id=gid(simulation))
    with sql_count("price policies with terms"):
        run(seller, POLICIES)


def test_orders_of_any_size_with_policies(world, shop, sql_count):
    _seller, _lists, variants = shop
    world.policy(("percent", -5), ("floor_amount", 5))
    with sql_count("prices resolved with policies"):
        world.ask([world.request(variant, 30) for variant in variants])


def test_orders_of_any_size(world, shop, sql_count):
    _seller, _lists, variants = shop
    with sql_count("prices resolved"):
        world.ask([world.request(variant, 30) for variant in variants])
