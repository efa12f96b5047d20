"""Positions: found, made, locked (lock level 3, by id), and written, one statement each for any number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import connection

from marketplace.core.arrays import numbers, texts
from marketplace.core.columns import RowInsert
from ordercenter.rebates.enums import AccrualCause

ZERO = Decimal(0)

MAKE = """
INSERT INTO rebates_rebateposition
    (seller_id, buyer_id, partnership_id, line_id, period_from, period_to, basis_amount, basis_quantity,
     target_value, manual, settled, seq)
SELECT p.upstream_id, p.downstream_id, p.id, w.line_id, w.period_from, w.period_to, 0, 0, 0, 0, 0, 0
  FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::date[]) AS w(line_id, partnership_id, period_from, period_to)
  JOIN parties_partnership p ON p.id = w.partnership_id
 ORDER BY w.line_id, w.partnership_id, w.period_from
ON CONFLICT DO NOTHING
"""

COLUMNS = """p.id, p.seller_id, p.buyer_id, p.partnership_id, p.line_id, p.period_from, p.period_to, p.basis_amount,
       p.basis_quantity, p.target_value, p.manual, p.settled, p.seq"""

#: A position is wanted by its key; without a partnership all of the line and period are, for they are pooled.
LOCK = f"""
SELECT {COLUMNS}
  FROM rebates_rebateposition p
 WHERE EXISTS (SELECT FROM unnest(%s::bigint[], %s::bigint[], %s::date[]) AS w(line_id, partnership_id, period_from)
                WHERE w.line_id = p.line_id AND w.period_from = p.period_from
                  AND (w.partnership_id IS NULL OR w.partnership_id = p.partnership_id))
   AND p.line_id = ANY(%s::bigint[])
 ORDER BY p.id
   FOR NO KEY UPDATE OF p
"""

BY_ID = f"""
SELECT {COLUMNS} FROM rebates_rebateposition p WHERE p.id = ANY(%s::bigint[]) ORDER BY p.id FOR NO KEY UPDATE OF p
"""

UPDATE = """
UPDATE rebates_rebateposition AS p
   SET basis_amount = w.basis_amount, basis_quantity = w.basis_quantity, target_value = w.target_value,
       manual = w.manual, settled = w.settled, seq = w.seq, updated_at = now()
  FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::integer[])
       AS w(id, basis_amount, basis_quantity, target_value, manual, settled, seq)
 WHERE p.id = w.id
