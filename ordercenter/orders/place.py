"""Place orders: price drafts, promise stock where the seller confirms by itself, number and write (orders §5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.numbering import numbers_for
from ordercenter.orders.arithmetic import EXACT, ZERO, LineCalculator
from ordercenter.orders.drafts import OrderDraft
from ordercenter.orders.enums import CancellationKind, OrderStatus, OrderWait
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Order, OrderCancellation
from ordercenter.orders.prepare import PlacingRefused, PricedDraft, PricedLine, prepare
from ordercenter.orders.promise import Wanted, promise
from ordercenter.orders.short import drops_rest, refuses_short
from ordercenter.orders.store import LINES, insert_all
from ordercenter.orders.timeline import Step, append
from ordercenter.orders.trade import entry_mode


def place(actor: Actor, draft: OrderDraft) -> Order:
    """Place one draft; see `place_all`."""
    return place_all(actor, [draft])[0]


def place_all(actor: Actor, drafts: Sequence[OrderDraft]) -> list[Order]:
    """Place drafts and freeze their prices, all or none; as many SQL statements for 500 lines as for one (orders §5).

    Where the seller confirms by itself, stock is promised in the same transaction: the order is CONFIRMED when this
    returns. A draft with `at` is a document of the past, entered by its seller or by the program: today's offer
    (assortment, quantity rules, minimum value) is not asked. Raises PlacingRefused with all problems of all lines.
    """
    if not drafts:
        return []
    with transaction.atomic():
        priced = prepare(actor, drafts)
        _promise_stock(actor, priced)
        orders = [_order(actor, done) for done in priced]
        LINES.run(
            [
                line_row(done.order_id, done.draft.seller_id, done.draft.buyer_id, line)
                for done in priced
                for line in done.lines
            ]
        )
        append(actor, [step for done in priced for step in _steps(done)], priced[0].trade.now)
        insert_all(list(_cancellations(actor, priced)))
        # The numbers come last: whoever else places with this seller waits from here to the end.
        _number(orders, priced)
        insert_all(orders)
    return orders


def _promise_stock(actor: Actor, priced: Sequence[PricedDraft]) -> None:
    """Allocate for the orders that are confirmed by themselves; one call for each seller and set of warehouses."""
    calls: dict[tuple[int, tuple[int, ...] | None], list[PricedDraft]] = {}
    for done in priced:
        if done.confirms:
            chosen = None if done.draft.warehouses is None else tuple(done.draft.warehouses)
            calls.setdefault((done.draft.seller_id, chosen), []).append(done)
    refused: dict[int, list[DomainError]] = {}
    for (seller_id, chosen), group in calls.items():
        carts = [cart for done in group for cart in done.draft.carts]
        wanted = [wish for done in group for wish in _wanted(done)]
        got = promise(actor, seller_id, wanted, warehouses=chosen, carts=carts)
        for done in group:
            for line in done.lines:
                line.promised = got.get(line.id, ZERO)
            if errors := list(_short(done)):
                refused[priced.index(done)] = errors
    if refused:
        raise PlacingRefused(refused)


def _wanted(done: PricedDraft) -> Iterator[Wanted]:
    for line in done.lines:
        goods = line.goods
        yield Wanted(
            line_id=line.id,
            order_id=done.order_id,
            variant_id=goods.variant_id,
            position=line.position,
            quantity=line.given.quantity,
            factor=goods.factor,
            exponent=goods.uom_exponent,
            policy=done.policy,
            placed_at=done.at,
        )


def _short(done: PricedDraft) -> Iterator[DomainError]:
    """What shortage means for this order: it waits, its rest is dropped, or it is refused."""
    short = [line for line in done.lines if line.promised < line.given.quantity]
    if not short:
        return
    backorders = done.trade.takes_backorders
    promised = any(line.promised for line in done.lines)
    if refuses_short(done.policy, backorders, promised):
        for line in short:
            text = _("%(sku)s: %(wanted)s wanted, %(got)s available.")
            values = {"sku": line.goods.sku, "wanted": plain(line.given.quantity), "got": plain(line.promised)}
            yield DomainError(OrderErrorCode.STOCK_SHORT, text % values, "quantity", line.position - 1)
    elif drops_rest(done.policy, backorders):
        for line in short:
            line.dropped = line.given.quantity - line.promised


def _order(actor: Actor, done: PricedDraft) -> Order:
    draft, trade, totals = done.draft, done.trade, done.totals
    dropped_tax, dropped_gross = _dropped_value(done)
    return Order(
        id=done.order_id,
        seller_id=draft.seller_id,
        buyer_id=draft.buyer_id,
        partnership_id=trade.partnership_id or 0,
        channel=draft.channel or trade.channel,
        kind=draft.kind,
        entry_mode=entry_mode(actor, draft),
        integration=draft.integration,
        external_number=draft.external_number,
        currency=trade.currency,
        tax_included=done.tax_included,
        priced_at=done.at,
        parties={"seller": trade.seller_name, "buyer": trade.buyer_name},
        address=draft.address if draft.address is not None else trade.address,
        requested_on=draft.requested_on,
        buyer_reference=draft.buyer_reference,
        note=draft.note,
        payment_method=trade.payment_method,
        payment_days=trade.payment_days,
        short_policy=done.policy,
        status=OrderStatus.CONFIRMED if done.confirms else OrderStatus.PLACED,
        waiting_for=_waiting_for(done),
        line_count=len(done.lines),
        **totals._asdict(),
        cancelled_tax=dropped_tax,
        cancelled_gross=dropped_gross,
        placed_by_id=actor.user_id,
        placed_at=done.at,
        confirmed_at=done.at if done.confirms else None,
    )


def _waiting_for(done: PricedDraft) -> OrderWait:
    if not done.confirms:
        return OrderWait.SELLER_CONFIRMATION
    return OrderWait.SHIPMENT if any(line.promised for line in done.lines) else OrderWait.STOCK


def _dropped_value(done: PricedDraft) -> tuple[Any, Any]:
    calculator = LineCalculator(done.trade.currency, done.tax_included)
    dropped = [line for line in done.lines if line.dropped]
    tax = (calculator.last(line.amounts.tax, line.dropped, line.given.quantity) for line in dropped)
    gross = (calculator.last(line.amounts.gross, line.dropped, line.given.quantity) for line in dropped)
    return sum(tax, ZERO), sum(gross, ZERO)


def line_row(order_id: int, seller_id: int, buyer_id: int, line: PricedLine) -> tuple[Any, ...]:
    """A new line in the order of store.LINES."""
    given, goods, price = line.given, line.goods, line.price
    return (
        line.id,
        order_id,
        seller_id,
        buyer_id,
        line.position,
        goods.variant_id,
        goods.sku,
        goods.name_zh,
        goods.name_en,
        goods.uom_id,
        given.quantity,
        goods.factor,
        EXACT.multiply(given.quantity, goods.factor),
        price.unit_price,
        price.unit_price if price.list_price is None else price.list_price,
        price.snapshot,
        goods.tax_rate,
        *line.amounts,
        given.requested_on,
        line.dropped,
        line.promised,
    )


def _steps(done: PricedDraft) -> Iterator[Step]:
    """What the timeline tells of a placing: placed, and where it came to that, confirmed and cut."""
    order_id, seller_id, buyer_id, at = done.order_id, done.draft.seller_id, done.draft.buyer_id, done.at
    placed = {"quantity": {line.id: line.given.quantity for line in done.lines}}
    data = {"lines": len(done.lines)}
    yield Step(order_id, seller_id, buyer_id, "order.placed", "placed", placed, data, at=at)
    if not done.confirms:
        return
    promised = {"allocated": {line.id: line.promised for line in done.lines}}
    yield Step(order_id, seller_id, buyer_id, "order.confirmed", "confirmed", promised, at=at)
    dropped = {line.id: line.dropped for line in done.lines if line.dropped}
    if dropped:
        cut = {"reason": CancellationKind.SHORT.value, "lines": len(dropped)}
        yield Step(order_id, seller_id, buyer_id, "order.cancelled", "short:1", {"cancelled": dropped}, cut, at=at)


def _cancellations(actor: Actor, priced: Sequence[PricedDraft]) -> Iterator[OrderCancellation]:
    for done in priced:
        dropped = {str(line.id): plain(line.dropped) for line in done.lines if line.dropped}
        if dropped:
            yield OrderCancellation(
                order_id=done.order_id,
                seller_id=done.draft.seller_id,
                buyer_id=done.draft.buyer_id,
                kind=CancellationKind.SHORT,
                lines=dropped,
                reason=CancellationKind.SHORT.value,
                at=done.at,
                actor_user_id=actor.user_id,
            )


def _number(orders: Sequence[Order], priced: Sequence[PricedDraft]) -> None:
    """Give numbers in the order of the drafts, each of its seller's series."""
    askers = [(done.draft.seller_id, done.trade.number_prefix) for done in priced]
    for order, number in zip(orders, numbers_for("order", askers), strict=True):
        order.number = number


def plain(quantity: Any) -> str:
    """A quantity as people write it, without zeros at its end."""
    return f"{quantity.normalize():f}"
