"""Prices for the benchmark: lists for everyone, for each grade and group, and one list for each dealer.

Everything follows from row numbers, nothing from chance, so that two runs seed the same. Expects goods and partners to
be there; a dealer with a group two levels deep and a grade then has a chain of six lists.
"""

from __future__ import annotations

from django.db import connection, transaction

GOODS = """
CREATE TEMPORARY TABLE bench_goods ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY variant.id) - 1 AS n, variant.id AS variant_id, base.uom_id
FROM catalog_variant AS variant JOIN catalog_pack AS base ON base.variant_id = variant.id AND base.is_base
WHERE variant.organization_id = %(seller)s
"""

# Everyone's standard list and a merging one, a list for each grade and group, and one for each dealer; `kind` orders
# them, `share` is the part of the goods a list prices, null: what is left of the rows, spread over the dealers.
LISTS = """
CREATE TEMPORARY TABLE bench_lists ON COMMIT DROP AS
SELECT nextval('pricing_pricelist_id_seq') AS list_id, nextval('pricing_pricepolicy_id_seq') AS policy_id, wanted.*,
    row_number() OVER (ORDER BY kind, key) AS n
FROM (
    SELECT 'everyone' AS kind, 1 AS key, NULL::bigint AS partnership_id, NULL::bigint AS group_id,
        NULL::bigint AS grade_id, 1.0 AS share, false AS merge, 200 AS priority
    UNION ALL SELECT 'campaign', 1, NULL, NULL, NULL, 0.1, true, 100
    UNION ALL SELECT 'grade', id, NULL, NULL, id, 0.5, true, 100 FROM parties_partnergrade
        WHERE organization_id = %(seller)s
    UNION ALL SELECT 'group', id, NULL, id, NULL, 0.2, true, 100 FROM parties_partnergroup
        WHERE organization_id = %(seller)s
    UNION ALL SELECT 'dealer', id, id, NULL, NULL, NULL, true, 100 FROM parties_partnership
        WHERE upstream_id = %(seller)s
) AS wanted
"""

HEADS = """
INSERT INTO pricing_pricelist (id, organization_id, managed_by_id, name_zh, name_en, public_label_zh, public_label_en,
    code, currency, status, uom_fallback, tier_scope, fixed, version, row_count, effective_since, valid_from, valid_to,
    updated_at)
SELECT list_id, %(seller)s, %(seller)s, '', 'Bench ' || n, '', 'List', 'BENCH-' || n, organization.currency,
    'effective', 'base', 'line', false, 1, 0, now(), '-infinity', 'infinity', now()
FROM bench_lists JOIN parties_organization AS organization ON organization.id = %(seller)s
"""

POLICIES = """
INSERT INTO pricing_pricepolicy (id, organization_id, partnership_id, group_id, grade_id, name_zh, name_en, code,
    status, internal, valid_from, valid_to, updated_at)
SELECT policy_id, %(seller)s, partnership_id, group_id, grade_id, '', 'Bench ' || n, 'BENCH-' || n, 'effective', false,
    '-infinity', 'infinity', now()
FROM bench_lists
"""

LINES = """
INSERT INTO pricing_pricepolicyline (organization_id, policy_id, price_list_id, partnership_id, group_id, grade_id,
    kind, priority, merge, valid_from, valid_to)
SELECT %(seller)s, policy_id, list_id, partnership_id, group_id, grade_id, 'list', priority, merge, '-infinity',
    'infinity'
FROM bench_lists
"""

# A prime as stride walks over all goods before it meets one again, so a list names none twice.
ROWS = """
INSERT INTO pricing_pricerow (organization_id, price_list_id, variant_id, uom_id, min_quantity, amount, valid_from,
    valid_to)
SELECT %(seller)s, list.list_id, goods.variant_id, goods.uom_id, tier.minimum,
    round((10 + goods.n %% 490) * (1 - 0.02 * tier.minimum / 10 - 0.001 * (list.n %% 100)), 2), '-infinity', 'infinity'
FROM bench_lists AS list
CROSS JOIN LATERAL generate_series(0, coalesce((%(goods)s * list.share)::bigint, %(per_dealer)s) - 1) AS i
JOIN bench_goods AS goods ON goods.n = (i * 7919 + list.n * 104729) %% %(goods)s
JOIN (VALUES (0, true), (20, false)) AS tier (minimum, always) ON tier.always OR list.kind = 'everyone'
"""

COUNTS = """
UPDATE pricing_pricelist AS list SET row_count = counted.rows
FROM (SELECT price_list_id, count(*) AS rows FROM pricing_pricerow GROUP BY price_list_id) AS counted
WHERE counted.price_list_id = list.id
"""


def seed_prices(seller_id: int, rows: int = 1_000_000) -> int:
    """Lists, assignments and about `rows` price rows for a seller's goods and dealers; returns the number of rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        # The rows refer only to what was just read: checking each of five million again would take minutes.
        cursor.execute("SET LOCAL session_replication_role = replica")
        values = {"seller": seller_id}
        cursor.execute(GOODS, values)
        values["goods"] = cursor.rowcount
        cursor.execute("ANALYZE bench_goods")
        cursor.execute(LISTS, values)
        cursor.execute("SELECT sum(share), count(*) FILTER (WHERE share IS NULL) FROM bench_lists")
        shares, dealers = cursor.fetchone()
        left = rows - int((shares + 1) * values["goods"])
        values["per_dealer"] = max(1, min(left // max(dealers, 1), values["goods"]))
        for statement in (HEADS, POLICIES, LINES, ROWS, COUNTS):
            cursor.execute(statement, values)
        cursor.execute("SELECT count(*) FROM pricing_pricerow WHERE organization_id = %(seller)s", values)
        (seeded,) = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE pricing_pricerow, pricing_pricelist, pricing_pricepolicy, pricing_pricepolicyline"
        )
    return seeded
