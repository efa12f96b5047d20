"""Hold an order, and let it go: each hold is answered by itself, with a reason (orders §7, credit-and-ledger §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from ordercenter.credit.book import CreditBook
from ordercenter.credit.moves import move_all, standing_of
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.cancel import REASON_LIMIT, dropped_of, write_decline, write_drops
from ordercenter.orders.confirm import told
from ordercenter.orders.enums import CancellationKind, HoldReason, OrderHoldStatus, OrderStatus
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.following import let_go, lock_books
from ordercenter.orders.hold import lines_of, lock, read_orders
from ordercenter.orders.hold_rows import held_step
from ordercenter.orders.models import Order, OrderHold, OrderLine
from ordercenter.orders.states import is_seller
from ordercenter.orders.statuses import Touched, recompute
from ordercenter.orders.timeline import Step, append

#: A person who lets an order go means the step it stands before: a day is enough to take it.
LEAST_GRACE = 1
HOLDABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)
#: Who answers holds of these reasons; all others are answered by who confirms.
CREDIT_REASONS = (HoldReason.CREDIT, HoldReason.OVERDUE, HoldReason.PREPAYMENT, HoldReason.PARTNER)


def hold_place(actor: Actor, order_id: int, reason: str, line_id: int | None = None) -> OrderHold:
    """Stop an order, or one line of it, by hand; it is not confirmed and not shipped until the hold is released.

    Raises REASON_REQUIRED, INVALID_TRANSITION, PERMISSION_DENIED, DUPLICATE where it is held by hand already.
    """
    raise_all(_reason_problems(reason))
    with transaction.atomic():
        order = read_orders(actor, [order_id])[0]
        raise_all(_placing_problems(actor, order, line_id))
        raise_all(lock([order]))
        hold = OrderHold(
            order_id=order.pk,
            seller_id=order.seller_id,
            buyer_id=order.buyer_id,
            line_id=line_id,
            reason=HoldReason.MANUAL,
            note=reason.strip(),
            since=order.read_at,
            placed_by_id=actor.user_id,
        )
        hold.save()
        version = recompute([Touched(order.pk, order.read_at)])[order.pk].version
        step = held_step(
            order.pk,
            order.seller_id,
            order.buyer_id,
            [HoldReason.MANUAL.value],
            f"held:{version}",
            order.read_at,
            reason,
        )
        append(actor, [step], order.read_at)
    return hold


def _placing_problems(actor: Actor, order: Order, line_id: int | None) -> Iterator[DomainError]:
    if not (is_seller(actor, order) and actor.may("orders.confirm")):
        text = _("You may not do this with %(number)s.") % {"number": order.number}
        yield DomainError(CoreErrorCode.PERMISSION_DENIED, text)
    elif order.status not in HOLDABLE:
        text = _("%(number)s is %(status)s: this is not possible now.")
        values = {"number": order.number, "status": OrderStatus(order.status).label}
        yield DomainError(CoreErrorCode.INVALID_TRANSITION, text % values, "status")
    if line_id is not None and not OrderLine.objects.filter(pk=line_id, order=order).exists():
        yield not_found("line")
    held = OrderHold.objects.filter(order=order, line=line_id, reason=HoldReason.MANUAL, status=OrderHoldStatus.HELD)
    if held.exists():
        text = _("%(number)s is held by hand already.") % {"number": order.number}
        yield DomainError(CoreErrorCode.DUPLICATE, text)


def may_answer(actor: Actor, hold: OrderHold) -> bool:
    """The seller's people: those who release credit for holds of credit rules, else those who confirm orders."""
    if actor.on_behalf_of is not None or actor.organization_id != hold.seller_id:
        return False
    return actor.may("credit.release" if hold.reason in CREDIT_REASONS else "orders.confirm")


def hold_release(actor: Actor, hold_id: int, reason: str) -> Order:
    """Let an order go as far as this hold stops it; when none is left, its value counts as an open order.

    Where the seller confirms by itself, the order is confirmed next. Raises HOLD_CLOSED, REASON_REQUIRED, NOT_FOUND,
    PERMISSION_DENIED, SELF_APPROVAL for who made the order, or held it by hand and asked others.
    """
    with transaction.atomic():
        hold, order, book = _answering(actor, hold_id, reason)
        left = _others(order, hold)
        if book and not any(one.checkpoint != "ship" and one.reason in CREDIT_REASONS for one in left):
            move_all(actor, book, let_go(standing_of([order.pk]), order))
        raise_all(lock([order]))
        days = max(hold.grace_days, LEAST_GRACE) if hold.rule else 0
        _answer(actor, [hold], OrderHoldStatus.RELEASED, reason, order.read_at, days, order)
        version = recompute([Touched(order.pk, order.read_at)])[order.pk].version
        append(actor, [_step(order, "order.hold_released", version, [hold], reason)], order.read_at)
    return order


