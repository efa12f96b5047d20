"""A list as a spreadsheet: many prices written and taken away in one step, and what that step changes for whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, not_found, raise_all
from marketplace.parties.models import Partnership
from ordercenter.pricing.drafts import PriceEntry
from ordercenter.pricing.entries import Slots
from ordercenter.pricing.lists import MANAGE, lock_list
from ordercenter.pricing.models import PriceList, PriceRow
from ordercenter.pricing.rows import (
    ENTERED,
    Written,
    end_slots,
    instant_of_writing,
    instant_problems,
    note_written,
    price_changes,
    write_rows,
)
from ordercenter.pricing.statement import BUYER, CHAIN

#: Cells of one step.
MOST_CELLS = 20_000

# What the list answered for the same quantity before: the row of the highest threshold that is reached.
BEFORE = f"""
WITH entry AS (SELECT *, row_number() OVER () AS place FROM ({ENTERED}) AS entered)
SELECT entry.place, old.amount, old.min_quantity = entry.min_quantity
  FROM entry CROSS JOIN LATERAL (
    SELECT row.amount, row.min_quantity FROM pricing_pricerow AS row
     WHERE row.price_list_id = %(list)s AND row.variant_id = entry.variant_id AND row.uom_id = entry.uom_id
       AND row.min_quantity <= entry.min_quantity
       AND row.valid_from <= greatest(entry.valid_from, now()) AND row.valid_to > greatest(entry.valid_from, now())
     ORDER BY row.min_quantity DESC, row.valid_from DESC LIMIT 1) AS old
 ORDER BY entry.place
"""

COLUMNS = """
SELECT min_quantity, CASE WHEN valid_from > now() THEN valid_from END AS begins, count(*)
  FROM pricing_pricerow
 WHERE price_list_id = %(list)s AND valid_to > now()
 GROUP BY 1, 2 ORDER BY begins NULLS FIRST, min_quantity LIMIT %(most)s
"""
MOST_COLUMNS = 60

# The chain is that of `resolve`: who is counted here is who is asked there.
REACH = f"""
WITH input AS (
    SELECT id AS partnership_id, now() AS at FROM parties_partnership WHERE upstream_id = %(seller)s::bigint
),
{BUYER.format(condition="partnership.upstream_id = %(seller)s::bigint")}{CHAIN}
SELECT partnership_id, rank FROM chain WHERE list_id = %(list)s::bigint ORDER BY rank, partnership_id
"""
NAMED = 5


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a list's sheet: from which quantity on, and from when (None: in force), and how many rows it has."""

    min_quantity: Decimal
    valid_from: datetime | None
    count: int


@dataclass(frozen=True, slots=True)
class CellChange:
    """What a cell of the sheet changes. `old` None: nothing was to be had before; `new` None: the price goes."""

    index: int
    entry: PriceEntry | None
    row: PriceRow | None
    old: Decimal | None
    new: Decimal | None
    is_new_tier: bool = False

    @property
    def percent(self) -> Decimal | None:
        """By how much it rises or, below 0, falls."""
        if self.old is None or self.new is None or not self.old:
            return None
        return round((self.new - self.old) / self.old * 100, 2)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a list answers: how many partners ask it, how many of them first, and some by name."""

    partners: int = 0
    first: int = 0
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a step changes, for whom, and what is wrong with it; nothing is written."""

    price_list: PriceList
    changes: list[CellChange]
    reach: Reach
    problems: list[DomainError]


