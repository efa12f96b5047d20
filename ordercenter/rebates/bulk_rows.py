"""The rows of a recalculation: what each source does to T, in the order of their instants, as the events have it.

They are computed in a table of the transaction, so that each position's posting is made before they are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.arrays import numbers, texts
from marketplace.core.money import exponent
from ordercenter.rebates.compute.in_sql import Columns, band_sql, value_at_band_sql, value_sql
from ordercenter.rebates.enums import TierMethod
from ordercenter.rebates.figures import Measured
from ordercenter.rebates.live import LiveLine
from ordercenter.rebates.positions import Held

NOW = Columns("amount_now", "quantity_now", "baseline", "target")
BEFORE = Columns("(amount_now - amount)", "(quantity_now - quantity)", "baseline", "target")

#: A change of band in a retrospective line is a row of its own; one of a source's rows carries its basis.
ROWS = """
CREATE TEMP TABLE rebate_rows ON COMMIT DROP AS
WITH run AS (
    SELECT f.kind, f.id, f.seq AS source_seq, f.order_id, f.day, f.amount, f.quantity,
           w.position_id, w.target_value, w.baseline, w.target, row_number() OVER upto AS n,
           w.basis_amount + sum(f.amount) OVER upto AS amount_now,
           w.basis_quantity + sum(f.quantity) OVER upto AS quantity_now
      FROM rebate_fresh f
      JOIN unnest(%(positions)s::bigint[], %(partners)s::bigint[], %(starts)s::date[], %(amounts)s::numeric[],
                  %(quantities)s::numeric[], %(values)s::numeric[], %(baselines)s::numeric[], %(targets)s::numeric[])
           AS w(position_id, partnership_id, period_from, basis_amount, basis_quantity, target_value, baseline, target)
           ON w.partnership_id = f.partnership_id AND w.period_from = f.period_from
     WHERE f.amount <> 0 OR f.quantity <> 0
    WINDOW upto AS (PARTITION BY w.position_id ORDER BY f.at, f.kind, f.id ROWS UNBOUNDED PRECEDING)
),
banded AS (SELECT run.*, {band} AS band, {band_before} AS band_before FROM run),
valued AS (SELECT banded.*, {value} AS now FROM banded),
stepped AS (
    SELECT valued.*, coalesce(lag(now) OVER (PARTITION BY position_id ORDER BY n), target_value) AS before FROM valued
),
told AS (
    SELECT stepped.*, now - before AS change, CASE WHEN {splits} AND band <> band_before THEN {at_old} - before END
               AS volume
      FROM stepped
)
SELECT told.position_id, told.n, told.kind, told.id, told.source_seq, told.order_id, told.day,
       CASE WHEN part.first THEN told.amount ELSE 0 END AS basis_amount,
       CASE WHEN part.first THEN told.quantity ELSE 0 END AS basis_quantity, part.cause, part.amount
  FROM told CROSS JOIN LATERAL (
       SELECT CASE WHEN (told.amount, told.quantity) < (0, 0) THEN 'return' ELSE 'volume' END AS cause,
              coalesce(told.volume, told.change) AS amount, true AS first
        WHERE told.volume IS NULL OR told.volume <> 0 OR told.change = 0
       UNION ALL
       SELECT 'rate', told.change - told.volume, told.volume = 0
        WHERE told.volume IS NOT NULL AND told.change <> told.volume
  ) AS part
"""

SUMS = "SELECT position_id, count(*), sum(amount) FROM rebate_rows GROUP BY position_id"

INSERT = """
INSERT INTO rebates_rebateaccrual
    (seller_id, buyer_id, position_id, line_id, seq, source_kind, source_id, source_seq, order_id, occurred_on,
     basis_amount, basis_quantity, amount, cause, reason, posting, posted_by_id)
SELECT w.seller_id, w.buyer_id, r.position_id, %(line)s,
       w.seq + row_number() OVER (PARTITION BY r.position_id ORDER BY r.n, r.cause = 'rate'),
       r.kind, r.id, r.source_seq, r.order_id, r.day, r.basis_amount, r.basis_quantity, r.amount, r.cause, '',
       w.posting, %(user)s
  FROM rebate_rows r
  JOIN unnest(%(positions)s::bigint[], %(sellers)s::bigint[], %(buyers)s::bigint[], %(seqs)s::integer[],
              %(postings)s::bigint[]) AS w(position_id, seller_id, buyer_id, seq, posting)
       ON w.position_id = r.position_id
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What the rows of one position come to: how many, and by how much its T moves."""

    rows: int = 0
    amount: Decimal = Decimal(0)


def stage_rows(held: Sequence[Held], line: LiveLine, currency: str, alone: bool) -> dict[int, Change]:
    """Compute the rows of fresh sources from the positions as they were; what they come to, by position.

    `alone`: T follows from the position's own basis. Else the rows carry the basis only, and T is brought up after.
    """
    text, places = line.terms, str(exponent(currency))
    statement = ROWS.format(
        band=band_sql(text, NOW) if alone else "-1",
        band_before=band_sql(text, BEFORE) if alone else "-1",
        value=value_sql(text, NOW, "band", places) if alone else "0::numeric",
        at_old=value_at_band_sql(text, NOW, "band_before", places) if alone else "0::numeric",
        splits="true" if alone and text.method == TierMethod.RETROSPECTIVE else "false",
    )
    measured = Measured([line], (one.partnership_id for one in held), (one.period_from for one in held))
    keys = [(line.id, one.partnership_id, one.period_from) for one in held]
    values = {
        "positions": numbers(one.id for one in held),
        "partners": numbers(one.partnership_id for one in held),
        "starts": texts(one.period_from for one in held),
        "amounts": numbers(one.basis_amount for one in held),
        "quantities": numbers(one.basis_quantity for one in held),
        "values": numbers(one.target_value if alone else 0 for one in held),
        "baselines": numbers(measured.baseline(*key) for key in keys),
        "targets": numbers(measured.target(*key) for key in keys),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute(SUMS)
        return {position: Change(rows, amount) for position, rows, amount in cursor.fetchall()}


def write_rows(held: Sequence[Held], line: LiveLine, postings: Mapping[int, int], user_id: int | None) -> None:
    """Write the rows that were computed, after the last one of each position, and forget them."""
    values: dict[str, Any] = {
        "line": line.id,
        "user": user_id,
        "positions": numbers(one.id for one in held),
        "sellers": numbers(one.seller_id for one in held),
        "buyers": numbers(one.buyer_id for one in held),
        "seqs": numbers(one.seq for one in held),
        "postings": numbers(postings.get(one.id) for one in held),
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        cursor.execute("DROP TABLE rebate_rows")
