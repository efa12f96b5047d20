"""Credit rules for orders that stand: at release, shipping, change and reopening (credit-and-ledger §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from ordercenter.credit.book import CreditAsk, CreditBook, Grace, HoldDraft
from ordercenter.credit.check import check_all, warn
from ordercenter.credit.enums import Bucket, Checkpoint
from ordercenter.credit.later import comes_back, postponed
from ordercenter.credit.moves import Standing, move_all, standing_of
from ordercenter.orders.enums import HoldReason, OrderHoldStatus
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.following import hold_back
from ordercenter.orders.hold_rows import held_step, hold_row, insert_holds
from ordercenter.orders.models import Order, OrderHold
from ordercenter.orders.statuses import Touched, recompute
from ordercenter.orders.timeline import Step, append


@dataclass(slots=True)
class Judged:
    """What the rules said: holds and refusals by order, and where the value stood when they were asked."""

    standing: Standing = field(default_factory=Standing)
    holds: dict[int, tuple[HoldDraft, ...]] = field(default_factory=dict)
    blocked: dict[int, DomainError] = field(default_factory=dict)


def judge(
    actor: Actor,
    book: CreditBook,
    orders: Sequence[Order],
    checkpoint: Checkpoint,
    values: Mapping[int, Decimal] | None = None,
    increases: Mapping[int, Decimal] | None = None,
    cash: Decimal = Decimal(0),
) -> Judged:
    """Ask the rules of a checkpoint under the locks of the book; two statements, none where no credit is controlled.

    `values`: V by order where it is not that of now. `increases`: what is not inside the exposure yet (CHANGE, REOPEN).
    `cash`: what of UNAPPLIED is kept for the order along with it, below 0 where it comes back.
    An order that stands outside the books of credit, as it was there before they were opened, is not asked about.
    """
    if not book:
        return Judged()
    standing = standing_of(order.pk for order in orders)
    known = [order for order in orders if standing.knows(order.pk)]
    graces = graces_of(known)
    asks = [
        CreditAsk(
            order_key=order.pk,
            partnership_id=order.partnership_id,
            currency=order.currency,
            checkpoint=checkpoint,
            value=(values or {}).get(order.pk, order.value),
            increase=None if increases is None else increases.get(order.pk, Decimal(0)),
            inside=standing.total(order.pk, Bucket.HELD, Bucket.LATER),
            cash=cash,
            order_id=order.pk,
            payment_days=order.payment_days,
            graces=() if checkpoint == Checkpoint.REOPEN else graces.get(order.pk, ()),
        )
        for order in known
    ]
    verdicts = check_all(book, asks)
    judged = Judged(standing)
    for order, verdict in zip(known, verdicts, strict=True):
        if verdict.blocked:
            judged.blocked[order.pk] = verdict.blocked
        elif verdict.holds:
            judged.holds[order.pk] = verdict.holds
    if not judged.blocked and any(verdict.warnings for verdict in verdicts):
        warn(actor, book, asks, verdicts)
    return judged


def graces_of(orders: Sequence[Order]) -> dict[int, tuple[Grace, ...]]:
    """Rules that a person has let each order pass for some days; one statement."""
    found: dict[int, tuple[Grace, ...]] = {}
    released = OrderHold.objects.filter(
        order__in=[order.pk for order in orders], status=OrderHoldStatus.RELEASED, grace_until__gt=Now(), rule__gt=0
    )
    for order_id, rule, value in released.values_list("order", "rule", "value"):
        found[order_id] = (*found.get(order_id, ()), Grace(rule or 0, value))
    return found


def lay_holds(orders: Sequence[Order], judged: Judged) -> None:
    """Write the holds that the rules lay on orders; one statement, none for no hold."""
    insert_holds(
        [
            hold_row(order.pk, order.seller_id, order.buyer_id, hold, order.read_at)
            for order in orders
            for hold in judged.holds.get(order.pk, ())
        ]
    )


def rule_step(order: Order, judged: Judged, version: int) -> Step:
    """The step that tells that credit rules have stopped an order."""
    reasons = [hold.reason for hold in judged.holds[order.pk]]
    return held_step(order.pk, order.seller_id, order.buyer_id, reasons, f"held:{version}", order.read_at)


def follow_release(
    actor: Actor,
    book: CreditBook,
    judged: Judged,
    confirmed: Sequence[Order],
    held: Sequence[Order],
    promised_on: date | None,
) -> None:
    """The value of held orders is held; that of orders that ship beyond the horizon waits for its day (§4)."""
    if not book:
        return
    moves = [move for order in held for move in hold_back(judged.standing, order)]
    for order in confirmed:
        ship_on = promised_on or order.promised_on or order.requested_on
        back = comes_back(book, order.partnership_id, order.currency, ship_on)
        if back:
            key = (order.partnership_id, order.currency, order.pk)
            moves += postponed(judged.standing, *key, back, order.version + 1)
    move_all(actor, book, moves)


def stop(actor: Actor, orders: Sequence[Order], judged: Judged) -> None:
    """Write the holds under the lock of their orders, derive and tell; the value stays where it stands."""
    if orders:
        lay_holds(orders, judged)
        derived = recompute([Touched(order.pk, order.read_at) for order in orders])
        append(actor, [rule_step(order, judged, derived[order.pk].version) for order in orders])


def hold_problems(order: Order, lines: Iterable[int] | None = None, index: int | None = None) -> Iterator[DomainError]:
    """ORDER_HELD with the reasons, where a hold stands on the order or on one of these lines (None: on any)."""
    if not order.open_holds:
        return
    held = OrderHold.objects.filter(order=order.pk, status=OrderHoldStatus.HELD)
    if lines is not None:
        held = held.filter(Q(line=None) | Q(line__in=list(lines)))
    reasons = ", ".join(sorted({str(HoldReason(reason).label) for reason in held.values_list("reason", flat=True)}))
    if reasons:
        text = _("%(number)s is on hold (%(reasons)s): release it first.")
        values = {"number": order.number, "reasons": reasons}
        yield DomainError(OrderErrorCode.ORDER_HELD, text % values, None, index)


def void_graces(order: Order) -> None:
    """What a person let pass holds no longer: the order is another one now (credit-and-ledger §5)."""
    OrderHold.objects.filter(order=order, grace_until__gt=Now()).update(grace_until=None)
