"""Change an order before it is confirmed: quantities, new and removed lines, day, note (orders §7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.goods import Goods, GoodsRequest, load_goods
from marketplace.catalog.quantities import line_problem
from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.money import round_money
from ordercenter.credit.book import CreditBook
from ordercenter.orders.arithmetic import EXACT, ZERO, LineCalculator
from ordercenter.orders.call_offs import raise_call_offs
from ordercenter.orders.checkpoints import lay_holds, rule_step
from ordercenter.orders.confirm import told
from ordercenter.orders.drafts import LARGEST_AMOUNT, LINE_LIMIT, DraftLine, too_much
from ordercenter.orders.entries import Wish
from ordercenter.orders.enums import OrderLineKind, OrderStatus
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.following import lock_books
from ordercenter.orders.hold import lines_of, lock, read_orders, terms_of
from ordercenter.orders.models import Order, OrderLine
from ordercenter.orders.place_rows import line_row
from ordercenter.orders.prepare import FIELDS, price_refusal
from ordercenter.orders.priced import PricedLine
from ordercenter.orders.rework import Reworked, needs_rework, rework, trade_of, write_rework
from ordercenter.orders.states import CHANGEABLE, is_buyer, is_seller
from ordercenter.orders.statuses import Touched, recompute
from ordercenter.orders.store import LINES, run, take_line_ids
from ordercenter.orders.timeline import append
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import PriceRequest

UPDATE = """
UPDATE orders_orderline AS line
   SET quantity = given.quantity, base_quantity = given.base_quantity, list_amount = given.list_amount,
       net = given.net, tax = given.tax, gross = given.gross, cancelled = given.cancelled
  FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
              %s::numeric[]) AS given(id, quantity, base_quantity, list_amount, net, tax, gross, cancelled)
 WHERE line.id = given.id
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different: open quantities by line id (0 takes a line out), new lines; None leaves it alone."""

    base_version: int
    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    added: Sequence[Wish] = ()
    requested_on: date | None = None
    buyer_reference: str | None = None
    note: str | None = None


def change(actor: Actor, order_id: int, wanted: Change) -> None:
    """Change an order that awaits confirmation; in force at once, and frozen prices stay (orders §7).

    The buyer may raise, lower, add and take out; the seller may lower and take out, as it may decline. New lines are
    priced at the order's own instant; promotions, funds and credit follow (rework.py). Raises all problems at once,
    those of added lines with indexes after those of
    `quantities`: CHANGE_STALE, INVALID_TRANSITION, ORDER_EMPTY, ORDER_TOO_LARGE, ORDER_MINIMUM, quantity rules.
    """
    with transaction.atomic():
        order = read_orders(actor, [order_id])[0]
        raise_all(_standing_problems(actor, order, wanted))
        lines = {line.pk: line for line in lines_of([order_id])[order_id]}
        raise_all(_unknown(lines, wanted))
        changed = {pk: q for pk, q in wanted.quantities.items() if q != lines[pk].open_quantity}
        goods = _goods(actor, order, lines, changed, wanted.added)
        new, problems = _priced(actor, order, lines, goods, wanted.added, len(wanted.quantities))
        problems += _quantity_problems(actor, order, lines, goods, wanted.quantities, changed)
        raise_all(problems)
        raise_all(_whole_problems(order, lines, changed, new))
        trade = trade_of(order)
        book = lock_books([order])
        reworked: Reworked | None = None
        if (changed or new) and needs_rework(order, trade):
            left = {pk: changed.get(pk, line.open_quantity) for pk, line in lines.items()}
            reworked = rework(actor, order, trade, book, lines, left, new)
        raise_call_offs(actor, order, list(lines.values()), changed)
        raise_all(lock([order]))
        _write(actor, order, lines, changed, new, wanted, book, reworked)


def _standing_problems(actor: Actor, order: Order, wanted: Change) -> Iterator[DomainError]:
    if order.status not in CHANGEABLE:
        text = _("%(number)s is %(status)s: this is not possible now.")
        values = {"number": order.number, "status": OrderStatus(order.status).label}
        yield DomainError(CoreErrorCode.INVALID_TRANSITION, text % values, "status")
    elif not may_change(actor, order):
        text = _("You may not do this with %(number)s.") % {"number": order.number}
        yield DomainError(CoreErrorCode.PERMISSION_DENIED, text)
    if order.version != wanted.base_version:
        text = _("%(number)s has changed meanwhile. Look again and repeat.") % {"number": order.number}
        yield DomainError(OrderErrorCode.CHANGE_STALE, text, "base_version")
    for name, limit in (("buyer_reference", 64), ("note", 4000)):
        if len(getattr(wanted, name) or "") > limit:
            text = _("At most %(limit)s characters.") % {"limit": limit}
            yield DomainError(CoreErrorCode.INVALID, text, name)


def may_change(actor: Actor, order: Order) -> bool:
    """Each side may while the order awaits confirmation."""
    if is_buyer(actor, order) and actor.may("orders.place"):
        return True
    return is_seller(actor, order) and actor.may("orders.confirm")


def _unknown(lines: Mapping[int, OrderLine], wanted: Change) -> Iterator[DomainError]:
    for index, pk in enumerate(wanted.quantities):
        if pk not in lines:
            yield not_found("line", index)


def _goods(
    actor: Actor,
    order: Order,
    lines: Mapping[int, OrderLine],
    changed: Mapping[int, Decimal],
    added: Sequence[Wish],
) -> dict[object, Goods]:
    """Goods of changed lines by their id, of added ones by ("added", place); one statement."""
    partnership_id = order.partnership_id
    requests = [
        GoodsRequest(pk, partnership_id, lines[pk].variant_id or 0, lines[pk].uom_id) for pk, q in changed.items() if q
    ]
    requests += [
        GoodsRequest(("added", place), partnership_id, wish.variant_id, wish.uom_id, wish.uom_code)
        for place, wish in enumerate(added)
    ]
    return dict(load_goods(actor, order.seller_id, requests))


def _quantity_problems(
    actor: Actor,
    order: Order,
    lines: Mapping[int, OrderLine],
    goods: Mapping[object, Goods],
    quantities: Mapping[int, Decimal],
    changed: Mapping[int, Decimal],
) -> list[DomainError]:
    """Problems of changed lines. What is no longer sold may still be lowered; only raising needs today's offer."""
    problems: list[DomainError] = []
    buyer = is_buyer(actor, order)
    for index, (pk, quantity) in enumerate(quantities.items()):
        if pk not in changed or not quantity:
            continue
        raised = not quantity.is_finite() or quantity > lines[pk].open_quantity
        found = line_problem(goods.get(pk), quantity)
        if found and (raised or found[0] not in ("UNKNOWN_VARIANT", "NOT_IN_ASSORTMENT")):
            field_name = FIELDS.get(found[0], "quantity")
            problems.append(DomainError(OrderErrorCode[found[0]], found[1], field_name, index))
        elif found and (problem := _shape_problem(lines[pk], quantity, index)):
            problems.append(problem)
        elif raised and not buyer:
            text = _("Only the buyer orders more of %(sku)s.") % {"sku": lines[pk].sku}
            problems.append(DomainError(CoreErrorCode.PERMISSION_DENIED, text, "quantity", index))
    return problems


