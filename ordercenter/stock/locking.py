"""Locks on balances: level 4 of the one lock order, always by id (credit-and-ledger §8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.arrays import numbers

BY_VARIANT = """
SELECT b.id, b.on_hand, b.allocated, b.reserved FROM stock_stockbalance b
WHERE b.organization_id = %(seller)s AND b.variant_id = ANY(%(variants)s::bigint[]) AND b.condition = 'sellable'
  AND CASE WHEN %(warehouses)s::bigint[] IS NULL
      THEN b.warehouse_id IN (SELECT id FROM stock_warehouse WHERE organization_id = %(seller)s AND allocates)
      ELSE b.warehouse_id = ANY(%(warehouses)s::bigint[]) END
ORDER BY b.id FOR NO KEY UPDATE OF b
"""

# Each step is materialised, so that it is a look into an index for each line and balance, whatever the planner thinks
# of the number of lines: told in one go it may join every balance with every allocation.
BY_LINE = """
WITH held AS MATERIALIZED (
    SELECT DISTINCT a.balance_id AS id FROM stock_allocation a
    WHERE a.order_line_id = ANY(%(lines)s::bigint[]) AND a.quantity > a.shipped + a.freed
), transit AS MATERIALIZED (
    SELECT t.id FROM held
    JOIN stock_stockbalance s ON s.id = held.id
    JOIN stock_warehouse w ON w.organization_id = s.organization_id AND w.kind = 'transit'
    JOIN LATERAL (
        SELECT id FROM stock_stockbalance
        WHERE variant_id = s.variant_id AND organization_id = s.organization_id AND warehouse_id = w.id
          AND batch = s.batch AND condition = s.condition OFFSET 0
    ) t ON true
    WHERE %(shipping)s
), wanted AS MATERIALIZED (
    SELECT id FROM held UNION SELECT id FROM transit
)
SELECT b.id, b.on_hand, b.allocated, b.reserved FROM stock_stockbalance b JOIN wanted ON wanted.id = b.id
ORDER BY b.id FOR NO KEY UPDATE OF b
"""

BY_ID = """
SELECT b.id, b.on_hand, b.allocated, b.reserved FROM stock_stockbalance b
WHERE b.id = ANY(%(ids)s::bigint[]) ORDER BY b.id FOR NO KEY UPDATE OF b
"""

# Before the lock, as rows that are not there cannot be locked; in one order, as two who make the same rows wait.
PREPARE_TRANSIT = """
WITH held AS MATERIALIZED (
    SELECT DISTINCT a.balance_id AS id FROM stock_allocation a
    WHERE a.order_line_id = ANY(%(lines)s::bigint[]) AND a.quantity > a.shipped + a.freed
)
INSERT INTO stock_stockbalance
    (organization_id, warehouse_id, variant_id, batch, condition, on_hand, allocated, reserved)
SELECT DISTINCT s.organization_id, w.id, s.variant_id, s.batch, s.condition, 0, 0, 0
FROM held
JOIN stock_stockbalance s ON s.id = held.id
JOIN stock_warehouse w ON w.organization_id = s.organization_id AND w.kind = 'transit'
LEFT JOIN LATERAL (
    SELECT id FROM stock_stockbalance
    WHERE variant_id = s.variant_id AND organization_id = s.organization_id AND warehouse_id = w.id
      AND batch = s.batch AND condition = s.condition OFFSET 0
) t ON true
WHERE t.id IS NULL
ORDER BY 1, 3, 4, 5
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A balance as it is now, and stays until this transaction ends."""

    id: int
    on_hand: Decimal
    allocated: Decimal
    reserved: Decimal


def lock_balances(seller_id: int, variant_ids: Iterable[int], warehouses: Sequence[int] | None = None) -> list[Held]:
    """Lock the sellable balances of these variants in the allowed warehouses; None: all of the seller that allocate."""
    values: dict[str, Any] = {
        "seller": seller_id,
        "variants": numbers(sorted(set(variant_ids))),
        "warehouses": None if warehouses is None else numbers(warehouses),
    }
    return _locked(BY_VARIANT, values)


def lock_lines(order_line_ids: Iterable[int], shipping: bool = False) -> list[Held]:
    """Lock the balances on which these order lines hold stock and, for shipping, those that it goes into."""
    values: dict[str, Any] = {"lines": numbers(sorted(set(order_line_ids))), "shipping": shipping}
    if shipping:
        with connection.cursor() as cursor:
            cursor.execute(PREPARE_TRANSIT, values)
    return _locked(BY_LINE, values)


def lock_ids(balance_ids: Iterable[int]) -> list[Held]:
    """Lock balances that are known by id."""
    return _locked(BY_ID, {"ids": numbers(sorted(set(balance_ids)))})


def _locked(statement: str, values: dict[str, Any]) -> list[Held]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Held(*row) for row in cursor.fetchall()]
