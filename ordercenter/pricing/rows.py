"""Writing prices: new rows, never changed ones, and no row for the past of a list that was in force (pricing §6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, plain
from marketplace.core.errors import DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.postgresql.infinity import BEGINNING
from ordercenter.pricing.drafts import PriceEntry
from ordercenter.pricing.entries import Slots, instant_text
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.lists import MANAGE, ever_in_force, list_event, lock_list
from ordercenter.pricing.models import PriceList, PriceRow

SAME_SLOT = """row.price_list_id = %(list)s AND row.variant_id = entry.variant_id AND row.uom_id = entry.uom_id
    AND row.min_quantity = entry.min_quantity"""

ENTERED = """
SELECT * FROM unnest(%(variants)s::bigint[], %(uoms)s::bigint[], %(minima)s::numeric[], %(amounts)s::numeric[],
    %(from)s::timestamptz[], %(to)s::timestamptz[])
    AS given (variant_id, uom_id, min_quantity, amount, valid_from, valid_to)
"""

# Rows that begin at the very instant of an entry of their slot: the entry stands in their place. OFFSET 0 keeps this an
# index probe an entry, however large the list.
REPLACED = f"""entry CROSS JOIN LATERAL (
    SELECT row.*, row.ctid AS place FROM pricing_pricerow AS row WHERE {SAME_SLOT} AND row.valid_from = entry.valid_from
        AND (row.amount, row.valid_to) IS DISTINCT FROM (entry.amount, entry.valid_to) OFFSET 0
) AS row"""

REPLACE_ROWS = f"""
WITH entry AS ({{source}})
DELETE FROM pricing_pricerow WHERE ctid = ANY (ARRAY(SELECT row.place FROM {REPLACED}))
"""

# What the row in force at that instant says already is not said again.
INSERT_ROWS = f"""
WITH entry AS ({{source}})
INSERT INTO pricing_pricerow (organization_id, price_list_id, variant_id, uom_id, min_quantity, amount, valid_from,
    valid_to, price_import_id)
SELECT %(organization)s, %(list)s, entry.variant_id, entry.uom_id, entry.min_quantity, entry.amount, entry.valid_from,
    entry.valid_to, %(import)s
FROM entry
WHERE (entry.amount, entry.valid_to) IS DISTINCT FROM (
    SELECT (row.amount, row.valid_to) FROM pricing_pricerow AS row
    WHERE {SAME_SLOT} AND row.valid_from <= entry.valid_from AND row.valid_to > entry.valid_from
    ORDER BY row.valid_from DESC LIMIT 1)
"""

OLD_PRICES = f"""
WITH entry AS ({ENTERED})
SELECT variant.sku, uom.code, entry.min_quantity, (
        SELECT row.amount FROM pricing_pricerow AS row
         WHERE {SAME_SLOT} AND row.valid_from <= entry.valid_from AND row.valid_to > entry.valid_from
         ORDER BY row.valid_from DESC LIMIT 1), entry.amount
  FROM entry JOIN catalog_variant AS variant ON variant.id = entry.variant_id
  JOIN catalog_unitofmeasure AS uom ON uom.id = entry.uom_id
 ORDER BY variant.sku, uom.code, entry.min_quantity
"""
#: Prices of one writing that the audit log keeps one by one.
MOST_TOLD = 200

SLOTS = """
WITH entry AS (
    SELECT * FROM unnest(%(variants)s::bigint[], %(uoms)s::bigint[], %(minima)s::numeric[])
        AS given (variant_id, uom_id, min_quantity)
)
"""
DELETE_FROM = SLOTS + f"DELETE FROM pricing_pricerow AS row USING entry WHERE {SAME_SLOT} AND row.valid_from >= %(at)s"
END_AT = (
    SLOTS
    + f"UPDATE pricing_pricerow AS row SET valid_to = %(at)s FROM entry WHERE {SAME_SLOT} AND row.valid_to > %(at)s"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A list after prices were written to it, and how many of them said something new."""

    price_list: PriceList
    count: int


def price_rows_write(
    actor: Actor, list_id: int, entries: Sequence[PriceEntry], effective_at: datetime | None = None
) -> Written:
    """Write prices that hold from `effective_at` on, now where it is None; prices that hold already write nothing.

    A list that was never in force takes any instant and without one the beginning of time, so that writing a slot
    again replaces its price. Raises NOT_FOUND (list), PRICE_BACKDATED, and by entry UNKNOWN_VARIANT, UNKNOWN_UOM,
    PRICE_NEGATIVE, PRICE_PRECISION, QUANTITY_INVALID, WINDOW_EMPTY, DUPLICATE_SLOT (pricing §6).
    """
    actor.require(MANAGE)
    with transaction.atomic():
        found = lock_list(actor, list_id, "price_list")
        begins = instant_of_writing(found, effective_at)
        slots = Slots.of(found, entries)
        raise_all([*instant_problems(found, effective_at, entries), *slots.problems(entries, begins)])
        columns = slots.columns(entries, begins)
        changes = price_changes(found, columns)
        changed = write_rows(found, ENTERED, columns)
        if changed:
            note_written(actor, found, effective_at, "pricing.rows_written", changes, count=changed)
    return Written(found, changed)


