"""Drop the open rest of an order that shipped something, and take it up again (orders §7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, raise_all
from ordercenter.credit.book import CreditBook
from ordercenter.credit.enums import Checkpoint
from ordercenter.orders.arithmetic import ZERO, LineCalculator
from ordercenter.orders.call_offs import raise_call_offs
from ordercenter.orders.cancel import dropped_of, reason_problems, write_drops
from ordercenter.orders.checkpoints import Judged, judge, lay_holds, rule_step, void_graces
from ordercenter.orders.confirm import Cut, judge_short, promise_lines, short_row, short_step, told
from ordercenter.orders.enums import CancellationKind, OrderStatus
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.following import cancelled, fund_again, lock_books, reopened, value_between
from ordercenter.orders.hold import lines_of, lock, move_lines, read_orders, terms_of
from ordercenter.orders.models import Order, OrderCancellation, OrderLine
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

    Fund accounts promise again what they paid of it. What a credit rule holds is open again, takes no stock and waits.
    Raises INVALID_TRANSITION, REOPEN_WINDOW, FUND_INSUFFICIENT where that money is used up, PROMOTION_CHANGED where a
    promotion's limit is, STOCK_SHORT where the order may not wait, CREDIT_BLOCKED, CONFLICT.
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
        book = lock_books([order])
        cash = fund_again(actor, book, order, [line for line in lines if line.pk in restored])
        values = _values(order, lines, restored)
        judged = _judge(actor, book, order, sum(values.values(), ZERO), cash)
        reopened(actor, book, order, lines, values, bool(judged.holds), cash)
        raise_call_offs(actor, order, lines, {line.pk: line.open_quantity for line in lines if line.pk in restored})
        got = {} if judged.holds else promise_lines(actor, [order], {order_id: lines})
        raise_all(lock([order]))
        problems, cut = ([], Cut({}, {})) if judged.holds else judge_short(order, lines, got, terms, anew=True)
        raise_all(problems)
        if cut is not None:
            if cut.dropped:
                cancelled(actor, book, [order], {order_id: lines}, {order_id: cut.dropped})
            _write(actor, order, restored, cut, at, judged)


def too_late(order: Order, days: int, now: datetime) -> Iterator[DomainError]:
    """A closed order can be reopened for some days."""
    if order.status == OrderStatus.CLOSED and order.ended_at and now > order.ended_at + timedelta(days=days):
        text = _("%(number)s could be reopened for %(days)s days.") % {"number": order.number, "days": days}
        yield DomainError(OrderErrorCode.REOPEN_WINDOW, text)


def _restored(order_id: int) -> dict[int, Decimal]:
    """What the last closing dropped, by line."""
    closing = OrderCancellation.objects.filter(order=order_id, kind=CancellationKind.CLOSE).latest("pk")
    return {int(pk): Decimal(quantity) for pk, quantity in closing.lines.items()}


def _judge(actor: Actor, book: CreditBook, order: Order, value: Decimal, cash: Decimal) -> Judged:
    """The rules of REOPEN: the value comes in anew, and no grace of before counts. Raises CREDIT_BLOCKED."""
    values = {order.pk: order.value + value}
    judged = judge(actor, book, [order], Checkpoint.REOPEN, values, {order.pk: value}, cash)
    raise_all(judged.blocked.values())
    return judged


def _values(order: Order, lines: Sequence[OrderLine], restored: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """What each restored part is worth; `lines` stand as they will, restored."""
    calculator = LineCalculator(order.currency, order.tax_included)
    return {
        line.pk: value_between(line, line.open_quantity - restored[line.pk], line.open_quantity, calculator)
        for line in lines
        if line.pk in restored
    }


def _write(actor: Actor, order: Order, restored: dict[int, Decimal], cut: Cut, at: datetime, judged: Judged) -> None:
    back = {pk: cut.dropped.get(pk, ZERO) - quantity for pk, quantity in restored.items()}
    move_lines({"cancelled": back, "allocated": cut.promised})
    lay_holds([order], judged)
    void_graces(order)
    version = recompute([Touched(order.pk, at, OrderStatus.CONFIRMED, "")])[order.pk].version
    insert_all([row for row in [short_row(actor, order, cut, at)] if row])
    moves = {"cancelled": {pk: -quantity for pk, quantity in restored.items()}, "allocated": cut.promised}
    steps = [told(order, "order.reopened", f"reopened:{version}", moves, {"lines": len(restored)}, at)]
    if cut.dropped:
        steps.append(short_step(order, cut, version, at))
    if order.pk in judged.holds:
        steps.append(rule_step(order, judged, version))
    append(actor, steps, at)
