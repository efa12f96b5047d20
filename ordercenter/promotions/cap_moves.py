"""Moves of caps: what each holds for an order, and the append-only rows that changed it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from marketplace.core.arrays import numbers

MOVE = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[])
        AS one(cap_id, order_id, reserved, used)
),
moved AS (
    INSERT INTO promotions_promotioncapmove (organization_id, cap_id, order_id, cause, seq, reserved, used)
    SELECT cap.organization_id, given.cap_id, given.order_id, %s, 1 + coalesce((
        SELECT max(seq) FROM promotions_promotioncapmove AS before
        WHERE before.cap_id = given.cap_id AND before.order_id = given.order_id AND before.cause = %s), 0),
        given.reserved, given.used
    FROM given JOIN promotions_promotioncap AS cap ON cap.id = given.cap_id
)
UPDATE promotions_promotioncap AS cap
SET reserved = cap.reserved + summed.reserved, used = cap.used + summed.used, updated_at = now()
FROM (SELECT cap_id, sum(reserved) AS reserved, sum(used) AS used FROM given GROUP BY cap_id) AS summed
WHERE cap.id = summed.cap_id
"""

HELD = """
SELECT move.cap_id, move.order_id, sum(move.reserved), sum(move.used), cap.promotion_id, cap.measure, cap.variant_id,
    cap.uom_id
FROM promotions_promotioncapmove AS move JOIN promotions_promotioncap AS cap ON cap.id = move.cap_id
WHERE move.order_id = ANY (%s::bigint[])
GROUP BY move.cap_id, move.order_id, cap.promotion_id, cap.measure, cap.variant_id, cap.uom_id
ORDER BY move.cap_id, move.order_id
"""

LOCK = """
SELECT id FROM promotions_promotioncap
WHERE id IN (SELECT cap_id FROM promotions_promotioncapmove WHERE order_id = ANY (%s::bigint[]))
ORDER BY id FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a cap is to hold for an order, beside what it holds; and what the cap is of."""

    cap_id: int
    order_id: int
    reserved_before: Decimal
    used_before: Decimal
    reserved: Decimal
    used: Decimal
    root: int = 0
    measure: str = ""
    variant_id: int | None = None
    uom_id: int | None = None


def settle(cause: str, holdings: Sequence[Holding]) -> None:
    """Move caps to what they are to hold; one statement, none where nothing changes. The caps are locked."""
    rows = [
        (one.cap_id, one.order_id, one.reserved - one.reserved_before, one.used - one.used_before)
        for one in holdings
        if (one.reserved, one.used) != (one.reserved_before, one.used_before)
    ]
    if rows:
        with connection.cursor() as cursor:
            columns = [numbers(column) for column in zip(*rows, strict=True)]
            cursor.execute(MOVE, [*columns, str(cause), str(cause)])


def holdings_of(order_ids: Collection[int]) -> list[Holding]:
    """What caps hold for orders now; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [numbers(order_ids)])
        return [
            Holding(cap, order, reserved, used, reserved, used, *about)
            for cap, order, reserved, used, *about in cursor.fetchall()
        ]


def lock_of_orders(order_ids: Collection[int]) -> None:
    """Lock the caps that hold something for orders, by id; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [numbers(order_ids)])
