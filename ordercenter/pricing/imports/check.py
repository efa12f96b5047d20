"""Checking a staged sheet against goods, units, windows and the list itself; each statement for all rows of a part."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from marketplace.catalog.assortments import BUYER_SCOPE, HELD, OFFERS
from marketplace.core.imports import ImportPhase
from ordercenter.pricing.entries import instant_text
from ordercenter.pricing.imports.columns import columns_of
from ordercenter.pricing.imports.progress import Progress
from ordercenter.pricing.models import PriceImport

PART = 4000

# A code is one's own SKU, else one's own code for another's goods, a barcode, or the SKU of a supplier. A code that
# names two variants names none. A barcode names a unit, too; without any the price is for the base uom.
MATCH = f"""
WITH {BUYER_SCOPE}, {HELD},
staged AS (
    SELECT id, code, uom_code, valid_from, valid_to, errors FROM pricing_priceimportrow
    WHERE price_import_id = %(import)s AND position BETWEEN %(first)s AND %(last)s
),
named AS (
    SELECT staged.id, coalesce(own.id, partner.id, pack.variant_id, others.id) AS variant_id,
        CASE WHEN own.id IS NULL AND partner.id IS NULL THEN pack.uom_id END AS barcode_uom_id,
        own.id IS NULL AND (partner.id IS NOT NULL OR pack.variant_id IS NULL) AS is_foreign
    FROM staged
    LEFT JOIN catalog_variant AS own ON own.organization_id = %(buyer)s AND own.sku = staged.code
    LEFT JOIN LATERAL (
        SELECT min(variant_id) AS id FROM catalog_partneritemcode
        WHERE own.id IS NULL AND organization_id = ANY (%(keepers)s::bigint[]) AND code = staged.code
        HAVING count(DISTINCT variant_id) = 1
    ) AS partner ON true
    LEFT JOIN LATERAL (
        SELECT min(variant_id) AS variant_id, min(uom_id) AS uom_id FROM catalog_pack
        WHERE own.id IS NULL AND partner.id IS NULL AND organization_id = %(buyer)s AND barcode = staged.code
            AND barcode <> ''
        HAVING count(DISTINCT variant_id) = 1
    ) AS pack ON true
    LEFT JOIN LATERAL (
        SELECT min(variant.id) AS id FROM catalog_variant AS variant
        JOIN parties_partnership AS partnership ON partnership.upstream_id = variant.organization_id
        WHERE own.id IS NULL AND partner.id IS NULL AND pack.variant_id IS NULL
            AND partnership.downstream_id = %(buyer)s AND variant.sku = staged.code
        HAVING count(*) = 1
    ) AS others ON true
),
offered AS (
    SELECT DISTINCT variant.id {OFFERS} AND variant.id IN (SELECT variant_id FROM named WHERE is_foreign)
),
packed AS (
    SELECT named.id, named.variant_id, pack.uom_id,
        named.variant_id IN (SELECT id FROM catalog_variant WHERE organization_id = %(buyer)s)
            OR named.variant_id IN (SELECT id FROM offered) AS is_ours
    FROM named JOIN staged ON staged.id = named.id
    LEFT JOIN LATERAL (
        SELECT pack.uom_id FROM catalog_pack AS pack JOIN catalog_unitofmeasure AS uom ON uom.id = pack.uom_id
        WHERE pack.variant_id = named.variant_id AND CASE
            WHEN staged.uom_code <> '' THEN upper(staged.uom_code) = upper(uom.code)
                OR lower(staged.uom_code) IN (lower(uom.name_zh), lower(uom.name_en))
            WHEN named.barcode_uom_id IS NOT NULL THEN pack.uom_id = named.barcode_uom_id
            ELSE pack.is_base END
        ORDER BY upper(staged.uom_code) = upper(uom.code) DESC, pack.uom_id LIMIT 1
    ) AS pack ON true
)
UPDATE pricing_priceimportrow AS row
SET variant_id = packed.variant_id, uom_id = packed.uom_id, errors = row.errors || (
    SELECT coalesce(jsonb_agg(jsonb_build_object('column', heading, 'code', wrong.code, 'value', wrong.value)), '[]')
    FROM (VALUES
        (packed.variant_id IS NULL AND row.code <> '', %(sku)s::text, 'UNKNOWN_VARIANT', row.code),
        (packed.variant_id IS NOT NULL AND NOT packed.is_ours, %(sku)s, 'NOT_IN_ASSORTMENT', row.code),
        (packed.variant_id IS NOT NULL AND packed.uom_id IS NULL, %(uom)s, 'UNKNOWN_UOM', row.uom_code),
        (row.valid_to <= coalesce(row.valid_from, %(default)s::timestamptz), %(to)s, 'WINDOW_EMPTY',
            row.valid_to::text),
        (row.valid_from < %(floor)s::timestamptz, %(from)s, 'PRICE_BACKDATED', row.valid_from::text)
    ) AS wrong (is_so, heading, code, value) WHERE wrong.is_so)
