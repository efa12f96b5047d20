"""A catalogue of any size for benchmarks: made by the database from generate_series, the same each time.

    seed_catalog(seller_id, variants=100_000)      # the index too; then ANALYZE

One product has two or three variants. Every variant has pieces, boxes of 12 and cartons of 144; every twentieth has an
order quantity rule; all are listed from the beginning of time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from marketplace.catalog.models import Product
from marketplace.catalog.units import common_units
from marketplace.search.documents import CHUNK, index_documents

MAKERS = 40
ROOTS, BRANCHES, LEAVES = 8, 40, 200

KINDS_ZH = [
    "保温杯", "水壶", "饭盒", "炒锅", "汤锅", "蒸锅", "菜刀", "砧板", "碗", "盘子", "筷子", "勺子",
    "餐具套装", "收纳盒", "置物架", "毛巾", "浴巾", "拖把", "扫帚", "垃圾桶",
]  # fmt: skip
KINDS_EN = [
    "vacuum bottle", "kettle", "lunch box", "frying pan", "stock pot", "steamer", "kitchen knife", "cutting board",
    "bowl", "plate", "chopsticks", "spoon", "cutlery set", "storage box", "shelf", "towel", "bath towel", "mop",
    "broom", "waste bin",
]  # fmt: skip
LOOKS_ZH = [
    "不锈钢", "陶瓷", "玻璃", "竹制", "硅胶", "搪瓷", "铸铁", "木制", "棉质", "塑料",
]  # fmt: skip
LOOKS_EN = [
    "stainless", "ceramic", "glass", "bamboo", "silicone", "enamel", "cast-iron", "wooden", "cotton", "plastic",
]  # fmt: skip
WAYS_ZH = [
    "家用", "便携", "加厚", "大容量", "简约", "复古", "儿童", "商用", "折叠", "防滑", "静音", "轻便",
]  # fmt: skip
WAYS_EN = [
    "household", "portable", "thick", "roomy", "plain", "vintage", "junior", "professional", "folding",
    "non-slip", "quiet", "light",
]  # fmt: skip
COLOURS = (("white", "白色", "White"), ("black", "黑色", "Black"), ("red", "红色", "Red"), ("blue", "蓝色", "Blue"))

BRANDS = """
INSERT INTO catalog_brand (organization_id, code, name_zh, name_en)
SELECT %(seller)s::bigint, 'maker-' || n, '匠心' || n || '号', 'Maker ' || n FROM generate_series(1, %(count)s::int) n
"""

CATEGORIES = """
INSERT INTO catalog_category (organization_id, code, name_zh, name_en, parent_id, ancestors, depth, position)
SELECT %(seller)s::bigint, %(stem)s::text || n, %(zh)s::text || n, %(en)s::text || n, above.id, '{}', %(depth)s::int, n
FROM generate_series(1, %(count)s::int) n
LEFT JOIN catalog_category above ON above.organization_id = %(seller)s::bigint
    AND above.code = %(above)s::text || (1 + (n - 1) %% %(among)s::int)
"""

ANCESTORS = """
UPDATE catalog_category one SET ancestors = coalesce(above.ancestors, '{}') || one.id
FROM catalog_category self LEFT JOIN catalog_category above ON above.id = self.parent_id
WHERE self.id = one.id AND one.organization_id = %(seller)s::bigint AND one.depth = %(depth)s::int
"""

ATTRIBUTES = """
INSERT INTO catalog_attribute (organization_id, code, name_zh, name_en, kind, choices, uom_id, of_variant, is_facet,
    position)
VALUES
    (%(seller)s::bigint, 'material', '材质', 'Material', 'choice', %(materials)s::jsonb, NULL, false, true, 0),
    (%(seller)s::bigint, 'colour', '颜色', 'Colour', 'choice', %(colours)s::jsonb, NULL, true, true, 1),
    (%(seller)s::bigint, 'capacity', '容量', 'Capacity', 'number', '[]', %(ml)s::bigint, false, true, 2)
"""

PRODUCTS = """
INSERT INTO catalog_product (organization_id, name_zh, name_en, slug, description_zh, description_en, brand_id,
    category_id, status, attributes, axes, tax_rate, created_at, updated_at)
SELECT %(seller)s::bigint, way_zh || look_zh || kind_zh || ' ' || n, initcap(way_en) || ' ' || look_en || ' ' || kind_en
        || ' ' || n,
    'seed-' || n, way_zh || look_zh || kind_zh || '，日常使用，易于清洗，适合各类门店陈列。',
    'A ' || way_en || ' ' || look_en || ' ' || kind_en || ' for daily use, easy to clean.',
    (%(brands)s::bigint[])[1 + n %% cardinality(%(brands)s::bigint[])],
    (%(leaves)s::bigint[])[1 + (n * 7) %% cardinality(%(leaves)s::bigint[])],
    'active', jsonb_build_object('material', look_en, 'capacity', ((1 + n %% 8) * 250)::text), '{colour}', 0.13,
    made_at, made_at
FROM generate_series(1, %(count)s::int) n,
LATERAL (SELECT timestamptz '2026-01-01 00:00+00' + n * interval '1 minute' AS made_at) made,
LATERAL (SELECT (%(kinds_zh)s::text[])[1 + n %% 20] AS kind_zh, (%(kinds_en)s::text[])[1 + n %% 20] AS kind_en,
    (%(looks_zh)s::text[])[1 + n / 20 %% 10] AS look_zh, (%(looks_en)s::text[])[1 + n / 20 %% 10] AS look_en,
    (%(ways_zh)s::text[])[1 + n / 200 %% 12] AS way_zh, (%(ways_en)s::text[])[1 + n / 200 %% 12] AS way_en) word
