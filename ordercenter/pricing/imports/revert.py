"""Taking an applied sheet back: what was in force or scheduled before it is in force or scheduled again."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from ordercenter.pricing.entries import instant_text
from ordercenter.pricing.lists import MANAGE, ever_in_force, lock_list
from ordercenter.pricing.models import PriceImport, PriceList
from ordercenter.pricing.rows import instant_of_writing, note_written

SLOT = "(variant_id, uom_id, min_quantity)"

# The slots that still stand as the sheet left them. One that somebody has written to or ended since keeps that.
TOUCHED = """
CREATE TEMPORARY TABLE pricing_touched ON COMMIT DROP AS
SELECT row.variant_id, row.uom_id, row.min_quantity FROM pricing_pricerow AS row
JOIN pricing_priceimportrow AS staged ON staged.price_import_id = %(import)s AND staged.variant_id = row.variant_id
    AND staged.uom_id = row.uom_id AND staged.min_quantity = row.min_quantity
WHERE row.price_import_id = %(import)s AND row.valid_to = coalesce(staged.valid_to, 'infinity')
UNION
SELECT variant_id, uom_id, min_quantity FROM pricing_priceimportundo AS undo
WHERE price_import_id = %(import)s AND NOT EXISTS (
    SELECT FROM pricing_priceimportrow AS staged WHERE staged.price_import_id = %(import)s
        AND staged.errors = '[]' AND staged.variant_id = undo.variant_id AND staged.uom_id = undo.uom_id
        AND staged.min_quantity = undo.min_quantity)
EXCEPT
SELECT variant_id, uom_id, min_quantity FROM pricing_pricerow
WHERE price_list_id = %(list)s AND id > %(last)s AND price_import_id IS DISTINCT FROM %(import)s
"""

OURS = f"price_list_id = %(list)s AND {SLOT} IN (SELECT variant_id, uom_id, min_quantity FROM pricing_touched)"

# Rows that stand where an old one comes back: the sheet's own, and what it left of those it shortened.
DELETE = f"""
DELETE FROM pricing_pricerow AS row WHERE {OURS} AND valid_from >= %(at)s::timestamptz AND (
    price_import_id IS NOT DISTINCT FROM %(import)s OR EXISTS (
        SELECT FROM pricing_priceimportundo AS undo WHERE undo.price_import_id = %(import)s
            AND undo.variant_id = row.variant_id AND undo.uom_id = row.uom_id
            AND undo.min_quantity = row.min_quantity AND undo.valid_from = row.valid_from))
"""

END = f"""
UPDATE pricing_pricerow SET valid_to = %(at)s::timestamptz
WHERE {OURS} AND price_import_id = %(import)s AND valid_to > %(at)s::timestamptz
"""

# The old rows of a slot lie over each other: for each stretch of time the one that began last is what was in force.
# A stretch that an ended row won is written again; one that another row won is that row's still.
RESTORE = f"""
WITH old AS (
    SELECT variant_id, uom_id, min_quantity, amount, valid_from, valid_to, true AS undone
    FROM pricing_priceimportundo WHERE price_import_id = %(import)s AND valid_to > %(at)s::timestamptz
        AND {SLOT} IN (SELECT variant_id, uom_id, min_quantity FROM pricing_touched)
    UNION ALL
    SELECT variant_id, uom_id, min_quantity, amount, valid_from, valid_to, false
    FROM pricing_pricerow WHERE {OURS} AND valid_to > %(at)s::timestamptz
),
points AS (
    SELECT variant_id, uom_id, min_quantity, greatest(valid_from, %(at)s::timestamptz) AS point FROM old
    UNION
    SELECT variant_id, uom_id, min_quantity, valid_to FROM old
),
stretches AS (
    SELECT *, lead(point) OVER (PARTITION BY variant_id, uom_id, min_quantity ORDER BY point) AS ends FROM points
),
won AS (
    SELECT DISTINCT ON (variant_id, uom_id, min_quantity, stretches.point)
        variant_id, uom_id, min_quantity, stretches.point, stretches.ends, old.amount, old.undone
    FROM stretches JOIN old USING (variant_id, uom_id, min_quantity)
    WHERE old.valid_from <= stretches.point AND old.valid_to > stretches.point
    ORDER BY variant_id, uom_id, min_quantity, stretches.point, old.valid_from DESC, old.undone DESC
)
INSERT INTO pricing_pricerow (organization_id, price_list_id, variant_id, uom_id, min_quantity, amount, valid_from,
    valid_to)
SELECT %(organization)s, %(list)s, variant_id, uom_id, min_quantity, amount, point, ends FROM won WHERE undone
"""


def price_import_revert(actor: Actor, import_id: int) -> PriceImport:
    """Take an applied import back from now on; slots that were written to since keep what was written (pricing §6).

    Raises NOT_FOUND, INVALID_TRANSITION for an import that is not applied or was reverted.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        imports = PriceImport.objects.visible_to(actor).select_for_update().order_by("pk")
        reverted = imports.filter(pk=import_id).first()
        if reverted is None:
            raise not_found("id")
        if not reverted.can_revert:
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("There is nothing to take back."), "id")
        found = lock_list(actor, reverted.price_list_id)
        _restore(reverted, found)
        note_written(actor, found, None, "pricing.import_reverted", price_import=reverted.pk)
        reverted.reverted_at = found.now  # type: ignore[attr-defined]
        reverted.save(update_fields=["reverted_at"])
    return reverted


def _restore(reverted: PriceImport, found: PriceList) -> None:
    values: dict[str, Any] = {
        "import": reverted.pk,
        "list": found.pk,
        "organization": found.organization_id,
        "last": reverted.last_row,
        "at": instant_text(instant_of_writing(found, None)),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pricing_touched")
        cursor.execute(TOUCHED, values)
        cursor.execute("ANALYZE pricing_touched")
        cursor.execute(DELETE, values)
        found.row_count -= cursor.rowcount
        if ever_in_force(found):
            cursor.execute(END, values)
        cursor.execute(RESTORE, values)
        found.row_count += cursor.rowcount
