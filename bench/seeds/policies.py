"""Policy lines for the benchmark of prices: percentages, amounts and floors over all kinds of goods and audiences.

They are there while that benchmark runs and gone after it: other benchmarks measure a seller that has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# One policy for each audience: everyone, every grade and group, and as many dealers as are left; lines go round them.
POLICIES = """
CREATE TEMPORARY TABLE bench_policies AS
SELECT nextval('pricing_pricepolicy_id_seq') AS policy_id, row_number() OVER (ORDER BY kind, key) - 1 AS n, wanted.*
FROM (
    SELECT 1 AS kind, 1 AS key, NULL::bigint AS partnership_id, NULL::bigint AS group_id, NULL::bigint AS grade_id
    UNION ALL SELECT 2, id, NULL, NULL, id FROM parties_partnergrade WHERE organization_id = %(seller)s
    UNION ALL SELECT 3, id, NULL, id, NULL FROM parties_partnergroup WHERE organization_id = %(seller)s
    UNION ALL (SELECT 4, id, id, NULL, NULL FROM parties_partnership WHERE upstream_id = %(seller)s LIMIT 500)
) AS wanted
"""

HEADS = """
INSERT INTO pricing_pricepolicy (id, organization_id, partnership_id, group_id, grade_id, name_zh, name_en, code,
    status, internal, valid_from, valid_to, updated_at)
SELECT policy_id, %(seller)s, partnership_id, group_id, grade_id, '', 'Terms ' || n, 'TERMS-' || n, 'effective', false,
    '-infinity', 'infinity', now() FROM bench_policies
"""

# Of a hundred lines forty are for one variant, thirty for a product, fifteen for a category, ten for a brand and five
# for all goods; half of them stand in policies for everyone, for a grade or for a group.
LINES = """
INSERT INTO pricing_pricepolicyline (organization_id, policy_id, partnership_id, group_id, grade_id, kind, priority,
    merge, step, value, variant_id, product_id, category_id, brand_id, valid_from, valid_to)
SELECT %(seller)s, policy.policy_id, policy.partnership_id, policy.group_id, policy.grade_id,
    CASE i %% 4 WHEN 0 THEN 'percent' WHEN 1 THEN 'amount' WHEN 2 THEN 'floor_amount' ELSE 'floor_percent' END,
    1 + i %% 9999, false, CASE WHEN i %% 4 < 2 THEN 1 + i %% 3 END,
    CASE i %% 4 WHEN 0 THEN -3 WHEN 1 THEN -0.5 WHEN 2 THEN 1 ELSE 60 END,
    CASE WHEN i %% 100 < 40 THEN variants.keys[1 + i * 7919 %% cardinality(variants.keys)] END,
    CASE WHEN i %% 100 BETWEEN 40 AND 69 THEN products.keys[1 + i * 7919 %% cardinality(products.keys)] END,
    CASE WHEN i %% 100 BETWEEN 70 AND 84 THEN categories.keys[1 + i %% cardinality(categories.keys)] END,
    CASE WHEN i %% 100 BETWEEN 85 AND 94 AND cardinality(brands.keys) > 0
        THEN brands.keys[1 + i %% cardinality(brands.keys)] END, '-infinity', 'infinity'
FROM generate_series(1, %(lines)s) AS i
JOIN bench_policies AS policy ON policy.n = CASE WHEN i %% 2 = 0 THEN i / 2 %% %(wide)s
    ELSE i / 2 %% (SELECT count(*) FROM bench_policies) END
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS keys FROM catalog_variant WHERE organization_id = %(seller)s)
    AS variants
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS keys FROM catalog_product WHERE organization_id = %(seller)s)
    AS products
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS keys FROM catalog_category WHERE organization_id = %(seller)s)
    AS categories
CROSS JOIN (SELECT coalesce(array_agg(id ORDER BY id), '{}') AS keys FROM catalog_brand
    WHERE organization_id = %(seller)s) AS brands
"""


@contextmanager
def policy_lines(seller_id: int, lines: int) -> Iterator[int]:
    """So many policy lines of a seller within the block; how many there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        values = {"seller": seller_id, "lines": lines}
        cursor.execute(POLICIES, values)
        cursor.execute("SELECT count(*) FROM bench_policies WHERE kind < 4")
        values["wide"] = cursor.fetchone()[0]
        for statement in (HEADS, LINES):
            cursor.execute(statement, values)
        made = cursor.rowcount
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE pricing_pricepolicyline, pricing_pricepolicy")
    try:
        yield made
    finally:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM pricing_pricepolicyline WHERE policy_id IN (SELECT policy_id FROM bench_policies)"
            )
            cursor.execute("DELETE FROM pricing_pricepolicy WHERE id IN (SELECT policy_id FROM bench_policies)")
            cursor.execute("DROP TABLE bench_policies")
