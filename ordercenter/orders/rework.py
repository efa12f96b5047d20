"""The money of a changed order, worked out anew: promotions by what it keeps, funds, tax, and its credit (orders §7).

Frozen prices stay. Promotions are evaluated from the snapshots of the order and the rules in force at its own instant
(promotions §5), funds by what they gave before, and the difference in V meets the rules of CHANGE.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from marketplace.catalog.goods import Goods, GoodsRequest, load_goods
from marketplace.catalog.quantities import QuantityRule
from marketplace.catalog.scope import NOWHERE
from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.errors import raise_all
from ordercenter.credit.book import CreditBook, CreditMove
from ordercenter.credit.enums import UNSHIPPED, Bucket, Checkpoint
from ordercenter.credit.moves import move_all, standing_of, taken_from
from ordercenter.ledger.funds.kinds import FundKind
from ordercenter.ledger.funds.reserve import FundMoved, FundReserve, FundUsePart
from ordercenter.ledger.funds.reserve import free_all as free_funds
from ordercenter.ledger.funds.reserve import reserve_all as reserve_funds
from ordercenter.ledger.funds.take import FundBook, lock_funds, payments, reductions
from ordercenter.orders.arithmetic import ONE, ZERO, LineCalculator
from ordercenter.orders.benefits import add_gifts, basket_of, line_ids
from ordercenter.orders.checkpoints import Judged, judge
from ordercenter.orders.crediting import takes_of
from ordercenter.orders.drafts import DraftLine, OrderDraft
from ordercenter.orders.enums import OrderChannel, OrderLineKind
from ordercenter.orders.following import cash_moves, hold_back, template, uses_funds
from ordercenter.orders.funding import ask_of
from ordercenter.orders.models import Order, OrderLine
from ordercenter.orders.place_rows import line_row
from ordercenter.orders.priced import PricedDraft, PricedLine
from ordercenter.orders.store import LINES, rows_of, run, take_line_ids
from ordercenter.orders.totals import set_amounts, set_totals
from ordercenter.orders.trade import Trade, trades_of
from ordercenter.pricing.terms import PriceResult
from ordercenter.promotions.evaluate import evaluate_all
from ordercenter.promotions.life import reserve_all as reserve_promotions
from ordercenter.promotions.terms import FREIGHT, GiftChoice

# What an order keeps of its promotions, with the coupons and the gifts that were chosen.
KEPT = """
SELECT applied.configuration::text, applied.promotion_id, coupon.code,
       (SELECT json_agg(json_build_array(line.variant_id, line.uom_id, line.quantity - line.cancelled))
          FROM promotions_appliedshare AS share JOIN orders_orderline AS line ON line.id = share.order_line_id
         WHERE share.applied_id = applied.id AND line.kind = 'gift' AND line.quantity > line.cancelled)::text
  FROM promotions_appliedpromotion AS applied LEFT JOIN promotions_coupon AS coupon ON coupon.id = applied.coupon_id
 WHERE applied.order_id = %s AND applied.revoked_at IS NULL ORDER BY applied.id
"""

GIVEN_BY_FUNDS = """
SELECT kind, sum(amount - used - freed) FROM funds_fundshare WHERE order_id = %s GROUP BY kind
HAVING sum(amount - used - freed) > 0
"""

UPDATE = """
UPDATE orders_orderline AS line
   SET quantity = given.quantity, base_quantity = given.quantity * line.factor, list_amount = given.list_amount,
       discount = given.discount, reduction = given.reduction, net = given.net, tax = given.tax, gross = given.gross,
       funded = given.funded, cancelled = given.cancelled
  FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
              %s::numeric[], %s::numeric[], %s::numeric[])
       AS given(id, quantity, list_amount, discount, reduction, net, tax, gross, funded, cancelled)
 WHERE line.id = given.id
