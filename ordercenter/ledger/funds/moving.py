"""Move what grants hold, and what their accounts have promised, in one statement for any number of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from marketplace.core.arrays import numbers, texts

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class GrantMove:
    """How a grant changes. `restored_to`: until then what came back may be used, where the grant has ended."""

    grant_id: int
    remaining: Decimal = ZERO
    reserved: Decimal = ZERO
    restored_to: datetime | None = None


MOVE = """
WITH given AS MATERIALIZED (
    SELECT grant_id, sum(remaining) AS remaining, sum(reserved) AS reserved, max(restored_to) AS restored_to
    FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::timestamptz[])
         AS g(grant_id, remaining, reserved, restored_to)
    GROUP BY grant_id
), moved AS (
    UPDATE funds_fundgrant g SET remaining = g.remaining + m.remaining, reserved = g.reserved + m.reserved,
        restored_to = greatest(g.restored_to, m.restored_to)
    FROM given m WHERE g.id = m.grant_id
    RETURNING g.account_id, m.reserved
)
UPDATE ledger_ledgeraccount a SET reserved = a.reserved + s.reserved
FROM (SELECT account_id, sum(reserved) AS reserved FROM moved GROUP BY account_id) s
WHERE a.id = s.account_id AND s.reserved <> 0
"""


def move_grants(moves: Iterable[GrantMove]) -> None:
    """Change grants whose accounts are locked, and what these have promised along with them."""
    rows = list(moves)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            MOVE,
            [
                numbers(row.grant_id for row in rows),
                numbers(row.remaining for row in rows),
                numbers(row.reserved for row in rows),
                texts(row.restored_to for row in rows),
            ],
        )


LOCK_ORDERS = """
SELECT id FROM ledger_ledgeraccount WHERE partnership_id IN (
    SELECT a.partnership_id FROM funds_fundshare s JOIN ledger_ledgeraccount a ON a.id = s.account_id
    WHERE s.order_id = ANY(%s::bigint[])
) ORDER BY id FOR NO KEY UPDATE
"""


def lock_orders(order_ids: Iterable[int]) -> bool:
    """Lock all ledger accounts of the partners of these orders, where these have funds; False where none has."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_ORDERS, [numbers(sorted(set(order_ids)))])
        return bool(cursor.fetchall())
