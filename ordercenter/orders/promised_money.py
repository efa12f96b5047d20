"""What placing reserves beside stock: caps and coupons of promotions, and grants of fund accounts."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.actor import Actor
from ordercenter.ledger.funds.reserve import FundPart, FundReserve, FundUsePart
from ordercenter.ledger.funds.reserve import free_all as free_funds
from ordercenter.ledger.funds.reserve import reserve_all as reserve_funds
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.benefits import line_ids
from ordercenter.orders.crediting import takes_of
from ordercenter.orders.priced import PricedDraft, PricedLine
from ordercenter.promotions.life import free_all as free_promotions
from ordercenter.promotions.life import reserve_all as reserve_promotions
from ordercenter.promotions.terms import LinePart


def reserve_money(actor: Actor, priced: Sequence[PricedDraft]) -> None:
    """Reserve what promotions and funds give to the orders that are being placed; nothing where they give nothing.

    What stock has cut is given back at once, by part value.
    """
    promoted = [done for done in priced if done.evaluated and done.evaluated.applied]
    if promoted:
        placed = [(done.order_id, line_ids(done), done.evaluated) for done in promoted]
        reserve_promotions(actor, [(order, lines, found) for order, lines, found in placed if found])
    funded = [done for done in priced if takes_of(done)]
    if funded:
        reserve_funds(actor, [_reserve(done) for done in funded])
    if cut := [(done, line) for done in promoted for line in done.lines if line.dropped]:
        free_promotions(actor, [_line_part(done, line) for done, line in cut])
    if short := [done for done in funded if any(line.dropped for line in done.lines)]:
        free_funds(actor, [_freed(done) for done in short])


def _reserve(done: PricedDraft) -> FundReserve:
    return FundReserve(
        order_id=done.order_id,
        seller_id=done.draft.seller_id,
        buyer_id=done.draft.buyer_id,
        partnership_id=done.trade.partnership_id or 0,
        currency=done.trade.currency,
        takes=takes_of(done),
        line_ids=line_ids(done),
    )


def _line_part(done: PricedDraft, line: PricedLine) -> LinePart:
    return LinePart(done.order_id, line.id, line.given.quantity, ZERO, line.dropped)


def _freed(done: PricedDraft) -> FundUsePart:
    lines = [FundPart(line.id, ZERO, line.dropped, line.given.quantity) for line in done.lines if line.dropped]
    return FundUsePart(done.order_id, lines)
