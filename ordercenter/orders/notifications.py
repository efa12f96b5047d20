"""Who hears of what happens to an order: the other side's people, and one's own but for who did it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.models import OutboxEvent
from marketplace.notifications.rules import Hearing, NotificationRule, Text, register
from marketplace.parties.models import User
from ordercenter.orders.models import Order, OrderEvent

#: Who of each side acts on orders, hence wants to hear of them.
SELLS, BUYS = "orders.confirm", "orders.place"
BOTH = (SELLS, BUYS)
ORDERS = gettext_lazy("Orders")


def of_orders(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """Both sides, as far as the step is theirs to read; three statements.

    One's own colleague is named as a person, the other side as an organization.
    """
    orders = Order.objects.select_related("seller", "buyer").in_bulk({event.aggregate_id for event in events})
    steps = _steps(events)
    people = User.objects.only("name").in_bulk({event.actor_user for event in events if event.actor_user})
    for event in events:
        order = orders.get(event.aggregate_id)
        step = steps.get((event.aggregate_id, event.payload.get("key")))
        if order is None or step is None:
            continue
        note = step.data.get("text") or step.data.get("note") or ""
        data = {"kind": event.kind, "number": order.number, "note": str(note)[:200]}
        person = people.get(event.actor_user or 0)
        sides = ((order.seller, order.buyer, SELLS, "buyer"), (order.buyer, order.seller, BUYS, "seller"))
        for side, other, permission, unread_by in sides:
            if step.visible == unread_by:
                continue
            own = event.actor_organization == side.pk
            by = person.name if own and person else side.name if own else other.name
            told = {**data, "partner": other.name, "by": by, "own": own}
            yield Hearing(event, side.pk, permission, (), "Order", order.pk, told)


def _steps(events: Sequence[OutboxEvent]) -> dict[tuple[int, str], OrderEvent]:
    """The steps that events tell of, by order and key."""
    keys = [event.payload.get("key", "") for event in events]
    told = OrderEvent.objects.filter(order__in={event.aggregate_id for event in events}, dedupe_key__in=keys)
    return {(step.order_id, step.dedupe_key): step for step in told}


def of_the_other_side(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """Only the side that did not do it."""
    yield from (hearing for hearing in of_orders(events) if not hearing.data["own"])


def text(data: Mapping[str, Any]) -> Text:
    """What happened to which order, with whom; the note of who did it below."""
    facts = {"number": data["number"], "by": data["by"]}
    sentence = SENTENCES.get(data["kind"])
    return Text(sentence(facts) if sentence else _("Order %(number)s has changed") % facts, data.get("note", ""))


SENTENCES = {
    "order.placed": lambda facts: _("%(by)s placed order %(number)s") % facts,
    "order.confirmed": lambda facts: _("%(by)s confirmed order %(number)s") % facts,
    "order.declined": lambda facts: _("%(by)s declined order %(number)s") % facts,
    "order.changed": lambda facts: _("%(by)s changed order %(number)s") % facts,
    "order.change_proposed": lambda facts: _("%(by)s proposes a change of order %(number)s") % facts,
    "order.change_accepted": lambda facts: _("%(by)s accepted the change of order %(number)s") % facts,
    "order.change_declined": lambda facts: _("%(by)s declined the change of order %(number)s") % facts,
    "order.change_withdrawn": lambda facts: _("%(by)s withdrew the change of order %(number)s") % facts,
    "order.cancel_requested": lambda facts: _("%(by)s asks to cancel order %(number)s") % facts,
    "order.cancel_declined": lambda facts: _("%(by)s keeps order %(number)s: it is not cancelled") % facts,
    "order.cancel_withdrawn": lambda facts: _("%(by)s asks no more to cancel order %(number)s") % facts,
    "order.held": lambda facts: _("Order %(number)s is on hold") % facts,
    "order.hold_released": lambda facts: _("Order %(number)s is released from hold") % facts,
    "order.file_added": lambda facts: _("%(by)s added a file to order %(number)s") % facts,
    "order.cancelled": lambda facts: _("Order %(number)s was cancelled by %(by)s") % facts,
    "order.shipped": lambda facts: _("%(by)s shipped goods of order %(number)s") % facts,
    "order.received": lambda facts: _("%(by)s received goods of order %(number)s") % facts,
    "order.completed": lambda facts: _("Order %(number)s is complete") % facts,
    "order.closed": lambda facts: _("%(by)s closed order %(number)s") % facts,
    "order.reopened": lambda facts: _("%(by)s reopened order %(number)s") % facts,
}

RULES = (
    ("order.placed", gettext_lazy("An order is placed"), ("order.placed",), BOTH),
    ("order.confirmed", gettext_lazy("An order is confirmed"), ("order.confirmed",), BOTH),
    ("order.declined", gettext_lazy("An order is declined"), ("order.declined",), BOTH),
    (
        "order.changed",
        gettext_lazy("An order is changed, or a change is proposed"),
        (
            "order.changed",
            "order.change_proposed",
            "order.change_accepted",
            "order.change_declined",
            "order.change_withdrawn",
        ),
        BOTH,
    ),
    (
        "order.cancelled",
        gettext_lazy("An order is cancelled, or asked to be"),
        ("order.cancelled", "order.cancel_requested", "order.cancel_declined", "order.cancel_withdrawn"),
        BOTH,
    ),
    (
        "order.held",
        gettext_lazy("An order is held, or released"),
        ("order.held", "order.hold_released"),
        (SELLS, BUYS, "credit.release"),
    ),
    ("order.ended", gettext_lazy("An order is closed or opened again"), ("order.closed", "order.reopened"), BOTH),
)
#: Told to the other side alone, as one's own warehouse does it all day.
ACROSS = (
    ("order.shipped", gettext_lazy("Goods are shipped to you"), ("order.shipped",), (BUYS,)),
    ("order.received", gettext_lazy("Your goods are received"), ("order.received",), (SELLS,)),
    ("order.file_added", gettext_lazy("A file is added to an order"), ("order.file_added",), BOTH),
)


def of_handed_carts(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """The colleague a cart was handed to; one statement."""
    people = User.objects.only("name").in_bulk({event.actor_user for event in events if event.actor_user})
    for event in events:
        person = people.get(event.actor_user or 0)
        told = {
            "by": person.name if person else "",
            "name": event.payload.get("name", ""),
            "seller": event.payload.get("seller", ""),
            "note": event.payload.get("note", "")[:200],
        }
        heard = (event.payload["to"],)
        yield Hearing(event, event.organizations[0], "", heard, "Cart", event.aggregate_id, told)


def text_of_handed(data: Mapping[str, Any]) -> Text:
    """Who handed which cart over; the words that came with it below."""
    return Text(_("%(by)s hands you the cart %(name)s at %(seller)s") % data, data.get("note", ""))


register(
    NotificationRule(
        "cart.handed",
        gettext_lazy("A colleague hands you a cart"),
        ORDERS,
        ("cart.handed",),
        (BUYS,),
        of_handed_carts,
        text_of_handed,
    ),
    *(NotificationRule(kind, label, ORDERS, events, who, of_orders, text) for kind, label, events, who in RULES),
    *(
        NotificationRule(kind, label, ORDERS, events, who, of_the_other_side, text)
        for kind, label, events, who in ACROSS
    ),
)
