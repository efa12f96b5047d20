"""Credits of partners that nothing, or not all, was cleared with: payments on CASH, credit notes on RECEIVABLE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.functional import Promise

from marketplace.core.actor import Actor
from ordercenter.ledger.documents import source


@dataclass(frozen=True, slots=True)
class Credit:
    """One credit entry, and what is left of it; of CASH no more than is free on the account now."""

    entry_id: int
    partnership_id: int
    currency: str
    account_kind: str
    source_kind: str
    source_id: int
    number: str
    value_date: date
    amount: Decimal
    left: Decimal

    @property
    def kind_label(self) -> str | Promise:
        """What people call the document."""
        return source(self.source_kind).label


CREDITS = """
WITH accounts AS (
    SELECT id, kind, currency, partnership_id, balance, reserved FROM ledger_ledgeraccount
    WHERE organization_id = %s AND partnership_id = ANY(%s::bigint[]) AND kind IN ('cash', 'receivable')
), credit AS (
    SELECT e.id, a.partnership_id, a.currency, a.kind, p.source_kind, p.source_id, p.number, e.value_date,
           -e.amount AS amount, CASE WHEN a.kind = 'cash' THEN -a.balance - a.reserved END AS free
    FROM ledger_ledgerentry e
    JOIN accounts a ON a.id = e.account_id
    JOIN ledger_ledgerposting p ON p.id = e.posting_id
    WHERE e.amount < 0 AND p.source_kind <> 'clearing' AND p.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM ledger_ledgerposting r WHERE r.reverses_id = p.id)
      AND (a.kind = 'receivable' OR a.balance + a.reserved < 0)
), used AS (
    SELECT k.id, (
        SELECT coalesce(sum(CASE WHEN c.reverses_id IS NULL THEN c.amount ELSE -c.amount END), 0)
        FROM ledger_clearing c WHERE c.entry_id = k.id OR c.payment_entry_id = k.id
    ) AS amount FROM credit k
)
SELECT k.id, k.partnership_id, k.currency, k.kind, k.source_kind, k.source_id, k.number, k.value_date, k.amount,
       least(k.amount - u.amount, k.free)
FROM credit k JOIN used u USING (id) WHERE k.amount > u.amount ORDER BY k.value_date, k.id
"""


def credits_of(actor: Actor, partnership_ids: Iterable[int]) -> list[Credit]:
    """Of the actor's own books, oldest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(CREDITS, [actor.own_id, list(partnership_ids)])
        return [Credit(*row) for row in cursor.fetchall()]
