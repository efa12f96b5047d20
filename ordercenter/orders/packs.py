"""Which packs document lines use: such a pack keeps its content for good (pricing §2)."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.arrays import numbers
from ordercenter.orders.store import rows_of

USED = """
SELECT given.variant_id, given.uom_id FROM unnest(%s::bigint[], %s::bigint[]) AS given(variant_id, uom_id)
 WHERE EXISTS (SELECT FROM orders_orderline AS line
                WHERE line.variant_id = given.variant_id AND line.uom_id = given.uom_id)
"""


def packs_on_lines(pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (variant id, uom id) pairs, those that an order line has; one statement."""
    return set(rows_of(USED, [numbers(variant for variant, _uom in pairs), numbers(uom for _variant, uom in pairs)]))