"""

ACCRUALS = RowInsert(
    "rebates_rebateaccrual",
    (
        ("seller_id", "bigint"),
        ("buyer_id", "bigint"),
        ("position_id", "bigint"),
        ("line_id", "bigint"),
        ("seq", "integer"),
        ("source_kind", "text"),
        ("source_id", "bigint"),
        ("source_seq", "integer"),
        ("order_id", "bigint"),
        ("occurred_on", "date"),
        ("basis_amount", "numeric"),
        ("basis_quantity", "numeric"),
        ("amount", "numeric"),
        ("cause", "text"),
        ("reason", "text"),
        ("posting", "bigint"),
        ("posted_by_id", "bigint"),
    ),
)


@dataclass(frozen=True, slots=True)
class PositionKey:
    """Which position: a line, a partnership and the days [start, end). No partnership: all of the line and period."""

    line_id: int
    partnership_id: int | None
    start: date
    end: date


@dataclass(slots=True)
class Row:
    """An accrual that is about to be written."""

    source_kind: str
    source_id: int
    source_seq: int
    order_id: int | None
    occurred_on: date
    basis_amount: Decimal
    basis_quantity: Decimal
    amount: Decimal
    cause: AccrualCause
    reason: str = ""


@dataclass(slots=True)
class Held:
    """A locked position with the rows that this transaction adds to it."""

    id: int
    seller_id: int
    buyer_id: int
    partnership_id: int
    line_id: int
    period_from: date
    period_to: date
    basis_amount: Decimal
    basis_quantity: Decimal
    target_value: Decimal
    manual: Decimal
    settled: Decimal
    seq: int
    rows: list[Row] = field(default_factory=list)
    touched: bool = False

    @property
    def open(self) -> Decimal:
        """Earned and not settled."""
        return self.target_value + self.manual - self.settled

    @property
    def accrued(self) -> Decimal:
        return self.target_value + self.manual

    @property
    def key(self) -> PositionKey:
        return PositionKey(self.line_id, self.partnership_id, self.period_from, self.period_to)

    def add(self, row: Row) -> None:
        """Take a row into the sums."""
        self.basis_amount += row.basis_amount
        self.basis_quantity += row.basis_quantity
        if row.cause in (AccrualCause.MANUAL, AccrualCause.CLOSE):
            self.manual += row.amount
        else:
            self.target_value += row.amount
        self.rows.append(row)
        self.touched = True

    @property
    def change(self) -> Decimal:
        """What the new rows add to the accrual."""
        return sum((row.amount for row in self.rows), ZERO)


def make_positions(keys: Iterable[PositionKey]) -> None:
    """Make the positions that are not there yet, in one order, as two who make the same wait for each other."""
    wanted = sorted(
        {(k.line_id, k.partnership_id, k.start, k.end) for k in keys if k.partnership_id}, key=lambda key: key[:3]
    )
    if wanted:
        lines, partners, starts, ends = zip(*wanted, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(MAKE, [numbers(lines), numbers(partners), texts(starts), texts(ends)])


def lock_positions(keys: Iterable[PositionKey]) -> list[Held]:
    """Lock positions that are there, by id; they stay locked until the transaction ends."""
    wanted = {(k.line_id, k.partnership_id, k.start) for k in keys}
    if not wanted:
        return []
    lines, partners, starts = zip(*wanted, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [numbers(lines), numbers(partners), texts(starts), numbers(sorted(set(lines)))])
        return [Held(*row) for row in cursor.fetchall()]


def read_positions(keys: Iterable[PositionKey]) -> list[Held]:
    """As `lock_positions`, without a lock: for those who only look."""
    wanted = {(k.line_id, k.partnership_id, k.start) for k in keys}
    if not wanted:
        return []
    lines, partners, starts = zip(*wanted, strict=True)
    values = [numbers(lines), numbers(partners), texts(starts), numbers(sorted(set(lines)))]
    with connection.cursor() as cursor:
        cursor.execute(LOCK.replace("FOR NO KEY UPDATE OF p", ""), values)
        return [Held(*row) for row in cursor.fetchall()]


def lock_by_id(ids: Iterable[int]) -> list[Held]:
    """Lock positions that are known by id."""
    with connection.cursor() as cursor:
        cursor.execute(BY_ID, [numbers(sorted(set(ids)))])
        return [Held(*row) for row in cursor.fetchall()]


def write_positions(held: Iterable[Held], user_id: int | None, postings: dict[int, int]) -> int:
    """Write sums and new rows of touched positions, two statements; how many rows. `postings`: by position."""
    touched = [one for one in held if one.touched]
    rows = [
        (
            one.seller_id,
            one.buyer_id,
            one.id,
            one.line_id,
            one.seq + number,
            row.source_kind,
            row.source_id,
            row.source_seq if row.source_kind != "base" else one.seq + number,
            row.order_id,
            row.occurred_on,
            row.basis_amount,
            row.basis_quantity,
            row.amount,
            row.cause.value,
            row.reason,
            postings.get(one.id),
            user_id,
        )
        for one in touched
        for number, row in enumerate(one.rows, 1)
    ]
    ACCRUALS.run(rows)
    for one in touched:
        one.seq += len(one.rows)
        one.rows = []
    write_sums(touched)
    return len(rows)


def write_sums(touched: Sequence[Held]) -> None:
    """Write the sums of locked positions; one statement."""
    if not touched:
        return
    columns = ("id", "basis_amount", "basis_quantity", "target_value", "manual", "settled", "seq")
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [numbers(getattr(one, name) for one in touched) for name in columns])
    for one in touched:
        one.touched = False
