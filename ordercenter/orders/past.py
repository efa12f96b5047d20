"""Past order lines as the simulation of prices asks for them (pricing §6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from ordercenter.pricing.past import PastAsked, PastLine

_ORDERS = """seller_id = %(seller)s AND currency = %(currency)s AND placed_at >= %(begins)s AND placed_at < %(ends)s
    AND status NOT IN ('declined', 'rejected', 'cancelled')
    AND (%(partnerships)s::bigint[] = '{}' OR partnership_id = ANY (%(partnerships)s::bigint[]))"""
_LINES = "line.kind = 'goods' AND line.variant_id IS NOT NULL AND line.quantity > line.cancelled"

COUNT = f"""
SELECT count(*) FROM orders_orderline AS line
WHERE line.order_id IN (SELECT id FROM orders_order WHERE {_ORDERS}) AND {_LINES}
"""

# The instant of a price stands in its snapshot; an order by hand has one for all.
PART = f"""
WITH placed AS (
    SELECT id, number, partnership_id, priced_at FROM orders_order
    WHERE {_ORDERS} AND id > %(after)s ORDER BY id LIMIT %(most)s
)
SELECT line.id, placed.id, placed.number, placed.partnership_id, line.variant_id, line.uom_id, line.quantity,
    line.unit_price, coalesce((line.snapshot ->> 'at')::timestamptz, placed.priced_at),
    coalesce((line.snapshot ->> 'agreed')::boolean, false)
FROM placed LEFT JOIN orders_orderline AS line ON line.order_id = placed.id AND {_LINES}
ORDER BY placed.id, line.id NULLS FIRST
"""


class OrdersOfThePast:
    """Lines of goods that were ordered and not cancelled whole."""

    def count(self, asked: PastAsked) -> int:
        """How many lines there are. One statement."""
        with connection.cursor() as cursor:
            cursor.execute(COUNT, _values(asked))
            (count,) = cursor.fetchone()
        return count

    def parts(self, asked: PastAsked, orders: int) -> Iterator[list[PastLine]]:
        """All of them in the order of their ids, so many orders at a time. One statement for each part."""
        after = 0
        while True:
            with connection.cursor() as cursor:
                cursor.execute(PART, _values(asked) | {"after": after, "most": orders})
                rows = cursor.fetchall()
            if not rows:
                return
            after = rows[-1][1]
            yield [PastLine(*row) for row in rows if row[0] is not None]


def _values(asked: PastAsked) -> dict[str, Any]:
    return {
        "seller": asked.seller_id,
        "currency": asked.currency,
        "begins": asked.begins,
        "ends": asked.ends,
        "partnerships": list(asked.partnership_ids),
    }
