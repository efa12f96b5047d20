"""What-if: past lines priced twice, summed by partner, brand, SKU and line; nothing else is written."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.catalog.models import Brand, Product
from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import JobStatus, PolicyStatus
from ordercenter.orders.models import Order, OrderLine
from ordercenter.pricing import simulate, sums
from ordercenter.pricing.compare import compared, moves_lists
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.models import PriceRow, PriceSimulation, PriceSimulationRow, SimulationInstant
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import Assumption
from tests.ordercenter.orders.shop import Shop
from tests.ordercenter.pricing.test_rows import now
from tests.refusals import raises


@pytest.fixture
def shop(db):
    made = Shop(auto_confirm=True)
    made.sells("ABC", "10", 1000)
    made.sells("XYZ", "20", 1000)
    brand = Brand.objects.create(organization=made.seller, code="b", name_en="Bright")
    Product.objects.filter(pk=made.goods["ABC"].product_id).update(brand=brand)
    made.order(("ABC", 3), ("XYZ", 2))
    made.order(("ABC", 1))
    return made


def started(shop, **fields) -> PriceSimulation:
    known = {"period_from": now() - timedelta(days=1), "period_to": now() + timedelta(days=1)}
    draft = simulate.SimulationDraft(**(known | fields))
    return simulate.price_simulation_start(shop.sales, draft)


def run(shop, **fields) -> PriceSimulation:
    found = started(shop, **fields)
    simulate.simulate(found.pk)
    found.refresh_from_db()
    return found


def rows(found, level):
    keys = ("label", "line_count", "frozen", "current", "assumed", "dearer", "cheaper", "unpriced", "floored")
    return [tuple(row[key] for key in keys) for row in found.rows.filter(level=level).order_by("label").values(*keys)]


def test_a_draft_policy_is_tried_on_past_orders(shop):
    policy = shop.policy(("percent", -10), ("floor_amount", "9.5"), status=PolicyStatus.DRAFT)[0].policy
    found = run(shop, policies=[policy.pk], name="Autumn")
    assert (found.status, found.rows_done, found.rows_total) == (JobStatus.SUCCEEDED, 3, 3)
    assert (found.line_count, found.frozen, found.current, found.assumed) == (3, 80, 80, 74)
    assert (found.dearer, found.cheaper, found.unpriced, found.floored) == (0, 3, 0, 2)
    assert rows(found, "brand") == [("", 1, 40, 40, 36, 0, 1, 0, 0), ("Bright", 2, 40, 40, 38, 0, 2, 0, 2)]
    assert rows(found, "sku") == [("ABC", 2, 40, 40, 38, 0, 2, 0, 2), ("XYZ", 1, 40, 40, 36, 0, 1, 0, 0)]
    assert rows(found, "partner") == [("Yunqi", 3, 80, 80, 74, 0, 3, 0, 2)]
    numbers = {order.number for order in Order.objects.all()}
    assert {row.label for row in found.rows.filter(level="line")} == numbers


def test_a_draft_list_is_tried_with_the_rows_of_an_instant_to_come(shop):
    draft = shop.price_list("NEXT", status=PolicyStatus.DRAFT)
    shop.assign(draft, partnership=shop.buyer)
    later = now() + timedelta(days=30)
    shop.rows(draft, shop.goods["ABC"], ("PCS", 0, "12"), ("PCS", 0, "13", later))
    assert run(shop, lists=[draft.pk]).assumed == 88
    assert run(shop, lists=[draft.pk], assumed_at=later).assumed == 92
    assert run(shop, lists=[draft.pk], instant=SimulationInstant.NOW).assumed == 88


def test_a_policy_in_effect_is_tried_away(shop):
    policy = shop.policy(("percent", 50))[0].policy
    found = run(shop, without_policies=[policy.pk], instant=SimulationInstant.NOW)
    assert (found.frozen, found.current, found.assumed, found.cheaper) == (80, 120, 80, 3)


def test_then_asks_the_prices_of_each_orders_own_instant(shop):
    at = now()
    shop.rows(shop.list, shop.goods["ABC"], ("PCS", 0, "15", at + timedelta(seconds=1)))
    policy = shop.policy(("percent", 0), status=PolicyStatus.DRAFT)[0].policy
    assert run(shop, policies=[policy.pk]).current == 80


def test_an_agreed_price_stays_and_a_line_without_price_stands_as_ordered(shop):
    line = OrderLine.objects.filter(variant=shop.goods["ABC"]).order_by("pk").first()
    OrderLine.objects.filter(pk=line.pk).update(snapshot=line.snapshot | {"agreed": True})
    PriceRow.objects.filter(variant=shop.goods["XYZ"]).update(valid_to=now())
    policy = shop.policy(("percent", -10), status=PolicyStatus.DRAFT)[0].policy
    found = run(shop, policies=[policy.pk], instant=SimulationInstant.NOW)
    assert (found.assumed, found.cheaper, found.unpriced) == (79, 1, 1)


def test_nothing_but_the_result_is_written(shop):
    policy = shop.policy(("percent", -10), status=PolicyStatus.DRAFT)[0].policy
    found = started(shop, policies=[policy.pk])
    with CaptureQueriesContext(connection) as queries:
        simulate.simulate(found.pk)
    words = ("INSERT", "UPDATE", "DELETE")
    written = [query["sql"] for query in queries if query["sql"].lstrip().startswith(words)]
    assert written and all("pricing_pricesimulation" in sql for sql in written)
    simulate.simulate(found.pk)  # again: it is done
    assert PriceSimulationRow.objects.filter(simulation=found, level="partner").count() == 1


def test_statements_do_not_grow_with_the_lines(shop):
    policy = shop.policy(("percent", -10), status=PolicyStatus.DRAFT)[0].policy
    counts = []
    for _time in range(2):
        found = started(shop, policies=[policy.pk])
        with CaptureQueriesContext(connection) as queries:
            simulate.simulate(found.pk)
        counts.append(len(queries))
        for _order in range(3):
            shop.order(("ABC", 5), ("XYZ", 1))
    assert counts[0] == counts[1]


def test_bad_input_is_refused(shop, monkeypatch):
    policy = shop.policy(("percent", -10), status=PolicyStatus.DRAFT)[0].policy
    other = Shop("Other")
    with raises(CoreErrorCode.REQUIRED):
        started(shop)
    with raises(CoreErrorCode.NOT_FOUND, field="policies", index=0):
        started(other, policies=[policy.pk])
    with raises(PricingErrorCode.WINDOW_EMPTY):
        started(shop, policies=[policy.pk], period_to=now() - timedelta(days=2))
    with raises(CoreErrorCode.INVALID, field="period_from"):
        started(shop, policies=[policy.pk], period_to=now() - timedelta(hours=23))
    monkeypatch.setattr(simulate, "MOST_LINES", 2)
    with raises(PricingErrorCode.SIMULATION_TOO_LARGE):
        started(shop, policies=[policy.pk])
    with raises(CoreErrorCode.PERMISSION_DENIED):
        simulate.price_simulation_start(shop.dealer, simulate.SimulationDraft(now(), now()))


def test_a_cancelled_one_does_nothing(shop):
    policy = shop.policy(("percent", -10), status=PolicyStatus.DRAFT)[0].policy
    found = started(shop, policies=[policy.pk])
    simulate.price_simulation_cancel(shop.sales, found.pk)
    simulate.simulate(found.pk)
    assert not found.rows.exists()
    with raises(CoreErrorCode.INVALID_TRANSITION):
        simulate.price_simulation_cancel(shop.sales, found.pk)


def test_an_empty_assumption_answers_what_resolve_answers(shop):
    shop.policy(("percent", -7), ("floor_percent", 95, None, {"variant": shop.goods["ABC"]}))
    requests = [shop.request(variant, quantity) for variant in shop.goods.values() for quantity in (1, 50)]
    plain = resolve(shop.actor, shop.seller, requests)
    assumed = resolve(shop.actor, shop.seller, requests, assume=Assumption(now()))
    assert [one.snapshot for one in assumed] == [
        one.snapshot | {"at": other.snapshot["at"]} for one, other in zip(plain, assumed, strict=True)
    ]
    assert Decimal("9.5") in {one.unit_price for one in plain}


def test_one_statement_for_both_answers_what_two_answer(shop):
    stays = shop.policy(("percent", -7), ("floor_percent", 95, None, {"variant": shop.goods["ABC"]}))[0].policy
    tried = shop.policy(("percent", 30), ("amount", "-0.5", 2), status=PolicyStatus.DRAFT)[0].policy
    requests = [shop.request(variant, quantity) for variant in shop.goods.values() for quantity in (1, 50)]
    for assume in (Assumption(now(), (), (tried.pk,)), Assumption(now(), (), (tried.pk,), (stays.pk,))):
        assert not moves_lists(assume)
        with CaptureQueriesContext(connection) as queries:
            once = compared(shop.actor, shop.seller.pk, requests, assume.at, assume, lists=False)
        twice = compared(shop.actor, shop.seller.pk, requests, assume.at, assume, lists=True)
        assert len(queries) == 1
        for prices, others in zip(once, twice, strict=True):
            assert [(one.unit_price, one.steps, one.floor) for one in prices] == [
                (one.unit_price, one.steps, one.floor) for one in others
            ]
        assert [one.unit_price for one in once[0]] != [one.unit_price for one in once[1]]


def test_an_assigned_list_moves_lists(shop):
    draft = shop.price_list("NEXT", status=PolicyStatus.DRAFT)
    policy = shop.assign(draft, partnership=shop.buyer).policy
    assert moves_lists(Assumption(now(), (draft.pk,))) and moves_lists(Assumption(now(), (), (policy.pk,)))
    assert moves_lists(Assumption(now(), without=(policy.pk,)))


def test_more_goods_than_a_statement_takes_are_named_in_portions(shop, monkeypatch):
    policy = shop.policy(("percent", -10), status=PolicyStatus.DRAFT)[0].policy
    monkeypatch.setattr(sums, "KEYS", 1)
    found = run(shop, policies=[policy.pk])
    assert [row[0] for row in rows(found, "sku")] == ["ABC", "XYZ"]


def test_a_draft_line_is_not_hidden_by_one_of_the_same_window_that_is_over(shop):
    past = {"valid_from": now() - timedelta(days=9), "valid_to": now() - timedelta(days=8)}
    shop.policy(("percent", -50), **past)
    draft = shop.policy(("percent", -10), status=PolicyStatus.DRAFT, **past)[0].policy
    requests = [shop.request(shop.goods["ABC"], 1)]
    assume = Assumption(now(), (), (draft.pk,))
    for lists in (False, True):
        current, assumed = compared(shop.actor, shop.seller.pk, requests, assume.at, assume, lists)
        assert (current[0].unit_price, assumed[0].unit_price) == (10, 9)
