"""When somebody can have how much of somebody's goods: the one statement behind dates on pages (stock §6 and §9)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.actor import Actor
from ordercenter.stock.availability import SEEN, Seen, coarsest, seen, seller_seen
from ordercenter.stock.models import StockShow
from ordercenter.stock.promising import OnDay, Step, promisable

# Beside each place's figure: today where the seller is, its look-ahead, what is expected, and the open promises that
# nothing is allocated to, on the day they were made for. Both are of the variant, whatever place the row is of.
DATED = SEEN.replace(
    "FROM wanted w\nLEFT JOIN there t",
    """     , (now() AT TIME ZONE o.time_zone)::date, coalesce(s.look_ahead_days, 90),
       (SELECT jsonb_agg(jsonb_build_array(p.day, p.quantity::text))
        FROM stock_supplyplan p JOIN stock_warehouse h ON h.id = p.warehouse_id AND h.allocates
        WHERE p.organization_id = w.seller_id AND p.variant_id = w.variant_id),
       (SELECT jsonb_agg(jsonb_build_array(waiting.day, waiting.quantity::text))
        FROM (
            SELECT coalesce(l.promised_on, q.promised_on, '-infinity')::text AS day,
                   sum((l.quantity - l.cancelled - l.shipped - l.allocated) * l.factor) AS quantity
            FROM orders_orderline l JOIN orders_order q ON q.id = l.order_id
            WHERE l.variant_id = w.variant_id AND q.seller_id = w.seller_id AND q.status = 'confirmed'
              AND l.quantity - l.cancelled - l.shipped - l.allocated > 0
            GROUP BY 1
        ) waiting)
FROM wanted w
JOIN parties_organization o ON o.id = w.seller_id
LEFT JOIN stock_stocksettings s ON s.organization_id = w.seller_id
LEFT JOIN there t""",
)


@dataclass(frozen=True, slots=True)
class Dated:
    """What a viewer may know of a variant by date: steps in base units, shown as exactly as `show` lets it.

    `late`: goods were expected before today and have not come.
    """

    steps: list[Step]
    show: StockShow
    late: bool

    @property
    def counts(self) -> bool:
        """Whether the viewer may read figures at all."""
        return self.show in (StockShow.EXACT, StockShow.ROUNDED)

    def shown(self) -> list[tuple[date, Seen]]:
        """The steps as the viewer may read them; those that look the same as the one before are left out."""
        told: list[tuple[date, Seen]] = []
        for step in self.steps:
            one = seen(step.quantity, self.show)
            if not told or (one.level, one.label) != (told[-1][1].level, told[-1][1].label):
                told.append((step.day, one))
        return told


def promises_of(actor: Actor, variant_ids: Iterable[int], seller_id: int | None = None) -> dict[int, Dated]:
    """What can be promised of each variant by date; whose stock is meant is as in `availability.available_of`.

    A variant of which the viewer may see nothing is missing. One statement.
    """
    ids = list(dict.fromkeys(variant_ids))
    if not ids or actor.buyer is None:
        return {}
    values: dict[str, Any] = {"variants": ids, "viewer": actor.buyer.pk, "seller": seller_seen(actor, seller_id)}
    with connection.cursor() as cursor:
        cursor.execute(DATED, values)
        rows = cursor.fetchall()
    by_variant: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_variant.setdefault(row[0], []).append(row)
    found = {variant: _dated(places) for variant, places in by_variant.items()}
    return {variant: dated for variant, dated in found.items() if dated is not None}


def _dated(places: list[tuple[Any, ...]]) -> Dated | None:
    show = coarsest(row[2] for row in places)
    if show is None:
        return None
    *_place, today, days, supply, demand = places[0]
    available = sum((row[1] for row in places if row[2] != StockShow.NONE.value), Decimal(0))
    coming = _on_days(supply)
    steps = promisable(today, today + timedelta(days), available, coming, _on_days(demand))
    return Dated(steps, show, any(day < today for day, _quantity in coming))


def _on_days(document: Any) -> list[OnDay]:
    rows = json.loads(document) if isinstance(document, str) else document or []
    return [(date.min if day == "-infinity" else date.fromisoformat(day), Decimal(quantity)) for day, quantity in rows]
