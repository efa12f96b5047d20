"""Promise stock to lines of released orders, and take the promise back (stock §4).

Lines are intervals of demand, balances intervals of supply, laid out per variant; where two overlap, the balance serves
the line. So one statement serves any number of lines, and gives what serving them one after the other would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers, texts
from marketplace.core.errors import DomainError, raise_all
from marketplace.parties.models import ShortPolicy
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.locking import Held, lock_balances, lock_lines
from ordercenter.stock.reservations import sweep
from ordercenter.stock.supply import SUPPLY
from ordercenter.stock.terms import Allocated, Demand

__all__ = ["allocate", "free", "lock_balances", "lock_lines"]

ALLOCATE = f"""
WITH demand AS (
    SELECT d.*, sum(d.quantity) OVER (PARTITION BY d.variant_id ORDER BY d.place) AS d1
    FROM unnest(%(lines)s::bigint[], %(variants)s::bigint[], %(quantities)s::numeric[], %(orders)s::bigint[],
                %(policies)s::text[], %(placed)s::timestamptz[], %(steps)s::numeric[]) WITH ORDINALITY
         AS d(line_id, variant_id, quantity, order_id, policy, placed_at, step, place)
), {SUPPLY}, judged AS (
    SELECT d.*, coalesce(t.supply, 0) AS supply, CASE d.policy
        WHEN 'complete_order' THEN bool_and(d.d1 <= coalesce(t.supply, 0)) OVER (PARTITION BY d.order_id)
        WHEN 'complete_line' THEN d.d1 <= coalesce(t.supply, 0)
        ELSE true END AS fits
    FROM demand d
    LEFT JOIN (SELECT variant_id, max(s1) AS supply FROM shelf GROUP BY variant_id) t USING (variant_id)
), served AS (
    SELECT line_id, variant_id, placed_at, d1 - quantity AS d0,
           d1 - quantity + div(least(d1, supply) - (d1 - quantity), step) * step AS d1
    FROM judged WHERE fits AND d1 - quantity < supply
), taken AS (
    SELECT d.line_id, s.balance_id, max(d.placed_at) AS placed_at, min(s.s1) AS turn,
           sum(least(d.d1, s.s1) - greatest(d.d0, s.s1 - s.usable)) AS quantity
    FROM served d JOIN shelf s USING (variant_id)
    WHERE d.d0 < s.s1 AND s.s1 - s.usable < d.d1
    GROUP BY d.line_id, s.balance_id
), raised AS (
    UPDATE stock_stockbalance b SET allocated = b.allocated + t.quantity, updated_at = now()
    FROM (SELECT balance_id, sum(quantity) AS quantity FROM taken GROUP BY balance_id) t
    WHERE b.id = t.balance_id
), kept AS (
    INSERT INTO stock_allocation AS a
        (organization_id, order_line_id, balance_id, quantity, shipped, freed, placed_at)
    SELECT %(seller)s, line_id, balance_id, quantity, 0, 0, coalesce(placed_at, now())
    FROM taken ORDER BY turn, line_id
    ON CONFLICT (order_line_id, balance_id) DO UPDATE SET quantity = a.quantity + EXCLUDED.quantity
)
SELECT line_id, sum(quantity) FROM taken GROUP BY line_id
"""

# The newest allocation of a line gives up first.
FREE = """
WITH wanted AS (
    SELECT * FROM unnest(%(lines)s::bigint[], %(quantities)s::numeric[]) AS w(line_id, quantity)
), held AS (
    SELECT a.id, a.balance_id, a.order_line_id, a.quantity - a.shipped - a.freed AS open,
           sum(a.quantity - a.shipped - a.freed) OVER (PARTITION BY a.order_line_id ORDER BY a.id DESC) AS h1
    FROM stock_allocation a
    WHERE a.order_line_id = ANY(%(lines)s::bigint[]) AND a.quantity > a.shipped + a.freed
), given AS (
    SELECT h.id, h.balance_id, h.order_line_id,
           least(h.open, coalesce(w.quantity, h.h1) - (h.h1 - h.open)) AS quantity
    FROM held h JOIN wanted w ON w.line_id = h.order_line_id
    WHERE w.quantity IS NULL OR h.h1 - h.open < w.quantity
), lowered AS (
    UPDATE stock_stockbalance b SET allocated = b.allocated - g.quantity, updated_at = now()
    FROM (SELECT balance_id, sum(quantity) AS quantity FROM given GROUP BY balance_id) g
    WHERE b.id = g.balance_id
), freed AS (
    UPDATE stock_allocation a SET freed = a.freed + g.quantity FROM given g WHERE a.id = g.id
)
SELECT order_line_id, sum(quantity) FROM given GROUP BY order_line_id
"""


def allocate(
    actor: Actor,
    seller_id: int,
    demands: Sequence[Demand],
    policy: str = ShortPolicy.PARTIAL,
    *,
    warehouses: Sequence[int] | None = None,
    carts: Sequence[int] = (),
    may_wait: bool = True,
) -> Allocated:
    """Promise the seller's stock to these lines, at most three statements for any number of them (stock §4).

    `warehouses` in the order in which they serve; None: all of the seller that allocate, by priority. `carts`: those
    the lines come from, whose reservations are given back first. A line (COMPLETE_LINE) or order (COMPLETE_ORDER) that
    does not fit keeps its place: what comes after it does not overtake it, nor take the rest of a step. Under
    PARTIAL_CANCEL the caller cancels what is short. With `may_wait=False` any shortage raises STOCK_SHORT for each such
    line, and nothing is promised.
    """
    if not demands:
        return Allocated()
    queue = in_turn(demands)
    with transaction.atomic(savepoint=False):
        held = lock_balances(seller_id, (demand.variant_id for demand in queue), warehouses)
        if any(balance.reserved for balance in held):
            sweep([balance.id for balance in held], carts)
        allocated = serve(seller_id, queue, policy, warehouses, held)
        if not may_wait:
            raise_all(shortages(demands, allocated))
    return allocated


def in_turn(demands: Sequence[Demand]) -> list[Demand]:
    """Demands in the order in which they are served: orders as they first appear, the lines of each by position."""
    turn: dict[int, int] = {}
    for demand in demands:
        turn.setdefault(demand.order_id, len(turn))
    return sorted(demands, key=lambda demand: (turn[demand.order_id], demand.position))


def shortages(demands: Sequence[Demand], allocated: Allocated) -> list[DomainError]:
    """A STOCK_SHORT for each demand that did not get all it wants, with its index."""
    text = _("%(wanted)s wanted, %(got)s available.")
    return [
        DomainError(
            StockErrorCode.STOCK_SHORT,
            text % {"wanted": plain(demand.quantity), "got": plain(allocated.by_line.get(demand.order_line_id))},
            "quantity",
            index,
        )
        for index, demand in enumerate(demands)
        if demand.order_line_id in allocated.short
    ]


def plain(quantity: Decimal | None) -> str:
    """A quantity as people write it, without zeros at its end."""
    return f"{(quantity or Decimal(0)).normalize():f}"


def free(actor: Actor, lines: Mapping[int, Decimal | None]) -> dict[int, Decimal]:
    """Take back what order lines hold and has not left: so much of each, None for all; answers what each gave back.

    A line that holds less than asked gives what it holds: the rest of it waits and holds nothing.
    """
    if not lines:
        return {}
    ids = sorted(lines)
    with transaction.atomic(savepoint=False):
        lock_lines(ids)
        with connection.cursor() as cursor:
            cursor.execute(FREE, {"lines": numbers(ids), "quantities": numbers(lines[line] for line in ids)})
            return dict(cursor.fetchall())


def serve(
    seller_id: int, queue: Sequence[Demand], policy: str, warehouses: Sequence[int] | None, held: Sequence[Held]
) -> Allocated:
    """Run the one statement over the balances that are locked (`held`), in the order of the queue as it is."""
    wanted: dict[int, Decimal] = {}
    for demand in queue:
        wanted[demand.order_line_id] = wanted.get(demand.order_line_id, Decimal(0)) + demand.quantity
    values: dict[str, Any] = {
        "seller": seller_id,
        "held": numbers(balance.id for balance in held),
        "warehouses": None if warehouses is None else numbers(warehouses),
        "lines": numbers(demand.order_line_id for demand in queue),
        "variants": numbers(demand.variant_id for demand in queue),
        "quantities": numbers(demand.quantity for demand in queue),
        "orders": numbers(demand.order_id for demand in queue),
        "policies": texts(demand.policy or policy for demand in queue),
        "placed": texts(demand.placed_at for demand in queue),
        "steps": numbers(demand.step for demand in queue),
    }
    with connection.cursor() as cursor:
        cursor.execute(ALLOCATE, values)
        got = dict(cursor.fetchall())
    short = {line: wanted[line] - got.get(line, 0) for line in wanted if wanted[line] > got.get(line, 0)}
    return Allocated(got, short)
