"""What a partner owes and why: the statement of account, and what is owed by age (credit-and-ledger §11, issue text).

A statement joins RECEIVABLE and CASH: an invoice raises it, a payment lowers it when it comes in, and clearing one with
the other changes nothing. Of the two sides the seller reads it as it is, the buyer the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.parties.models import Partnership
from ordercenter.ledger.kinds import AccountKind

ZERO = Decimal(0)
BUCKETS = ("current", "days_1_30", "days_31_60", "days_61_90", "days_over_90")
JOINED = (AccountKind.RECEIVABLE, AccountKind.CASH)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting as it changed what the partner owes; `balance` after it."""

    pk: int
    posted_on: date
    kind: str
    source_kind: str
    source_id: int
    number: str
    memo: str
    due_on: date | None
    amount: Decimal
    balance: Decimal
    currency: str

    @property
    def debit(self) -> Decimal | None:
        """What raised it."""
        return self.amount if self.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        """What lowered it."""
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open by how late it is, disputed parts among it, and cash that nothing was cleared with."""

    partnership_id: int
    currency: str
    current: Decimal
    days_1_30: Decimal
    days_31_60: Decimal
    days_61_90: Decimal
    days_over_90: Decimal
    disputed: Decimal
    unapplied: Decimal
    oldest_due: date | None = None

    @property
    def total(self) -> Decimal:
        """All that is open."""
        return sum((getattr(self, bucket) for bucket in BUCKETS), ZERO)

    @property
    def overdue(self) -> Decimal:
        """All that is late."""
        return self.total - self.current


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """A partner's account in one currency over a period; closing = opening + debit − credit."""

    partnership: Partnership
    currency: str
    since: date
    until: date
    opening: Decimal
    debit: Decimal
    credit: Decimal
    closing: Decimal
    lines: Sequence[StatementLine]
    ageing: Ageing


LINES = """
WITH accounts AS (
    SELECT id FROM ledger_ledgeraccount
    WHERE partnership_id = %(partnership)s AND currency = %(currency)s AND kind = ANY(%(kinds)s::text[])
), sums AS (
    SELECT e.posting_id, e.value_date, sum(e.amount) AS amount,
           (array_agg(e.kind ORDER BY e.line))[1] AS kind, min(i.due_on) AS due_on
    FROM ledger_ledgerentry e LEFT JOIN ledger_openitem i ON i.entry_id = e.id
    WHERE e.account_id IN (SELECT id FROM accounts) AND e.value_date >= %(since)s AND e.value_date <= %(until)s
    GROUP BY e.posting_id, e.value_date HAVING sum(e.amount) <> 0
)
SELECT p.id, s.value_date, s.kind, p.source_kind, p.source_id, p.number, p.memo, s.due_on, s.amount,
       %(opening)s::numeric + sum(s.amount) OVER (ORDER BY s.value_date, p.id), %(currency)s::text
FROM sums s JOIN ledger_ledgerposting p ON p.id = s.posting_id ORDER BY s.value_date, p.id
"""
OPENING = """
SELECT coalesce(sum(e.amount), 0) FROM ledger_ledgerentry e JOIN ledger_ledgeraccount a ON a.id = e.account_id
WHERE a.partnership_id = %(partnership)s AND a.currency = %(currency)s AND a.kind = ANY(%(kinds)s::text[])
  AND e.value_date < %(since)s
"""