"""

# Numbers of products make the number of variants come out: two and three in turn.
VARIANTS = """
INSERT INTO catalog_variant (organization_id, product_id, sku, name_zh, name_en, attributes, position, status)
SELECT %(seller)s::bigint, product.id, 'SD' || lpad(substr(product.slug, 6), 6, '0') || '-' || n,
    (%(zh)s::text[])[n], (%(en)s::text[])[n], jsonb_build_object('colour', (%(values)s::text[])[n]), n - 1, 'active'
FROM catalog_product product, generate_series(1, 2 + substr(product.slug, 6)::int %% 2) n
WHERE product.organization_id = %(seller)s::bigint AND product.slug LIKE 'seed-%%'
"""

PACKS = """
INSERT INTO catalog_pack (organization_id, variant_id, uom_id, factor, is_base, is_default, barcode)
SELECT variant.organization_id, variant.id, pack.uom_id, pack.factor, pack.factor = 1, pack.factor = 1,
    CASE WHEN pack.factor = 1 THEN '69' || lpad(variant.id::text, 11, '0') ELSE '' END
FROM catalog_variant variant,
    (VALUES (%(pcs)s::bigint, 1), (%(box)s::bigint, 12), (%(ctn)s::bigint, 144)) pack(uom_id, factor)
WHERE variant.organization_id = %(seller)s::bigint
"""

LISTINGS = """
INSERT INTO catalog_listing (organization_id, variant_id, status, valid_from, valid_to)
SELECT organization_id, id, 'listed', '-infinity', 'infinity' FROM catalog_variant
WHERE organization_id = %(seller)s::bigint
"""

RULES = """
INSERT INTO catalog_orderquantityrule (organization_id, variant_id, uom_id, min, step, max)
SELECT organization_id, id, %(pcs)s::bigint, 12, 6, NULL FROM catalog_variant
WHERE organization_id = %(seller)s::bigint AND id %% 20 = 0
"""


def seed_catalog(
    seller_id: int, variants: int = 100_000, progress: Callable[[str], None] = lambda text: None
) -> list[int]:
    """Make a seller's catalogue with this many variants (two and a half to a product) and index it; product ids."""
    units = common_units()
    ids: dict[str, Any] = {
        "seller": seller_id,
        **{code.lower(): units[code].pk for code in ("PCS", "BOX", "CTN", "ML")},
    }
    with transaction.atomic(), connection.cursor() as cursor:
        progress("brands, categories, attributes")
        cursor.execute(BRANDS, ids | {"count": MAKERS})
        _categories(cursor, seller_id)
        cursor.execute(ATTRIBUTES, ids | {"materials": _choices(LOOKS_EN, LOOKS_ZH), "colours": _colours()})
        progress("products")
        cursor.execute(PRODUCTS, ids | _words(cursor, seller_id) | {"count": variants * 2 // 5})
        progress("variants, packs, listings")
        values: dict[str, Any] = {
            "zh": [one[1] for one in COLOURS],
            "en": [one[2] for one in COLOURS],
            "values": [one[0] for one in COLOURS],
        }
        cursor.execute(VARIANTS, ids | values)
        for statement in (PACKS, LISTINGS, RULES):
            cursor.execute(statement, ids)
    products = list(Product.objects.filter(organization=seller_id).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(products), CHUNK):
        progress(f"index {start} of {len(products)}")
        index_documents(products[start : start + CHUNK])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return products


def _categories(cursor: Any, seller_id: int) -> None:
    levels = (
        ("root-", "家居", "Home ", "", 1, ROOTS),
        ("branch-", "系列", "Range ", "root-", ROOTS, BRANCHES),
        ("leaf-", "类别", "Kind ", "branch-", BRANCHES, LEAVES),
    )
    for depth, (stem, zh, en, above, among, count) in enumerate(levels):
        values: dict[str, Any] = {"seller": seller_id, "stem": stem, "zh": zh, "en": en, "above": above, "among": among}
        cursor.execute(CATEGORIES, values | {"count": count, "depth": depth})
        cursor.execute(ANCESTORS, {"seller": seller_id, "depth": depth})


def _words(cursor: Any, seller_id: int) -> dict[str, Any]:
    cursor.execute("SELECT id FROM catalog_brand WHERE organization_id = %s ORDER BY id", [seller_id])
    brands = [row[0] for row in cursor.fetchall()]
    cursor.execute("SELECT id FROM catalog_category WHERE organization_id = %s AND depth = 2 ORDER BY id", [seller_id])
    leaves = [row[0] for row in cursor.fetchall()]
    return {
        "brands": brands, "leaves": leaves, "kinds_zh": KINDS_ZH, "kinds_en": KINDS_EN, "looks_zh": LOOKS_ZH,
        "looks_en": LOOKS_EN, "ways_zh": WAYS_ZH, "ways_en": WAYS_EN,
    }  # fmt: skip


def _choices(english: list[str], chinese: list[str]) -> str:
    return json.dumps(
        [{"value": en, "zh": zh, "en": en.capitalize()} for en, zh in zip(english, chinese, strict=True)],
        ensure_ascii=False,
    )


def _colours() -> str:
    return json.dumps([{"value": value, "zh": zh, "en": en} for value, zh, en in COLOURS], ensure_ascii=False)
