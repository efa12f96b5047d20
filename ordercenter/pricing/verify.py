"""What must hold of prices whatever happened (`entrepot verify`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from marketplace.core.verify import Difference, check

ROW_COUNTS = """
SELECT list.code, list.id, counted.rows, list.row_count FROM pricing_pricelist AS list
CROSS JOIN LATERAL (SELECT count(*) AS rows FROM pricing_pricerow WHERE price_list_id = list.id) AS counted
WHERE counted.rows <> list.row_count
"""

OWNERS = """
SELECT row.id, list.organization_id, row.organization_id
FROM pricing_pricerow AS row JOIN pricing_pricelist AS list ON list.id = row.price_list_id
WHERE list.organization_id <> row.organization_id
"""

# The database allows no two of them; a restore or an index that was lost might.
TWINS = """
SELECT price_list_id, variant_id, uom_id, min_quantity, valid_from, count(*) FROM pricing_pricerow
GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1
"""

WITHOUT_PACK = """
SELECT row.id, row.variant_id, row.uom_id FROM pricing_pricerow AS row
WHERE NOT EXISTS (SELECT FROM catalog_pack WHERE variant_id = row.variant_id AND uom_id = row.uom_id)
"""

KEPT = ("organization_id", "partnership_id", "group_id", "grade_id", "valid_from", "valid_to")
OF_LINE, OF_POLICY = (", ".join(f"{table}.{name}" for name in KEPT) for table in ("line", "policy"))
CARRIED = f"""
SELECT line.id, policy.code, ({OF_POLICY})::text, ({OF_LINE})::text
FROM pricing_pricepolicyline AS line JOIN pricing_pricepolicy AS policy ON policy.id = line.policy_id
WHERE ({OF_POLICY}) IS DISTINCT FROM ({OF_LINE})
"""

FOREIGN = """
SELECT line.id, line.organization_id, list.organization_id
FROM pricing_pricepolicyline AS line JOIN pricing_pricelist AS list ON list.id = line.price_list_id
WHERE line.organization_id <> list.organization_id
"""

ADJUSTED = """
SELECT adjustment.number, row.id, line.new, row.amount
FROM pricing_priceadjustmentline AS line
JOIN pricing_priceadjustment AS adjustment ON adjustment.id = line.adjustment_id
JOIN pricing_pricerow AS row ON row.id = line.row
WHERE (row.amount, row.price_list_id, row.variant_id)
    IS DISTINCT FROM (line.new, adjustment.price_list_id, line.variant_id)
"""

# A list is written in the order of its versions: what the log of events tells must rise without a gap in time.
VERSIONS = """
SELECT told.aggregate_id, told.id, told.version, told.before FROM (
    SELECT aggregate_id, id, (payload ->> 'version')::integer AS version,
        lag((payload ->> 'version')::integer) OVER (PARTITION BY aggregate_id ORDER BY id) AS before
    FROM core_outboxevent WHERE aggregate = 'price_list'
) AS told WHERE told.version <= told.before
UNION ALL
SELECT list.id, max(event.id), list.version, max((event.payload ->> 'version')::integer)
FROM pricing_pricelist AS list
JOIN core_outboxevent AS event ON event.aggregate = 'price_list' AND event.aggregate_id = list.id
GROUP BY list.id HAVING max((event.payload ->> 'version')::integer) > list.version
"""


@check("pricing: rows of a list")
def row_counts() -> Iterator[Difference]:
    """The number kept on each list is the number of its rows."""
    for code, key, counted, kept in _rows(ROW_COUNTS):
        yield Difference(f"price list {code} (id {key}), rows", counted, kept)


@check("pricing: owner of a row")
def owners() -> Iterator[Difference]:
    """A row belongs to the organization of its list."""
    for key, expected, found in _rows(OWNERS):
        yield Difference(f"price row {key}, organization", expected, found)


@check("pricing: one row a slot and instant")
def twins() -> Iterator[Difference]:
    """No two rows of one slot begin at one instant: which of them is in force would be chance."""
    for *slot, found in _rows(TWINS):
        yield Difference(f"price rows of {tuple(map(str, slot))}", 1, found)


@check("pricing: packs of rows")
def packs() -> Iterator[Difference]:
    """Every row prices a uom that its variant has."""
    for key, variant, uom in _rows(WITHOUT_PACK):
        yield Difference(f"price row {key}, pack of variant {variant} in uom {uom}", "a pack", None)


@check("pricing: lines of policies")
def carried() -> Iterator[Difference]:
    """A line carries organization, audience and window of its policy."""
    for key, code, expected, found in _rows(CARRIED):
        yield Difference(f"line {key} of price policy {code}", expected, found)
    for key, policy, owner in _rows(FOREIGN):
        yield Difference(f"line {key}, owner of its price list", policy, owner)


@check("pricing: versions of lists")
def versions() -> Iterator[Difference]:
    """The version of a list only rises, from event to event and up to the one it has."""
    for key, event, found, before in _rows(VERSIONS):
        yield Difference(f"price list {key} at event {event}, version", f"more than {before}", found)


@check("pricing: rows of adjustments")
def adjusted() -> Iterator[Difference]:
    """A row that an approved adjustment wrote says what the adjustment says, as long as it stands."""
    for number, key, expected, found in _rows(ADJUSTED):
        yield Difference(f"price row {key} of adjustment {number}", expected, found)


def _rows(statement: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        yield from cursor.fetchall()
