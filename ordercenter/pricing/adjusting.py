"""The statements of price adjustments: each for all lines at once (pricing §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from ordercenter.pricing.entries import instant_text
from ordercenter.pricing.models import PriceAdjustment

ENTERED_LINES = """
INSERT INTO pricing_priceadjustmentline
    (organization_id, adjustment_id, position, variant_id, uom_id, min_quantity, new, valid_from, valid_to)
SELECT %(organization)s, %(adjustment)s, place - 1, variant_id, uom_id, min_quantity, amount, valid_from, valid_to
FROM unnest(%(variants)s::bigint[], %(uoms)s::bigint[], %(minima)s::numeric[], %(amounts)s::numeric[],
    %(from)s::timestamptz[], %(to)s::timestamptz[]) WITH ORDINALITY
    AS given (variant_id, uom_id, min_quantity, amount, valid_from, valid_to, place)
"""

# The price of each slot that is in force then, changed alike; what stays the same is left out.
FILLED_LINES = """
INSERT INTO pricing_priceadjustmentline
    (organization_id, adjustment_id, position, variant_id, uom_id, min_quantity, new)
SELECT %(organization)s, %(adjustment)s, row_number() OVER (ORDER BY sku, uom_id, min_quantity) - 1, variant_id, uom_id,
    min_quantity, new
FROM (
    SELECT DISTINCT ON (variant.sku, row.variant_id, row.uom_id, row.min_quantity) variant.sku, row.variant_id,
        row.uom_id, row.min_quantity, row.amount, greatest(0, round(round(
            (row.amount * (1 + %(percent)s::numeric / 100) + %(amount)s::numeric * pack.factor)
            / %(round)s::numeric) * %(round)s::numeric, 4)) AS new
    FROM pricing_pricerow AS row
    JOIN catalog_variant AS variant ON variant.id = row.variant_id
    JOIN catalog_product AS product ON product.id = variant.product_id
    LEFT JOIN catalog_category AS category ON category.id = product.category_id
    JOIN catalog_pack AS pack ON pack.variant_id = row.variant_id AND pack.uom_id = row.uom_id
    WHERE row.price_list_id = %(list)s AND row.valid_from <= greatest(%(begins)s::timestamptz, now())
        AND row.valid_to > greatest(%(begins)s::timestamptz, now())
        AND starts_with(upper(variant.sku), upper(%(search)s::text))
        AND (%(variant_id)s::bigint IS NULL OR variant.id = %(variant_id)s::bigint)
        AND (%(product_id)s::bigint IS NULL OR product.id = %(product_id)s::bigint)
        AND (%(category_id)s::bigint IS NULL OR %(category_id)s::bigint = ANY (category.ancestors))
        AND (%(brand_id)s::bigint IS NULL OR product.brand_id = %(brand_id)s::bigint)
    ORDER BY variant.sku, row.variant_id, row.uom_id, row.min_quantity, row.valid_from DESC
) AS held WHERE new <> amount LIMIT %(most)s
"""

# The price of the same slot at the instant of each line.
HELD = """LEFT JOIN LATERAL (
    SELECT id, amount, valid_to, valid_from FROM pricing_pricerow AS row
    WHERE row.price_list_id = %(list)s AND row.variant_id = line.variant_id AND row.uom_id = line.uom_id
        AND row.min_quantity = line.min_quantity
        AND row.valid_from <= greatest(coalesce(line.valid_from, %(begins)s::timestamptz), now())
        AND row.valid_to > greatest(coalesce(line.valid_from, %(begins)s::timestamptz), now())
    ORDER BY row.valid_from DESC LIMIT 1
) AS held ON true"""

OLD = f"""
UPDATE pricing_priceadjustmentline AS target SET old = held.amount
FROM pricing_priceadjustmentline AS line {HELD}
WHERE target.id = line.id AND line.adjustment_id = %(adjustment)s
"""

BEGINS = "greatest(coalesce(line.valid_from, %(begins)s::timestamptz), %(begins)s::timestamptz)"

# A row to come that stands for the very instant of a line gives way to it; it is kept to be brought back.
KEEP_REPLACED = f"""
UPDATE pricing_priceadjustmentline AS line SET replaced_amount = row.amount, replaced_to = row.valid_to
FROM pricing_pricerow AS row
WHERE line.adjustment_id = %(adjustment)s AND row.price_list_id = %(list)s AND row.variant_id = line.variant_id
    AND row.uom_id = line.uom_id AND row.min_quantity = line.min_quantity AND row.valid_from = {BEGINS}