"""


@dataclass(slots=True)
class Reworked:
    """An order as it will be: its lines, those of them that are new, and what credit said."""

    done: PricedDraft
    new: list[PricedLine] = field(default_factory=list)
    judged: Judged = field(default_factory=Judged)
    freed: Sequence[FundMoved] = ()


def needs_rework(order: Order, trade: Trade) -> bool:
    """True where more than prices counts for an order; else its lines are simply written anew."""
    return bool(order.promoted or uses_funds(order) or order.credit_on or trade.promotes)


def trade_of(order: Order) -> Trade:
    """The terms of an order's sides now; one statement."""
    trades, _orders, _lines = trades_of([OrderDraft(order.seller_id, order.buyer_id, ())])
    return trades[0]


def rework(
    actor: Actor,
    order: Order,
    trade: Trade,
    book: CreditBook,
    lines: Mapping[int, OrderLine],
    left: Mapping[int, Decimal],
    added: Sequence[PricedLine],
) -> Reworked:
    """Work an order out anew, under the locks of credit (the caller's), funds and promotions; nothing of it is written.

    `left`: the open quantity of each line as it will be. Raises CREDIT_BLOCKED.
    """
    kept, coupons, gifts = _kept(order)
    asked = dict(rows_of(GIVEN_BY_FUNDS, [order.pk])) if uses_funds(order) else {}
    draft = OrderDraft(
        order.seller_id,
        order.buyer_id,
        (),
        channel=OrderChannel(order.channel),
        coupons=coupons,
        gifts=gifts,
        funds=asked,
    )
    done = PricedDraft(draft, trade, order.priced_at, confirms=False, tax_included=order.tax_included)
    done.order_id = order.pk
    done.lines = [*_lines(actor, order, lines, left), *added]
    for place, line in enumerate(added, 1):
        line.key = ("added", place)
    reworked = Reworked(done, list(added))
    if asked:
        reworked.freed = free_funds(actor, [FundUsePart(order.pk, [])])
    purses = lock_funds([order.partnership_id]) if asked else None
    _promote(actor, order, reworked, kept, lines)
    if purses is not None:
        _fund(done, purses)
    set_totals(done)
    reworked.judged = _judge(actor, book, order, reworked)
    return reworked


def _kept(order: Order) -> tuple[list[dict[str, Any]], list[str], list[GiftChoice]]:
    kept: list[dict[str, Any]] = []
    coupons: list[str] = []
    gifts: list[GiftChoice] = []
    for document, promotion_id, coupon, given in rows_of(KEPT, [order.pk]) if order.promoted else []:
        configuration = json.loads(document)
        kept.append(configuration)
        coupons += [coupon] if coupon else []
        for variant, uom, quantity in json.loads(given or "[]"):
            item = _item(configuration, variant, uom)
            if item:
                count = int(Decimal(str(quantity)) / Decimal(item["quantity"])) or 1
                gifts.append(GiftChoice(promotion_id, item["id"], count))
    return kept, coupons, gifts


def _item(configuration: Mapping[str, Any], variant: int, uom: int) -> dict[str, Any] | None:
    pools = [configuration.get("pool"), *(tier.get("pool") for tier in configuration.get("tiers", ()))]
    items = (item for pool in pools if pool for item in pool["items"])
    return next((item for item in items if (item["variant"], item["uom"]) == (variant, uom)), None)


def _lines(actor: Actor, order: Order, lines: Mapping[int, OrderLine], left: Mapping[int, Decimal]) -> list[PricedLine]:
    """What stays of the order's goods and charges, at frozen prices; its gifts are earned anew."""
    stays = [line for line in lines.values() if left[line.pk] and line.kind != OrderLineKind.GIFT]
    requests = [
        GoodsRequest(line.pk, order.partnership_id, line.variant_id, line.uom_id, at=order.priced_at)
        for line in stays
        if line.variant_id
    ]
    found = load_goods(actor, order.seller_id, requests)
    agreed = set(OrderLine.objects.filter(order=order, snapshot__agreed=True).values_list("pk", flat=True))
    calculator = LineCalculator(order.currency, order.tax_included)
    priced: list[PricedLine] = []
    for line in stays:
        goods = replace(found.get(line.pk) or _bare_goods(order, line), tax_rate=line.tax_rate, factor=line.factor)
        price = line.unit_price if line.pk in agreed else None
        given = DraftLine(line.variant_id or 0, line.uom_id, left[line.pk], agreed_price=price)
        amounts = calculator.line(line.unit_price, left[line.pk], line.tax_rate)
        kind = OrderLineKind(line.kind)
        one = PricedLine(given, line.position, goods, _frozen(order, line), amounts, line.pk, kind=kind, key=line.pk)
        if kind == OrderLineKind.CHARGE and all(other.key != FREIGHT for other in priced):
            one.key = FREIGHT
        priced.append(one)
    return priced


