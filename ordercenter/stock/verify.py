"""Balances recomputed from what they are made of (stock §12, rule 1)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from marketplace.core.verify import Difference, check

COMPARE = """
SELECT w.code || ' / ' || v.sku || CASE WHEN b.batch = '' THEN '' ELSE ' / ' || b.batch END || ' / ' || b.condition,
       coalesce(s.quantity, 0), b.{column}
FROM stock_stockbalance b
JOIN stock_warehouse w ON w.id = b.warehouse_id
JOIN catalog_variant v ON v.id = b.variant_id
LEFT JOIN ({source}) s ON s.balance_id = b.id
WHERE b.{column} <> coalesce(s.quantity, 0)
ORDER BY b.id
"""


@check("stock: on hand")
def on_hand() -> Iterator[Difference]:
    """What is on hand is the sum of the moves."""
    return _differences(
        "on_hand", "SELECT balance_id, sum(quantity) AS quantity FROM stock_stockmove GROUP BY balance_id"
    )


@check("stock: allocated")
def allocated() -> Iterator[Difference]:
    """What is allocated is what order lines hold and has neither left nor been given back."""
    return _differences(
        "allocated",
        "SELECT balance_id, sum(quantity - shipped - freed) AS quantity FROM stock_allocation GROUP BY balance_id",
    )


@check("stock: reserved")
def reserved() -> Iterator[Difference]:
    """What is reserved is the sum of the reservations, expired ones that nobody has swept included."""
    return _differences(
        "reserved", "SELECT balance_id, sum(quantity) AS quantity FROM stock_reservation GROUP BY balance_id"
    )


def _differences(column: str, source: str) -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(COMPARE.format(column=column, source=source))
        for subject, expected, found in cursor.fetchall():
            yield Difference(subject, expected, found)