def price_rows_end(actor: Actor, list_id: int, row_ids: Sequence[int], at: datetime | None = None) -> PriceList:
    """End the slots of these rows at an instant, now where it is None (pricing §6).

    All rows of a slot end, those in force by their end, those not yet in force by deletion: else an older price would
    come back. Raises NOT_FOUND by index, PAST_IS_CLOSED.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        found = lock_list(actor, list_id, "price_list")
        rows = PriceRow.objects.filter(price_list=found).in_bulk(row_ids)
        problems = [not_found("rows", index) for index, key in enumerate(row_ids) if key not in rows]
        if at is not None and ever_in_force(found) and at < found.now:  # type: ignore[attr-defined]
            problems.append(DomainError(PricingErrorCode.PAST_IS_CLOSED, PricingErrorCode.PAST_IS_CLOSED.label, "at"))
        raise_all(problems)
        end_slots(found, rows.values(), instant_of_writing(found, at))
        note_written(actor, found, at, "pricing.rows_ended", count=len(rows))
    return found


def instant_of_writing(found: PriceList, wished: datetime | None) -> datetime:
    """From when on something written to a locked list holds.

    Writers that queued for the lock began in another order than they write in: each gets an instant after that of the
    writer before it, else the price written first would win over the one written last.
    """
    if wished is not None:
        return wished
    if not ever_in_force(found):
        return BEGINNING
    now: datetime = found.now  # type: ignore[attr-defined]
    if found.written_at and found.written_at > now:
        return found.written_at + timedelta(microseconds=1)
    return now


def write_rows(found: PriceList, source: str, values: Mapping[str, Any], price_import: int | None = None) -> int:
    """Write the rows of a source (SQL text over `values`) to a locked list, and count those that were new."""
    keys = {"list": found.pk, "organization": found.organization_id, "import": price_import, **values}
    with connection.cursor() as cursor:
        cursor.execute(REPLACE_ROWS.format(source=source), keys)
        deleted = cursor.rowcount
        cursor.execute(INSERT_ROWS.format(source=source), keys)
        inserted = cursor.rowcount
    found.row_count += inserted - deleted
    return inserted


def end_slots(found: PriceList, rows: Iterable[PriceRow], at: datetime) -> None:
    """End all rows of the slots of these rows in a locked list."""
    slots = list({(row.variant_id, row.uom_id, row.min_quantity) for row in rows})
    columns = [list(column) for column in zip(*slots, strict=True)] or [[], [], []]
    values: dict[str, Any] = dict(zip(("variants", "uoms", "minima"), columns, strict=True))
    values |= {"list": found.pk, "at": instant_text(at)}
    with connection.cursor() as cursor:
        cursor.execute(DELETE_FROM, values)
        found.row_count -= cursor.rowcount
        cursor.execute(END_AT, values)


def price_changes(found: PriceList, columns: Mapping[str, Any]) -> Changes:
    """The prices that entries replace, by slot ("ABC-1 PCS from 10"); of many, the first ones and how many more."""
    with connection.cursor() as cursor:
        cursor.execute(OLD_PRICES, {"list": found.pk, **columns})
        rows = cursor.fetchall()
    changes: Changes = {
        f"{sku} {uom} {minimum.normalize():f}+": [plain(before), plain(after)]
        for sku, uom, minimum, before, after in rows[:MOST_TOLD]
        if before != after
    }
    return changes | ({"more": [None, len(rows) - MOST_TOLD]} if len(rows) > MOST_TOLD else {})


def note_written(
    actor: Actor, found: PriceList, at: datetime | None, kind: str, changes: Changes | None = None, **payload: Any
) -> None:
    """Raise the version of a locked list and tell it, once for all that was written at the wished instant `at`."""
    now: datetime = found.now  # type: ignore[attr-defined]
    found.version += 1
    found.written_at = max(now, found.written_at or now, now if at else instant_of_writing(found, None))
    found.save(update_fields=["version", "written_at", "row_count", "updated_at"])
    record(actor, list_event(kind, found, changes, at=at.isoformat() if at else None, **payload))


def instant_problems(
    found: PriceList, wished: datetime | None, entries: Sequence[PriceEntry] = ()
) -> Iterator[DomainError]:
    """PRICE_BACKDATED for the instant of a writing, and for that of each entry, in a list that has been in force."""
    if not ever_in_force(found):
        return
    code, now = PricingErrorCode.PRICE_BACKDATED, found.now  # type: ignore[attr-defined]
    if wished is not None and wished < now:
        yield DomainError(code, code.label, "effective_at")
    for index, entry in enumerate(entries):
        if entry.valid_from is not None and entry.valid_from < now:
            yield DomainError(code, code.label, "valid_from", index)
