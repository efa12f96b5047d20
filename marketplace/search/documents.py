"""Writing the index: documents, codes and words of some products, in a constant number of statements."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from marketplace.catalog.attributes import choice_label
from marketplace.catalog.listings import stored
from marketplace.catalog.models import Attribute, AttributeKind
from marketplace.catalog.values import lock_products
from marketplace.search.words import fold, indexed, vector

CHUNK = 1000

PRODUCTS = """
SELECT product.id, product.organization_id, product.name_zh, product.name_en, product.description_zh,
    product.description_en, product.status = 'active', product.attributes::text, product.created_at,
    coalesce(product.brand_id, 0), coalesce(product.category_id, 0), coalesce(brand.name_zh, ''),
    coalesce(brand.name_en, ''),
    (SELECT coalesce(string_agg(above.name_zh || ' ' || above.name_en, ' '), '') FROM catalog_category above
        WHERE above.id = ANY (category.ancestors))
FROM catalog_product product
LEFT JOIN catalog_brand brand ON brand.id = product.brand_id
LEFT JOIN catalog_category category ON category.id = product.category_id
WHERE product.id = ANY (%(ids)s::bigint[])
"""

VARIANTS = """
SELECT variant.product_id, variant.id, variant.sku, variant.name_zh, variant.name_en, variant.attributes::text,
    variant.status = 'active',
    ARRAY(SELECT DISTINCT pack.barcode_key FROM catalog_pack pack
        WHERE pack.variant_id = variant.id AND pack.barcode <> '')
FROM catalog_variant variant WHERE variant.product_id = ANY (%(ids)s::bigint[])
ORDER BY variant.product_id, variant.position, variant.id
"""

LISTINGS = """
SELECT variant.product_id, listing.organization_id, variant.id, listing.valid_from, listing.valid_to
FROM catalog_listing listing JOIN catalog_variant variant ON variant.id = listing.variant_id
WHERE variant.product_id = ANY (%(ids)s::bigint[]) AND listing.status = 'listed' AND variant.status = 'active'
"""

WRITE = """
INSERT INTO search_searchdocument (organization_id, product_id, owner, brand, category, listed, uneven, valid_from,
    valid_to, facets, vector, name_zh, name_en, sku, created_at)
SELECT organization_id, product_id, owner, brand, category, listed, uneven, valid_from, valid_to, facets::text[],
    words::tsvector || setweight(to_tsvector('english', names), 'A') || setweight(to_tsvector('english', kinds), 'B')
        || setweight(to_tsvector('english', texts), 'D'),
    name_zh, name_en, sku, created_at
FROM unnest(%(organizations)s::bigint[], %(products)s::bigint[], %(owners)s::bigint[], %(brands)s::bigint[],
    %(categories)s::bigint[], %(listed)s::boolean[], %(uneven)s::boolean[], %(starts)s::timestamptz[],
    %(ends)s::timestamptz[], %(facets)s::text[], %(words)s::text[], %(names)s::text[], %(kinds)s::text[],
    %(texts)s::text[], %(names_zh)s::text[], %(names_en)s::text[], %(skus)s::text[], %(ages)s::timestamptz[])
    AS new(organization_id, product_id, owner, brand, category, listed, uneven, valid_from, valid_to, facets, words,
        names, kinds, texts, name_zh, name_en, sku, created_at)
ON CONFLICT (organization_id, product_id) DO UPDATE SET
    brand = EXCLUDED.brand, category = EXCLUDED.category, listed = EXCLUDED.listed, uneven = EXCLUDED.uneven,
    valid_from = EXCLUDED.valid_from, valid_to = EXCLUDED.valid_to, facets = EXCLUDED.facets, vector = EXCLUDED.vector,
    name_zh = EXCLUDED.name_zh, name_en = EXCLUDED.name_en, sku = EXCLUDED.sku
"""

DROP = """
DELETE FROM search_searchdocument WHERE product_id = ANY (%(ids)s::bigint[])
    AND (organization_id, product_id) NOT IN (
        SELECT * FROM unnest(%(organizations)s::bigint[], %(products)s::bigint[]))
