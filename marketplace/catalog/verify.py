"""What has to agree in the catalogue (for `entrepot verify`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from marketplace.catalog.models import Category
from marketplace.core.trees import wrong_ancestors
from marketplace.core.verify import Difference, check

BASELESS = """
SELECT variant.sku FROM catalog_variant variant
WHERE NOT EXISTS (SELECT 1 FROM catalog_pack pack WHERE pack.variant_id = variant.id AND pack.is_base)
"""

STRAYED = """
SELECT 'variant ' || variant.sku, product.organization_id, variant.organization_id
FROM catalog_variant variant JOIN catalog_product product ON product.id = variant.product_id
WHERE variant.organization_id <> product.organization_id
UNION ALL
SELECT 'pack ' || pack.id, variant.organization_id, pack.organization_id
FROM catalog_pack pack JOIN catalog_variant variant ON variant.id = pack.variant_id
WHERE pack.organization_id <> variant.organization_id
"""


@check("catalog: category tree")
def category_ancestors() -> Iterator[Difference]:
    """Ancestors and depth of each category are what its parents say."""
    yield from wrong_ancestors(Category)


@check("catalog: base units")
def base_units() -> Iterator[Difference]:
    """Each variant has a pack in which its stock is counted."""
    with connection.cursor() as cursor:
        cursor.execute(BASELESS)
        for (sku,) in cursor.fetchall():
            yield Difference(f"variant {sku}", "one base unit", "none")


@check("catalog: owners")
def owners() -> Iterator[Difference]:
    """Variants and packs belong to whom their product belongs."""
    with connection.cursor() as cursor:
        cursor.execute(STRAYED)
        for subject, expected, found in cursor.fetchall():
            yield Difference(subject, expected, found)
