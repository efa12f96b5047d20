"""Which packs order lines stand in: the catalogue asks before it lets a pack's content change (pricing §2)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

USED = """
SELECT asked.variant_id, asked.uom_id
FROM unnest(%(variants)s::bigint[], %(uoms)s::bigint[]) AS asked(variant_id, uom_id)
WHERE EXISTS (
    SELECT 1 FROM orders_orderline line WHERE line.variant_id = asked.variant_id AND line.uom_id = asked.uom_id)
"""


def packs_on_lines(pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (variant id, uom id) pairs, those some order line has; one statement."""
    values = {"variants": [pair[0] for pair in pairs], "uoms": [pair[1] for pair in pairs]}
    with connection.cursor() as cursor:
        cursor.execute(USED, values)
        return {(variant_id, uom_id) for variant_id, uom_id in cursor.fetchall()}
