"""Variants as a buyer is offered them: rows of a statement that know their seller and their units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from marketplace.catalog.assortments import BUYER_SCOPE, HELD, OFFERS
from marketplace.catalog.models import Variant
from marketplace.core.lean import lean_row

_FIELDS = tuple(field.attname for field in Variant._meta.concrete_fields if field.attname != "sku_key")
_NAMES = (*_FIELDS, "order_uom_id", "base_uom_id", "offered_by", "partnership_id")
_ATTRIBUTES = _FIELDS.index("attributes")
WIDTH = len(_NAMES)

# Columns of a row, but for seller and partnership.
COLUMNS = f"""{", ".join(f"variant.{name}" for name in _FIELDS)},
    (SELECT pack.uom_id FROM catalog_pack pack WHERE pack.variant_id = variant.id
        ORDER BY pack.is_default DESC, pack.is_base DESC, pack.id LIMIT 1),
    (SELECT pack.uom_id FROM catalog_pack pack WHERE pack.variant_id = variant.id AND pack.is_base)"""

OFFERED = f"WITH {BUYER_SCOPE}, {HELD} SELECT {COLUMNS}, scope.seller_id, scope.partnership_id {OFFERS}"

# To be joined to rows `hit` of (product, seller): the variant that a list shows of each. It stays outside of what finds
# and limits them, where a variant would be looked up for every product that is passed over.
FIRST_OFFERED = f"""LEFT JOIN LATERAL (
    SELECT {COLUMNS}, scope.seller_id, scope.partnership_id {OFFERS}
        AND scope.seller_id = hit.seller_id AND variant.product_id = hit.product_id
    ORDER BY variant.position, variant.id LIMIT 1
) first ON true"""


def offered_variant_of(row: Sequence[Any]) -> Variant:
    """A variant from a row of COLUMNS, seller and partnership.

    It knows `offered_by` and `partnership_id`, and `order_uom_id` and `base_uom_id`, so that prices and stock can be
    asked for without looking anything up.
    """
    values = list(row)
    values[_ATTRIBUTES] = orjson.loads(values[_ATTRIBUTES])
    return lean_row(Variant, _NAMES, values)