def statement_of_account(
    actor: Actor, partnership_id: int, since: date, until: date, currency: str = ""
) -> AccountStatement:
    """The account of a partnership that the actor is a side of, from the books of its upstream; four statements.

    `currency`: the partnership's unless named. Raises NOT_FOUND.
    """
    partnership = Partnership.objects.visible_to(actor).select_related("upstream").filter(pk=partnership_id).first()
    if partnership is None:
        raise not_found("partnership")
    currency = currency or partnership.currency
    values: dict[str, Any] = {
        "partnership": partnership.pk,
        "currency": currency,
        "kinds": [str(kind) for kind in JOINED],
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(OPENING, values)
        (opening,) = cursor.fetchone()
        cursor.execute(LINES, values | {"opening": opening})
        rows: list[Any] = cursor.fetchall()
    lines = [StatementLine(*row) for row in rows]
    debit = sum((line.amount for line in lines if line.amount > 0), ZERO)
    credit = -sum((line.amount for line in lines if line.amount < 0), ZERO)
    closing = opening + debit - credit
    found = {one.currency: one for one in ageing([partnership.pk], currency)}
    nothing = Ageing(partnership.pk, currency, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO)
    aged = found.get(currency, nothing)
    return AccountStatement(partnership, currency, since, until, opening, debit, credit, closing, lines, aged)


# Late from the day after the due date on, by the calendar of the seller's zone.
AGEING = """
WITH wanted AS (
    SELECT p.id, p.downstream_id, (now() AT TIME ZONE o.time_zone)::date AS today
    FROM parties_partnership p JOIN parties_organization o ON o.id = p.upstream_id
    WHERE CASE WHEN %(partnerships)s::bigint[] IS NULL THEN p.upstream_id = %(seller)s::bigint
          ELSE p.id = ANY(%(partnerships)s::bigint[]) END
), owed AS (
    SELECT i.partnership_id, i.currency,
           sum(i.open) FILTER (WHERE i.due_on >= w.today) AS b0,
           sum(i.open) FILTER (WHERE w.today - i.due_on BETWEEN 1 AND 30) AS b1,
           sum(i.open) FILTER (WHERE w.today - i.due_on BETWEEN 31 AND 60) AS b2,
           sum(i.open) FILTER (WHERE w.today - i.due_on BETWEEN 61 AND 90) AS b3,
           sum(i.open) FILTER (WHERE w.today - i.due_on > 90) AS b4,
           sum(i.open) FILTER (WHERE i.disputed) AS disputed,
           min(i.due_on) AS oldest
    FROM ledger_openitem i JOIN wanted w ON w.id = i.partnership_id
    WHERE i.open > 0 GROUP BY i.partnership_id, i.currency
), cash AS (
    SELECT a.partnership_id, a.currency, -sum(a.balance) AS amount FROM ledger_ledgeraccount a
    JOIN wanted w ON w.id = a.partnership_id WHERE a.kind = 'cash' AND a.balance <> 0 GROUP BY 1, 2
)
SELECT coalesce(o.partnership_id, c.partnership_id), coalesce(o.currency, c.currency),
       coalesce(o.b0, 0), coalesce(o.b1, 0), coalesce(o.b2, 0), coalesce(o.b3, 0), coalesce(o.b4, 0),
       coalesce(o.disputed, 0), coalesce(c.amount, 0), o.oldest
FROM owed o FULL JOIN cash c ON c.partnership_id = o.partnership_id AND c.currency = o.currency
WHERE %(currency)s = '' OR coalesce(o.currency, c.currency) = %(currency)s
ORDER BY coalesce(o.b1, 0) + coalesce(o.b2, 0) + coalesce(o.b3, 0) + coalesce(o.b4, 0) DESC, coalesce(o.b0, 0) DESC, 1
"""


def ageing(
    partnership_ids: Sequence[int] | None = None, currency: str = "", seller_id: int | None = None
) -> list[Ageing]:
    """What is open by age, one row a partnership and currency that has any, or cash; the most overdue first.

    Of these partnerships, or of all whose upstream is `seller_id`; one statement.
    """
    values = {
        "partnerships": None if partnership_ids is None else list(partnership_ids),
        "seller": seller_id,
        "currency": currency,
    }
    with connection.cursor() as cursor:
        cursor.execute(AGEING, values)
        return [Ageing(*row) for row in cursor.fetchall()]
