"""Applying a previewed sheet: one transaction under the list's lock, so that everything or nothing of it is there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.imports import ImportPhase
from marketplace.core.models import JobStatus
from ordercenter.pricing.entries import instant_text
from ordercenter.pricing.imports.preview import UNNAMED
from ordercenter.pricing.imports.progress import Progress
from ordercenter.pricing.lists import lock_list
from ordercenter.pricing.models import ImportMode, PriceImport, PriceList
from ordercenter.pricing.rows import REPLACED, instant_of_writing, note_written, write_rows

PART = 4000

# A row whose instant has come while the sheet waited begins when it is applied.
STAGED = """
SELECT variant_id, uom_id, min_quantity, amount,
    greatest(coalesce(valid_from, %(default)s::timestamptz), %(floor)s::timestamptz) AS valid_from,
    coalesce(valid_to, 'infinity') AS valid_to
FROM pricing_priceimportrow
WHERE price_import_id = %(import)s AND errors = '[]' AND change <> 'unchanged'
    AND position BETWEEN %(first)s AND %(last)s
    AND coalesce(valid_to, 'infinity') > greatest(coalesce(valid_from, %(default)s::timestamptz), %(floor)s)
"""

KEEP = """INSERT INTO pricing_priceimportundo
    (organization_id, price_import_id, variant_id, uom_id, min_quantity, amount, valid_from, valid_to)
SELECT row.organization_id, %(import)s, row.variant_id, row.uom_id, row.min_quantity, row.amount, row.valid_from,
    row.valid_to"""

KEEP_REPLACED = f"WITH entry AS ({STAGED}) {KEEP} FROM {REPLACED}"
KEEP_ENDED = f"{KEEP} FROM pricing_pricerow AS row WHERE {UNNAMED}"
DELETE_UNNAMED = f"DELETE FROM pricing_pricerow AS row WHERE {UNNAMED} AND row.valid_from >= %(at)s::timestamptz"
END_UNNAMED = f"UPDATE pricing_pricerow AS row SET valid_to = %(at)s::timestamptz WHERE {UNNAMED}"


def apply(actor: Actor, import_id: int) -> PriceImport:
    """Write what the preview showed; unchanged prices write nothing, and a second call changes nothing (pricing §6).

    Raises CONFLICT where the list was written to since the preview was made.
    """
    with transaction.atomic():
        running = PriceImport.objects.select_for_update().order_by("pk").get(pk=import_id)
        if running.applied_at is not None:
            return running
        found = lock_list(actor, running.price_list_id)
        if found.version != running.list_version:
            text = _("The price list was changed since this preview was made. Look at the new preview.")
            raise DomainError(CoreErrorCode.CONFLICT, text)
        written, ended = _write(running, found)
        if written or ended:
            note_written(actor, found, running.effective_at, "pricing.import_applied", price_import=running.pk)
        _finish(running, found.now)  # type: ignore[attr-defined]
    Progress(running, ImportPhase.APPLY).end()
    return running


def instants_of(running: PriceImport, found: PriceList) -> tuple[datetime, datetime]:
    """From when rows of the sheet hold that do not say it, and before when none may begin. Takes a locked list."""
    floor = instant_of_writing(found, None)
    default = floor if running.effective_at is None else max(running.effective_at, floor)
    return default, floor


def _write(running: PriceImport, found: PriceList) -> tuple[int, int]:
    default, floor = instants_of(running, found)
    values: dict[str, Any] = {
        "import": running.pk,
        "list": found.pk,
        "default": instant_text(default),
        "floor": instant_text(floor),
        "at": instant_text(default),
    }
    ended = _end_unnamed(found, values) if running.mode == ImportMode.REPLACE else 0
    progress = Progress(running, ImportPhase.APPLY)
    written = 0
    with connection.cursor() as cursor:
        # Foreign keys are checked with each part: all of them at the commit would be seconds without a sign of life.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT max(position) FROM pricing_priceimportrow WHERE price_import_id = %s", [running.pk])
        last = cursor.fetchone()[0] or 0
    for first in range(0, last + 1, PART):
        part = values | {"first": first, "last": first + PART - 1}
        with connection.cursor() as cursor:
            cursor.execute(KEEP_REPLACED, part)
        written += write_rows(found, STAGED, part, running.pk)
        progress.tell(min(first + PART, last), last)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return written, ended


def _end_unnamed(found: PriceList, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(KEEP_ENDED, values)
        kept = cursor.rowcount
        cursor.execute(DELETE_UNNAMED, values)
        found.row_count -= cursor.rowcount
        cursor.execute(END_UNNAMED, values)
    return kept


def _finish(running: PriceImport, now: datetime) -> None:
    with connection.cursor() as cursor:
        # Nobody else writes to this list before the commit: whatever row it gets later has a greater id.
        cursor.execute("SELECT last_value FROM pricing_pricerow_id_seq")
        (running.last_row,) = cursor.fetchone()
    skipped = running.error_count > 0
    running.status = JobStatus.PARTIALLY_SUCCEEDED if skipped else JobStatus.SUCCEEDED
    running.phase, running.applied_at, running.finished_at = ImportPhase.DONE, now, now
    running.save()