"""

NOTE_ROWS = f"""
UPDATE pricing_priceadjustmentline AS line SET row = written.id
FROM pricing_pricerow AS written
WHERE line.adjustment_id = %(adjustment)s AND written.price_list_id = %(list)s AND written.id > %(last)s
    AND written.variant_id = line.variant_id AND written.uom_id = line.uom_id
    AND written.min_quantity = line.min_quantity AND written.valid_from = {BEGINS}
"""

# A row that somebody has replaced since has another id and stays.
TAKE_BACK = (
    """
DELETE FROM pricing_pricerow USING pricing_priceadjustmentline AS line
WHERE line.adjustment_id = %(adjustment)s AND pricing_pricerow.id = line.row
    AND pricing_pricerow.price_list_id = %(list)s AND pricing_pricerow.valid_from > now()
""",
    f"""
INSERT INTO pricing_pricerow
    (organization_id, price_list_id, variant_id, uom_id, min_quantity, amount, valid_from, valid_to)
SELECT %(organization)s, %(list)s, line.variant_id, line.uom_id, line.min_quantity, line.replaced_amount, {BEGINS},
    line.replaced_to
FROM pricing_priceadjustmentline AS line
WHERE line.adjustment_id = %(adjustment)s AND line.row IS NOT NULL AND line.replaced_amount IS NOT NULL
ON CONFLICT (price_list_id, variant_id, uom_id, min_quantity, valid_from) DO NOTHING
""",
)

_INSIDE = """held.valid_to < 'infinity' AND (line.valid_to IS NULL OR line.valid_to > held.valid_to)
    AND held.id IS DISTINCT FROM line.row"""

BEGIN_LATER = f"""
UPDATE pricing_priceadjustmentline AS target SET valid_from = held.valid_to
FROM pricing_priceadjustmentline AS line {HELD}
WHERE target.id = line.id AND line.adjustment_id = %(adjustment)s AND {_INSIDE}
"""

OVERLAYS = f"""
SELECT line.position, line.variant_id, line.uom_id, line.min_quantity, held.amount, held.valid_to
FROM pricing_priceadjustmentline AS line {HELD}
WHERE line.adjustment_id = %(adjustment)s AND {_INSIDE}
ORDER BY line.position LIMIT %(most)s
"""
MOST_WARNINGS = 200


@dataclass(frozen=True, slots=True)
class Overlay:
    """OVERLAYS_TEMPORARY: a line begins while a temporary price holds and wins over it; `ends` is when that would end.

    Offered instead: let the line begin at `ends`.
    """

    position: int
    variant_id: int
    uom_id: int
    min_quantity: Decimal
    temporary: Decimal
    ends: datetime


def overlays_of(made: PriceAdjustment) -> list[Overlay]:
    """The lines of a draft that fall inside a temporary window of their slot. One statement (pricing §6)."""
    begins = made.begins_at or made.effective_at
    values: dict[str, Any] = {
        "adjustment": made.pk,
        "list": made.price_list_id,
        "begins": "-infinity" if begins is None else instant_text(begins),
        "most": MOST_WARNINGS,
    }
    with connection.cursor() as cursor:
        cursor.execute(OVERLAYS, values)
        return [Overlay(*row) for row in cursor.fetchall()]
