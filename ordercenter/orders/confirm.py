"""The seller says yes: stock is promised by the order's policy, and what will not come is cut (orders §4, stock §4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from ordercenter.credit.book import CreditBook
from ordercenter.credit.enums import Checkpoint
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.checkpoints import follow_release, judge, stop
from ordercenter.orders.enums import CancellationKind, OrderStatus
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.following import cancelled, lock_benefits, lock_books
from ordercenter.orders.hold import LinesByOrder, SellerTerms, lines_of, lock, move_lines, read_orders, terms_of
from ordercenter.orders.models import Order, OrderCancellation, OrderLine
from ordercenter.orders.promise import Wanted, promise
from ordercenter.orders.short import drops_rest, refuses_short
from ordercenter.orders.states import move_problems
from ordercenter.orders.statuses import Touched, recompute
from ordercenter.orders.store import insert_all
from ordercenter.orders.timeline import Step, append
from ordercenter.orders.words import plain


@dataclass(slots=True)
class Outcome:
    """What a call over several orders did: ids of those it moved, and why it did not move the others.

    `held`: those that a credit rule has stopped; they wait, with holds that say why.
    """

    done: list[int] = field(default_factory=list)
    refused: list[DomainError] = field(default_factory=list)
    held: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Cut:
    """What stock said of one order: promised and dropped quantities by line."""

    promised: dict[int, Decimal]
    dropped: dict[int, Decimal]


def confirm(actor: Actor, order_id: int, promised_on: date | None = None) -> Outcome:
    """Confirm one order; see `confirm_all`."""
    return confirm_all(actor, [order_id], promised_on=promised_on)


def confirm_all(
    actor: Actor,
    order_ids: Sequence[int],
    at: datetime | None = None,
    each_by_itself: bool = False,
    promised_on: date | None = None,
) -> Outcome:
    """Confirm orders and promise them stock; the same number of statements for any number of orders and lines.

    All or none, unless `each_by_itself`: then good ones are confirmed and the others come back as errors with their
    index. `promised_on`: the day the seller promises, kept on order and lines. An order that a credit rule stops at its
    release takes no stock and comes back as held. Raises INVALID_TRANSITION, PERMISSION_DENIED, CONFLICT, ORDER_HELD,
    CREDIT_BLOCKED; STOCK_SHORT where the order may not wait.
    """
    moved: dict[int, list[DomainError]] = {}
    while True:
        try:
            with transaction.atomic():
                done, refused, held = _attempt(actor, order_ids, at, moved, each_by_itself, promised_on)
                _promise_day(done, promised_on)
            break
        except MovedMeanwhile as others:
            moved |= others.by_order
    return Outcome(done, list(_indexed(order_ids, refused)), held)


def confirm_each(actor: Actor, order_ids: Sequence[int | None], at: datetime | None = None) -> Outcome:
    """Confirm those that can be, each whole or not at all, in one transaction; the others come back as errors by index.

    NOT_FOUND for what is no order of the actor's (None: not even an id of one), DUPLICATE for one that is named again,
    and what `confirm_all` says of the rest.
    """
    asked = {pk for pk in order_ids if pk is not None}
    known = set(Order.objects.visible_to(actor).filter(pk__in=asked).values_list("pk", flat=True))
    places: dict[int, int] = {}
    refused: list[DomainError] = []
    for index, pk in enumerate(order_ids):
        if pk is None or pk not in known:
            refused.append(not_found("ids", index))
        elif pk in places:
            refused.append(DomainError(CoreErrorCode.DUPLICATE, _("This order is named twice."), "ids", index))
        else:
            places[pk] = index
    if not places:
        return Outcome(refused=refused)
    outcome = confirm_all(actor, list(places), at, each_by_itself=True)
    where = list(places.values())
    for problem in outcome.refused:
        problem.index = where[problem.index or 0]
    refused = sorted([*refused, *outcome.refused], key=lambda problem: problem.index or 0)
    return Outcome(outcome.done, refused, outcome.held)


def _promise_day(order_ids: Sequence[int], day: date | None) -> None:
    if day is not None:
        Order.objects.filter(pk__in=order_ids).update(promised_on=day)
        OrderLine.objects.filter(order__in=order_ids).update(promised_on=day)


class MovedMeanwhile(Exception):
    """Orders that somebody else changed while stock was being promised to them: the others are tried again."""

    def __init__(self, by_order: dict[int, list[DomainError]]) -> None:
        self.by_order = by_order


def _indexed(order_ids: Sequence[int], refused: dict[int, list[DomainError]]) -> Iterator[DomainError]:
    for index, pk in enumerate(order_ids):
        for problem in refused.get(pk, ()):
            problem.index = index if len(order_ids) > 1 else None
            yield problem


def _attempt(
    actor: Actor,
    order_ids: Sequence[int],
    at: datetime | None,
    moved: dict[int, list[DomainError]],
    each_by_itself: bool,
    promised_on: date | None,
) -> tuple[list[int], dict[int, list[DomainError]], list[int]]:
    """One transaction: ids of the orders that were confirmed, why the others were not, and ids of those held."""
    orders = read_orders(actor, order_ids)
    refused = moved | {
        order.pk: problems for order in orders if (problems := list(move_problems(actor, order, "confirm")))
    }
    good = [order for order in orders if order.pk not in refused]
    book = lock_books(good) if each_by_itself or not refused else CreditBook()
    judged = judge(actor, book, good, Checkpoint.RELEASE)
    refused |= {pk: [problem] for pk, problem in judged.blocked.items()}
    if refused and not each_by_itself:
        raise_all(_indexed(order_ids, refused))
    going = [order for order in good if order.pk not in judged.holds and order.pk not in judged.blocked]
    held = [order for order in good if order.pk in judged.holds]
    lines = lines_of(order.pk for order in going)
    terms = terms_of(order.seller_id for order in going)
    lock_benefits(going)
    got = promise_lines(actor, going, lines)
    both = [*going, *held]
    conflicts = {both[problem.index or 0].pk: [problem] for problem in lock(both)}
    if conflicts and each_by_itself:
        raise MovedMeanwhile(conflicts)
    cuts: dict[int, Cut] = {}
    for order in going:
        problems, cut = judge_short(order, lines[order.pk], got, terms[order.seller_id])
        if cut is not None:
            cuts[order.pk] = cut
        else:
            conflicts[order.pk] = problems
    if conflicts and not each_by_itself:
        raise_all(_indexed(order_ids, conflicts))
    confirmed = [order for order in going if order.pk in cuts]
    follow_release(actor, book, judged, confirmed, held, promised_on)
    _cancel_cut(actor, book, confirmed, lines, cuts)
    _write(actor, confirmed, cuts, at)
    stop(actor, held, judged)
    return list(cuts), refused | conflicts, [order.pk for order in held]


def _cancel_cut(
    actor: Actor, book: CreditBook, orders: Sequence[Order], lines: LinesByOrder, cuts: dict[int, Cut]
) -> None:
    """What is cut because stock is short frees credit, caps and funds as any other cancelling."""
    short = [order for order in orders if cuts[order.pk].dropped]
    if short:
        cancelled(actor, book, short, lines, {order.pk: cuts[order.pk].dropped for order in short})


def _write(actor: Actor, orders: Sequence[Order], cuts: dict[int, Cut], at: datetime | None) -> None:
    if not orders:
        return
    move_lines(
        {
            "allocated": {pk: q for cut in cuts.values() for pk, q in cut.promised.items()},
            "cancelled": {pk: q for cut in cuts.values() for pk, q in cut.dropped.items()},
        }
    )
    instants = {order.pk: at or order.read_at for order in orders}
    recompute([Touched(order.pk, instants[order.pk], OrderStatus.CONFIRMED) for order in orders])
    insert_all([row for order in orders if (row := short_row(actor, order, cuts[order.pk], instants[order.pk]))])
    append(actor, [step for order in orders for step in _steps(order, cuts[order.pk], instants[order.pk])], at)


def promise_lines(actor: Actor, orders: Sequence[Order], lines: LinesByOrder) -> dict[int, Decimal]:
    """Promise stock to everything that is open and not promised; what each line got, in its uom."""
    got: dict[int, Decimal] = {}
    for seller_id in sorted({order.seller_id for order in orders}):
        mine = [order for order in orders if order.seller_id == seller_id]
        wanted = [wish for order in mine for line in lines[order.pk] if (wish := wanted_of(order, line))]
        got.update(promise(actor, seller_id, wanted))
    return got


def wanted_of(order: Order, line: OrderLine) -> Wanted | None:
    """What a line still wants from stock."""
    if line.variant_id is None or line.backordered <= 0:
        return None
    return Wanted(
        line_id=line.pk,
        order_id=order.pk,
        variant_id=line.variant_id,
        position=line.position,
        quantity=line.backordered,
        factor=line.factor,
        exponent=line.uom.exponent,
        policy=order.short_policy,
        placed_at=order.placed_at,
    )


def judge_short(
    order: Order, lines: Sequence[OrderLine], got: dict[int, Decimal], terms: SellerTerms, anew: bool = False
) -> tuple[list[DomainError], Cut | None]:
    """What shortage does to an order: nothing (it waits), a cut, or STOCK_SHORT.

    `anew`: what the order has had before does not count, as when it is reopened: to get nothing is to be refused.
    """
    promised = {line.pk: got[line.pk] for line in lines if line.pk in got}
    short = {
        line.pk: missing for line in lines if line.variant_id and (missing := line.backordered - got.get(line.pk, ZERO))
    }
    if not short:
        return [], Cut(promised, {})
    left = bool(promised) or (not anew and any(line.allocated or line.shipped for line in lines))
    if refuses_short(order.short_policy, terms.takes_backorders, left):
        text = _("%(number)s: not enough stock of %(skus)s.")
        skus = ", ".join(line.sku for line in lines if line.pk in short)
        return [DomainError(OrderErrorCode.STOCK_SHORT, text % {"number": order.number, "skus": skus})], None
    return [], Cut(promised, short if drops_rest(order.short_policy, terms.takes_backorders) else {})


def short_row(actor: Actor, order: Order, cut: Cut, at: datetime) -> OrderCancellation | None:
    """The record of what was dropped because stock was short."""
    if not cut.dropped:
        return None
    return OrderCancellation(
        order_id=order.pk,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        kind=CancellationKind.SHORT,
        lines={str(pk): plain(quantity) for pk, quantity in cut.dropped.items()},
        reason=CancellationKind.SHORT.value,
        at=at,
        actor_user_id=actor.user_id,
    )


def _steps(order: Order, cut: Cut, at: datetime) -> list[Step]:
    version = order.version + 1
    steps = [told(order, "order.confirmed", f"confirmed:{version}", {"allocated": cut.promised}, at=at)]
    if cut.dropped:
        steps.append(short_step(order, cut, version, at))
    return steps


def short_step(order: Order, cut: Cut, version: int, at: datetime) -> Step:
    """The step that tells of quantities dropped for want of stock."""
    data = {"reason": CancellationKind.SHORT.value, "lines": len(cut.dropped)}
    return told(order, "order.cancelled", f"short:{version}", {"cancelled": cut.dropped}, data, at)


def told(
    order: Order,
    kind: str,
    key: str,
    moves: dict[str, dict[int, Decimal]] | None = None,
    data: dict[str, object] | None = None,
    at: datetime | None = None,
) -> Step:
    """A step of an order's story."""
    return Step(order.pk, order.seller_id, order.buyer_id, kind, key, moves or {}, data or {}, at=at)
