"""What somebody may see of somebody's stock: the one statement behind pages of goods (stock §9).

Of each balance the owner's narrowest rule decides what a viewer sees; a sum is made of balances that may be seen, and
shown as coarsely as the coarsest of them, so that it never tells of a hidden one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db import connection, models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.names import localized
from ordercenter.stock.models import StockShow

BANDS = ((Decimal(10), "1–9"), (Decimal(50), "10–49"), (Decimal(200), "50–199"))
LAST_BAND = "200+"
LOW_BELOW = Decimal(10)
SIGNIFICANT_DIGITS = 2

SEEN = """
WITH wanted AS (
    SELECT v.id AS variant_id, v.product_id, c.ancestors AS categories, chosen.*
    FROM unnest(%(variants)s::bigint[]) AS w(id)
    -- OFFSET 0 keeps a look into the index for each: a thousand lines are no reason to read all goods.
    JOIN LATERAL (
        SELECT id, product_id, organization_id FROM catalog_variant WHERE id = w.id OFFSET 0
    ) v ON true
    JOIN catalog_product p ON p.id = v.product_id
    LEFT JOIN catalog_category c ON c.id = p.category_id
    JOIN LATERAL (
        SELECT %(viewer)s::bigint AS seller_id, NULL::bigint AS partnership_id, NULL::bigint AS grade_id,
               NULL::bigint[] AS groups, 0 AS far
        WHERE coalesce(%(seller)s::bigint, v.organization_id) = %(viewer)s::bigint
        UNION ALL
        SELECT s.upstream_id, s.id, s.grade_id, g.ancestors,
               CASE WHEN s.upstream_id = v.organization_id THEN 1 ELSE 2 END
        FROM parties_partnership s
        JOIN catalog_listing l ON l.organization_id = s.upstream_id AND l.variant_id = v.id
        LEFT JOIN parties_partnergroup g ON g.id = s.group_id
        WHERE s.downstream_id = %(viewer)s::bigint AND s.status = 'active'
          AND s.upstream_id = coalesce(%(seller)s::bigint, s.upstream_id)
        ORDER BY far, seller_id LIMIT 1
    ) chosen ON true
), there AS (
    SELECT w.variant_id, b.warehouse_id,
           greatest(sum(b.on_hand - b.allocated - b.reserved + CASE WHEN b.reserved = 0 THEN 0 ELSE coalesce((
               SELECT sum(r.quantity) FROM stock_reservation r
               WHERE r.balance_id = b.id AND r.expires_at <= statement_timestamp()), 0) END)
               - coalesce(max(f.quantity), 0), 0) AS available
    FROM wanted w
    JOIN LATERAL (
        SELECT * FROM stock_stockbalance s
        WHERE s.variant_id = w.variant_id AND s.organization_id = w.seller_id AND s.condition = 'sellable' OFFSET 0
    ) b ON true
    JOIN stock_warehouse h ON h.id = b.warehouse_id AND h.allocates
    LEFT JOIN stock_safetystock f ON f.organization_id = b.organization_id AND f.variant_id = b.variant_id
        AND f.warehouse_id = b.warehouse_id
    GROUP BY w.variant_id, b.warehouse_id
)
SELECT w.variant_id, coalesce(t.available, 0),
       CASE WHEN w.partnership_id IS NULL THEN 'exact' ELSE coalesce(rule.show, 'none') END
FROM wanted w
LEFT JOIN there t USING (variant_id)
LEFT JOIN LATERAL (
    SELECT r.show FROM stock_stockvisibility r
    WHERE w.partnership_id IS NOT NULL AND r.organization_id = w.seller_id
      AND (r.partnership_id = w.partnership_id OR r.group_id = ANY (w.groups) OR r.grade_id = w.grade_id
           OR num_nonnulls(r.partnership_id, r.group_id, r.grade_id) = 0)
      AND (r.variant_id = w.variant_id OR r.product_id = w.product_id OR r.category_id = ANY (w.categories)
           OR num_nonnulls(r.variant_id, r.product_id, r.category_id) = 0)
      AND (r.warehouses = '{}' OR t.warehouse_id = ANY (r.warehouses))
    ORDER BY r.partnership_id IS NULL, array_position(w.groups, r.group_id) DESC NULLS LAST, r.grade_id IS NULL,
             r.variant_id IS NULL, r.product_id IS NULL, array_position(w.categories, r.category_id) DESC NULLS LAST,
             r.warehouses = '{}', r.id DESC
    LIMIT 1
) rule ON true
"""


# The same, a row a place with its names: what may not be seen there is left out by `placed`.
SEEN_BY_PLACE = SEEN.replace(
    "SELECT w.variant_id, coalesce(t.available, 0),",
    "SELECT w.variant_id, t.available, t.warehouse_id, place.name_zh, place.name_en, place.priority,",
).replace(
    "LEFT JOIN there t USING (variant_id)",
    "JOIN there t USING (variant_id) JOIN stock_warehouse place ON place.id = t.warehouse_id",
)


class AvailabilityLevel(models.TextChoices):
    """Enough, only a few (fewer than 10 base units), or nothing."""

    IN_STOCK = "in_stock", _("In stock")
    LOW = "low", _("Low stock")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a viewer sees of a variant: the level, the text, and the figure only where one may be seen."""

    level: AvailabilityLevel
    label: str | Promise
    quantity: Decimal | None
    show: StockShow


