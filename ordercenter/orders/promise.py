"""Orders speak with stock: order lines count in their own uom, stock counts in base units (stock §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from marketplace.core.actor import Actor
from ordercenter.orders.arithmetic import EXACT, ONE
from ordercenter.stock.allocation import allocate, free
from ordercenter.stock.terms import Demand

QUANTA = [ONE.scaleb(-decimals) for decimals in range(7)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a line wants from stock, in its own uom: `factor` base units each, `exponent` decimals at most."""

    line_id: int
    order_id: int
    variant_id: int
    position: int
    quantity: Decimal
    factor: Decimal
    exponent: int
    policy: str
    placed_at: datetime


def whole(base_quantity: Decimal, factor: Decimal, exponent: int) -> Decimal:
    """The most of a uom that a base quantity fills; part of a pack is never promised."""
    if factor == ONE:
        return base_quantity
    return EXACT.divide(base_quantity, factor).quantize(QUANTA[exponent], ROUND_FLOOR, EXACT)


def promise(
    actor: Actor,
    seller_id: int,
    wanted: Sequence[Wanted],
    *,
    warehouses: Sequence[int] | None = None,
    carts: Sequence[int] = (),
) -> dict[int, Decimal]:
    """Allocate lines of a seller's orders; what each got, in its uom. A constant number of statements.

    Each order waits as its policy says; whether it may wait at all is the caller's to judge.
    """
    factors = {line.line_id: line.factor for line in wanted}
    demands = [
        Demand(
            order_line_id=line.line_id,
            variant_id=line.variant_id,
            quantity=EXACT.multiply(line.quantity, line.factor),
            position=line.position,
            order_id=line.order_id,
            policy=line.policy,
            placed_at=line.placed_at,
            step=EXACT.multiply(line.factor, QUANTA[line.exponent]),
        )
        for line in wanted
    ]
    got = allocate(actor, seller_id, demands, "", warehouses=warehouses, carts=carts).by_line
    return {line_id: EXACT.divide(base, factors[line_id]) for line_id, base in got.items()}


def give_back(actor: Actor, lines: Iterable[tuple[int, Decimal, Decimal]]) -> None:
    """Give promised stock back: (line id, quantity in its uom, factor)."""
    quantities: Mapping[int, Decimal | None] = {
        line_id: EXACT.multiply(quantity, factor) for line_id, quantity, factor in lines if quantity
    }
    if quantities:
        free(actor, quantities)
