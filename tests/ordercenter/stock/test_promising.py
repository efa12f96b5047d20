"""What can be promised for a day (stock §6)."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalog.models import Listing
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from marketplace.graphql import execute, to_global_id
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.models import StockShow, StockVisibility, SupplyPlan
from ordercenter.stock.promises import promises_of
from ordercenter.stock.promising import Step, promisable, promise_parts, promise_whole
from ordercenter.stock.supply_plans import Supply, write_supply_plans
from tests.factories import make_actor
from tests.refusals import raises
from tests.statements import count_sql

TODAY = date(2026, 6, 1)
LAST = TODAY + timedelta(90)


def day(number):
    return TODAY + timedelta(number)


def on_days(**by_number):
    return [(day(int(number.removeprefix("d"))), D(quantity)) for number, quantity in by_number.items()]


def test_worked_example_15_2_promising():
    steps = promisable(TODAY, LAST, D(100), on_days(d6=80, d14=50), on_days(d2=30, d9=120))
    assert steps == [Step(day(0), D(30)), Step(day(14), D(80))]
    assert promise_whole(steps, D(50)) == day(14)
    assert promise_parts(steps, D(50)) == ([(day(0), D(30)), (day(14), D(20))], D(0))
    assert promise_whole(steps, D(90)) is None
    parts, rest = promise_parts(steps, D(90))
    assert (sum(quantity for _day, quantity in parts), rest) == (D(80), D(10))


def test_late_supply_promises_nothing_and_late_demand_counts_today():
    assert promisable(TODAY, LAST, D(5), [(day(-1), D(50))], []) == [Step(TODAY, D(5))]
    assert promisable(TODAY, LAST, D(5), [], [(day(-30), D(2))]) == [Step(TODAY, D(3))]
    assert promisable(TODAY, LAST, D(5), [(day(91), D(50))], [(day(91), D(5))]) == [Step(TODAY, D(5))]


movements = st.lists(st.tuples(st.integers(-3, 20), st.integers(1, 40)), max_size=6)


@given(st.integers(0, 50), movements, movements)
def test_it_never_falls_and_what_it_says_can_be_taken_breaks_no_promise(available, supply, demand):
    coming = [(day(number), D(quantity)) for number, quantity in supply]
    wanted = [(day(number), D(quantity)) for number, quantity in demand]
    steps = promisable(TODAY, LAST, D(available), coming, wanted)
    assert [step.quantity for step in steps] == sorted({step.quantity for step in steps})
    assert steps[0].day == TODAY

    def cover(number, taken=()):
        """The stock left at the end of a day when all promises are kept, counted day by day."""
        came = sum(q for d, q in coming if TODAY <= d <= day(number))
        went = sum(q for d, q in [*wanted, *taken] if d <= day(number))
        return available + came - went

    for number in range(21):
        could = max([step.quantity for step in steps if step.day <= day(number)])
        assert could == max(D(0), min(cover(later) for later in range(number, 91)))
        after = [cover(later, [(day(number), could)]) for later in range(number, 91)]
        assert could == 0 or min(after) >= 0


@pytest.fixture
def dealer(shop):
    """A dealer that sees exactly; 30 of A are there."""
    shop.put("W1", A=30)
    Listing.objects.create(organization=shop.seller, variant=shop.variant("A"))
    StockVisibility.objects.create(organization=shop.seller, show=StockShow.EXACT)
    return Actor.system(shop.partnership.downstream)


def today():
    with connection.cursor() as cursor:
        cursor.execute("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
        return cursor.fetchone()[0]


def plan(shop, quantity, days, sku="A", source="PO-1", warehouse="W1"):
    place, variant = shop.warehouses[warehouse].pk, shop.variant(sku).pk
    return write_supply_plans(shop.actor, [Supply(place, variant, today() + timedelta(days), D(quantity), source)])


@pytest.mark.django_db
def test_a_buyer_is_told_by_when_how_much_and_no_more_exactly_than_the_rule_says(shop, dealer):
    plan(shop, 40, 3)
    plan(shop, 7, 3, source="PO-2")
    plan(shop, 100, -1, source="late")
    a = shop.variant("A").pk
    with count_sql() as counter:
        dated = promises_of(dealer, [a])[a]
    assert counter.count == 1
    assert dated.steps == [Step(today(), D(30)), Step(today() + timedelta(3), D(77))]
    assert dated.late
    StockVisibility.objects.update(show=StockShow.YES_NO)
    assert [str(one.label) for _day, one in promises_of(dealer, [a])[a].shown()] == ["In stock"]
    StockVisibility.objects.all().delete()
    assert promises_of(dealer, [a]) == {}


@pytest.mark.django_db
def test_a_plan_is_replaced_taken_back_and_told_of(shop):
    plan(shop, 40, 3)
    plan(shop, 40, 3)
    plan(shop, 12, 3)
    assert SupplyPlan.objects.get().quantity == 12
    plan(shop, 0, 3)
    assert not SupplyPlan.objects.exists()
    told = OutboxEvent.objects.filter(kind="stock.supply_plan_changed").order_by("pk")
    assert [event.payload["verb"] for event in told] == ["created", "updated", "deleted"]


@pytest.mark.django_db
def test_what_cannot_be_is_refused_by_line_and_nothing_is_written(shop):
    place, variant = shop.warehouses["W1"].pk, shop.variant("A").pk
    good = Supply(place, variant, TODAY, D(1))
    with raises(StockErrorCode.QUANTITY_INVALID, field="quantity", index=1):
        write_supply_plans(shop.actor, [good, Supply(place, variant, day(1), D(-1))])
    with raises(CoreErrorCode.NOT_FOUND, field="sku", index=1):
        write_supply_plans(shop.actor, [good, Supply(place, 0, day(1), D(1), sku="NONE")])
    with raises(CoreErrorCode.DUPLICATE, field="day", index=1):
        write_supply_plans(shop.actor, [good, good])
    with raises(CoreErrorCode.NOT_FOUND, field="warehouse"):
        write_supply_plans(make_actor(shop.partnership.downstream, "seller_owner"), [good])
    assert not SupplyPlan.objects.exists()


@pytest.mark.django_db
def test_the_promise_of_a_quantity_is_asked_and_the_plan_written_over_the_api(shop, dealer):
    keeper = make_actor(shop.seller, "seller_warehouse")
    line = {"warehouse": to_global_id("Warehouse", shop.warehouses["W1"].pk), "sku": "A", "quantity": "40"}
    write = """mutation($lines: [SupplyPlanInput!]!) {
      supplyPlanWrite(lines: $lines) { plans { quantity isLate variant { sku } } errors { code field index } } }"""
    given = {"lines": [{**line, "day": str(today() + timedelta(5))}]}
    answer = execute(write, given, actor=keeper).data["supplyPlanWrite"]
    assert answer == {"plans": [{"quantity": "40", "isLate": False, "variant": {"sku": "A"}}], "errors": []}
    ask = """query($lines: [StockReserveLineInput!]!) { stockPromise(lines: $lines) {
      day withoutDay hasLateSupply parts { day quantity } } }"""
    wanted = {"variant": to_global_id("Variant", shop.variant("A").pk), "quantity": "75"}
    buyer = make_actor(shop.partnership.downstream, "dealer_buyer")
    (promise,) = execute(ask, {"lines": [wanted]}, actor=buyer).data["stockPromise"]
    days = [str(today()), str(today() + timedelta(5))]
    assert promise["parts"] == [{"day": days[0], "quantity": "30"}, {"day": days[1], "quantity": "40"}]
    assert (promise["day"], promise["withoutDay"], promise["hasLateSupply"]) == (None, "5", False)
