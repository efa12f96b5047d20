"""Derived statuses, computed here once more in plain words, for any quantities a line may have."""

from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core import verify
from marketplace.core.verify import check_names
from ordercenter.orders.hold import move_lines
from ordercenter.orders.models import Order, OrderLine
from ordercenter.orders.statuses import Touched, recompute
from tests.ordercenter.orders.shop import lines


@st.composite
def counters(draw) -> dict[str, int]:
    quantity = 6
    cancelled = draw(st.integers(0, quantity))
    shipped = draw(st.integers(0, quantity - cancelled))
    received = draw(st.integers(0, shipped))
    return {
        "cancelled": cancelled,
        "shipped": shipped,
        "received": received,
        "differed": draw(st.integers(0, shipped - received)),
        "allocated": draw(st.integers(0, quantity - cancelled - shipped)),
    }


def expected(rows: list[dict[str, int]], status: str) -> tuple[str, str, str, bool]:
    """Status, fulfilment status, wait and transit as docs/concepts/orders.md words them."""
    live = [row for row in rows if row["cancelled"] < 6]
    due = [6 - row["cancelled"] for row in live]
    seen = [row["received"] + row["differed"] for row in live]
    if any(row["shipped"] < open_ for row, open_ in zip(live, due, strict=True)) or not live:
        progress = "partially_shipped" if any(row["shipped"] for row in live) else "not_shipped"
    elif not any(seen):
        progress = "shipped"
    else:
        done = all(one >= open_ for one, open_ in zip(seen, due, strict=True))
        progress = "received" if done else "partially_received"
    moving = any(row["shipped"] > row["received"] + row["differed"] for row in rows)
    if status == "confirmed" and progress == "received":
        return "completed", progress, "nothing", moving
    if status == "placed":
        wait = "seller_confirmation"
    elif status == "confirmed" and any(row["allocated"] for row in live):
        wait = "shipment"
    elif status == "confirmed" and any(row["shipped"] < open_ for row, open_ in zip(live, due, strict=True)):
        wait = "stock"
    else:
        wait = "receipt" if moving and status in ("confirmed", "closed") else "nothing"
    return status, progress, wait, moving


@pytest.fixture
def order(shop) -> Order:
    shop.sells("ABC", "3.33", BOX=12)
    return shop.order(("ABC", 6), ("ABC", 6, "BOX"), ("ABC", 6))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(counters(), min_size=3, max_size=3), status=st.sampled_from(["placed", "confirmed", "closed"]))
def test_statuses_follow_from_quantities(order, rows, status):
    pks = [line.pk for line in lines(order)]
    OrderLine.objects.filter(order=order).update(cancelled=0, shipped=0, received=0, differed=0, allocated=0)
    Order.objects.filter(pk=order.pk).update(status=status)
    move_lines({name: {pk: Decimal(row[name]) for pk, row in zip(pks, rows, strict=True)} for name in rows[0]})
    recompute([Touched(order.pk, timezone.now())])
    stored = Order.objects.get(pk=order.pk)
    found = (stored.status, stored.fulfilment_status, stored.waiting_for, stored.in_transit)
    assert found == expected(rows, status)
    assert stored.cancelled_gross == sum(
        round(line.gross * line.cancelled / line.quantity + Decimal("1e-9"), 2) for line in lines(order)
    )


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (lambda order: Order.objects.filter(pk=order.pk).update(list_amount=1), "orders: totals are sums of lines"),
        (lambda order: Order.objects.filter(pk=order.pk).update(waiting_for="stock"), "orders: statuses follow from"),
        (lambda order: order.lines.update(cancelled=1), "orders: the story rebuilds"),
        (lambda order: order.lines.update(allocated=1), "orders: promised quantities agree"),
        (lambda order: Order.objects.filter(pk=order.pk).update(number="SO-000009"), "orders: numbers have no gaps"),
        (lambda order: order.lines.update(shipped=1), "fulfilment: order lines agree"),
    ],
)
def test_each_check_sees_its_fault(order, spoil, name):
    (check,) = [one for one in check_names() if one.startswith(name)]
    assert list(verify._checks[check]()) == []
    spoil(order)
    assert list(verify._checks[check]())
