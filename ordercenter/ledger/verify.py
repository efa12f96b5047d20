"""The ledger recomputed from its entries (credit-and-ledger §11, rules 1 and 9)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from marketplace.core.verify import Difference, check

UNBALANCED = """
SELECT 'posting ' || e.posting_id || ' ' || a.currency, 0, sum(e.amount)
FROM ledger_ledgerentry e JOIN ledger_ledgeraccount a ON a.id = e.account_id
GROUP BY e.posting_id, a.currency HAVING sum(e.amount) <> 0 ORDER BY e.posting_id
"""
BALANCES = """
SELECT 'account ' || a.id || ' ' || a.kind || ' ' || a.currency, coalesce(s.amount, 0), a.balance
FROM ledger_ledgeraccount a
LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM ledger_ledgerentry GROUP BY account_id) s
    ON s.account_id = a.id
WHERE a.partnership_id IS NOT NULL AND a.balance <> coalesce(s.amount, 0) ORDER BY a.id
"""
CHECKPOINTS = """
SELECT 'checkpoint ' || c.id, coalesce(s.amount, 0), c.balance
FROM ledger_ledgercheckpoint c
CROSS JOIN LATERAL (
    SELECT sum(e.amount) AS amount FROM ledger_ledgerentry e WHERE e.account_id = c.account_id AND e.id <= c.entry_id
) s
WHERE c.balance <> coalesce(s.amount, 0) ORDER BY c.id
"""
# What undoes a clearing counts against it.
CLEARED = """
SELECT 'open item ' || i.id || ' ' || i.number, i.amount - coalesce(c.amount, 0), i.open
FROM ledger_openitem i
LEFT JOIN (
    SELECT open_item_id, sum(CASE WHEN reverses_id IS NULL THEN amount ELSE -amount END) AS amount
    FROM ledger_clearing GROUP BY open_item_id
) c ON c.open_item_id = i.id
WHERE i.open <> i.amount - coalesce(c.amount, 0) ORDER BY i.id
"""
WRITTEN_OFF = """
SELECT 'open item ' || i.id || ' ' || i.number, coalesce(c.amount, 0), i.written_off
FROM ledger_openitem i
LEFT JOIN (
    SELECT open_item_id, sum(CASE WHEN reverses_id IS NULL THEN amount ELSE -amount END) AS amount
    FROM ledger_clearing WHERE write_off GROUP BY open_item_id
) c ON c.open_item_id = i.id
WHERE i.written_off <> coalesce(c.amount, 0) ORDER BY i.id
"""
# What is open less the credits that were not matched yet; a debit without an open item is one undone.
RECEIVABLES = """
WITH live AS (
    SELECT c.entry_id, c.amount FROM ledger_clearing c
    WHERE c.reverses_id IS NULL AND NOT EXISTS (SELECT FROM ledger_clearing r WHERE r.reverses_id = c.id)
), taken AS (
    SELECT entry_id, sum(amount) AS amount FROM live GROUP BY entry_id
), loose AS (
    SELECT e.account_id, sum(e.amount + coalesce(t.amount, 0)) AS amount
    FROM ledger_ledgerentry e LEFT JOIN taken t ON t.entry_id = e.id
    WHERE NOT EXISTS (SELECT FROM ledger_openitem i WHERE i.entry_id = e.id) GROUP BY e.account_id
), owed AS (
    SELECT e.account_id, sum(i.open) AS amount FROM ledger_openitem i JOIN ledger_ledgerentry e ON e.id = i.entry_id
    GROUP BY e.account_id
)
SELECT 'account ' || a.id || ' receivable ' || a.currency, coalesce(o.amount, 0) + coalesce(l.amount, 0), a.balance
FROM ledger_ledgeraccount a
LEFT JOIN owed o ON o.account_id = a.id LEFT JOIN loose l ON l.account_id = a.id
WHERE a.kind = 'receivable' AND a.balance <> coalesce(o.amount, 0) + coalesce(l.amount, 0) ORDER BY a.id
"""
BUDGETS = """
SELECT 'budget ' || b.number || ' {column}', coalesce(s.amount, 0), b.{column}
FROM ledger_budget b
LEFT JOIN (SELECT budget_id, sum({column}) AS amount FROM ledger_budgetentry GROUP BY budget_id) s
    ON s.budget_id = b.id
WHERE b.{column} <> coalesce(s.amount, 0) ORDER BY b.id
"""


@check("ledger: postings balance")
def postings_balance() -> Iterator[Difference]:
    """Every posting sums to 0 per currency."""
    return _differences(UNBALANCED)


@check("ledger: running balances")
def running_balances() -> Iterator[Difference]:
    """A running balance is the sum of its entries."""
    return _differences(BALANCES)


@check("ledger: checkpoints")
def checkpoints() -> Iterator[Difference]:
    """A checkpoint is the sum of the entries up to it."""
    return _differences(CHECKPOINTS)


@check("ledger: open items")
def open_items() -> Iterator[Difference]:
    """What is open is the amount less what was cleared and not undone."""
    return _differences(CLEARED)


@check("ledger: written off")
def written_off() -> Iterator[Difference]:
    """What was written off is the sum of its write-offs."""
    return _differences(WRITTEN_OFF)


@check("ledger: receivables")
def receivables() -> Iterator[Difference]:
    """A receivable account is what is open, less credits that clear nothing yet."""
    return _differences(RECEIVABLES)


@check("ledger: budgets")
def budgets() -> Iterator[Difference]:
    """Each figure of a budget is the sum of its entries; total = free + reserved + consumed is a generated column."""
    for column in ("total", "reserved", "consumed", "deficit"):
        yield from _differences(BUDGETS.format(column=column))


def _differences(statement: str) -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for subject, expected, found in cursor.fetchall():
            yield Difference(subject, expected, found)
