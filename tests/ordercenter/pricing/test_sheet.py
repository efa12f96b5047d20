"""A list as a sheet: one step of many cells, what it changes for whom, and when what is in force."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis.strategies import integers, lists, tuples

from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import PolicyStatus
from marketplace.graphql import to_global_id
from ordercenter.pricing.assigning import price_assignment_remove, price_assignment_update, price_list_assign
from ordercenter.pricing.calendar import SpanKind, Window, period_of, spans_of
from ordercenter.pricing.drafts import AudienceDraft, PriceEntry
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.models import PricePolicy, PriceRow
from ordercenter.pricing.sheet import price_sheet_preview, price_sheet_write
from tests.ordercenter.pricing.test_rows import now
from tests.ordercenter.pricing.test_schema import gid, run
from tests.refusals import raises
from tests.statements import count_sql


def entry(variant, amount, **fields):
    return PriceEntry("PCS", Decimal(amount), variant_id=variant.pk, **fields)


def row_of(price_list, variant, **fields):
    return PriceRow.objects.cleared().get(price_list=price_list, variant=variant, **fields).pk


def test_one_step_writes_takes_away_and_schedules(world):
    kept, gone, planned = (world.variant() for _n in range(3))
    found = world.everyone(kept, ("PCS", 0, "10"))
    world.rows(found, gone, ("PCS", 0, "20"))
    world.rows(found, planned, ("PCS", 0, "30"))
    begins = now() + timedelta(days=2)
    entries = [entry(kept, "9"), entry(planned, "33", valid_from=begins)]
    assert price_sheet_write(world.actor, found.pk, entries, [row_of(found, gone)]).count == 3
    assert world.price(kept, 1) == 9
    assert world.price(gone, 1) == "NO_PRICE"
    assert world.price(planned, 1) == 30
    assert world.price(planned, 1, at=begins) == 33
    price_sheet_write(world.actor, found.pk, [], [row_of(found, planned, valid_from=begins)])
    assert world.price(planned, 1, at=begins) == 30  # what was to come is taken back, the price of now stays


def test_a_wrong_cell_keeps_the_whole_step_from_being_written(world):
    variant = world.variant()
    found = world.everyone(variant, ("PCS", 0, "10"))
    strange = world.everyone(world.variant(), ("PCS", 0, "1"))
    other = PriceRow.objects.cleared().get(price_list=strange).pk
    entries = [entry(variant, "9"), PriceEntry("PCS", Decimal(1), sku="NOPE")]
    with raises(PricingErrorCode.UNKNOWN_VARIANT, field="sku", index=1):
        price_sheet_write(world.actor, found.pk, entries)
    with raises(PricingErrorCode.PRICE_BACKDATED, field="valid_from", index=0):
        price_sheet_write(world.actor, found.pk, [entry(variant, "9", valid_from=now() - timedelta(days=1))])
    with raises(CoreErrorCode.NOT_FOUND, field="remove", index=1):
        price_sheet_write(world.actor, found.pk, [entry(variant, "9")], [other])
    assert world.price(variant, 1) == 10


def test_a_preview_tells_old_and_new_and_for_whom_and_writes_nothing(world):
    variant, unpriced = world.variant(), world.variant()
    found = world.everyone(variant, ("PCS", 0, "10"), ("PCS", 50, "8"))
    entries = [
        entry(variant, "11"),
        entry(variant, "9", min_quantity=Decimal(20)),
        entry(unpriced, "5"),
        PriceEntry("PCS", Decimal(1), sku="NOPE"),
    ]
    before = PriceRow.objects.cleared().count()
    told = price_sheet_preview(world.actor, found.pk, entries, [row_of(found, variant, min_quantity=50)])
    assert [(one.index, one.old, one.new, one.percent, one.is_new_tier) for one in told.changes] == [
        (0, 10, 11, 10, False),
        (1, 10, 9, -10, True),
        (2, None, 5, None, True),
        (4, 8, None, None, False),
    ]
    assert [(problem.code, problem.index) for problem in told.problems] == [(PricingErrorCode.UNKNOWN_VARIANT, 3)]
    assert (told.reach.partners, told.reach.first) == (1, 1)
    assert PriceRow.objects.cleared().count() == before


def test_a_step_takes_as_many_statements_for_fifty_cells_as_for_one(world):
    goods = [world.variant() for _n in range(50)]
    found = world.everyone(goods[0], ("PCS", 0, "10"))
    with count_sql() as one:
        price_sheet_write(world.actor, found.pk, [entry(goods[0], "9")])
    with count_sql() as many:
        price_sheet_write(world.actor, found.pk, [entry(variant, "8") for variant in goods])
    assert many.count == one.count


SLOTS = """query($list: ID!) { priceSlots(priceList: $list, first: 50, filter: {state: PRICED}) {
    totalCount edges { node { id label uom { code } variant { sku } cells { minQuantity amount validFrom rowId } } } }
    priceList(id: $list) { columns { minQuantity validFrom count } } }"""


@pytest.mark.parametrize("size", [1, 20])
def test_a_sheet_shows_its_units_and_tiers(world, sql_count, size):
    goods = [world.variant(BOX=12) for _n in range(size)]
    found = world.price_list()
    for variant in goods:
        world.rows(found, variant, ("PCS", 0, "10"), ("PCS", 20, "9"), ("BOX", 0, "110"))
    world.listed(*goods)
    seller = world.person("prices.view", "prices.manage", "catalog.view")
    with sql_count("price sheet, 50"):
        told = run(seller, SLOTS, list=gid(found))
    rows = [edge["node"] for edge in told["priceSlots"]["edges"]]
    assert len(rows) == told["priceSlots"]["totalCount"] == 2 * size
    cells = {row["uom"]["code"]: [cell["amount"] for cell in row["cells"]] for row in rows}
    assert [Decimal(amount) for amount in cells["PCS"]] == [10, 9]
    assert [column["count"] for column in told["priceList"]["columns"]] == [2 * size, size]


def test_a_stranger_sees_no_sheet(world):
    found = world.everyone(world.variant(), ("PCS", 0, "10"))
    other = type(world)("Other").person("prices.view", "catalog.view")
    told = run(other, "query($list: ID!) { priceList(id: $list) { id } }", list=gid(found))
    assert told["priceList"] is None


def test_a_list_is_assigned_to_another_audience_ordered_and_taken_away(world):
    variant = world.variant()
    found = world.price_list()
    world.rows(found, variant, ("PCS", 0, "7"))
    assert world.price(variant, 1) == "NO_PRICE"
    line = price_list_assign(world.actor, found.pk, AudienceDraft(partnership_id=world.buyer.pk), 40)
    assert world.price(variant, 1) == 7
    with raises(PricingErrorCode.DUPLICATE_LIST, field="audience"):
        price_list_assign(world.actor, found.pk, AudienceDraft(partnership_id=world.buyer.pk))
    assert price_assignment_update(world.actor, line.pk, priority=3, merge=True).priority == 3
    price_assignment_remove(world.actor, line.pk)
    assert world.price(variant, 1) == "NO_PRICE"
    assert PricePolicy.objects.cleared().get(pk=line.policy_id).status == PolicyStatus.VOIDED
    price_list_assign(world.actor, found.pk, AudienceDraft(everyone=True))  # its code is free again
    assert world.price(variant, 1) == 7


WHY = """query($slot: ID, $buyer: ID) { priceSlot(id: $slot) { label explain(buyer: $buyer, quantity: "2") {
    buyer { id } unitPrice { amount } lists { verdict } } } }"""


def test_a_unit_explains_its_price_to_its_seller_alone(world):
    variant = world.variant()
    world.everyone(variant, ("PCS", 0, "10"))
    world.listed(variant)
    slot = to_global_id("PriceSlot", variant.packs.cleared().get().pk)
    buyer = gid(world.buyer.downstream)
    seller = world.person("prices.view", "catalog.view", "partners.view")
    told = run(seller, WHY, slot=slot, buyer=buyer)["priceSlot"]["explain"]
    assert Decimal(told["unitPrice"]["amount"]) == 10
    assert told["buyer"]["id"] == buyer
    assert [one["verdict"] for one in told["lists"]] == ["WON"]


DAY = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return DAY + timedelta(days=number)


@given(lists(tuples(integers(-20, 120), integers(1, 60)), max_size=8))
def test_spans_in_force_and_gaps_cover_a_period_once(drawn):
    windows = [Window(day(start), day(start + length), key) for key, (start, length) in enumerate(drawn)]
    spans = spans_of(windows, day(0), day(100))
    whole = sorted((one for one in spans if one.kind is not SpanKind.COVERED), key=lambda one: one.begins)
    assert whole[0].begins == day(0)
    assert whole[-1].ends == day(100)
    assert all(before.ends == after.begins for before, after in pairwise(whole))
    for at in (day(n) for n in range(100)):
        holding = [one for one in windows if one.valid_from <= at < one.valid_to]
        shown = next(one for one in whole if one.begins <= at < one.ends)
        wanted = max(holding, key=lambda one: (one.valid_from, one.key)) if holding else None
        assert shown.window == wanted
        covered = [one for one in spans if one.kind is SpanKind.COVERED and one.begins <= at < one.ends]
        assert len(covered) == max(0, len(holding) - 1)


def test_a_period_is_whole_months_in_the_zone_of_the_seller():
    begins, ends = period_of("Asia/Shanghai", datetime(2026, 1, 15, tzinfo=UTC).date(), 3)
    assert (begins.isoformat(), ends.isoformat()) == ("2026-01-15T00:00:00+08:00", "2026-04-15T00:00:00+08:00")


CALENDAR = """query($list: ID) { priceCalendar(priceList: $list, startsOn: "2030-01-01", months: 3) { lanes {
    variant { sku } spans { kind amount { amount } } } } }"""


def test_a_calendar_shows_prices_their_gaps_and_what_is_covered(world, sql_count):
    variant = world.variant()
    found = world.everyone(variant, ("PCS", 0, "10"))
    price_sheet_write(
        world.actor,
        found.pk,
        [entry(variant, "8", valid_from=datetime(2030, 2, 1, tzinfo=UTC), valid_to=datetime(2030, 3, 1, tzinfo=UTC))],
    )
    seller = world.person("prices.view", "catalog.view")
    with sql_count("price calendar"):
        whole, lane = run(seller, CALENDAR, list=gid(found))["priceCalendar"]["lanes"]
    assert whole["variant"] is None
    shown = [(one["kind"], Decimal(one["amount"]["amount"])) for one in lane["spans"] if one["kind"] != "COVERED"]
    assert shown == [("IN_FORCE", 10), ("IN_FORCE", 8), ("IN_FORCE", 10)]
    assert sum(one["kind"] == "COVERED" for one in lane["spans"]) == 1
