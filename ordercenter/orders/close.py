"""Drop the open rest of an order that shipped something, and take it up again (orders §7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, raise_all
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.cancel import dropped_of, reason_problems, write_drops
from ordercenter.orders.confirm import Cut, judge_short, promise_lines, short_row, short_step, told
from ordercenter.orders.enums import CancellationKind, OrderStatus
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.hold import lines_of, lock, move_lines, read_orders, terms_of
from ordercenter.orders.models import Order, OrderCancellation
from ordercenter.orders.states import move_problems
from ordercenter.orders.statuses import Touched, recompute
from ordercenter.orders.store import insert_all
from ordercenter.orders.timeline import append


def close(actor: Actor, order_id: int, reason: str, at: datetime | None = None) -> None:
    """Drop what has not been shipped; what is on its way can still be received. A reason is asked."""
    raise_all(reason_problems(reason))
    with transaction.atomic():
        order = read_orders(actor, [order_id])[0]
        raise_all(move_problems(actor, order, "close"))
        lines = lines_of([order_id])
        dropped = dropped_of(order, lines[order_id], {line.pk: line.to_ship for line in lines[order_id]}, reason)
        dropped.whole = True
        write_drops(actor, [dropped], lines, CancellationKind.CLOSE, at)


def reopen(actor: Actor, order_id: int, at: datetime | None = None) -> None:
    """Restore exactly what the closing dropped and promise it stock as for a new order; within the seller's days.

    Raises INVALID_TRANSITION, REOPEN_WINDOW, STOCK_SHORT where the order may not wait, CONFLICT.
    """
    with transaction.atomic():
        order = read_orders(actor, [order_id])[0]
        at = at or order.read_at
        terms = terms_of([order.seller_id])[order.seller_id]
        raise_all([*move_problems(actor, order, "reopen"), *too_late(order, terms.reopen_days, at)])
        lines = lines_of([order_id])[order_id]
        restored = _restored(order_id)
        for line in lines:
            line.cancelled -= restored.get(line.pk, ZERO)
        got = promise_lines(actor, [order], {order_id: lines})
        raise_all(lock([order]))
        problems, cut = judge_short(order, lines, got, terms, anew=True)
        raise_all(problems)
        if cut is not None:
            _write(actor, order, restored, cut, at)


def too_late(order: Order, days: int, now: datetime) -> Iterator[DomainError]:
    """A closed order can be reopened for some days."""
    if order.status == OrderStatus.CLOSED and order.ended_at and now > order.ended_at + timedelta(days=days):
        text = _("%(number)s could be reopened for %(days)s days.") % {"number": order.number, "days": days}
        yield DomainError(OrderErrorCode.REOPEN_WINDOW, text)


def _restored(order_id: int) -> dict[int, Decimal]:
    """What the last closing dropped, by line."""
    closing = OrderCancellation.objects.filter(order=order_id, kind=CancellationKind.CLOSE).latest("pk")
    return {int(pk): Decimal(quantity) for pk, quantity in closing.lines.items()}


def _write(actor: Actor, order: Order, restored: dict[int, Decimal], cut: Cut, at: datetime) -> None:
    back = {pk: cut.dropped.get(pk, ZERO) - quantity for pk, quantity in restored.items()}
    move_lines({"cancelled": back, "allocated": cut.promised})
    version = recompute([Touched(order.pk, at, OrderStatus.CONFIRMED, "")])[order.pk].version
    insert_all([row for row in [short_row(actor, order, cut, at)] if row])
    moves = {"cancelled": {pk: -quantity for pk, quantity in restored.items()}, "allocated": cut.promised}
    steps = [told(order, "order.reopened", f"reopened:{version}", moves, {"lines": len(restored)}, at)]
    if cut.dropped:
        steps.append(short_step(order, cut, version, at))
    append(actor, steps, at)
