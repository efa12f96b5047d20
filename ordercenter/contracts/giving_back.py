"""What orders give back of contracts: compared with the orders as they stand, in a transaction of its own (§4.1).

Other subscribers of the same events lock stock, which comes after contract lines in the one lock order. So an event
only notes the order, and the note is heard by itself: comparing twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.events import DomainEvent, record, subscribe
from marketplace.core.models import OutboxEvent
from marketplace.core.money import round_money
from marketplace.parties.models import Organization
from ordercenter.contracts.call_offs import hold, last_seq, live, of_orders, write_moves
from ordercenter.contracts.enums import CallOffCause
from ordercenter.contracts.models import ContractCallOff
from ordercenter.orders.enums import OrderKind, OrderStatus
from ordercenter.orders.models import Order, OrderLine

ZERO = Decimal(0)
DUE = "contracts.call_offs_due"
ORDER_EVENTS = ("order.confirmed", "order.changed", "order.cancelled", "order.closed", "order.declined")
#: Nothing of these is live.
ENDED = (OrderStatus.REJECTED, OrderStatus.DECLINED, OrderStatus.CANCELLED)


def settle_call_offs(actor: Actor, order_ids: Iterable[int]) -> int:
    """Give back what orders take no longer; the number of movements. Six statements for any number of lines."""
    ids = list(order_ids)
    with transaction.atomic():
        lines = set(ContractCallOff.objects.filter(order__in=ids).values_list("contract_line_id", flat=True))
        if not lines:
            return 0
        hold(lines)
        rows = of_orders(ids)
        known = OrderLine.objects.select_related("order").in_bulk({row.order_line_id for row in rows})
        moves = []
        for row in rows:
            quantity, amount = live(row)
            left, worth = stands(known[row.order_line_id])
            less, cheaper = min(left - quantity, ZERO), min(worth - amount, ZERO)
            if less or cheaper:
                moves.append((row, CallOffCause.FREED, less, cheaper, last_seq(row) + 1))
        write_moves(actor, moves)
    return len(moves)


def stands(line: OrderLine) -> tuple[Decimal, Decimal]:
    """Quantity and net amount that an order line takes now."""
    if line.order.status in ENDED:
        return ZERO, ZERO
    left = line.quantity - line.cancelled
    return left, round_money(line.net * left / line.quantity, line.order.currency)


def order_moved(event: OutboxEvent) -> None:
    """Note a call-off order that may take less now."""
    order = Order.objects.filter(pk=event.aggregate_id, kind=OrderKind.CALL_OFF).first()
    if order is not None:
        record(Actor.system(), DomainEvent(DUE, "call_off_order", order.pk, ()))


def compare_due(event: OutboxEvent) -> None:
    """Compare a noted order with what it took."""
    seller = Organization.objects.filter(pk__in=Order.objects.filter(pk=event.aggregate_id).values("seller")).first()
    settle_call_offs(Actor.system(seller), [event.aggregate_id])


def listen() -> None:
    """Called once, when the program starts."""
    for kind in ORDER_EVENTS:
        subscribe(kind, "contracts")(order_moved)
    subscribe(DUE, "contracts")(compare_due)
