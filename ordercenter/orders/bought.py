"""What a buyer has bought before, latest first, whether it is still sold or not (orders §9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from marketplace.core.actor import Actor
from ordercenter.orders.store import rows_of

#: Of how many of the latest orders.
LATEST = 400

SQL = """
WITH latest AS (
    SELECT id, seller_id, placed_at FROM orders_order
     WHERE buyer_id = %(buyer)s AND status NOT IN ('declined', 'rejected', 'cancelled')
       AND (%(seller)s::bigint IS NULL OR seller_id = %(seller)s::bigint)
     ORDER BY placed_at DESC, id DESC LIMIT %(latest)s
), bought AS (
    SELECT line.variant_id, latest.seller_id, line.quantity, line.uom_id, latest.placed_at,
           count(*) OVER same AS times, row_number() OVER (same ORDER BY latest.placed_at DESC, line.id DESC) AS place
      FROM latest JOIN orders_orderline AS line ON line.order_id = latest.id AND line.variant_id IS NOT NULL
     WHERE %(search)s = '' OR line.sku ILIKE %(pattern)s OR line.name_zh ILIKE %(pattern)s
        OR line.name_en ILIKE %(pattern)s
    WINDOW same AS (PARTITION BY line.variant_id, latest.seller_id)
)
SELECT variant_id, seller_id, quantity, uom_id, placed_at, times FROM bought WHERE place = 1
 ORDER BY placed_at DESC, variant_id LIMIT 1000
"""


PURCHASES = """
WITH latest AS (
    SELECT id, number, placed_at, currency FROM orders_order
     WHERE buyer_id = %(buyer)s AND status NOT IN ('declined', 'rejected', 'cancelled')
       AND (%(seller)s::bigint IS NULL OR seller_id = %(seller)s::bigint)
     ORDER BY placed_at DESC, id DESC LIMIT %(latest)s
)
SELECT variant_id, order_id, number, placed_at, quantity, uom_id, unit_price, currency, times
  FROM (SELECT line.variant_id, line.order_id, latest.number, latest.placed_at, line.quantity, line.uom_id,
               line.unit_price, latest.currency, count(*) OVER same AS times,
               row_number() OVER (same ORDER BY latest.placed_at DESC, line.id DESC) AS place
          FROM latest JOIN orders_orderline AS line ON line.order_id = latest.id
         WHERE line.variant_id = ANY (%(variants)s::bigint[])
        WINDOW same AS (PARTITION BY line.variant_id)) AS bought
 WHERE place <= %(most)s ORDER BY variant_id, place
"""


@dataclass(frozen=True, slots=True)
class Purchase:
    """A line in which a variant was bought, and in how many lines it was in all (of the latest orders)."""

    variant_id: int
    order_id: int
    number: str
    placed_at: datetime
    quantity: Decimal
    uom_id: int
    unit_price: Decimal
    currency: str
    times: int


def purchases_of(
    actor: Actor, variant_ids: Sequence[int], seller_id: int | None = None, most: int = 5
) -> dict[int, list[Purchase]]:
    """The latest lines in which whoever the actor buys for bought each variant, latest first; one statement."""
    if actor.buyer is None or not variant_ids:
        return {}
    values = {
        "buyer": actor.buyer.pk,
        "seller": actor.organization_id if actor.on_behalf_of is not None else seller_id,
        "latest": LATEST,
        "variants": list(variant_ids),
        "most": most,
    }
    found: dict[int, list[Purchase]] = {}
    for row in rows_of(PURCHASES, values):
        found.setdefault(row[0], []).append(Purchase(*row))
    return found


@dataclass(frozen=True, slots=True)
class BoughtVariant:
    """A variant that was bought of a seller: how much the last time, and in how many lines."""

    variant_id: int
    seller_id: int
    quantity: Decimal
    uom_id: int
    placed_at: datetime
    times: int


def bought_variants(actor: Actor, seller_id: int | None = None, search: str = "") -> list[BoughtVariant]:
    """Variants in the latest orders of whoever the actor buys for, latest first; one statement."""
    if actor.buyer is None:
        return []
    if actor.on_behalf_of is not None:
        seller_id = actor.organization_id
    escaped = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    values = {
        "buyer": actor.buyer.pk,
        "seller": seller_id,
        "latest": LATEST,
        "search": escaped,
        "pattern": f"%{escaped}%",
    }
    return [BoughtVariant(*row) for row in rows_of(SQL, values)]
