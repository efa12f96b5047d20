"""Call-offs: lines of orders that stand under a contract. The room of contracts registers itself (contracts §4).

Orders carry the key of a contract line and know nothing else of it; an order without any asks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from marketplace.catalog.goods import Goods
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from ordercenter.orders.arithmetic import ZERO, LineCalculator
from ordercenter.orders.drafts import OrderDraft
from ordercenter.orders.enums import OrderKind
from ordercenter.orders.models import Order, OrderLine
from ordercenter.orders.priced import PricedDraft
from ordercenter.orders.trade import Trade

#: Place of a draft, place of a line in it.
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CallOffAsk:
    """A line that wants the price of a contract line; `required_on`: the day its goods are wished for."""

    key: Key
    contract_line_id: int
    seller_id: int
    buyer_id: int
    currency: str
    variant_id: int
    uom_id: int
    quantity: Decimal
    placed_at: datetime
    required_on: date | None


@dataclass(frozen=True, slots=True)
class CallOffUse:
    """What an order line takes of a contract line; `net` of it counts where amounts are limited."""

    key: Key
    contract_line_id: int
    seller_id: int
    buyer_id: int
    order_id: int
    line_id: int
    quantity: Decimal
    net: Decimal
    placed_at: datetime


class CallOffSide(Protocol):
    """What orders ask of the room of contracts, which stands above them."""

    def terms(self, asks: Sequence[CallOffAsk]) -> Mapping[Key, Decimal | DomainError | None]:
        """The price of each line, None where the contract leaves it to the lists, or why there is none. No locks."""

    def check(self, uses: Sequence[CallOffUse]) -> Mapping[Key, DomainError]:
        """What goes beyond a limit. Locks the contract lines (level 3) until the end of the transaction."""

    def book(self, actor: Actor, uses: Sequence[CallOffUse]) -> None:
        """Write what was checked in the same transaction; a use of 0 is left out."""

    def raise_to(self, actor: Actor, order_id: int, wanted: Mapping[int, tuple[Decimal, Decimal]]) -> None:
        """Order lines will take as much as (quantity, net): check and write what is more, under the same locks.

        Raises CONTRACT_EXHAUSTED, CONTRACT_NOT_IN_FORCE. A line that is under no contract is passed over.
        """


_side: list[CallOffSide] = []


def register_call_off_side(side: CallOffSide) -> None:
    """Called by the room of contracts when it is ready; the last one counts."""
    _side[:] = [side]


def with_terms(
    drafts: Sequence[OrderDraft], trades: Sequence[Trade], goods: Mapping[Key, Goods]
) -> tuple[list[OrderDraft], dict[Key, DomainError]]:
    """Drafts with the prices of their contracts as agreed ones, and what stands against it; nothing without any."""
    asks = [ask for number, draft in enumerate(drafts) for ask in _asks(number, draft, trades[number], goods)]
    if not asks:
        return list(drafts), {}
    found = _side[0].terms(asks)
    problems = {key: answer for key, answer in found.items() if isinstance(answer, DomainError)}
    made: list[OrderDraft] = []
    for number, draft in enumerate(drafts):
        lines = list(draft.lines)
        for index, line in enumerate(lines):
            price = found.get((number, index))
            if line.contract_line_id is not None:
                lines[index] = replace(line, agreed_price=price if isinstance(price, Decimal) else None)
        under = any(line.contract_line_id is not None for line in lines)
        made.append(replace(draft, lines=lines, kind=OrderKind.CALL_OFF) if under else draft)
    return made, problems


def _asks(number: int, draft: OrderDraft, trade: Trade, goods: Mapping[Key, Goods]) -> list[CallOffAsk]:
    return [
        CallOffAsk(
            (number, index),
            line.contract_line_id,
            draft.seller_id,
            draft.buyer_id,
            trade.currency,
            line.variant_id,
            goods[number, index].uom_id,
            line.quantity,
            draft.at or trade.now,
            line.requested_on or draft.requested_on,
        )
        for index, line in enumerate(draft.lines)
        if line.contract_line_id is not None and (number, index) in goods and line.quantity.is_finite()
    ]


def check_call_offs(priced: Sequence[PricedDraft]) -> dict[int, list[DomainError]]:
    """What goes beyond contracts, by draft; no statement where no line is under one."""
    uses = _uses(priced)
    problems: dict[int, list[DomainError]] = {}
    for key, problem in _side[0].check(uses).items() if uses else ():
        problems.setdefault(key[0], []).append(problem)
    return problems


def book_call_offs(actor: Actor, priced: Sequence[PricedDraft]) -> None:
    """Write what orders take of contracts, less what was cut because stock is short."""
    if uses := _uses(priced):
        _side[0].book(actor, uses)


def _uses(priced: Sequence[PricedDraft]) -> list[CallOffUse]:
    return [
        CallOffUse(
            (number, line.position - 1),
            line.given.contract_line_id,
            done.draft.seller_id,
            done.draft.buyer_id,
            done.order_id,
            line.id,
            line.given.quantity - line.dropped,
            done.calculator.part(line.amounts.net, line.given.quantity - line.dropped, line.given.quantity),
            done.at,
        )
        for number, done in enumerate(priced)
        for line in done.lines
        if line.given.contract_line_id is not None
    ]


def raise_call_offs(actor: Actor, order: Order, lines: Sequence[OrderLine], left: Mapping[int, Decimal]) -> None:
    """Lines of an order will have these open quantities: what is more than before has to fit its contract."""
    if order.kind != OrderKind.CALL_OFF:
        return
    calculator = LineCalculator(order.currency, order.tax_included)
    wanted = {
        line.pk: (left[line.pk], calculator.line(line.unit_price, left[line.pk], line.tax_rate).net)
        for line in lines
        if left.get(line.pk, ZERO) > ZERO
    }
    if wanted:
        _side[0].raise_to(actor, order.pk, wanted)
