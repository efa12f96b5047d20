"""The desk for orders: what stands out, and what was ordered in a time, as the organization's days are cut."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.conversations.send import message_send
from marketplace.graphql import execute
from ordercenter.orders.cancel import cancel
from ordercenter.orders.cancel_request import request_cancel
from ordercenter.orders.change import Change, change
from ordercenter.orders.confirm import confirm
from ordercenter.orders.flags import OrderFlag, count_flags, flagged, flags_of
from ordercenter.orders.models import Order, OrderSettings
from ordercenter.orders.place import place
from ordercenter.orders.turnover import Span, TurnoverPeriod, months_on, turnover
from tests.ordercenter.orders.ask import ask
from tests.ordercenter.orders.shop import Shop, lines

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, WEEK, MONTH = TurnoverPeriod.DAY, TurnoverPeriod.WEEK, TurnoverPeriod.MONTH
TURNOVER = """query($since: Date, $until: Date, $by: TurnoverPeriod!, $side: TradeSide!, $currency: String) {
  orderTurnover(side: $side, by: $by, since: $since, until: $until, currency: $currency) {
    currency currencies gross { amount } orderCount previousGross { amount } change
    periods { start end gross { amount } orderCount previousGross { amount } } } }"""


def flags(shop: Shop, order: Order, actor=None) -> list[OrderFlag]:
    return flags_of(actor or shop.sales, Order.objects.filter(pk=order.pk))[order.pk]


def placed(shop: Shop, order: Order, at: dt.datetime) -> Order:
    """Make an order one of another instant."""
    Order.objects.filter(pk=order.pk).update(placed_at=at)
    return order


def test_an_order_that_goes_its_way_does_not_stand_out(shop):
    shop.sells("A", stock=10)
    order = shop.order(("A", 3), requested_on=dt.date.today() + dt.timedelta(days=9))
    confirm(shop.sales, order.pk)
    assert flags(shop, order) == []
    assert count_flags(shop.sales, Order.objects.all()) == dict.fromkeys(OrderFlag, 0)


def test_every_reason_to_look_at_an_order_is_told_and_finds_it(shop):
    shop.sells("A", stock=5)
    late = shop.order(("A", 2), requested_on=dt.date.today() - dt.timedelta(days=3))
    short = shop.order(("A", 9))
    confirm(shop.sales, short.pk)
    asked = shop.order(("A", 1))
    confirm(shop.sales, asked.pk)
    request_cancel(shop.dealer, asked.pk, "Bought elsewhere")
    noted = shop.order(("A", 1), note="Ring twice")
    changed = shop.order(("A", 4))
    change(shop.dealer, changed.pk, Change(changed.version, {lines(changed)[0].pk: Decimal(3)}))
    found = {
        late: [OrderFlag.LATE],
        short: [OrderFlag.BACKORDER],
        asked: [OrderFlag.CANCEL_REQUESTED, OrderFlag.BACKORDER],
        noted: [OrderFlag.NOTE],
        changed: [OrderFlag.CHANGED],
    }
    assert {order.pk: flags(shop, order) for order in found} == {order.pk: told for order, told in found.items()}
    counts = count_flags(shop.sales, Order.objects.all())
    for flag in OrderFlag:
        rows = flagged(shop.sales, Order.objects.all(), [flag])
        assert set(rows) == {order for order, told in found.items() if flag in told}
        assert counts[flag] == rows.count()


def test_a_promised_day_stands_in_for_the_wished_one(shop):
    shop.sells("A", stock=10)
    order = shop.order(("A", 2), requested_on=dt.date.today() - dt.timedelta(days=3))
    confirm(shop.sales, order.pk, promised_on=dt.date.today() + dt.timedelta(days=2))
    assert flags(shop, order) == []


def test_a_message_is_unread_until_its_reader_has_seen_it(shop):
    shop.sells("A")
    order = shop.order(("A", 1))
    message_send(shop.dealer, "order", order.pk, "When?")
    assert flags(shop, order) == [OrderFlag.MESSAGE]
    assert flags(shop, order, shop.dealer) == []


def test_only_the_seller_is_told_that_an_order_is_below_its_minimum(shop):
    shop.sells("A", price=10)
    order = shop.order(("A", 1))
    OrderSettings.objects.filter(organization=shop.seller).update(minimum_value=100)
    assert flags(shop, order) == [OrderFlag.MINIMUM]
    assert flags(shop, order, shop.dealer) == []


def test_days_are_cut_in_the_zone_of_the_organization(shop):
    shop.sells("A", price=100, tax="0")
    shop.seller.time_zone = "Asia/Shanghai"
    placed(shop, shop.order(("A", 1)), dt.datetime(2026, 3, 1, 15, 59, tzinfo=dt.UTC))  # 23:59 of 1 March
    placed(shop, shop.order(("A", 2)), dt.datetime(2026, 3, 1, 16, 0, tzinfo=dt.UTC))  # 0:00 of 2 March
    span = Span(dt.date(2026, 3, 1), dt.date(2026, 3, 2), DAY)
    found = turnover(Order.objects.all(), span, SHANGHAI, "CNY")
    assert [(one.gross, one.orders) for one in found.periods] == [(100, 1), (200, 1)]


def test_the_time_before_is_as_long_and_ends_as_far_into_its_last_month(shop):
    shop.sells("A", price=100, tax="0")
    for day, pieces in ((3, 1), (20, 2)):
        placed(shop, shop.order(("A", pieces)), dt.datetime(2026, 4, day, 4, tzinfo=dt.UTC))
    placed(shop, shop.order(("A", 4)), dt.datetime(2026, 5, 10, 4, tzinfo=dt.UTC))
    found = turnover(Order.objects.all(), Span(dt.date(2026, 5, 1), dt.date(2026, 5, 15), MONTH), SHANGHAI, "CNY")
    assert [(one.gross, one.previous_gross) for one in found.periods] == [(400, 100)]  # that of 20 April does not count


def test_what_was_cancelled_and_orders_that_were_stopped_do_not_count(shop):
    shop.sells("A", price=100, tax="0", stock=100)
    part, whole = shop.order(("A", 5)), shop.order(("A", 7))
    confirm(shop.sales, part.pk)
    cancel(shop.sales, part.pk, "Less", {lines(part)[0].pk: Decimal(2)})
    cancel(shop.dealer, whole.pk, "No need")
    told = ask(shop.sales, TURNOVER, by="DAY", side="SELLER")["orderTurnover"]
    assert (told["gross"]["amount"], told["orderCount"], told["change"]) == ("300.00", 1, None)
    assert told["currencies"] == ["CNY"] and len(told["periods"]) == 30
    assert ask(shop.dealer, TURNOVER, by="DAY", side="SELLER")["orderTurnover"]["orderCount"] == 0
    assert ask(shop.dealer, TURNOVER, by="WEEK", side="BUYER")["orderTurnover"]["orderCount"] == 1


def test_a_time_that_ends_before_it_begins_is_refused(shop):
    for since, until in (("2026-03-02", "2026-03-01"), ("1990-01-01", "2026-01-01")):
        given = {"by": "DAY", "side": "SELLER", "since": since, "until": until}
        result = execute(TURNOVER, given, actor=shop.sales)
        assert result.errors[0].extensions["code"] == "BAD_USER_INPUT"


def test_partners_and_goods_with_the_most_come_first(shop):
    shop.sells("A", price=10, tax="0")
    shop.sells("B", price=50, tax="0")
    _partnership, other = shop.dealer_of("Jinli")
    shop.order(("A", 3))
    shop.order(("A", 1), ("B", 2))
    place(other, replace(shop.draft(("A", 1)), buyer_id=other.organization_id))
    document = """{ orderTopPartners(side: SELLER, by: DAY) { partner { name } gross { amount } orderCount }
      orderTopVariants(side: SELLER, by: DAY) { variant { sku } gross { amount } quantity } }"""
    told = ask(shop.sales, document)
    assert [row["partner"]["name"] for row in told["orderTopPartners"]] == ["Yunqi", "Jinli"]
    ranked = [(row["variant"]["sku"], row["gross"]["amount"], row["quantity"]) for row in told["orderTopVariants"]]
    assert ranked == [("B", "100.00", "2"), ("A", "50.00", "5")]
    assert ask(other, document)["orderTopPartners"] == []


def test_a_turnover_is_one_statement_for_any_time(shop, django_assert_num_queries):
    shop.sells("A")
    for _n in range(3):
        shop.order(("A", 1))
    for span in (
        Span(dt.date(2026, 1, 1), dt.date(2026, 12, 31), DAY),
        Span(dt.date(2026, 1, 1), dt.date(2026, 1, 1), DAY),
    ):
        with django_assert_num_queries(1):
            turnover(Order.objects.all(), span, SHANGHAI, "CNY")


@given(start=st.integers(0, 20_000), days=st.integers(0, 200), by=st.sampled_from(TurnoverPeriod))
def test_periods_cover_every_day_of_a_span_once(start, days, by):
    first = dt.date(2000, 1, 1) + dt.timedelta(days=start)
    span = Span(first, first + dt.timedelta(days=days), by)
    covered = [
        start + dt.timedelta(days=n)
        for start, end in zip(span.starts, span.ends, strict=True)
        for n in range((end - start).days + 1)
    ]
    assert covered == [first + dt.timedelta(days=n) for n in range(days + 1)]


@pytest.mark.parametrize(
    ("months", "day"), [(-1, dt.date(2026, 2, 28)), (1, dt.date(2026, 4, 30)), (-12, dt.date(2025, 3, 31))]
)
def test_the_last_of_a_month_stays_one(months, day):
    assert months_on(dt.date(2026, 3, 31), months) == day
