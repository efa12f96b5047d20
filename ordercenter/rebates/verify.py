"""Rebates recomputed from what they are made of (rebates §10)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from marketplace.core.verify import Difference, check
from ordercenter.rebates.models import RebatePosition
from ordercenter.rebates.positions import PositionKey
from ordercenter.rebates.progress import progress_at

#: Positions at a time.
BATCH = 2000

SUMS = """
SELECT p.id, p.basis_amount, p.basis_quantity, p.target_value, p.manual, p.seq,
       coalesce(a.basis_amount, 0), coalesce(a.basis_quantity, 0), coalesce(a.target_value, 0), coalesce(a.manual, 0),
       coalesce(a.seq, 0)
  FROM rebates_rebateposition p
  LEFT JOIN (SELECT position_id, sum(basis_amount) AS basis_amount, sum(basis_quantity) AS basis_quantity,
                    sum(amount) FILTER (WHERE cause NOT IN ('manual', 'close')) AS target_value,
                    sum(amount) FILTER (WHERE cause IN ('manual', 'close')) AS manual, max(seq) AS seq
               FROM rebates_rebateaccrual GROUP BY position_id) a ON a.position_id = p.id
 WHERE (p.basis_amount, p.basis_quantity, p.target_value, p.manual, p.seq) IS DISTINCT FROM
       (coalesce(a.basis_amount, 0), coalesce(a.basis_quantity, 0), coalesce(a.target_value, 0),
        coalesce(a.manual, 0), coalesce(a.seq, 0))
"""

LEDGER = """
SELECT o.code || ' / ' || coalesce(k.partnership, b.partnership_id), coalesce(k.open, 0), coalesce(b.balance, 0)
  FROM (SELECT p.seller_id, p.partnership_id AS partnership, r.currency,
               sum(p.target_value + p.manual - p.settled) AS open
          FROM rebates_rebateposition p JOIN rebates_rebateline l ON l.id = p.line_id
          JOIN rebates_rebatepolicy r ON r.id = l.policy_id
         GROUP BY p.seller_id, p.partnership_id, r.currency) k
  FULL JOIN (SELECT organization_id, partnership_id, currency, -sum(balance) AS balance
               FROM ledger_ledgeraccount WHERE kind = 'rebate_accrual'
              GROUP BY organization_id, partnership_id, currency) b
    ON b.organization_id = k.seller_id AND b.partnership_id = k.partnership AND b.currency = k.currency
  JOIN parties_organization o ON o.id = coalesce(k.seller_id, b.organization_id)
 WHERE coalesce(k.open, 0) <> coalesce(b.balance, 0)
"""

SETTLED = """
SELECT p.id, coalesce(s.amount, 0), p.settled
  FROM rebates_rebateposition p
  LEFT JOIN (SELECT part.position_id, sum(part.amount) AS amount FROM (
                 SELECT l.position_id, l.amount FROM rebates_rebatesettlementline l
                   JOIN rebates_rebatesettlement d ON d.id = l.settlement_id AND d.status = 'posted'
                 UNION ALL
                 SELECT a.position_id, a.amount FROM rebates_rebateaccrual a
                  WHERE a.source_kind = 'rebate_settlement') part GROUP BY part.position_id) s ON s.position_id = p.id
 WHERE p.settled <> coalesce(s.amount, 0)
"""


@check("rebates: positions")
def positions() -> Iterator[Difference]:
    """Sums of a position are those of its accruals."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS)
        for pk, *figures in cursor.fetchall():
            yield Difference(f"rebate position {pk}", tuple(figures[5:]), tuple(figures[:5]))


@check("rebates: ledger")
def ledger() -> Iterator[Difference]:
    """What accrual accounts hold is what positions have open."""
    with connection.cursor() as cursor:
        cursor.execute(LEDGER)
        for subject, expected, found in cursor.fetchall():
            yield Difference(subject, expected, found)


@check("rebates: settled")
def settled() -> Iterator[Difference]:
    """What was settled is what posted settlements name."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLED)
        for pk, expected, found in cursor.fetchall():
            yield Difference(f"rebate position {pk}", expected, found)


@check("rebates: target values")
def target_values() -> Iterator[Difference]:
    """What was accrued is what the policy gives on the basis so far."""
    last = 0
    while True:
        rows = RebatePosition.objects.filter(pk__gt=last).order_by("pk")[:BATCH]
        keys = [PositionKey(row.line_id, row.partnership_id, row.period_from, row.period_to) for row in rows]
        if not keys:
            return
        last = max(row.pk for row in rows)
        seen = progress_at(keys)
        for row in rows:
            one = seen[row.line_id, row.partnership_id, row.period_from]
            expected = one.value
            if expected != row.target_value:
                yield Difference(f"rebate position {row.pk}", expected, row.target_value)
