"""Which warehouse sends how much of each line: what is promised to a line may lie in several (stock §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ordercenter.orders.arithmetic import EXACT, ZERO
from ordercenter.orders.models import OrderLine
from ordercenter.orders.promise import whole
from ordercenter.orders.store import rows_of

PIECES = """
SELECT held.order_line_id, balance.warehouse_id, sum(held.quantity - held.shipped - held.freed)
  FROM stock_allocation AS held JOIN stock_stockbalance AS balance ON balance.id = held.balance_id
 WHERE held.order_line_id = ANY(%s::bigint[]) AND held.quantity > held.shipped + held.freed
 GROUP BY held.order_line_id, balance.warehouse_id
 ORDER BY held.order_line_id, min(held.id)
"""

#: Base quantities by warehouse, in the order in which they were promised.
Pieces = dict[int, Decimal]


@dataclass(slots=True)
class Load:
    """What one warehouse sends of one line: a quantity in the line's uom, and where its base units are taken from."""

    line: OrderLine
    quantity: Decimal
    taken: Pieces = field(default_factory=dict)


def pieces_of(line_ids: Iterable[int]) -> dict[int, Pieces]:
    """What is promised to lines and has not left, by line and warehouse; one statement."""
    found: dict[int, Pieces] = {}
    for line_id, warehouse_id, base in rows_of(PIECES, [list(line_ids)]):
        found.setdefault(line_id, {})[warehouse_id] = base
    return found


def split(
    lines: Sequence[tuple[OrderLine, Decimal]], pieces: Mapping[int, Pieces], warehouse_id: int | None = None
) -> dict[int, list[Load]]:
    """Loads by warehouse for these lines and quantities, as far as their pieces go; `warehouse_id`: only from there.

    A pack whose pieces lie in two warehouses goes with the one that has most of them, which has the others brought.
    """
    loads: dict[int, list[Load]] = {}
    for line, quantity in lines:
        there = dict(pieces.get(line.pk, {}))
        if warehouse_id is not None:
            there = {pk: base for pk, base in there.items() if pk == warehouse_id}
        for pk, part in _parts(line, quantity, there).items():
            load = Load(line, part)
            _take(load, pk, there)
            loads.setdefault(pk, []).append(load)
    return loads


def _parts(line: OrderLine, quantity: Decimal, there: Pieces) -> Pieces:
    """The quantity by warehouse, in the line's uom: whole packs each, and the mixed ones with the fullest."""
    parts: Pieces = {}
    left = quantity
    for pk, base in there.items():
        part = min(left, whole(base, line.factor, line.uom.exponent))
        if part:
            parts[pk] = part
            left -= part
    if left and there:
        loose = {pk: base - EXACT.multiply(parts.get(pk, ZERO), line.factor) for pk, base in there.items()}
        fullest = max(loose, key=lambda pk: loose[pk])
        parts[fullest] = parts.get(fullest, ZERO) + left
    return parts


def _take(load: Load, own: int, there: Pieces) -> None:
    """Take the base units of a load from its own warehouse, then from the others."""
    need = EXACT.multiply(load.quantity, load.line.factor)
    for pk in [own, *(other for other in there if other != own)]:
        base = min(need, there[pk])
        if base > 0:
            load.taken[pk] = base
            there[pk] -= base
            need -= base
