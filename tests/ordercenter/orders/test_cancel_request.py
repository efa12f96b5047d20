"""A buyer asks to cancel what is confirmed (orders §7): who may, what waits meanwhile, and what each answer does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers, lists, sampled_from, tuples

from marketplace.core.errors import CoreErrorCode, DomainError, DomainErrors
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.cancel import cancel
from ordercenter.orders.cancel_request import decline_cancel, grant_cancel, request_cancel, withdraw_cancel
from ordercenter.orders.close import close
from ordercenter.orders.confirm import confirm
from ordercenter.orders.enums import OrderCancelRequestStatus as Status
from ordercenter.orders.enums import OrderStatus, OrderWait
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Order, OrderCancelRequest, OrderEvent
from tests.factories import make_actor, make_stranger
from tests.ordercenter.orders.ask import ask
from tests.ordercenter.orders.shop import Shop, counters, lines
from tests.ordercenter.orders.test_files import gid
from tests.ordercenter.orders.test_walks import differences
from tests.refusals import raises

SEEN = """query($i: ID!) { order(id: $i) { status waitingFor allowedActions
  cancelRequest { status reason answer lines { quantity line { sku } } }
  timeline { edges { node { kind message note document { id } } } } } }"""
ASK = """mutation($i: ID!, $r: String!, $l: [OrderChangeLineInput!]) {
  orderCancelRequest(id: $i, reason: $r, lines: $l) { order { status waitingFor } errors { code field index } } }"""


@pytest.fixture
def order(shop) -> Order:
    shop.sells("ABC", "10", 5)
    shop.sells("DEF", "10", 5)
    made = shop.order(("ABC", 3), ("DEF", 2))
    confirm(shop.sales, made.pk)
    return made


def now(order: Order) -> tuple[str, str]:
    row = Order.objects.get(pk=order.pk)
    return row.status, row.waiting_for


def actions(actor: Any, order: Order) -> list[str]:
    found = ask(actor, SEEN, i=gid(order))["order"]["allowedActions"]
    return [action for action in found if action.startswith("CANCEL") or action == "SHIP"]


def test_the_buyer_asks_and_the_seller_grants(shop, order):
    assert actions(shop.dealer, order) == ["CANCEL_REQUEST"]
    ask(shop.dealer, ASK, i=gid(order), r="Ordered twice")
    assert now(order) == (OrderStatus.CONFIRMED, OrderWait.CANCEL_DECISION)
    assert actions(shop.dealer, order) == ["CANCEL_WITHDRAW"]
    assert actions(shop.sales, order) == ["CANCEL", "CANCEL_GRANT", "CANCEL_DECLINE"]
    grant = """mutation($i: ID!) { orderCancelGrant(id: $i, note: "Of course") { order { status } errors { code } } }"""
    assert ask(shop.sales, grant, i=gid(order))["orderCancelGrant"]["order"] == {"status": "CANCELLED"}
    seen = ask(shop.dealer, SEEN, i=gid(order))["order"]
    assert seen["cancelRequest"]["status"] == "GRANTED"
    assert (seen["cancelRequest"]["answer"], seen["cancelRequest"]["lines"]) == ("Of course", None)
    told = [(e["node"]["kind"], e["node"]["message"], e["node"]["note"]) for e in seen["timeline"]["edges"][-2:]]
    assert told == [
        ("order.cancel_requested", "The buyer asks to cancel", "Ordered twice"),
        ("order.cancelled", "Cancelled, as the buyer has asked", "Of course"),
    ]
    assert seen["timeline"]["edges"][-2]["node"]["document"] == {"id": gid(asked(order), "OrderCancellationRequest")}
    assert (shop.allocated("ABC"), shop.allocated("DEF")) == (0, 0)
    assert differences() == []


def asked(order: Order) -> OrderCancelRequest:
    return OrderCancelRequest.objects.filter(order=order).latest("pk")


def test_quantities_asked_for_are_what_is_cancelled(shop, order):
    first = lines(order)[0]
    wanted = [{"line": gid(first), "quantity": "2"}]
    ask(shop.dealer, ASK, i=gid(order), r="Too many", l=wanted)
    seen = ask(shop.sales, SEEN, i=gid(order))["order"]
    assert seen["cancelRequest"]["lines"] == [{"quantity": "2", "line": {"sku": "ABC"}}]
    assert seen["timeline"]["edges"][-1]["node"]["message"] == "The buyer asks to cancel a quantity of 1 line"
    grant_cancel(shop.sales, order.pk)
    assert counters(order, "cancelled") == [(2,), (0,)]
    assert now(order) == (OrderStatus.CONFIRMED, OrderWait.SHIPMENT)
    assert differences() == []


def test_nothing_leaves_while_the_seller_has_not_answered(shop, order):
    request_cancel(shop.dealer, order.pk, "Stop")
    with raises(OrderErrorCode.ORDER_HELD):
        ship(shop.sales, ShipmentDraft(order.pk))
    decline_cancel(shop.sales, order.pk, "It is on the lorry")
    assert now(order) == (OrderStatus.CONFIRMED, OrderWait.SHIPMENT)
    assert (asked(order).status, asked(order).answer) == (Status.DECLINED, "It is on the lorry")
    assert ship(shop.sales, ShipmentDraft(order.pk))
    told = OrderEvent.objects.filter(order=order, kind="order.cancel_declined").get()
    assert told.data["reason"] == "It is on the lorry"
    assert differences() == []


def test_the_buyer_takes_its_wish_back_and_may_ask_again(shop, order):
    request_cancel(shop.dealer, order.pk, "Stop")
    with raises(CoreErrorCode.DUPLICATE):
        request_cancel(shop.dealer, order.pk, "Stop!")
    withdraw_cancel(shop.dealer, order.pk)
    assert now(order) == (OrderStatus.CONFIRMED, OrderWait.SHIPMENT)
    request_cancel(shop.dealer, order.pk, "Stop after all")
    assert list(order.cancel_requests.order_by("pk").values_list("status", flat=True)) == ["withdrawn", "pending"]
    assert differences() == []


def test_of_an_order_shipped_in_part_the_rest_is_asked_for(shop, order):
    first = lines(order)[0]
    ship(shop.sales, ShipmentDraft(order.pk, {first.pk: Decimal(1)}))
    assert "CANCEL_REQUEST" in actions(shop.dealer, order)
    request_cancel(shop.dealer, order.pk, "The rest")
    grant_cancel(shop.sales, order.pk)
    assert counters(order, "cancelled", "shipped") == [(2, 1), (2, 0)]
    assert now(order) == (OrderStatus.CONFIRMED, OrderWait.RECEIPT)
    with raises(OrderErrorCode.ALREADY_SHIPPED):
        request_cancel(shop.dealer, order.pk, "That, too")
    assert differences() == []


def test_a_seller_that_drops_everything_has_answered(shop, order):
    first = lines(order)[0]
    ship(shop.sales, ShipmentDraft(order.pk, {first.pk: Decimal(1)}))
    request_cancel(shop.dealer, order.pk, "The rest")
    close(shop.sales, order.pk, "So be it")
    assert (asked(order).status, now(order)) == (Status.GRANTED, (OrderStatus.CLOSED, OrderWait.RECEIPT))
    other = shop.order(("DEF", 1))
    confirm(shop.sales, other.pk)
    request_cancel(shop.dealer, other.pk, "Stop")
    cancel(shop.sales, other.pk, "No stock")
    assert (asked(other).status, now(other)[0]) == (Status.GRANTED, OrderStatus.CANCELLED)
    assert differences() == []


def test_a_buyer_that_may_cancel_alone_does_not_have_to_ask(shop, quick_shop):
    shop.sells("ABC", "10", 5)
    placed = shop.order(("ABC", 1))
    assert ask(shop.dealer, ASK, i=gid(placed), r="No")["orderCancelRequest"]["order"]["status"] == "CANCELLED"
    lenient = Shop("Lenient", auto_confirm=True, buyer_may_cancel=True)
    lenient.sells("XYZ", "10", 5)
    granted = lenient.order(("XYZ", 1))
    assert actions(lenient.dealer, granted) == ["CANCEL"]
    assert request_cancel(lenient.dealer, granted.pk, "No") is None
    assert now(granted)[0] == OrderStatus.CANCELLED
    assert not OrderCancelRequest.objects.exists()
    assert differences() == []


def test_who_may_not_ask_or_answer_is_refused(shop, order):
    finance = make_actor(shop.buyer.downstream, "dealer_finance")
    warehouse = make_actor(shop.seller, "seller_warehouse")
    for actor, code in ((finance, CoreErrorCode.PERMISSION_DENIED), (make_stranger(), CoreErrorCode.NOT_FOUND)):
        with raises(code):
            request_cancel(actor, order.pk, "Stop")
    with raises(CoreErrorCode.REQUIRED, field="reason"):
        request_cancel(shop.dealer, order.pk, " ")
    for answer in (grant_cancel, withdraw_cancel):
        with raises(CoreErrorCode.INVALID_TRANSITION):
            answer(shop.sales if answer is grant_cancel else shop.dealer, order.pk)
    request_cancel(shop.dealer, order.pk, "Stop")
    for actor in (shop.dealer, warehouse):
        with raises(CoreErrorCode.PERMISSION_DENIED):
            grant_cancel(actor, order.pk)
        with raises(CoreErrorCode.PERMISSION_DENIED):
            decline_cancel(actor, order.pk, "No")
    with raises(CoreErrorCode.PERMISSION_DENIED):
        withdraw_cancel(shop.sales, order.pk)
    with raises(CoreErrorCode.REQUIRED, field="reason"):
        decline_cancel(shop.sales, order.pk, "")
    assert asked(order).status == Status.PENDING


def test_bad_quantities_are_refused_each_at_its_line(shop, order):
    first, second = lines(order)
    wanted = [{"line": gid(first), "quantity": "4"}, {"line": gid(second), "quantity": "0"}]
    errors = ask(shop.dealer, ASK, i=gid(order), r="x", l=wanted)["orderCancelRequest"]["errors"]
    assert [(e["code"], e["index"]) for e in errors] == [("ALREADY_SHIPPED", 0), ("QUANTITY_INVALID", 1)]
    assert not OrderCancelRequest.objects.exists()


def test_asking_and_granting_take_as_many_statements_for_forty_lines_as_for_one(quick_shop, sql_count):
    shop = quick_shop
    skus = shop.sells_many(40, stock=100)
    for some in (skus[:1], skus):
        order = shop.order(*[(sku, 1) for sku in some])
        with sql_count("cancellation asked for"):
            request_cancel(shop.dealer, order.pk, "Stop")
        with sql_count("cancellation granted"):
            grant_cancel(shop.sales, order.pk)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lists(
        tuples(sampled_from(["ask", "part", "grant", "decline", "withdraw", "ship", "cancel"]), integers(1, 3)),
        max_size=10,
    )
)
def test_whatever_is_asked_and_answered_the_books_agree(order, shop, steps):
    def step(what: str, quantity: int) -> Any:
        line = lines(order)[quantity % 2]
        part = {line.pk: Decimal(quantity)}
        return {
            "ask": lambda: request_cancel(shop.dealer, order.pk, "x"),
            "part": lambda: request_cancel(shop.dealer, order.pk, "x", part),
            "grant": lambda: grant_cancel(shop.sales, order.pk),
            "decline": lambda: decline_cancel(shop.sales, order.pk, "x"),
            "withdraw": lambda: withdraw_cancel(shop.dealer, order.pk),
            "ship": lambda: ship(shop.sales, ShipmentDraft(order.pk, part)),
            "cancel": lambda: cancel(shop.sales, order.pk, "x", part),
        }[what]()

    with transaction.atomic():
        for what, quantity in steps:
            try:
                with transaction.atomic():
                    step(what, quantity)
            except (DomainError, DomainErrors):
                pass
            assert differences() == []
            status, waits = now(order)
            pending = order.cancel_requests.filter(status=Status.PENDING).exists()
            assert pending == (waits == OrderWait.CANCEL_DECISION), (what, status, waits)
        transaction.set_rollback(True)
