"""What placing writes: the order, its lines, the steps of its story, and what was cut because stock is short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from marketplace.core.actor import Actor
from ordercenter.orders.arithmetic import EXACT, ZERO
from ordercenter.orders.enums import CancellationKind, OrderPaymentStatus, OrderStatus, OrderWait
from ordercenter.orders.hold_rows import held_step
from ordercenter.orders.models import Order, OrderCancellation
from ordercenter.orders.priced import PricedDraft, PricedLine
from ordercenter.orders.timeline import Step
from ordercenter.orders.trade import entry_mode
from ordercenter.orders.words import plain


def order_row(actor: Actor, done: PricedDraft) -> Order:
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
        status=OrderStatus.CONFIRMED if done.confirmed else OrderStatus.PLACED,
        payment_status=OrderPaymentStatus.UNPAID if totals.gross else OrderPaymentStatus.PAID,
        waiting_for=_waiting_for(done),
        open_holds=sum(len(verdict.holds) for verdict in done.verdicts),
        line_count=len(done.lines),
        **totals._asdict(),
        cancelled_tax=dropped_tax,
        cancelled_gross=dropped_gross,
        funded=_funded(done),
        promoted=bool(done.evaluated and done.evaluated.applied),
        placed_by_id=actor.user_id,
        placed_at=done.at,
        confirmed_at=done.at if done.confirmed else None,
    )


def _waiting_for(done: PricedDraft) -> OrderWait:
    if done.held:
        return OrderWait.RELEASE
    if not done.confirms:
        return OrderWait.SELLER_CONFIRMATION
    return OrderWait.SHIPMENT if any(line.promised for line in done.lines) else OrderWait.STOCK


def _funded(done: PricedDraft) -> Decimal:
    part = done.calculator.part
    open_of = ((line, line.given.quantity - line.dropped) for line in done.lines if line.funded)
    return sum((part(line.funded, left, line.given.quantity) for line, left in open_of), ZERO)


def _dropped_value(done: PricedDraft) -> tuple[Decimal, Decimal]:
    calculator = done.calculator
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
        line.kind.value,
        goods.variant_id or None,
        goods.sku,
        goods.name_zh,
        goods.name_en,
        goods.uom_id,
        given.quantity,
        goods.factor,
        EXACT.multiply(given.quantity, goods.factor),
        price.unit_price,
        price.unit_price if price.list_price is None else price.list_price,
        price.floor_price,
        price.snapshot | goods.tax_reason,
        goods.tax_rate,
        *line.amounts,
        line.funded,
        line.trigger and line.trigger.id,
        given.requested_on,
        line.dropped,
        line.promised,
    )


def steps_of(done: PricedDraft) -> Iterator[Step]:
    """What the timeline tells of a placing: placed, and where it came to that, confirmed and cut."""
    order_id, seller_id, buyer_id, at = done.order_id, done.draft.seller_id, done.draft.buyer_id, done.at
    placed = {"quantity": {line.id: line.given.quantity for line in done.lines}}
    data = {"lines": len(done.lines)}
    yield Step(order_id, seller_id, buyer_id, "order.placed", "placed", placed, data, at=at)
    held = [hold for verdict in done.verdicts for hold in verdict.holds]
    if held:
        yield held_step(order_id, seller_id, buyer_id, [hold.reason for hold in held], "held:1", at)
    if not done.confirmed:
        return
    promised = {"allocated": {line.id: line.promised for line in done.lines}}
    yield Step(order_id, seller_id, buyer_id, "order.confirmed", "confirmed", promised, at=at)
    dropped = {line.id: line.dropped for line in done.lines if line.dropped}
    if dropped:
        cut = {"reason": CancellationKind.SHORT.value, "lines": len(dropped)}
        yield Step(order_id, seller_id, buyer_id, "order.cancelled", "short:1", {"cancelled": dropped}, cut, at=at)


def cancellation_rows(actor: Actor, priced: Sequence[PricedDraft]) -> Iterator[OrderCancellation]:
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