def _frozen(order: Order, line: OrderLine) -> PriceResult:
    price = line.unit_price
    result = PriceResult(
        line.pk, price, price, None, None, None, None, ONE, line.factor, order.currency, order.tax_included,
        order.priced_at,
    )  # fmt: skip
    result.floor = line.floor_price
    return result


def _bare_goods(order: Order, line: OrderLine) -> Goods:
    """Goods that are no longer there for the reader, as far as the line kept them."""
    rule = QuantityRule(line.factor, line.uom.exponent, ZERO, None, None)
    names = (line.sku, line.sku, "", "")
    return Goods(
        line.variant_id or 0, 0, order.seller_id, line.sku, *names, line.tax_rate, line.uom_id, line.uom.code,
        line.uom.exponent, line.factor, line.uom_id, True, False, rule, scope=NOWHERE,
    )  # fmt: skip


def _promote(
    actor: Actor, order: Order, reworked: Reworked, kept: Sequence[dict[str, Any]], lines: Mapping[int, OrderLine]
) -> None:
    done = reworked.done
    if not (done.trade.promotes or order.promoted):
        return
    basket = replace(basket_of(done), order_id=order.pk, kept=tuple(kept))
    done.evaluated = evaluate_all(actor, [basket], lock=True)[0]
    raise_all(problem for problem in done.evaluated.refused if problem.field == "coupons")
    add_gifts(actor, [done])
    free = [line for line in lines.values() if line.kind == OrderLineKind.GIFT]
    top = max(line.position for line in lines.values()) + len(reworked.new)
    for line in done.lines:
        if line.kind == OrderLineKind.GIFT:
            known = next((one for one in free if (one.variant_id, one.uom_id) == _kind_of(line)), None)
            if known is not None:
                free.remove(known)
                line.id, line.position = known.pk, known.position
            else:
                top += 1
                line.position = top
                reworked.new.append(line)
    set_amounts(done)


def _kind_of(line: PricedLine) -> tuple[int, int]:
    return line.goods.variant_id, line.goods.uom_id


def _fund(done: PricedDraft, book: FundBook) -> None:
    """What funds gave before they give again, as far as it still goes."""
    (done.reductions,) = reductions(book, [replace(ask_of(done), lenient=True)])
    set_amounts(done)
    ask = replace(ask_of(done), lenient=True)
    payable = [replace(line, payable=own.amounts.gross) for line, own in zip(ask.lines, done.lines, strict=True)]
    (done.payments,) = payments(book, [replace(ask, lines=payable)])
    shares = done.payments.lines
    for line in done.lines:
        line.funded = shares.get(line.key, ZERO)


def _judge(actor: Actor, book: CreditBook, order: Order, reworked: Reworked) -> Judged:
    if not book:
        return Judged()
    value = sum((line.value for line in reworked.done.lines), ZERO)
    increase = value - order.value
    if increase <= 0:
        return Judged(standing_of([order.pk]))
    before = sum((one.amount for one in reworked.freed if one.kind == FundKind.CASH), ZERO)
    cash = _cash(reworked.done) - before
    judged = judge(actor, book, [order], Checkpoint.CHANGE, {order.pk: value}, {order.pk: increase}, cash)
    raise_all(judged.blocked.values())
    return judged


def _cash(done: PricedDraft) -> Decimal:
    """What is kept of prepaid cash for an order."""
    return sum((take.amount for take in takes_of(done) if take.kind == FundKind.CASH), ZERO)


