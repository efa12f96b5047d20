"""Which prices of a sheet stand below a floor: of those whom its list is for, and of everyone (pricing §6)."""

from __future__ import annotations

from typing import Any

from django.db import connection

HAS_FLOORS = """
SELECT EXISTS (SELECT FROM pricing_pricepolicyline AS rule JOIN pricing_pricelist AS list ON list.id = %(list)s
    WHERE rule.organization_id = list.organization_id AND rule.kind IN ('floor_amount', 'floor_percent'))
"""

# The most specific floor of each row by the order in which prices are bounded; the row of a list is its list price.
BELOW = """
WITH whom AS MATERIALIZED (
    SELECT array_agg(DISTINCT audience_key) || 0::bigint AS keys
    FROM pricing_pricepolicyline WHERE price_list_id = %(list)s
)
SELECT staged.position
FROM pricing_priceimportrow AS staged
JOIN pricing_pricelist AS list ON list.id = %(list)s AND NOT list.fixed
JOIN catalog_variant AS variant ON variant.id = staged.variant_id
JOIN catalog_product AS product ON product.id = variant.product_id
LEFT JOIN catalog_category AS category ON category.id = product.category_id
JOIN catalog_pack AS pack ON pack.variant_id = staged.variant_id AND pack.uom_id = staged.uom_id
CROSS JOIN LATERAL (
    SELECT ARRAY[0, variant.id * 8 + 1, product.id * 8 + 2, product.brand_id * 8 + 4]
        || ARRAY(SELECT above * 8 + 3 FROM unnest(category.ancestors) AS above) AS keys
) AS goods
CROSS JOIN LATERAL (
    SELECT rule.kind, rule.value
    FROM pricing_pricepolicyline AS rule JOIN pricing_pricepolicy AS policy ON policy.id = rule.policy_id
    WHERE rule.organization_id = list.organization_id AND rule.kind <> 'list' AND rule.step IS NULL
        AND rule.product_key = ANY (goods.keys) AND rule.audience_key = ANY (SELECT unnest(keys) FROM whom)
        AND policy.status = 'effective'
        AND rule.valid_from <= greatest(coalesce(staged.valid_from, %(at)s::timestamptz), now())
        AND rule.valid_to > greatest(coalesce(staged.valid_from, %(at)s::timestamptz), now())
    ORDER BY rule.audience_key = 0, rule.audience_key %% 8, rule.product_key = 0, rule.product_key %% 8,
        array_position(category.ancestors, rule.category_id) DESC, rule.priority, rule.id LIMIT 1
) AS floor
WHERE staged.price_import_id = %(import)s AND staged.errors = '[]' AND staged.amount < CASE floor.kind
    WHEN 'floor_amount' THEN floor.value * pack.factor ELSE staged.amount * floor.value / 100 END
ORDER BY staged.position
"""


def below_floor(values: dict[str, Any]) -> list[int]:
    """The rows of an import whose price a floor would raise; `values` as the statements of the preview take them."""
    with connection.cursor() as cursor:
        cursor.execute(HAS_FLOORS, values)
        if not cursor.fetchone()[0]:
            return []
        cursor.execute(BELOW, values)
        return [position for (position,) in cursor.fetchall()]