def _shape_problem(line: OrderLine, quantity: Decimal, index: int) -> DomainError | None:
    """What no line may have, whether its goods are still sold or not."""
    if quantity < 0:
        text = _("The quantity must be greater than 0.")
        return DomainError(OrderErrorCode.QUANTITY_INVALID, text, "quantity", index)
    if quantity != round(quantity, line.uom.exponent):
        text = _("A quantity of %(sku)s may have %(decimals)s decimals at most.")
        values = {"sku": line.sku, "decimals": line.uom.exponent}
        return DomainError(OrderErrorCode.QUANTITY_PRECISION, text % values, "quantity", index)
    return None


def _priced(
    actor: Actor,
    order: Order,
    lines: Mapping[int, OrderLine],
    goods: Mapping[object, Goods],
    added: Sequence[Wish],
    first_index: int,
) -> tuple[list[PricedLine], list[DomainError]]:
    """Added lines with their prices at the order's instant, and what is wrong with them; one statement."""
    if not added:
        return [], []
    if not is_buyer(actor, order):
        return [], [DomainError(CoreErrorCode.PERMISSION_DENIED, _("Only the buyer adds lines."), "lines", first_index)]
    problems: list[DomainError] = []
    requests: list[PriceRequest] = []
    for place, wish in enumerate(added):
        item, quantity = goods.get(("added", place)), wish.quantity or ZERO
        found = line_problem(item, quantity)
        if found or item is None:
            code, message = found or ("UNKNOWN_VARIANT", "")
            problems.append(
                DomainError(OrderErrorCode[code], message, FIELDS.get(code, "quantity"), first_index + place)
            )
            continue
        partnership_id, uom_id = order.partnership_id, item.uom_id
        requests.append(PriceRequest(place, partnership_id, wish.variant_id, uom_id, quantity, at=order.priced_at))
    calculator = LineCalculator(order.currency, order.tax_included)
    top = max(line.position for line in lines.values())
    new: list[PricedLine] = []
    for request, price in zip(requests, resolve(actor, order.seller_id, requests), strict=True):
        place = int(str(request.key))
        item = goods[("added", place)]
        if problem := price_refusal(item, price, first_index + place):
            problems.append(problem)
            continue
        assert price.unit_price is not None
        given = DraftLine(item.variant_id, item.uom_id, added[place].quantity or ZERO)
        amounts = calculator.line(price.unit_price, given.quantity, item.tax_rate)
        new.append(PricedLine(given, top + len(new) + 1, item, price, amounts))
    return new, problems