def write_rework(
    actor: Actor, book: CreditBook, order: Order, lines: Mapping[int, OrderLine], reworked: Reworked
) -> dict[str, dict[int, Decimal]]:
    """Write the lines and all that hangs on them, under the order's lock; what the story tells of the counters."""
    done = reworked.done
    fresh = [line for line in reworked.new if not line.id]
    for line, pk in zip(fresh, take_line_ids(len(fresh)) if fresh else (), strict=True):
        line.id = pk
    moves = _rewrite(order, lines, reworked)
    LINES.run([line_row(order.pk, order.seller_id, order.buyer_id, line) for line in reworked.new])
    moves["quantity"] |= {line.id: line.given.quantity for line in reworked.new}
    applied = bool(done.evaluated and done.evaluated.applied)
    if done.evaluated and (applied or order.promoted):
        reserve_promotions(actor, [(order.pk, line_ids(done), done.evaluated)])
    if applied != order.promoted:
        Order.objects.filter(pk=order.pk).update(promoted=applied)
    if takes := takes_of(done):
        sides = (order.pk, order.seller_id, order.buyer_id, order.partnership_id, order.currency)
        reserve_funds(actor, [FundReserve(*sides, takes, line_ids(done))])
    if book and reworked.judged.standing.knows(order.pk):
        _move_credit(actor, book, order, lines, reworked)
    return moves


def _rewrite(order: Order, lines: Mapping[int, OrderLine], reworked: Reworked) -> dict[str, dict[int, Decimal]]:
    calculator = LineCalculator(order.currency, order.tax_included)
    stays = {line.id: line for line in reworked.done.lines if line.id in lines}
    rows: list[tuple[Any, ...]] = []
    moves: dict[str, dict[int, Decimal]] = {"quantity": {}, "cancelled": {}}
    for pk, line in lines.items():
        priced = stays.get(pk)
        quantity = priced.given.quantity if priced else line.quantity
        amounts = priced.amounts if priced else calculator.line(line.unit_price, line.quantity, line.tax_rate)
        cancelled, funded = (ZERO, priced.funded) if priced else (line.quantity, ZERO)
        rows.append((pk, quantity, *amounts, funded, cancelled))
        moves["quantity"][pk] = quantity - line.quantity
        moves["cancelled"][pk] = cancelled - line.cancelled
    run(UPDATE, [numbers(column) for column in zip(*rows, strict=True)])
    return moves


def _move_credit(
    actor: Actor, book: CreditBook, order: Order, lines: Mapping[int, OrderLine], reworked: Reworked
) -> None:
    """The value of each line becomes what it is now; a rule that stops the change holds the order as a whole."""
    standing = reworked.judged.standing
    if reworked.freed:
        move_all(actor, book, list(cash_moves([order], reworked.freed, "cash_freed", Bucket.OUTSIDE, Bucket.UNAPPLIED)))
    holds = order.pk in reworked.judged.holds
    moves: list[CreditMove] = hold_back(standing, order) if holds else []
    target = Bucket.HELD if holds or standing.total(order.pk, Bucket.HELD) else Bucket.OPEN_ORDERS
    values = dict.fromkeys(lines, ZERO) | {line.id: line.value for line in reworked.done.lines}
    less: dict[int | None, Decimal] = {}
    for pk, value in values.items():
        by = value - sum((standing.of(order.pk, bucket, pk) for bucket in UNSHIPPED), ZERO)
        if by > 0:
            moves.append(replace(template(order, "changed", target), line_id=pk, amount=by))
        elif by < 0:
            less[pk] = -by
    moves += taken_from(standing, template(order, "lowered", Bucket.OUTSIDE), less)
    account = book.account(order.partnership_id, order.currency)
    cash = min(_cash(reworked.done), account.buckets[Bucket.UNAPPLIED]) if account else ZERO
    back = template(order, "cash_reserved", Bucket.OUTSIDE)
    moves.append(replace(back, source=Bucket.UNAPPLIED, amount=cash))
    move_all(actor, book, moves)
