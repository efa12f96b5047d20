"""Who hears of an order's steps, in statements that do not grow."""

from __future__ import annotations

import pytest

from marketplace.conversations.send import message_send
from marketplace.core.models import OutboxEvent
from marketplace.core.outbox import dispatch_all
from marketplace.notifications.models import Notification
from marketplace.notifications.reading import text_of
from marketplace.notifications.tell import tell_people
from ordercenter.orders.confirm import confirm
from tests.factories import make_actor
from tests.statements import count_sql


def heard(actor) -> list[str]:
    rows = Notification.objects.visible_to(actor).order_by("created_at", "pk")
    return [text_of(row).title for row in rows]


@pytest.fixture
def people(shop):
    """A second person at the seller, one at the dealer, and one who only keeps the warehouse."""
    shop.clerk = make_actor(shop.seller, "seller_sales")
    shop.keeper = make_actor(shop.seller, "seller_warehouse")
    shop.colleague = make_actor(shop.buyer.downstream, "dealer_buyer")
    shop.sells("ABC", "10", 500)
    return shop


def test_the_other_side_and_ones_own_colleagues_hear(people):
    order = people.order(("ABC", 3))
    dispatch_all()
    by_yunqi = f"Yunqi placed order {order.number}"
    assert heard(people.clerk) == heard(people.sales) == [by_yunqi]
    assert heard(people.colleague) == [f"{people.dealer.user.name} placed order {order.number}"]
    assert heard(people.dealer) == heard(people.keeper) == []
    confirm(people.sales, order.pk)
    dispatch_all()
    assert heard(people.dealer) == [f"Xinghe confirmed order {order.number}"]
    assert heard(people.sales) == [by_yunqi]
    told = Notification.objects.visible_to(people.dealer).get()
    assert (told.document_kind, told.document_id) == ("Order", order.pk)


def test_a_message_is_heard_by_the_other_side(people):
    order = people.order(("ABC", 3))
    dispatch_all()
    Notification.objects.all().delete()
    message_send(people.dealer, "order", order.pk, "When does it come?")
    dispatch_all()
    told = Notification.objects.visible_to(people.clerk).get()
    assert (told.kind, text_of(told).title) == ("message.sent", f"Yunqi wrote about {order.number}")
    assert text_of(told).body == "When does it come?"
    Notification.objects.all().delete()
    message_send(people.dealer, "order", order.pk, "Among ourselves", internal=True)
    dispatch_all()
    assert heard(people.clerk) == [] and len(heard(people.colleague)) == 1


def test_many_orders_are_told_in_as_many_statements_as_one(people):
    counts = []
    for number in (1, 12):
        keys = [people.order(("ABC", 1)).pk for _n in range(number)]
        events = list(OutboxEvent.objects.filter(kind="order.placed", aggregate_id__in=keys))
        assert len(events) == number
        with count_sql() as counter:
            tell_people(events)
        counts.append(counter.count)
    assert counts[0] == counts[1] == 4, counter
