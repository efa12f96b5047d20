"""What follows when quantities of orders move: credit, funds, caps and coupons (credit-and-ledger §4, promotions §5).

The locks of all of it come before those of stock and orders: credit accounts, fund accounts, caps and coupons. An order
that uses none of it costs no statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from marketplace.core.actor import Actor
from ordercenter.credit.book import CreditBook, CreditMove
from ordercenter.credit.enums import UNSHIPPED, Bucket
from ordercenter.credit.later import recalled
from ordercenter.credit.locking import lock_credit
from ordercenter.credit.moves import Standing, move_all, standing_of, taken_from, whole_of
from ordercenter.ledger.funds.again import promise_again_all
from ordercenter.ledger.funds.reserve import FundMoved, FundPart, FundUsePart
from ordercenter.ledger.funds.reserve import free_all as release_funds
from ordercenter.ledger.funds.take import lock_funds
from ordercenter.orders.arithmetic import ZERO, LineCalculator
from ordercenter.orders.models import Order, OrderLine
from ordercenter.promotions.life import free_all as free_promotions
from ordercenter.promotions.life import lock_applied
from ordercenter.promotions.life import take_again_all as take_promotions_again
from ordercenter.promotions.life import use_all as use_promotions
from ordercenter.promotions.terms import LinePart

Lines = Mapping[int, Sequence[OrderLine]]
#: By order and line: the quantity that is moved, in the line's uom.
Moved = Mapping[int, Mapping[int, Decimal]]


def lock_books(orders: Iterable[Order]) -> CreditBook:
    """Lock the credit accounts of orders, level 1, before all else; nothing where no seller controls credit."""
    return lock_credit({(order.partnership_id, order.currency) for order in orders if order.credit_on})


def lock_benefits(orders: Iterable[Order]) -> None:
    """Lock what funds and promotions hold for orders, levels 2 and 3, before stock and the orders themselves."""
    orders = list(orders)
    if purses := {order.partnership_id for order in orders if uses_funds(order)}:
        lock_funds(sorted(purses))
    if promoted := sorted(order.pk for order in orders if order.promoted):
        lock_applied(promoted)


def uses_funds(order: Order) -> bool:
    """True where fund accounts were reserved for it."""
    return bool(order.funded or order.reduction)


def value_between(line: OrderLine, start: Decimal, end: Decimal, calculator: LineCalculator) -> Decimal:
    """V of the units from `start` to `end` of a line: what is owed for them and not to be paid from funds."""
    part, whole = calculator.part, line.quantity
    gross = part(line.gross, end, whole) - part(line.gross, start, whole)
    return gross - part(line.funded, end, whole) + part(line.funded, start, whole)


def cancelled(actor: Actor, book: CreditBook, orders: Sequence[Order], lines: Lines, dropped: Moved) -> None:
    """Free what the cancelled part of orders held; `lines` as they stood before.

    Takes the locks of levels 2 and 3, so it runs before stock and the orders are locked: who then finds that an order
    has moved meanwhile undoes all of it.
    """
    free_funds(actor, book, [order for order in orders if uses_funds(order)], lines, dropped)
    promoted = [order for order in orders if order.promoted]
    if promoted:
        lock_applied([order.pk for order in promoted])
        free_promotions(actor, list(_cancelled_parts(promoted, lines, dropped)), wholly(promoted, lines, dropped))
    if book:
        move_all(actor, book, _cancelled_moves(orders, lines, dropped))


def _cancelled_moves(orders: Sequence[Order], lines: Lines, dropped: Moved) -> list[CreditMove]:
    standing = standing_of(order.pk for order in orders)
    moves: list[CreditMove] = []
    for order in orders:
        calculator = LineCalculator(order.currency, order.tax_included)
        amounts: dict[int | None, Decimal] = {}
        for line in lines[order.pk]:
            if by := dropped[order.pk].get(line.pk):
                end = line.quantity - line.cancelled
                amounts[line.pk] = value_between(line, end - by, end, calculator)
                if by == line.to_ship:
                    amounts[line.pk] = _unshipped(standing, order, line)
        moves += taken_from(standing, template(order, "cancelled", Bucket.OUTSIDE), amounts)
    return moves


def _unshipped(standing: Standing, order: Order, line: OrderLine) -> Decimal:
    """All that stands of a line before it ships: its last part takes with it what roundings of several funds left."""
    return sum((standing.of(order.pk, bucket, line.pk) for bucket in UNSHIPPED), ZERO)


def _cancelled_parts(orders: Iterable[Order], lines: Lines, dropped: Moved) -> Iterator[LinePart]:
    for order in orders:
        for line in lines[order.pk]:
            if by := dropped[order.pk].get(line.pk):
                yield LinePart(order.pk, line.pk, line.quantity, line.shipped, line.cancelled + by, line.returned)


def wholly(orders: Iterable[Order], lines: Lines, dropped: Moved) -> set[int]:
    """Orders of which nothing is left."""
    return {
        order.pk
        for order in orders
        if all(line.open_quantity == dropped[order.pk].get(line.pk, ZERO) for line in lines[order.pk])
    }


def free_funds(actor: Actor, book: CreditBook, orders: Sequence[Order], lines: Lines, dropped: Moved) -> None:
    """Free the funds of cancelled quantities; cash counts as not applied again."""
    if not orders:
        return
    parts = [
        FundUsePart(
            order.pk,
            [
                FundPart(line.pk, line.cancelled, line.cancelled + by, line.quantity)
                for line in lines[order.pk]
                if (by := dropped[order.pk].get(line.pk))
            ],
        )
        for order in orders
    ]
    moved = release_funds(actor, [part for part in parts if part.lines])
    move_all(actor, book, list(cash_moves(orders, moved, "cash_freed", Bucket.OUTSIDE, Bucket.UNAPPLIED)))


def cash_moves(
    orders: Iterable[Order], moved: Iterable[FundMoved], cause: str, source: Bucket, target: Bucket
) -> Iterator[CreditMove]:
    """What happened to cash, as credit is told of it."""
    by_id = {order.pk: order for order in orders}
    for one in moved:
        if one.kind == "cash":
            order = by_id[one.order_id]
            yield CreditMove(
                partnership_id=order.partnership_id,
                currency=order.currency,
                order_id=order.pk,
                cause=cause,
                source=source,
                target=target,
                amount=one.amount,
                document_kind="order",
                document_id=order.pk,
                # An order may hold cash of both treatments; its version tells one event from the next.
                seq=(order.version + 1) * 2 + (one.treatment == "payment"),
            )


def shipped(
    actor: Actor,
    book: CreditBook,
    orders: Sequence[Order],
    lines: Lines,
    moved: Moved,
    standing: Standing | None = None,
) -> None:
    """Value goes from open orders to shipped and not invoiced, and reserved benefits are used; `lines` as before."""
    if book:
        standing = standing or standing_of(order.pk for order in orders)
        moves: list[CreditMove] = []
        for order in orders:
            calculator = LineCalculator(order.currency, order.tax_included)
            amounts: dict[int | None, Decimal] = {
                line.pk: _unshipped(standing, order, line)
                if by == line.to_ship
                else value_between(line, line.shipped, line.shipped + by, calculator)
                for line in lines[order.pk]
                if (by := moved[order.pk].get(line.pk))
            }
            moves += taken_from(standing, template(order, "shipped", Bucket.UNBILLED), amounts)
            # What ships before its day is no far order any more (credit-and-ledger §4): its rest counts, too.
            moves += recalled(standing, order.partnership_id, order.currency, order.pk, order.version + 1)
        move_all(actor, book, moves)
    parts = [
        LinePart(order.pk, line.pk, line.quantity, line.shipped + by, line.cancelled, line.returned)
        for order in orders
        if order.promoted
        for line in lines[order.pk]
        if (by := moved[order.pk].get(line.pk))
    ]
    if parts:
        use_promotions(actor, parts)


def fund_again(actor: Actor, book: CreditBook, order: Order, lines: Sequence[OrderLine]) -> Decimal:
    """Promise again what funds paid of lines that are taken up again, which stand as they will (level 2).

    Answers how much cash leaves UNAPPLIED by it. Raises FUND_INSUFFICIENT.
    """
    if not any(line.reduction or line.funded for line in lines):
        return ZERO
    parts = [FundPart(line.pk, ZERO, line.cancelled, line.quantity) for line in lines]
    moved = promise_again_all(actor, [FundUsePart(order.pk, parts)])
    account = book.account(order.partnership_id, order.currency)
    kept = sum((one.amount for one in moved if one.kind == "cash"), ZERO)
    return min(kept, account.buckets[Bucket.UNAPPLIED]) if account else ZERO


def reopened(
    actor: Actor,
    book: CreditBook,
    order: Order,
    lines: Sequence[OrderLine],
    values: Mapping[int, Decimal],
    is_held: bool,
    cash: Decimal,
) -> None:
    """What comes back by reopening counts again, on caps and in the books of credit; `lines` as they will be."""
    if order.promoted:
        lock_applied([order.pk])
        take_promotions_again(
            actor, [LinePart(order.pk, one.pk, one.quantity, one.shipped, one.cancelled, one.returned) for one in lines]
        )
    if not book:
        return
    moves = [replace(template(order, "cash_reserved", Bucket.OUTSIDE), source=Bucket.UNAPPLIED, amount=cash)]
    if standing_of([order.pk]).knows(order.pk):
        back = template(order, "reopened", Bucket.HELD if is_held else Bucket.OPEN_ORDERS)
        moves += [replace(back, line_id=pk, amount=value) for pk, value in values.items()]
    move_all(actor, book, moves)


def stopped(actor: Actor, book: CreditBook, orders: Sequence[Order], lines: Lines) -> None:
    """All that a declined order held is free; its lines stay as they were ordered."""
    dropped = {order.pk: {line.pk: line.to_ship for line in lines[order.pk]} for order in orders}
    cancelled(actor, book, orders, lines, dropped)


def template(order: Order, cause: str, target: Bucket) -> CreditMove:
    """A movement of an order's value; its next version tells the event from others of its kind."""
    return CreditMove(
        partnership_id=order.partnership_id,
        currency=order.currency,
        order_id=order.pk,
        cause=cause,
        source=Bucket.OUTSIDE,
        target=target,
        amount=ZERO,
        document_kind="order",
        document_id=order.pk,
        seq=order.version + 1,
    )


def hold_back(standing: Standing, order: Order) -> list[CreditMove]:
    """Open orders -> held: a rule has stopped the order."""
    return whole_of(standing, template(order, "held", Bucket.HELD), (Bucket.OPEN_ORDERS, Bucket.LATER))


def let_go(standing: Standing, order: Order) -> list[CreditMove]:
    """Held -> open orders: a person lets the order go on."""
    return whole_of(standing, template(order, "released", Bucket.OPEN_ORDERS), (Bucket.HELD,))
