"""The condition "in stock" of the catalogue one buys from: it must not tell what the buyer may not see (stock §9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.core.actor import Actor

# Some variant has more in a warehouse that allocates than is withheld there, and the buyer may see something of it.
# `document` and `scope` are what search looks at: a product offered by a seller to the buyer.
IN_STOCK = """EXISTS (
    SELECT 1 FROM catalog_variant stocked
    JOIN stock_stockbalance held_there ON held_there.variant_id = stocked.id
        AND held_there.organization_id = scope.seller_id AND held_there.condition = 'sellable'
    JOIN stock_warehouse place ON place.id = held_there.warehouse_id AND place.allocates
    LEFT JOIN stock_safetystock kept ON kept.organization_id = held_there.organization_id
        AND kept.variant_id = stocked.id AND kept.warehouse_id = place.id
    WHERE stocked.product_id = document.product_id AND stocked.status = 'active'
        AND coalesce((
            SELECT shown.show FROM stock_stockvisibility shown
            WHERE shown.organization_id = scope.seller_id
                AND (shown.partnership_id = scope.partnership_id OR shown.group_id = ANY (scope.groups)
                    OR shown.grade_id = scope.grade_id
                    OR num_nonnulls(shown.partnership_id, shown.group_id, shown.grade_id) = 0)
                AND (shown.variant_id = stocked.id OR shown.product_id = document.product_id
                    OR shown.category_id = ANY (
                        SELECT unnest(above.ancestors) FROM catalog_category above WHERE above.id = document.category)
                    OR num_nonnulls(shown.variant_id, shown.product_id, shown.category_id) = 0)
                AND (shown.warehouses = '{}' OR place.id = ANY (shown.warehouses))
            ORDER BY shown.partnership_id IS NULL, array_position(scope.groups, shown.group_id) DESC NULLS LAST,
                shown.grade_id IS NULL, shown.variant_id IS NULL, shown.product_id IS NULL,
                array_position((SELECT above.ancestors FROM catalog_category above WHERE above.id = document.category),
                    shown.category_id) DESC NULLS LAST, shown.warehouses = '{}', shown.id DESC
            LIMIT 1), 'none') <> 'none'
    GROUP BY stocked.id, place.id
    HAVING sum(held_there.on_hand - held_there.allocated - held_there.reserved + CASE WHEN held_there.reserved = 0
        THEN 0 ELSE coalesce((SELECT sum(lapsed.quantity) FROM stock_reservation lapsed
            WHERE lapsed.balance_id = held_there.id AND lapsed.expires_at <= statement_timestamp()), 0) END)
        > coalesce(max(kept.quantity), 0))"""


def in_stock(actor: Actor) -> tuple[str, Mapping[str, Any]]:
    """The condition and its values, as search takes them (`marketplace.search.conditions`)."""
    return IN_STOCK, {}