"""

DROP_CODES = "DELETE FROM search_searchcode WHERE product_id = ANY (%(ids)s::bigint[])"

WRITE_CODES = """
INSERT INTO search_searchcode (organization_id, product_id, variant_id, key, is_sku)
SELECT * FROM unnest(%(organizations)s::bigint[], %(products)s::bigint[], %(variants)s::bigint[], %(keys)s::text[],
    %(skus)s::boolean[])
"""

WRITE_WORDS = """
INSERT INTO search_searchword (organization_id, word)
SELECT * FROM unnest(%(organizations)s::bigint[], %(words)s::text[]) ORDER BY 1, 2
ON CONFLICT (organization_id, word) DO NOTHING
"""


@dataclass(slots=True)
class VariantOf:
    """What the index keeps of a variant."""

    pk: int
    sku: str
    names: str
    attributes: dict[str, Any]
    active: bool
    barcodes: list[str]


@dataclass(slots=True)
class ProductOf:
    """What the index keeps of a product, with its variants and its listings by seller."""

    pk: int
    owner: int
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    active: bool
    attributes: dict[str, Any]
    created_at: datetime
    brand: int
    category: int
    brand_zh: str
    brand_en: str
    above: str
    variants: list[VariantOf] = field(default_factory=list)
    windows: dict[int, dict[int, tuple[datetime, datetime]]] = field(default_factory=dict)


def index_documents(product_ids: Iterable[int]) -> None:
    """Make the documents of these products anew, inside the caller's transaction if there is one."""
    ids = iter(product_ids)
    while chunk := list(islice(ids, CHUNK)):
        with transaction.atomic():
            # Read under the lock: who indexes the same product at the same time sees what the other has written.
            lock_products(chunk)
            _write(chunk, _read(chunk))


def _read(ids: list[int]) -> dict[int, ProductOf]:
    products: dict[int, ProductOf] = {}
    with connection.cursor() as cursor:
        cursor.execute(PRODUCTS, {"ids": ids})
        for row in cursor.fetchall():
            products[row[0]] = ProductOf(*row[:7], json.loads(row[7]), *row[8:])  # type: ignore[call-arg]
        cursor.execute(VARIANTS, {"ids": ids})
        for product_id, pk, sku, zh, en, attributes, active, barcodes in cursor.fetchall():
            one = VariantOf(pk, sku, f"{zh} {en}", json.loads(attributes), active, barcodes)
            products[product_id].variants.append(one)
        cursor.execute(LISTINGS, {"ids": ids})
        for product_id, seller, variant_id, start, end in cursor.fetchall():
            products[product_id].windows.setdefault(seller, {})[variant_id] = (start, end)
    return products


def _write(ids: list[int], products: dict[int, ProductOf]) -> None:
    owners = {product.owner for product in products.values()}
    attributes: dict[tuple[int, str], Attribute] = {
        (row.organization_id, row.code): row for row in Attribute.objects.filter(organization__in=owners)
    }
    columns: dict[str, list[Any]] = defaultdict(list)
    codes: dict[str, list[Any]] = defaultdict(list)
    words: set[tuple[int, str]] = set()
    for _key, product in sorted(products.items()):
        shared = _shared(product, attributes)
        for seller in sorted({product.owner, *product.windows}):
            _add_document(columns, product, seller, shared)
            _add_codes(codes, product, seller)
            words.update((seller, word) for word in shared["known"])
    ordered = sorted(words)
    with connection.cursor() as cursor:
        cursor.execute(DROP, {"ids": ids, "organizations": columns["organizations"], "products": columns["products"]})
        cursor.execute(DROP_CODES, {"ids": ids})
        if products:
            cursor.execute(WRITE, columns)
            cursor.execute(WRITE_CODES, {name: codes[name] for name in _CODES})
            cursor.execute(
                WRITE_WORDS, {"organizations": [one for one, _ in ordered], "words": [word for _, word in ordered]}
            )


_CODES = ("organizations", "products", "variants", "keys", "skus")


