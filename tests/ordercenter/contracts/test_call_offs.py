"""Call-offs: prices, limits, what is given back, and what an order without contracts costs (contracts §4, §10)."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainErrors
from marketplace.core.outbox import dispatch_all
from ordercenter.contracts.enums import ContractStatus, LimitBasis, PricingDate, SourceUse
from ordercenter.contracts.giving_back import settle_call_offs
from ordercenter.contracts.models import (
    ContractCallOff,
    ContractCallOffMove,
    IndexValue,
    PriceIndex,
    SourceList,
)
from ordercenter.contracts.verify import allocated, call_offs, lines_called
from ordercenter.orders.cancel import cancel
from ordercenter.orders.change import Change, change
from ordercenter.orders.enums import OrderKind
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import OrderLine
from ordercenter.orders.place import place
from tests.ordercenter.contracts.world import BEGIN, ContractShop, called
from tests.ordercenter.orders.shop import lines
from tests.refusals import raises


def agreed():
    """No difference between what is stored and what it was made of."""
    return [*lines_called(), *call_offs(), *allocated()] == []


def test_a_call_off_takes_the_contract_price_and_counts(shop):
    line = shop.line("A", "8.5", quantity=1000, allowance=Decimal("2.5"))
    order = shop.calls(line, 1000)
    (row,) = lines(order)
    assert (order.kind, row.unit_price, row.list_price) == (OrderKind.CALL_OFF, Decimal("8.5"), 10)
    assert called(line) == (1000, row.net)
    with raises(OrderErrorCode.CONTRACT_EXHAUSTED, "quantity", 0) as refused:
        shop.calls(line, 26)
    assert "25" in str(refused.errors[0].message)
    shop.calls(line, 25)
    assert called(line)[0] == 1025
    assert agreed()


def test_an_amount_limit_is_exact_and_that_of_the_contract_counts_all_lines(shop):
    contract = shop.contract(limit_basis=LimitBasis.AMOUNT, limit_amount=Decimal("100.00"))
    a, b = shop.line("A", "9.99", contract), shop.line("B", "20", contract, amount=Decimal("40.00"))
    shop.calls(a, 1)
    net = called(a)[1]
    with raises(OrderErrorCode.CONTRACT_EXHAUSTED):
        shop.calls(b, 3, "B")
    shop.calls(b, 2, "B")
    assert called(b)[1] <= 40
    with raises(OrderErrorCode.CONTRACT_EXHAUSTED) as refused:
        shop.calls(a, 8)
    assert str((100 - net - called(b)[1]).quantize(Decimal("0.01"))) in str(refused.errors[0].message)
    assert agreed()


def test_what_a_contract_does_not_cover_is_told_line_by_line(shop):
    line = shop.line("A", "8", quantity=100, minimum=Decimal(10), pack=Decimal(5))
    _partner, stranger = shop.dealer_of("Other")
    over = shop.line("B", "8", status=ContractStatus.PAUSED)
    late = shop.line("B", "8", ends_on=date(2026, 1, 31))
    for draft, code in (
        (shop.line_of(line, 20, "B"), OrderErrorCode.CONTRACT_SCOPE),
        (shop.line_of(line, 5), OrderErrorCode.CALL_MINIMUM),
        (shop.line_of(line, 12), OrderErrorCode.CALL_PACK),
        (shop.line_of(over, 1, "B"), OrderErrorCode.CONTRACT_NOT_IN_FORCE),
        (shop.line_of(late, 1, "B"), OrderErrorCode.CONTRACT_NOT_IN_FORCE),
    ):
        with raises(code, index=1):
            shop.order(("A", 1), draft)
    with raises(OrderErrorCode.CONTRACT_SCOPE):
        draft = shop.draft(shop.line_of(line, 10))
        place(stranger, replace(draft, buyer_id=stranger.organization_id))
    SourceList.objects.create(
        organization=shop.keeper, variant=shop.goods["A"], seller=shop.seller, use=SourceUse.BARRED, valid_from=BEGIN
    )
    with raises(OrderErrorCode.SUPPLIER_BARRED, "seller", 0):
        shop.calls(line, 10)
    assert not ContractCallOff.objects.exists()


def test_the_price_is_that_of_the_pricing_date(shop):
    line = shop.line("A", "8", quantity=1000, pricing_date=PricingDate.REQUIRED)
    shop.price(line, "7", date(2031, 1, 1), tiers=[{"up_to": "99", "price": "7"}, {"up_to": None, "price": "6.5"}])
    prices = []
    for quantity, day in ((1, date(2030, 12, 31)), (99, date(2031, 1, 1)), (100, date(2031, 1, 1))):
        order = shop.calls(line, quantity, requested_on=day)
        prices.append(lines(order)[0].unit_price)
    assert prices == [8, 7, Decimal("6.5")]


def test_a_contract_ends_at_midnight_where_its_buyer_is(shop):
    line = shop.line("A", "8", quantity=1000, ends_on=date(2026, 6, 30))
    sales = shop.sales
    last, late = datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC), datetime(2026, 6, 30, 16, 0, tzinfo=UTC)
    assert shop.keeper.time_zone == "Asia/Shanghai"
    shop.calls(line, 1, actor=sales, at=last)
    with raises(OrderErrorCode.CONTRACT_NOT_IN_FORCE):
        shop.calls(line, 1, actor=sales, at=late)


def test_a_formula_price_follows_what_was_known_and_no_revision(shop):
    index = PriceIndex.objects.create(organization=shop.keeper, code="STEEL", name_en="Steel")

    def publish(month, value, at):
        IndexValue.objects.create(organization=shop.keeper, index=index, month=month, value=value, published_at=at)

    publish(date(2026, 1, 1), Decimal("110"), datetime(2026, 2, 5, tzinfo=UTC))
    terms = [{"index": index.pk, "weight": "0.5", "start": "100"}]
    row = {"fixed_share": Decimal("0.5"), "index_terms": terms, "threshold": Decimal(2)}
    line = shop.line("A", "10", row=row, quantity=10_000)

    def price(at):
        return lines(shop.calls(line, 1, actor=shop.sales, at=at))[0].unit_price

    march = datetime(2026, 3, 10, tzinfo=UTC)
    assert price(datetime(2026, 2, 20, tzinfo=UTC)) == 10
    assert price(march) == Decimal("10.5")
    publish(date(2026, 1, 1), Decimal("130"), datetime(2026, 3, 15, tzinfo=UTC))
    assert price(march) == Decimal("10.5")
    assert price(datetime(2026, 4, 10, tzinfo=UTC)) == Decimal("11.5")


def test_change_and_cancel_give_back_once_and_raising_asks_the_limit(shop):
    line = shop.line("A", "8", quantity=100)
    order = shop.calls(line, 60)
    (row,) = lines(order)

    def to(quantity):
        order.refresh_from_db()
        change(shop.dealer, order.pk, Change(order.version, {row.pk: Decimal(quantity)}))

    with raises(OrderErrorCode.CONTRACT_EXHAUSTED):
        to(101)
    to(100)
    assert called(line)[0] == 100
    to(40)
    assert called(line)[0] == 100  # until the outbox is through, the limit is only too strict
    dispatch_all()
    dispatch_all()
    row.refresh_from_db()
    assert called(line) == (40, row.net)
    with raises(OrderErrorCode.CONTRACT_EXHAUSTED):
        shop.calls(line, 61)
    shop.calls(line, 60)
    cancel(shop.dealer, order.pk, "no more")
    dispatch_all()
    assert called(line)[0] == 60
    assert ContractCallOffMove.objects.filter(call_off__order=order).count() == 4
    assert agreed()


def test_what_is_cut_because_stock_is_short_is_not_called_off(db):
    shop = ContractShop(auto_confirm=True, takes_backorders=False)
    shop.sells("A", "10", 30)
    line = shop.line("A", "8", quantity=100)
    shop.calls(line, 40, short_policy="ship_available")
    (row,) = OrderLine.objects.all()
    assert called(line)[0] == row.quantity - row.cancelled == 30
    dispatch_all()
    assert agreed()
    assert called(line)[0] == 30


def statements(shop, *drafts):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        shop.order(*drafts)
    return len(queries)


def test_an_order_without_contracts_asks_for_nothing_and_one_with_them_the_same_for_many_lines(shop):
    contract = shop.contract()
    made = [shop.line("A", "8", contract, quantity=1000), shop.line("B", "8", contract, quantity=1000)]
    shop.order(("A", 1))
    with CaptureQueriesContext(connection) as queries:
        shop.order(("A", 1), ("B", 1))
    assert not [one for one in queries.captured_queries if "contracts_" in one["sql"]]
    one = statements(shop, shop.line_of(made[0], 1))
    many = statements(shop, *(shop.line_of(made[n % 2], 1, "AB"[n % 2]) for n in range(30)))
    assert one == many


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(1, 60), st.sampled_from(["call", "change", "cancel"])), max_size=8))
def test_whatever_is_ordered_and_given_back_the_limit_holds(shop, steps):
    """Invariant 1, on one connection: called <= limit, and is the sum of live order lines once the outbox is empty."""
    line = shop.line("A", "8", quantity=100)
    orders = []
    for quantity, verb in steps:
        with suppress(DomainErrors):  # CONTRACT_EXHAUSTED
            if verb == "call":
                orders.append(shop.calls(line, quantity))
            elif orders and verb == "change":
                orders[-1].refresh_from_db()
                (row,) = lines(orders[-1])
                change(shop.dealer, orders[-1].pk, Change(orders[-1].version, {row.pk: Decimal(quantity)}))
            elif orders:
                cancel(shop.dealer, orders.pop().pk, "no")
        assert 0 <= called(line)[0] <= 100
    dispatch_all()
    live = sum((row.quantity - row.cancelled for order in orders for row in lines(order)), Decimal(0))
    assert called(line)[0] == live
    assert agreed()


def test_the_program_itself_settles_twice_without_a_difference(shop):
    order = shop.calls(shop.line("A", "8", quantity=100), 60)
    assert settle_call_offs(Actor.system(), [order.pk]) == 0
