"""What an account may owe and owes, with what of it is past due (credit-and-ledger §1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from marketplace.core.arrays import numbers
from ordercenter.credit.enums import BUCKETS, Bucket, CreditMode

FIGURES = f"""
SELECT a.id, a.currency, a.mode, a.count_unapplied, {", ".join(f"a.{bucket.value}" for bucket in BUCKETS)},
       limits.*, late.*
  FROM credit_creditaccount a
  JOIN parties_organization o ON o.id = a.organization_id
 CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE o.time_zone)::date AS day) AS today
 CROSS JOIN LATERAL (
    SELECT coalesce(sum(l.amount) FILTER (WHERE l.kind = 'standing'), 0),
           coalesce(sum(l.amount) FILTER (WHERE l.kind = 'temporary'), 0),
           (min(l.valid_to) FILTER (WHERE l.valid_to < 'infinity') AT TIME ZONE o.time_zone)::date
      FROM credit_creditlimit l
     WHERE l.account_id = a.id AND l.valid_from <= now() AND l.valid_to > now()) AS limits
 CROSS JOIN LATERAL (
    SELECT coalesce(sum(i.open), 0), coalesce(max(today.day - i.due_on), 0), count(i.id)
      FROM credit_creditmember m
      JOIN ledger_openitem i ON i.partnership_id = m.partnership_id AND i.currency = m.currency
     WHERE m.account_id = a.id AND i.open > 0 AND NOT i.disputed AND i.due_on < today.day) AS late
 WHERE a.id = ANY(%s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Figures of one account now. `limit_changes_on`: the first day on which a limit in force ends."""

    account_id: int
    currency: str
    mode: CreditMode
    count_unapplied: bool
    buckets: Mapping[Bucket, Decimal]
    standing_limit: Decimal
    temporary_limit: Decimal
    limit_changes_on: date | None
    past_due: Decimal
    overdue_days: int
    overdue_items: int

    @property
    def limit(self) -> Decimal | None:
        """What may be owed now; None for UNLIMITED, 0 for PREPAID."""
        if self.mode == CreditMode.UNLIMITED:
            return None
        return Decimal(0) if self.mode == CreditMode.PREPAID else self.standing_limit + self.temporary_limit

    @property
    def amount(self) -> Decimal:
        """OPEN_ORDERS + UNBILLED + RECEIVABLE, less UNAPPLIED where the account counts it."""
        owed = self.buckets[Bucket.OPEN_ORDERS] + self.buckets[Bucket.UNBILLED] + self.buckets[Bucket.RECEIVABLE]
        return owed - self.buckets[Bucket.UNAPPLIED] if self.count_unapplied else owed

    @property
    def available(self) -> Decimal | None:
        """limit - exposure; None without a limit."""
        limit = self.limit
        return None if limit is None else limit - self.amount


def exposures_of(account_ids: Iterable[int]) -> dict[int, Exposure]:
    """The figures of accounts that the caller may see, by id; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [numbers(sorted(set(account_ids)))])
        return {row[0]: _exposure(row) for row in cursor.fetchall()}


def _exposure(row: tuple) -> Exposure:
    head, buckets, tail = row[:4], row[4 : 4 + len(BUCKETS)], row[4 + len(BUCKETS) :]
    standing, temporary, changes_on, past_due, days, items = tail
    return Exposure(
        head[0],
        head[1],
        CreditMode(head[2]),
        head[3],
        dict(zip(BUCKETS, buckets, strict=True)),
        standing,
        temporary,
        changes_on,
        past_due,
        days,
        items,
    )