def _whole_problems(
    order: Order, lines: Mapping[int, OrderLine], changed: Mapping[int, Decimal], new: Sequence[PricedLine]
) -> Iterator[DomainError]:
    """What is wrong with the order as it would be."""
    left = {pk: changed.get(pk, line.open_quantity) for pk, line in lines.items()}
    if not new and not any(left.values()):
        text = _("Nothing would be left of %(number)s: cancel it instead.") % {"number": order.number}
        yield DomainError(OrderErrorCode.ORDER_EMPTY, text, "lines")
        return
    if len(lines) + len(new) > LINE_LIMIT:
        text = _("An order has at most %(limit)s lines; this one has %(count)s.")
        values = {"limit": LINE_LIMIT, "count": len(lines) + len(new)}
        yield DomainError(OrderErrorCode.ORDER_TOO_LARGE, text % values, "lines")
    if not changed and not new:
        return
    minimum = terms_of([order.seller_id])[order.seller_id].minimum_value
    value = sum((line.amounts.list_amount for line in new), ZERO) + sum(
        (
            round_money(lines[pk].unit_price * quantity, order.currency)
            for pk, quantity in left.items()
            if lines[pk].kind == OrderLineKind.GOODS
        ),
        ZERO,
    )
    if value >= LARGEST_AMOUNT:
        yield too_much("lines")
    if value < minimum:
        text = _("Orders begin at %(minimum)s %(currency)s; this one is %(value)s.")
        least = round_money(minimum, order.currency)
        told_values = {"minimum": least, "currency": order.currency, "value": value}
        yield DomainError(OrderErrorCode.ORDER_MINIMUM, text % told_values, "lines")


def _write(
    actor: Actor,
    order: Order,
    lines: Mapping[int, OrderLine],
    changed: Mapping[int, Decimal],
    new: Sequence[PricedLine],
    wanted: Change,
    book: CreditBook,
    reworked: Reworked | None,
) -> None:
    at: datetime = order.read_at
    if reworked is not None:
        moves = write_rework(actor, book, order, lines, reworked)
    else:
        moves = _rewrite(order, lines, changed)
        _insert(order, new, moves)
    header = {
        name: value
        for name in ("requested_on", "buyer_reference", "note")
        if (value := getattr(wanted, name)) is not None
    }
    if header:
        Order.objects.filter(pk=order.pk).update(**header)
    if reworked is not None:
        lay_holds([order], reworked.judged)
    version = recompute([Touched(order.pk, at)])[order.pk].version
    data = {"lines": len(changed) + len(new), "header": sorted(header)}
    steps = [told(order, "order.changed", f"changed:{version}", moves, data, at)]
    if reworked is not None and order.pk in reworked.judged.holds:
        steps.append(rule_step(order, reworked.judged, version))
    append(actor, steps, at)


def _insert(order: Order, new: Sequence[PricedLine], moves: dict[str, dict[int, Decimal]]) -> None:
    if new:
        for line, pk in zip(new, take_line_ids(len(new)), strict=True):
            line.id = pk
            moves["quantity"][pk] = line.given.quantity
        LINES.run([line_row(order.pk, order.seller_id, order.buyer_id, line) for line in new])


def _rewrite(
    order: Order, lines: Mapping[int, OrderLine], changed: Mapping[int, Decimal]
) -> dict[str, dict[int, Decimal]]:
    """Write new quantities with their amounts at the frozen price; a line taken out stays, wholly cancelled."""
    calculator = LineCalculator(order.currency, order.tax_included)
    moves: dict[str, dict[int, Decimal]] = {"quantity": {}, "cancelled": {}}
    rows: list[tuple[Decimal | int, ...]] = []
    for pk, open_quantity in changed.items():
        line = lines[pk]
        quantity = open_quantity or line.quantity
        cancelled = ZERO if open_quantity else line.quantity
        amounts = calculator.line(line.unit_price, quantity, line.tax_rate)
        base = EXACT.multiply(quantity, line.factor)
        rows.append((pk, quantity, base, amounts.list_amount, amounts.net, amounts.tax, amounts.gross, cancelled))
        moves["quantity"][pk] = quantity - line.quantity
        moves["cancelled"][pk] = cancelled - line.cancelled
    if rows:
        run(UPDATE, [numbers(column) for column in zip(*rows, strict=True)])
    return moves