def hold_reject(actor: Actor, hold_id: int, reason: str) -> Order:
    """Refuse to let the order go: one that awaits confirmation is declined, of a confirmed one the open rest cancelled.

    Raises as `hold_release`; who made the order may give it up.
    """
    with transaction.atomic():
        hold, order, book = _answering(actor, hold_id, reason, rejects=True)
        lines = lines_of([order.pk])
        if order.status == OrderStatus.PLACED:
            write_decline(actor, order, lines, reason.strip(), order.read_at, book, rejected=hold.pk)
        else:
            rest = {line.pk: line.to_ship for line in lines[order.pk]}
            dropped = dropped_of(order, lines[order.pk], rest, reason.strip())
            write_drops(actor, [dropped], lines, CancellationKind.CANCEL, None, rejected=hold.pk)
    return order


def _answering(actor: Actor, hold_id: int, reason: str, rejects: bool = False) -> tuple[OrderHold, Order, CreditBook]:
    """The hold with its order, under the locks of credit; all that speaks against answering it is raised."""
    hold = OrderHold.objects.visible_to(actor).filter(pk=hold_id).first()
    if hold is None:
        raise not_found("hold")
    order = read_orders(actor, [hold.order_id])[0]
    problems = _reason_problems(reason)
    if not may_answer(actor, hold):
        text = _("You may not do this with %(number)s.") % {"number": order.number}
        problems.append(DomainError(CoreErrorCode.PERMISSION_DENIED, text))
    elif not rejects and order.placed_by_id and order.placed_by_id == actor.user_id:
        text = _("You made %(number)s: somebody else has to release it.") % {"number": order.number}
        problems.append(DomainError(OrderErrorCode.SELF_APPROVAL, text))
    raise_all(problems)
    book = lock_books([order])
    hold.refresh_from_db(fields=["status"])
    if hold.status != OrderHoldStatus.HELD:
        text = _("This hold of %(number)s has been answered already.") % {"number": order.number}
        raise DomainError(OrderErrorCode.HOLD_CLOSED, text)
    return hold, order, book


def _others(order: Order, hold: OrderHold) -> list[OrderHold]:
    return list(OrderHold.objects.filter(order=order, status=OrderHoldStatus.HELD).exclude(pk=hold.pk))


def _answer(
    actor: Actor,
    holds: Sequence[OrderHold],
    status: OrderHoldStatus,
    reason: str,
    at: datetime,
    days: int = 0,
    order: Order | None = None,
) -> None:
    """Answer holds under the lock of their order; HOLD_CLOSED where somebody was faster."""
    values: dict[str, object] = {"status": status, "answer": reason.strip(), "answered_at": at}
    values["answered_by"] = actor.user_id
    if days and order is not None:
        values |= {"grace_until": at + timedelta(days=days), "value": max(order.value, ZERO)}
    rows = OrderHold.objects.filter(pk__in=[hold.pk for hold in holds], status=OrderHoldStatus.HELD)
    if rows.update(**values) != len(holds):
        raise DomainError(OrderErrorCode.HOLD_CLOSED, OrderErrorCode.HOLD_CLOSED.label)


def released_by_rules(actor: Actor, hold_ids: Sequence[int]) -> None:
    """The rules themselves let these holds go: mark them, and tell; orders whose last hold it was go on.

    Called by the room of credit with the credit accounts locked; five statements for any number of orders.
    """
    holds = list(OrderHold.objects.filter(pk__in=hold_ids, status=OrderHoldStatus.HELD).order_by("pk"))
    by_order: dict[int, list[OrderHold]] = {}
    for hold in holds:
        by_order.setdefault(hold.order_id, []).append(hold)
    if not by_order:
        return
    locked = Order.objects.filter(pk__in=sorted(by_order)).order_by("pk").select_for_update(no_key=True)
    orders = list(locked)
    at = database_now()
    _answer(actor, holds, OrderHoldStatus.RELEASED, "", at)
    derived = recompute([Touched(order.pk, at) for order in orders])
    steps = [
        _step(order, "order.hold_released", derived[order.pk].version, by_order[order.pk], "", at) for order in orders
    ]
    append(actor, steps, at)


def _step(
    order: Order, kind: str, version: int, holds: Iterable[OrderHold], reason: str, at: datetime | None = None
) -> Step:
    data: dict[str, object] = {"reasons": sorted({hold.reason for hold in holds}), "reason": reason.strip()}
    return told(order, kind, f"{kind.removeprefix('order.')}:{version}", data=data, at=at or order.read_at)


def _reason_problems(reason: str) -> list[DomainError]:
    if not reason.strip():
        return [DomainError(OrderErrorCode.REASON_REQUIRED, _("Say why."), "reason")]
    if len(reason) > REASON_LIMIT:
        text = _("At most %(limit)s characters.") % {"limit": REASON_LIMIT}
        return [DomainError(CoreErrorCode.INVALID, text, "reason")]
    return []