def columns_of(list_id: int) -> list[SheetColumn]:
    """The tiers of a list: those in force, then those to come by their instant. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, {"list": list_id, "most": MOST_COLUMNS})
        return [SheetColumn(*row) for row in cursor.fetchall()]


def reach_of(found: PriceList) -> Reach:
    """Whom a list answers now. Two statements."""
    with connection.cursor() as cursor:
        cursor.execute(REACH, {"seller": found.organization_id, "list": found.pk})
        rows = cursor.fetchall()
    keys = [key for key, _rank in rows[:NAMED]]
    partners = Partnership.objects.filter(pk__in=keys, upstream=found.organization_id).select_related("downstream")
    names = {partner.pk: partner.downstream.name for partner in partners}
    return Reach(len(rows), sum(rank == 1 for _key, rank in rows), [names[key] for key in keys if key in names])


def price_sheet_preview(
    actor: Actor,
    list_id: int,
    entries: Sequence[PriceEntry],
    removed: Sequence[int] = (),
    effective_at: datetime | None = None,
) -> Difference:
    """What `price_sheet_write` would change for whom, and every problem it would refuse the step for.

    Raises NOT_FOUND for the list alone.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        found = lock_list(actor, list_id, "price_list")
        begins = instant_of_writing(found, effective_at)
        slots = Slots.of(found, entries)
        rows = PriceRow.objects.filter(price_list=found).in_bulk(removed)
        problems = [*_problems(found, effective_at, entries, slots, begins), *_unknown(rows, removed, len(entries))]
        wrong = {problem.index for problem in problems}
        right = [index for index in range(len(entries)) if index not in wrong]
        changes = _changes(found, entries, right, slots, begins)
        changes += [
            CellChange(len(entries) + n, None, rows[key], rows[key].amount, None)
            for n, key in enumerate(removed)
            if key in rows
        ]
    return Difference(found, changes, reach_of(found), problems)


def price_sheet_write(
    actor: Actor,
    list_id: int,
    entries: Sequence[PriceEntry],
    removed: Sequence[int] = (),
    effective_at: datetime | None = None,
) -> Written:
    """Write prices and take rows away, all or nothing; as many statements for 5,000 cells as for one (pricing §6).

    A row in force goes with its slot, at `effective_at` or now; a row to come is taken back by itself. Raises what
    `price_rows_write` raises, and NOT_FOUND by index (after the entries) for rows of other lists.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        found = lock_list(actor, list_id, "price_list")
        begins = instant_of_writing(found, effective_at)
        slots = Slots.of(found, entries)
        rows = PriceRow.objects.filter(price_list=found).in_bulk(removed)
        problems = _problems(found, effective_at, entries, slots, begins)
        raise_all([*problems, *_unknown(rows, removed, len(entries))])
        columns = slots.columns(entries, begins)
        changes = price_changes(found, columns) if entries else {}
        taken = _take_away(found, list(rows.values()), begins)
        changed = write_rows(found, ENTERED, columns) if entries else 0
        if changed or taken:
            note_written(actor, found, effective_at, "pricing.rows_written", changes, count=changed, ended=taken)
    return Written(found, changed + taken)


def _problems(
    found: PriceList, at: datetime | None, entries: Sequence[PriceEntry], slots: Slots, begins: datetime
) -> list[DomainError]:
    return [*instant_problems(found, at, entries), *slots.problems(entries, begins)]


def _unknown(rows: dict[int, PriceRow], removed: Sequence[int], first: int) -> Iterator[DomainError]:
    return (not_found("remove", first + index) for index, key in enumerate(removed) if key not in rows)


def _take_away(found: PriceList, rows: Sequence[PriceRow], at: datetime) -> int:
    """End the slots of rows in force, delete rows to come; how many rows were meant."""
    now: datetime = found.now  # type: ignore[attr-defined]
    coming = [row.pk for row in rows if row.valid_from > now]
    if coming:
        deleted, _kinds = PriceRow.objects.filter(price_list=found, pk__in=coming).delete()
        found.row_count -= deleted
    begun = [row for row in rows if row.valid_from <= now]
    if begun:
        end_slots(found, begun, at)
    return len(rows)


def _changes(
    found: PriceList, entries: Sequence[PriceEntry], right: Sequence[int], slots: Slots, begins: datetime
) -> list[CellChange]:
    """The entries that can be written, each with what held before it. One statement."""
    if not right:
        return []
    chosen = [entries[index] for index in right]
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, {"list": found.pk, **slots.columns(chosen, begins)})
        before = {place - 1: (amount, same) for place, amount, same in cursor.fetchall()}
    changes = []
    for place, (index, entry) in enumerate(zip(right, chosen, strict=True)):
        old, same = before.get(place, (None, False))
        changes.append(CellChange(index, entry, None, old, entry.amount, is_new_tier=not same))
    return changes