def _shared(product: ProductOf, known: dict[tuple[int, str], Attribute]) -> dict[str, Any]:
    """What all documents of a product have in common: words, facets, names."""
    facets: set[str] = set()
    values: list[str] = []
    for attributes in (product.attributes, *(variant.attributes for variant in product.variants if variant.active)):
        for code, value in attributes.items():
            attribute = known.get((product.owner, code))
            if attribute is None:
                continue
            values.extend(_value_texts(attribute, value))
            if attribute.is_facet:
                facets.add(f"{code}={facet_text(value)}")
    active = [variant for variant in product.variants if variant.active]
    names = f"{product.name_zh} {product.name_en}"
    kinds = f"{product.brand_zh} {product.brand_en} {product.above}"
    named = [*indexed(names, single=True)]
    skus = [word for variant in active for word in indexed(variant.sku)]
    barcodes = [barcode for variant in active for barcode in variant.barcodes]
    kind = [*indexed(kinds, single=True)]
    described = [
        word for text in (*values, *(variant.names for variant in active)) for word in indexed(text, single=True)
    ]
    texts = f"{product.description_zh} {product.description_en}"[:20_000]
    rest = [*indexed(texts)]
    return {
        "facets": sorted(facets),
        "words": vector((("A", named), ("A", skus), ("A", barcodes), ("B", kind), ("C", described), ("D", rest))),
        "names": product.name_en.lower(),
        "kinds": f"{product.brand_en} {product.above}".lower(),
        "texts": f"{' '.join(values)} {product.description_en[:20_000]}".lower(),
        "known": {word for word in (*named, *kind, *described) if 2 <= len(word) <= 40 and not word.isdigit()},
    }


def facet_text(value: Any) -> str:
    """A kept attribute value inside a facet: booleans as true and false."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value_texts(attribute: Attribute, value: Any) -> Iterator[str]:
    if attribute.kind == AttributeKind.CHOICE:
        found = next((choice for choice in attribute.choices if choice["value"] == value), None)
        if found:
            yield from (found.get("zh", ""), found.get("en", "") or choice_label(found))
    elif attribute.kind == AttributeKind.BOOLEAN:
        if value:
            yield from (attribute.name_zh, attribute.name_en)
    else:
        yield str(value)


def _add_document(columns: dict[str, list[Any]], product: ProductOf, seller: int, shared: dict[str, Any]) -> None:
    windows = product.windows.get(seller, {})
    distinct = set(windows.values())
    listed = product.active and bool(windows)
    start = min((window[0] for window in distinct), default=product.created_at)
    end = max((window[1] for window in distinct), default=product.created_at)
    values = {
        "organizations": seller,
        "products": product.pk,
        "owners": product.owner,
        "brands": product.brand,
        "categories": product.category,
        "listed": listed,
        "uneven": len(distinct) > 1,
        "starts": _instant(start),
        "ends": _instant(end),
        "facets": _array(shared["facets"]),
        "words": shared["words"],
        "names": shared["names"],
        "kinds": shared["kinds"],
        "texts": shared["texts"],
        "names_zh": product.name_zh or product.name_en,
        "names_en": (product.name_en or product.name_zh).lower(),
        "skus": product.variants[0].sku if product.variants else "",
        "ages": product.created_at,
    }
    for name, value in values.items():
        columns[name].append(value)


def _instant(instant: datetime) -> str:
    """An instant as text: a list of instants and infinities has no one type."""
    end = stored(instant)
    return end.isoformat() if isinstance(end, datetime) else str(end)


def _array(values: Sequence[str]) -> str:
    """An array literal inside an array parameter: PostgreSQL has no arrays of arrays of different lengths."""
    quoted = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values]
    return "{" + ",".join(quoted) + "}"


def _add_codes(codes: dict[str, list[Any]], product: ProductOf, seller: int) -> None:
    offered = product.windows.get(seller, {})
    for variant in product.variants:
        if seller != product.owner and variant.pk not in offered:
            continue
        for key, is_sku in ((fold(variant.sku), True), *((barcode, False) for barcode in variant.barcodes)):
            for name, value in zip(_CODES, (seller, product.pk, variant.pk, key, is_sku), strict=True):
                codes[name].append(value)