def available_of(actor: Actor, variant_ids: Iterable[int], seller_id: int | None = None) -> dict[int, Seen]:
    """What the actor (or the partner whose view it takes) sees of a seller's stock, by variant; one statement.

    Without a seller: one's own stock of one's own goods, else that of a seller who has put the variant up, its owner
    before others. A variant of which nothing may be seen is missing.
    """
    ids = list(dict.fromkeys(variant_ids))
    if not ids or actor.buyer is None:
        return {}
    values: dict[str, Any] = {"variants": ids, "viewer": actor.buyer.pk, "seller": seller_seen(actor, seller_id)}
    with connection.cursor() as cursor:
        cursor.execute(SEEN, values)
        rows = cursor.fetchall()
    return summed(rows)


@dataclass(frozen=True, slots=True)
class SeenPlace:
    """What a viewer sees of a variant in one place; the name in the reader's language."""

    name: str
    seen: Seen


def available_by_place(
    actor: Actor, variant_ids: Iterable[int], seller_id: int | None = None
) -> dict[int, list[SeenPlace]]:
    """As `available_of`, place by place in serving order; a hidden place is not named. One statement."""
    ids = list(dict.fromkeys(variant_ids))
    if not ids or actor.buyer is None:
        return {}
    values: dict[str, Any] = {"variants": ids, "viewer": actor.buyer.pk, "seller": seller_seen(actor, seller_id)}
    with connection.cursor() as cursor:
        cursor.execute(SEEN_BY_PLACE, values)
        rows = sorted(cursor.fetchall(), key=lambda row: (row[5], row[2]))
    found: dict[int, list[SeenPlace]] = {}
    for variant, available, _place, name_zh, name_en, _turn, show in rows:
        if _RANK[show]:
            shown = SeenPlace(localized(name_zh, name_en), seen(available, StockShow(show)))
            found.setdefault(variant, []).append(shown)
    return found


def seller_seen(actor: Actor, seller_id: int | None) -> int | None:
    """With a partner's eyes one sees one's own offer to it, and nothing of its other sellers."""
    if actor.on_behalf_of is None or actor.on_behalf_of.pk == actor.organization_id:
        return seller_id
    return actor.organization_id if seller_id in (None, actor.organization_id) else 0


def summed(rows: Iterable[tuple[int, Decimal, str]]) -> dict[int, Seen]:
    """One Seen a variant from rows of (variant, available, show), one a warehouse."""
    sums: dict[int, tuple[Decimal, int]] = {}
    for variant, available, show in rows:
        rank = _RANK[show]
        if rank:
            quantity, coarsest = sums.get(variant, (Decimal(0), rank))
            sums[variant] = (quantity + available, min(coarsest, rank))
    return {variant: seen(quantity, _SHOWS[rank]) for variant, (quantity, rank) in sums.items()}


def coarsest(shows: Iterable[str]) -> StockShow | None:
    """How a sum over places is shown: as the coarsest of those that may be seen; None where nothing may be."""
    ranks = [rank for show in shows if (rank := _RANK[show])]
    return _SHOWS[min(ranks)] if ranks else None


_SHOWS = list(StockShow)
_RANK = {show.value: rank for rank, show in enumerate(_SHOWS)}


def level_of(available: Decimal) -> AvailabilityLevel:
    """The level of a figure that may be seen at least as a band."""
    if available <= 0:
        return AvailabilityLevel.OUT_OF_STOCK
    return AvailabilityLevel.LOW if available < LOW_BELOW else AvailabilityLevel.IN_STOCK


def seen(available: Decimal, show: StockShow) -> Seen:
    """A figure as exactly as `show` allows; never for NONE, of which there is nothing to show."""
    level = level_of(available)
    if level is AvailabilityLevel.OUT_OF_STOCK:
        exact = show in (StockShow.EXACT, StockShow.ROUNDED)
        return Seen(level, level.label, Decimal(0) if exact else None, show)
    if show is StockShow.YES_NO:
        return Seen(AvailabilityLevel.IN_STOCK, AvailabilityLevel.IN_STOCK.label, None, show)
    if show is StockShow.BAND:
        return Seen(level, next((text for below, text in BANDS if available < below), LAST_BAND), None, show)
    quantity = available if show is StockShow.EXACT else rounded(available)
    text = f"{quantity:,f}".rstrip("0").rstrip(".") if "." in f"{quantity:f}" else f"{quantity:,f}"
    return Seen(level, text if quantity == available else f"{text}+", quantity, show)


def rounded(quantity: Decimal) -> Decimal:
    """Down to two significant digits: 1,234 becomes 1,200."""
    place: Any = Decimal(1).scaleb(quantity.adjusted() - SIGNIFICANT_DIGITS + 1)
    return quantity.quantize(place, ROUND_DOWN) if quantity else quantity
