"""From the sheet into the staging table, by COPY and in parts, so that memory stays flat and progress is seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from marketplace.core.imports import ImportPhase
from marketplace.core.models import JobStatus
from ordercenter.pricing.imports.columns import ParsedRow, RowReader, columns_of
from ordercenter.pricing.imports.progress import Progress
from ordercenter.pricing.models import PriceImport, PriceImportRow

PART = 2000
COPY = """COPY pricing_priceimportrow (organization_id, price_import_id, position, "values", errors, code, uom_code,
    min_quantity, amount, valid_from, valid_to, change) FROM STDIN"""

Row = tuple[int, Mapping[str, Any]]


def stage(running: PriceImport, rows: Iterable[Row], total: int = 0) -> int:
    """Put the rows (position in the sheet, cells by heading) into staging in place of what stood there; counts them."""
    reader = RowReader(
        columns_of(running.headings), ZoneInfo(running.organization.time_zone), running.price_list.currency
    )
    PriceImportRow.objects.filter(price_import=running).delete()
    progress = Progress(running, ImportPhase.STAGE)
    done = 0
    for part in _parts(rows):
        with transaction.atomic():
            _copy(running, reader, part)
        done += len(part)
        progress.tell(done, max(total, done))
    live = PriceImport.objects.filter(pk=running.pk).exclude(status=JobStatus.CANCELLED)
    live.update(rows_total=done, rows_done=done, phase=ImportPhase.VALIDATE, status=JobStatus.RUNNING)
    running.rows_total = running.rows_done = done
    return done


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while part := list(islice(waiting, PART)):
        yield part


def _copy(running: PriceImport, reader: RowReader, part: list[Row]) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for position, values in part:
            copy.write_row(_columns(running, position, values, reader.read(values)))


def _columns(running: PriceImport, position: int, values: Mapping[str, Any], row: ParsedRow) -> tuple[Any, ...]:
    cells = {name: "" if value is None else str(value) for name, value in values.items()}
    return (
        running.organization_id,
        running.pk,
        position,
        json.dumps(cells, ensure_ascii=False).replace("\\u0000", ""),
        json.dumps(row.errors, ensure_ascii=False).replace("\\u0000", ""),
        row.code.replace("\x00", ""),
        row.uom_code[:255].replace("\x00", ""),
        row.min_quantity,
        row.amount,
        _instant(row.valid_from),
        _instant(row.valid_to),
        "",
    )


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
