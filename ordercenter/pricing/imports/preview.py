"""What applying a checked sheet would do: counts, the largest changes, tiers that rise, prices below a floor."""

from __future__ import annotations

from typing import Any

from django.db import connection

from marketplace.core.imports import ImportPhase
from marketplace.core.models import JobStatus
from ordercenter.pricing.imports.floors import below_floor
from ordercenter.pricing.models import ImportMode, PriceImport

LARGEST = 20
MOST_WARNINGS = 500

COUNTS = """
SELECT count(*) FILTER (WHERE errors = '[]' AND change = 'new'),
    count(*) FILTER (WHERE errors = '[]' AND change = 'changed'),
    count(*) FILTER (WHERE errors = '[]' AND change = 'unchanged'), count(*) FILTER (WHERE errors <> '[]')
FROM pricing_priceimportrow WHERE price_import_id = %(import)s
"""

# A row in error still names its slot: what nobody could read must not end a price.
UNNAMED = """row.price_list_id = %(list)s AND row.valid_to > %(at)s::timestamptz AND NOT EXISTS (
        SELECT FROM pricing_priceimportrow AS staged WHERE staged.price_import_id = %(import)s
            AND staged.variant_id = row.variant_id AND staged.uom_id = row.uom_id
            AND staged.min_quantity = row.min_quantity)"""

ENDED = f"""
SELECT count(*) FROM (
    SELECT DISTINCT row.variant_id, row.uom_id, row.min_quantity FROM pricing_pricerow AS row WHERE {UNNAMED}) AS slots
"""

CHANGES = """
SELECT variant_id, uom_id, min_quantity, old_amount, amount FROM pricing_priceimportrow
WHERE price_import_id = %(import)s AND errors = '[]' AND change = 'changed' AND amount <> old_amount
ORDER BY abs(amount - old_amount) / greatest(old_amount, 0.0001) DESC, position LIMIT %(limit)s
"""

INVERSIONS = """
WITH staged AS (
    SELECT position, variant_id, uom_id, min_quantity, amount FROM pricing_priceimportrow
    WHERE price_import_id = %(import)s AND errors = '[]'
),
resulting AS (
    SELECT * FROM staged
    UNION ALL
    (SELECT DISTINCT ON (row.variant_id, row.uom_id, row.min_quantity)
        NULL::integer, row.variant_id, row.uom_id, row.min_quantity, row.amount
    FROM pricing_pricerow AS row
    WHERE %(keeps)s AND row.price_list_id = %(list)s AND row.valid_from <= %(at)s::timestamptz
        AND row.valid_to > %(at)s::timestamptz
        AND EXISTS (SELECT FROM staged WHERE staged.variant_id = row.variant_id AND staged.uom_id = row.uom_id)
        AND NOT EXISTS (SELECT FROM staged WHERE staged.variant_id = row.variant_id AND staged.uom_id = row.uom_id
            AND staged.min_quantity = row.min_quantity)
    ORDER BY row.variant_id, row.uom_id, row.min_quantity, row.valid_from DESC)
),
stepped AS (
    SELECT position, amount, lag(amount) OVER step AS before, lag(position) OVER step AS position_before
    FROM resulting WINDOW step AS (PARTITION BY variant_id, uom_id ORDER BY min_quantity)
)
SELECT coalesce(position, position_before) FROM stepped
WHERE amount > before AND (position IS NOT NULL OR position_before IS NOT NULL) ORDER BY 1
"""


def preview(running: PriceImport, at: str) -> None:
    """Write on the import what applying it at this instant (as the statements read it) would do, and let it wait."""
    values: dict[str, Any] = {"import": running.pk, "list": running.price_list_id, "at": at, "limit": LARGEST}
    values["keeps"] = running.mode == ImportMode.MERGE
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, values)
        counts = cursor.fetchone()
        running.new_count, running.changed_count, running.unchanged_count, running.error_count = counts
        running.ended_count = 0
        if running.mode == ImportMode.REPLACE:
            cursor.execute(ENDED, values)
            (running.ended_count,) = cursor.fetchone()
        cursor.execute(CHANGES, values)
        names = ("variant", "uom", "min_quantity", "old", "new")
        running.largest_changes = [
            dict(zip(names, (variant, uom, str(least), str(old), str(new)), strict=True))
            for variant, uom, least, old, new in cursor.fetchall()
        ]
        cursor.execute(INVERSIONS, values)
        inverted = [position for (position,) in cursor.fetchall()]
    told = [(position, "TIER_INVERSION") for position in inverted]
    told += [(position, "BELOW_FLOOR") for position in below_floor(values)]
    running.warnings = [{"row": position, "code": code} for position, code in sorted(told)[:MOST_WARNINGS]]
    running.warning_count = len(told)
    running.phase, running.status, running.rows_done = ImportPhase.PREVIEW, JobStatus.QUEUED, running.rows_total
    names_of = ("new_count", "changed_count", "unchanged_count", "error_count", "ended_count", "warning_count")
    shown = {name: getattr(running, name) for name in (*names_of, "largest_changes", "warnings", "list_version")}
    state = {name: getattr(running, name) for name in ("phase", "status", "rows_done")}
    # Somebody may have given it up meanwhile.
    PriceImport.objects.filter(pk=running.pk).exclude(status=JobStatus.CANCELLED).update(**shown, **state)