FROM packed WHERE packed.id = row.id
"""

# Every one of the rows that name a slot twice is wrong: which of them is meant, nobody knows.
DUPLICATES = """
UPDATE pricing_priceimportrow AS row
SET errors = row.errors || jsonb_build_array(
    jsonb_build_object('column', %(sku)s::text, 'code', 'DUPLICATE_SLOT', 'value', row.code))
FROM (
    SELECT id, count(*) OVER (PARTITION BY variant_id, uom_id, min_quantity) AS times FROM pricing_priceimportrow
    WHERE price_import_id = %(import)s AND variant_id IS NOT NULL AND uom_id IS NOT NULL AND min_quantity IS NOT NULL
) AS slot WHERE slot.id = row.id AND slot.times > 1
"""

COMPARE = """
UPDATE pricing_priceimportrow AS staged
SET old_amount = held.amount, change = CASE
    WHEN held.amount IS NULL THEN 'new'
    WHEN held.amount = staged.amount AND held.valid_to = coalesce(staged.valid_to, 'infinity') THEN 'unchanged'
    ELSE 'changed' END
FROM pricing_priceimportrow AS itself
LEFT JOIN LATERAL (
    SELECT amount, valid_to FROM pricing_pricerow
    WHERE price_list_id = %(list)s AND variant_id = itself.variant_id AND uom_id = itself.uom_id
        AND min_quantity = itself.min_quantity
        AND valid_from <= greatest(coalesce(itself.valid_from, %(default)s::timestamptz), %(floor)s::timestamptz)
        AND valid_to > greatest(coalesce(itself.valid_from, %(default)s::timestamptz), %(floor)s::timestamptz)
    ORDER BY valid_from DESC LIMIT 1
) AS held ON true
WHERE itself.id = staged.id AND staged.price_import_id = %(import)s AND staged.errors = '[]'
    AND staged.position BETWEEN %(first)s AND %(last)s
"""


def check(running: PriceImport, default: datetime, floor: datetime) -> None:
    """Find variant and uom of every staged row, everything that is wrong with it, and what it changes.

    `default` is the instant of rows that name none; no row may begin before `floor`. The three steps run over parts of
    the sheet, except that duplicates are looked for in the whole of it.
    """
    values = parameters(running, default, floor)
    progress = Progress(running, ImportPhase.VALIDATE)
    with connection.cursor() as cursor:
        # What was copied a moment ago is unknown to the planner, which takes a hundred thousand rows for none.
        cursor.execute("ANALYZE pricing_priceimportrow")
        cursor.execute(
            "SELECT coalesce(max(position), 0) FROM pricing_priceimportrow WHERE price_import_id = %s", [running.pk]
        )
        (last,) = cursor.fetchone()
        parts = [(first, first + PART - 1) for first in range(0, last + 1, PART)]
        for number, statement in enumerate((MATCH, COMPARE)):
            for first, end in parts:
                cursor.execute(statement, {**values, "first": first, "last": end})
                progress.tell((number * last + min(end, last)) // 2, last)
            if statement is MATCH:
                cursor.execute(DUPLICATES, values)


def parameters(running: PriceImport, default: datetime, floor: datetime) -> dict[str, Any]:
    """What the statements are told: keys, headings for errors, instants."""
    headings = columns_of(running.headings)
    owner = running.price_list.organization_id
    named = {"sku": "sku", "uom": "uom", "from": "valid_from", "to": "valid_to"}
    return {
        "import": running.pk,
        "list": running.price_list_id,
        "buyer": owner,
        "seller": None,
        "keepers": list({owner, running.price_list.managed_by_id}),
        "default": instant_text(default),
        "floor": instant_text(floor),
        **{name: headings.get(column, column) for name, column in named.items()},
    }
