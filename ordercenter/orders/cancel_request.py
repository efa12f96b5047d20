"""A buyer asks to cancel what the seller has confirmed; the seller grants or declines, the buyer may take it back.

While the wish is pending the order waits for the seller's answer and does not ship (orders §7).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.cancel import (
    REASON_LIMIT,
    Drop,
    answer_requests,
    cancel_all,
    dropped_of,
    line_problems,
    reason_problems,
    write_drops,
)
from ordercenter.orders.confirm import told
from ordercenter.orders.enums import CancellationKind, OrderCancelRequestStatus, OrderStatus, OrderWait
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.hold import lines_of, lock, read_orders, terms_of
from ordercenter.orders.models import Order, OrderCancelRequest, OrderLine
from ordercenter.orders.states import is_buyer, is_seller, move_problems
from ordercenter.orders.statuses import Touched, recompute
from ordercenter.orders.timeline import append
from ordercenter.orders.words import plain


def request_cancel(
    actor: Actor, order_id: int, reason: str, lines: Mapping[int, Decimal] | None = None, at: datetime | None = None
) -> OrderCancelRequest | None:
    """Ask the seller to cancel an order, or quantities of its lines; None: everything that is not shipped.

    Where the buyer may cancel alone, because nothing is confirmed or the seller's setting grants it, it is cancelled at
    once and None returned. Raises INVALID_TRANSITION, PERMISSION_DENIED, ALREADY_SHIPPED, DUPLICATE, CONFLICT.
    """
    raise_all(reason_problems(reason))
    with transaction.atomic():
        order = read_orders(actor, [order_id])[0]
        if _may_alone(actor, order):
            cancel_all(actor, [Drop(order_id, reason, lines)], at)
            return None
        stored = lines_of([order_id])[order_id]
        raise_all([*ask_problems(actor, order), *_quantity_problems(order, stored, Drop(order_id, reason, lines))])
        raise_all(lock([order]))
        return _ask(actor, order, reason, lines, at or order.read_at)


def _may_alone(actor: Actor, order: Order) -> bool:
    grace = terms_of([order.seller_id])[order.seller_id].buyer_may_cancel
    return is_buyer(actor, order) and not any(move_problems(actor, order, "cancel", by_grace=grace))


def ask_problems(actor: Actor, order: Order) -> Iterator[DomainError]:
    """Why this actor cannot ask to cancel this order now."""
    if not (is_buyer(actor, order) and actor.may("orders.place")):
        text = _("Only the buyer of %(number)s asks to cancel it.") % {"number": order.number}
        yield DomainError(CoreErrorCode.PERMISSION_DENIED, text)
    elif order.status != OrderStatus.CONFIRMED:
        text = _("%(number)s is %(status)s: this is not possible now.")
        values = {"number": order.number, "status": OrderStatus(order.status).label}
        yield DomainError(CoreErrorCode.INVALID_TRANSITION, text % values, "status")
    elif order.waiting_for == OrderWait.CANCEL_DECISION:
        text = _("The seller of %(number)s has been asked already.") % {"number": order.number}
        yield DomainError(CoreErrorCode.DUPLICATE, text)


def _quantity_problems(order: Order, lines: Sequence[OrderLine], drop: Drop) -> Iterator[DomainError]:
    yield from line_problems(lines, drop)
    if not any(line.to_ship for line in lines):
        text = _("All of %(number)s has been shipped.") % {"number": order.number}
        yield DomainError(OrderErrorCode.ALREADY_SHIPPED, text)


def _ask(
    actor: Actor, order: Order, reason: str, lines: Mapping[int, Decimal] | None, at: datetime
) -> OrderCancelRequest:
    asked = OrderCancelRequest.objects.create(
        order=order,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        lines=None if lines is None else {str(pk): plain(quantity) for pk, quantity in lines.items()},
        reason=reason,
        asked_at=at,
        asked_by_id=actor.user_id,
    )
    data = {"reason": reason, "lines": 0 if lines is None else len(lines)}
    _tell(actor, order, "order.cancel_requested", asked.pk, data, at)
    return asked


def grant_cancel(actor: Actor, order_id: int, note: str = "", at: datetime | None = None) -> None:
    """The seller cancels what the buyer has asked for, as far as it is not cancelled already; `note` goes to the buyer.

    Stock goes back in the same transaction. Raises INVALID_TRANSITION where nobody asks, PERMISSION_DENIED, CONFLICT.
    """
    raise_all(_note_problems(note))
    with transaction.atomic():
        order, asked = _asked(actor, order_id)
        lines = lines_of([order_id])
        wanted = {line.pk: min(line.to_ship, _wanted(asked, line)) for line in lines[order_id]}
        dropped = dropped_of(order, lines[order_id], wanted, asked.reason)
        write_drops(actor, [dropped], lines, CancellationKind.CANCEL, at, granted=note)


def _wanted(asked: OrderCancelRequest, line: OrderLine) -> Decimal:
    return line.to_ship if asked.lines is None else Decimal(asked.lines.get(str(line.pk), ZERO))


def decline_cancel(actor: Actor, order_id: int, reason: str, at: datetime | None = None) -> None:
    """The seller goes on with the order; the buyer reads why. Raises as `grant_cancel`, and REQUIRED."""
    raise_all(reason_problems(reason))
    with transaction.atomic():
        order, asked = _asked(actor, order_id)
        _answer(actor, order, asked, OrderCancelRequestStatus.DECLINED, reason, at)


def withdraw_cancel(actor: Actor, order_id: int, at: datetime | None = None) -> None:
    """The buyer takes its wish back before the seller has answered. Raises INVALID_TRANSITION, PERMISSION_DENIED."""
    with transaction.atomic():
        order, asked = _asked(actor, order_id, by_buyer=True)
        _answer(actor, order, asked, OrderCancelRequestStatus.WITHDRAWN, "", at)


def _asked(actor: Actor, order_id: int, by_buyer: bool = False) -> tuple[Order, OrderCancelRequest]:
    """The order and its pending request, for the side that may act on it."""
    order = read_orders(actor, [order_id])[0]
    if not may_answer(actor, order, by_buyer):
        text = _("You may not do this with %(number)s.") % {"number": order.number}
        raise DomainError(CoreErrorCode.PERMISSION_DENIED, text)
    pending = OrderCancelRequest.objects.visible_to(actor).filter(order=order, status=OrderCancelRequestStatus.PENDING)
    asked = pending.first() if order.waiting_for == OrderWait.CANCEL_DECISION else None
    if asked is None:
        text = _("Nobody asks to cancel %(number)s.") % {"number": order.number}
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "status")
    return order, asked


def may_answer(actor: Actor, order: Order, by_buyer: bool = False) -> bool:
    """True for who answers a request to cancel: the seller's people, or the buyer's who take it back."""
    if by_buyer:
        return is_buyer(actor, order) and actor.may("orders.place")
    return is_seller(actor, order) and actor.may("orders.confirm")


def _answer(
    actor: Actor,
    order: Order,
    asked: OrderCancelRequest,
    status: OrderCancelRequestStatus,
    text: str,
    at: datetime | None,
) -> None:
    raise_all(lock([order]))
    answer_requests(actor, [order.pk], status, text)
    _tell(actor, order, f"order.cancel_{status.value}", asked.pk, {"reason": text}, at or order.read_at)


def _tell(actor: Actor, order: Order, kind: str, asked_id: int, data: dict[str, object], at: datetime) -> None:
    """Derive what the order waits for, and add the step to its story."""
    version = recompute([Touched(order.pk, at)])[order.pk].version
    step = told(order, kind, f"{kind}:{version}", data=data, at=at)
    append(actor, [replace(step, document_kind="cancel_request", document_id=asked_id)], at)


def _note_problems(note: str) -> list[DomainError]:
    if len(note) <= REASON_LIMIT:
        return []
    text = _("At most %(limit)s characters.") % {"limit": REASON_LIMIT}
    return [DomainError(CoreErrorCode.INVALID, text, "note")]
