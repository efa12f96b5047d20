"""Stop an order before anything was delivered: the seller says no, or one side drops it or a part of it (orders §7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from ordercenter.credit.book import CreditBook
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.confirm import told
from ordercenter.orders.enums import (
    CancellationKind,
    OrderCancelRequestStatus,
    OrderHoldStatus,
    OrderStatus,
    OrderWait,
)
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.following import cancelled, lock_books, stopped, uses_funds
from ordercenter.orders.hold import LinesByOrder, lines_of, lock, move_lines, read_orders, terms_of
from ordercenter.orders.models import Order, OrderCancellation, OrderCancelRequest, OrderHold, OrderLine
from ordercenter.orders.promise import give_back
from ordercenter.orders.states import move_problems
from ordercenter.orders.statuses import Touched, recompute
from ordercenter.orders.store import insert_all
from ordercenter.orders.timeline import append
from ordercenter.orders.words import plain

REASON_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Drop:
    """What is to be dropped of an order and why; `lines` None: everything."""

    order_id: int
    reason: str
    lines: Mapping[int, Decimal] | None = None


@dataclass(slots=True)
class Dropped:
    """What one order loses: cancelled quantities by line, and how much of them was promised from stock."""

    order: Order
    reason: str
    cancelled: dict[int, Decimal]
    freed: dict[int, Decimal]
    whole: bool

    def answers(self, lines: Sequence[OrderLine]) -> bool:
        """True where the buyer has asked to cancel, and nothing is left that could be."""
        waits = self.order.waiting_for == OrderWait.CANCEL_DECISION
        return waits and all(line.to_ship == self.cancelled.get(line.pk, ZERO) for line in lines)


def decline(actor: Actor, order_id: int, reason: str, at: datetime | None = None) -> None:
    """The seller refuses an order it has not confirmed; a reason is asked. No stock was promised to it."""
    raise_all(reason_problems(reason))
    with transaction.atomic():
        order = read_orders(actor, [order_id])[0]
        raise_all(move_problems(actor, order, "decline"))
        lines: LinesByOrder = lines_of([order_id]) if needs_lines(order) else {order_id: []}
        write_decline(actor, order, lines, reason, at or order.read_at, lock_books([order]))


def needs_lines(order: Order) -> bool:
    """True where money has to follow the lines of an order."""
    return bool(order.credit_on or order.promoted or uses_funds(order))


def write_decline(
    actor: Actor,
    order: Order,
    lines: LinesByOrder,
    reason: str,
    at: datetime,
    book: CreditBook,
    rejected: int | None = None,
) -> None:
    """Decline an order under the lock of its credit account: all that it held is free. `rejected`: by which hold."""
    stopped(actor, book, [order], lines)
    raise_all(lock([order]))
    close_holds(actor, [order], reason, at)
    version = recompute([Touched(order.pk, at, OrderStatus.DECLINED, reason)])[order.pk].version
    data: dict[str, object] = {"reason": reason}
    if rejected:
        data["hold"] = rejected
    append(actor, [told(order, "order.declined", f"declined:{version}", data=data, at=at)], at)


def close_holds(actor: Actor, orders: Sequence[Order], reason: str, at: datetime) -> None:
    """Orders that are stopped for good wait for nobody: their holds end, in one statement; none without holds."""
    held = [order.pk for order in orders if order.open_holds]
    if held:
        OrderHold.objects.filter(order__in=held, status=OrderHoldStatus.HELD).update(
            status=OrderHoldStatus.REJECTED, answer=reason, answered_at=at, answered_by=actor.user_id
        )


def cancel(actor: Actor, order_id: int, reason: str, lines: Mapping[int, Decimal] | None = None) -> None:
    """Cancel one order, or quantities of its lines; see `cancel_all`."""
    cancel_all(actor, [Drop(order_id, reason, lines)])


def cancel_all(actor: Actor, drops: Sequence[Drop], at: datetime | None = None) -> None:
    """Drop orders or parts of them; stock goes back in the same transaction, and a reason is asked.

    The buyer may up to PLACED, and later where the seller's settings say so; the seller while nothing has left.
    Quantities of lines can be dropped as far as they are not shipped. Raises INVALID_TRANSITION, ALREADY_SHIPPED,
    PERMISSION_DENIED, REQUIRED, CONFLICT.
    """
    raise_all(problem for drop in drops for problem in reason_problems(drop.reason))
    with transaction.atomic():
        orders = read_orders(actor, [drop.order_id for drop in drops])
        terms = terms_of(order.seller_id for order in orders)
        lines = lines_of(order.pk for order in orders)
        problems: list[DomainError] = []
        dropped: list[Dropped] = []
        for index, (order, drop) in enumerate(zip(orders, drops, strict=True)):
            at_index = index if len(orders) > 1 else None
            grace = terms[order.seller_id].buyer_may_cancel
            found = [
                problem
                for problem in move_problems(actor, order, "cancel", at_index, grace)
                if drop.lines is None or problem.code != OrderErrorCode.ALREADY_SHIPPED
            ]
            found += line_problems(lines[order.pk], drop)
            problems += found
            if not found:
                dropped.append(_dropped(order, lines[order.pk], drop))
        raise_all(problems)
        write_drops(actor, dropped, lines, CancellationKind.CANCEL, at)


def write_drops(
    actor: Actor,
    dropped: Sequence[Dropped],
    lines: Mapping[int, Sequence[OrderLine]],
    kind: CancellationKind,
    at: datetime | None,
    granted: str | None = None,
    rejected: int | None = None,
) -> None:
    """Lock, give stock back, free what money was promised, lower the lines, derive and tell: cancelling and closing.

    `granted`: what the seller says to the buyer who had asked for it. `rejected`: the hold that ended it.
    """
    orders = [one.order for one in dropped]
    cancelled(actor, lock_books(orders), orders, lines, {one.order.pk: one.cancelled for one in dropped})
    factors = {line.pk: line.factor for order in orders for line in lines[order.pk]}
    # Stock before orders, as everywhere; if an order has moved meanwhile, all of this is undone.
    give_back(actor, ((pk, quantity, factors[pk]) for one in dropped for pk, quantity in one.freed.items()))
    raise_all(lock(orders))
    answered = [one.order.pk for one in dropped if granted is not None or one.answers(lines[one.order.pk])]
    answer_requests(actor, answered, OrderCancelRequestStatus.GRANTED, granted or "")
    move_lines(
        {
            "cancelled": {pk: quantity for one in dropped for pk, quantity in one.cancelled.items()},
            "allocated": {pk: -quantity for one in dropped for pk, quantity in one.freed.items()},
        }
    )
    ended = [one.order for one in dropped if one.whole or rejected]
    close_holds(actor, ended, dropped[0].reason, at or dropped[0].order.read_at)
    event, status = ENDS[kind]
    instants = {one.order.pk: at or one.order.read_at for one in dropped}
    derived = recompute(
        [
            Touched(
                one.order.pk, instants[one.order.pk], status if one.whole else None, one.reason if one.whole else None
            )
            for one in dropped
        ]
    )
    insert_all([_row(actor, one, kind, instants[one.order.pk]) for one in dropped])
    steps = []
    for one in dropped:
        now = derived[one.order.pk]
        moves = {"cancelled": one.cancelled, "allocated": {pk: -quantity for pk, quantity in one.freed.items()}}
        data = {"reason": one.reason, "lines": len(one.cancelled), "whole": one.whole}
        if granted is not None:
            data["granted"] = granted
        if rejected:
            data["hold"] = rejected
        instant = instants[one.order.pk]
        steps.append(told(one.order, event, f"{kind.value}:{now.version}", moves, data, instant))
        if now.completed:
            steps.append(told(one.order, "order.completed", f"completed:{now.version}", at=instant))
    append(actor, steps, at)


def answer_requests(actor: Actor, order_ids: Sequence[int], status: OrderCancelRequestStatus, text: str) -> None:
    """Answer the pending requests of orders that the caller has locked; one statement, none for no order."""
    if order_ids:
        pending = OrderCancelRequest.objects.filter(order__in=order_ids, status=OrderCancelRequestStatus.PENDING)
        pending.update(status=status, answer=text, answered_at=Now(), answered_by=actor.user_id)


ENDS = {
    CancellationKind.CANCEL: ("order.cancelled", OrderStatus.CANCELLED),
    CancellationKind.CLOSE: ("order.closed", OrderStatus.CLOSED),
}


def line_problems(lines: Sequence[OrderLine], drop: Drop) -> list[DomainError]:
    """What is wrong with the quantities asked for; the index is their place in the request."""
    if drop.lines is None:
        return [_invoiced(line, None) for line in lines if line.kind != "charge" and line.invoiced > line.shipped]
    by_id = {line.pk: line for line in lines}
    problems: list[DomainError] = []
    if not drop.lines:
        problems.append(DomainError(CoreErrorCode.REQUIRED, _("Name a line."), "lines"))
    for index, (line_id, quantity) in enumerate(drop.lines.items()):
        line = by_id.get(line_id)
        if line is None:
            problems.append(not_found("lines", index))
        elif quantity <= 0:
            text = _("The quantity must be greater than 0.")
            problems.append(DomainError(OrderErrorCode.QUANTITY_INVALID, text, "quantity", index))
        elif quantity > line.to_ship:
            text = _("Of %(sku)s only %(open)s are still to be shipped.")
            values = {"sku": line.sku, "open": plain(line.to_ship)}
            problems.append(DomainError(OrderErrorCode.ALREADY_SHIPPED, text % values, "quantity", index))
        elif quantity > line.open_quantity - line.invoiced:
            problems.append(_invoiced(line, index))
        elif quantity != round(quantity, line.uom.exponent):
            # What is left has to be shippable: half a piece never is.
            text = _("A quantity of %(sku)s may have %(decimals)s decimals at most.")
            places = {"sku": line.sku, "decimals": line.uom.exponent}
            problems.append(DomainError(OrderErrorCode.QUANTITY_PRECISION, text % places, "quantity", index))
    return problems


def _invoiced(line: OrderLine, index: int | None) -> DomainError:
    text = _("Of %(sku)s %(invoiced)s are invoiced already: they stay ordered.")
    values = {"sku": line.sku, "invoiced": plain(line.invoiced)}
    return DomainError(OrderErrorCode.ALREADY_INVOICED, text % values, "quantity", index)


def _dropped(order: Order, lines: Sequence[OrderLine], drop: Drop) -> Dropped:
    asked = {line.pk: line.to_ship for line in lines} if drop.lines is None else drop.lines
    return dropped_of(order, lines, asked, drop.reason)


def dropped_of(order: Order, lines: Sequence[OrderLine], asked: Mapping[int, Decimal], reason: str) -> Dropped:
    """What a line waits for goes first; only the rest of what is dropped was promised and is given back.

    What is invoiced stays ordered, such as the freight of an order that is closed.
    """
    kept = {line.pk: line.open_quantity - line.invoiced for line in lines}
    cancelled = {line.pk: some for line in lines if (some := min(asked.get(line.pk, ZERO), kept[line.pk]))}
    freed = {
        line.pk: free
        for line in lines
        if line.pk in cancelled and (free := max(ZERO, cancelled[line.pk] - line.backordered))
    }
    whole = all(line.open_quantity == cancelled.get(line.pk, ZERO) for line in lines)
    return Dropped(order, reason, cancelled, freed, whole)


def _row(actor: Actor, one: Dropped, kind: CancellationKind, at: datetime) -> OrderCancellation:
    return OrderCancellation(
        order_id=one.order.pk,
        seller_id=one.order.seller_id,
        buyer_id=one.order.buyer_id,
        kind=kind,
        lines={str(pk): plain(quantity) for pk, quantity in one.cancelled.items()},
        reason=one.reason,
        at=at,
        actor_user_id=actor.user_id,
    )


def reason_problems(reason: str) -> list[DomainError]:
    """A reason is asked of whoever stops an order."""
    if len(reason) > REASON_LIMIT:
        text = _("At most %(limit)s characters.") % {"limit": REASON_LIMIT}
        return [DomainError(CoreErrorCode.INVALID, text, "reason")]
    if reason.strip():
        return []
    return [DomainError(CoreErrorCode.REQUIRED, _("Say why."), "reason")]
