"""Lock credit accounts, level 1 of the one lock order, and read what the rules compare (credit-and-ledger §8)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.arrays import numbers, texts
from marketplace.core.models import ControlMode
from ordercenter.credit.book import BookAccount, BookRule, CreditBook, PairKey
from ordercenter.credit.enums import BUCKETS, CreditAccountStatus, CreditMode, CreditRuleKind

ACCOUNT_COLUMNS = ", ".join(
    f"a.{name}"
    for name in (
        "id",
        "organization_id",
        "currency",
        "mode",
        "status",
        "horizon_days",
        "count_unapplied",
        "payment_days",
        *(bucket.value for bucket in BUCKETS),
    )
)

ACCOUNTS = f"""
SELECT m.partnership_id, m.currency, {ACCOUNT_COLUMNS}
  FROM unnest(%s::bigint[], %s::text[]) AS given(partnership, currency)
  JOIN credit_creditmember m ON m.partnership_id = given.partnership AND m.currency = given.currency
  JOIN credit_creditsettings s ON s.organization_id = m.organization_id AND s.controls
  JOIN credit_creditaccount a ON a.id = m.account_id
 ORDER BY a.id
"""

LOCK = f"{ACCOUNTS} FOR NO KEY UPDATE OF a"

# The account that a partner without one would get.
ABSENT = f"""
SELECT p.id, given.currency, 0, p.upstream_id, given.currency, 'prepaid', 'active', s.horizon_days, s.count_unapplied,
       NULL::integer{", 0::numeric" * len(BUCKETS)}
  FROM unnest(%s::bigint[], %s::text[]) AS given(partnership, currency)
  JOIN parties_partnership p ON p.id = given.partnership
  JOIN credit_creditsettings s ON s.organization_id = p.upstream_id AND s.controls
"""

LOCK_IDS = f"""
SELECT {ACCOUNT_COLUMNS} FROM credit_creditaccount a WHERE a.id = ANY(%s::bigint[]) ORDER BY a.id FOR NO KEY UPDATE OF a
"""

# A partner that has no account is PREPAID: no limit row must never mean no limit. The advisory locks make two who
# find it missing at once take turns, in one order. Whether another opened it since is asked by CREATE, after the lock.
MISSING = """
SELECT pg_advisory_xact_lock(hashtextextended('credit-account:' || p.id || ':' || given.currency, 0)), p.id,
       given.currency, p.upstream_id
  FROM (SELECT DISTINCT * FROM unnest(%s::bigint[], %s::text[]) AS pair(partnership, currency)
         ORDER BY 1, 2) AS given
  JOIN parties_partnership p ON p.id = given.partnership
  JOIN credit_creditsettings s ON s.organization_id = p.upstream_id AND s.controls
"""

CREATE = """
WITH given AS (
    SELECT nextval('credit_creditaccount_id_seq') AS account, p.id AS partnership, p.upstream_id AS seller,
           pair.currency, s.horizon_days, s.count_unapplied
      FROM unnest(%s::bigint[], %s::text[]) AS pair(partnership, currency)
      JOIN parties_partnership p ON p.id = pair.partnership
      JOIN credit_creditsettings s ON s.organization_id = p.upstream_id
     WHERE NOT EXISTS (SELECT 1 FROM credit_creditmember m
                        WHERE m.partnership_id = p.id AND m.currency = pair.currency)
), made AS (
    INSERT INTO credit_creditaccount (id, organization_id, name, currency, mode, status, horizon_days, count_unapplied,
        suspended_by, reason, held, later, open_orders, unbilled, receivable, unapplied)
    SELECT account, seller, '', currency, 'prepaid', 'active', horizon_days, count_unapplied, '', '', 0, 0, 0, 0, 0, 0
      FROM given RETURNING id
)
INSERT INTO credit_creditmember (organization_id, account_id, partnership_id, currency)
SELECT seller, account, partnership, currency FROM given JOIN made ON made.id = given.account
"""

# After the lock, in a statement of its own: what another transaction committed while this one waited is seen.
READ = """
WITH pair AS (
    SELECT given.partnership, given.currency, given.account, p.upstream_id AS seller, p.grade_id, p.group_id,
           coalesce(g.ancestors, '{}') AS groups, (now() AT TIME ZONE o.time_zone)::date AS today
      FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS given(partnership, currency, account)
      JOIN parties_partnership p ON p.id = given.partnership
      JOIN parties_organization o ON o.id = p.upstream_id
      LEFT JOIN parties_partnergroup g ON g.id = p.group_id
)
SELECT pair.partnership, pair.currency, pair.account, pair.today, limits.*, late.*,
       (SELECT json_agg(json_build_array(r.id, r.kind, r.mode, r.threshold::text, r.checkpoints, r.grace_days,
                        r.tolerance::text,
                        CASE WHEN r.partnership_id IS NOT NULL THEN 1000
                             WHEN r.group_id IS NOT NULL THEN 500 + array_position(pair.groups, r.group_id)
                             WHEN r.grade_id IS NOT NULL THEN 1 ELSE 0 END,
                        r.currency))
          FROM credit_creditrule r
         WHERE r.organization_id = pair.seller AND r.is_active AND r.currency IN ('', pair.currency)
           AND (r.partnership_id IS NULL OR r.partnership_id = pair.partnership)
           AND (r.group_id IS NULL OR r.group_id = ANY(pair.groups))
           AND (r.grade_id IS NULL OR r.grade_id = pair.grade_id))
  FROM pair
 CROSS JOIN LATERAL (
    SELECT coalesce(sum(l.amount) FILTER (WHERE l.valid_from <= now() AND l.valid_to > now()), 0),
           coalesce(bool_or(l.kind = 'standing' AND l.valid_from <= now() AND l.valid_to > now()), false),
           coalesce(bool_or(l.valid_to <= now()), false)
      FROM credit_creditlimit l WHERE l.account_id = pair.account) AS limits
 CROSS JOIN LATERAL (
    SELECT coalesce(max(pair.today - i.due_on), 0), coalesce(sum(i.open), 0)
      FROM credit_creditmember m
      JOIN ledger_openitem i ON i.partnership_id = m.partnership_id AND i.currency = m.currency
     WHERE m.account_id = pair.account AND i.open > 0 AND NOT i.disputed AND i.due_on < pair.today) AS late
 ORDER BY pair.account, pair.partnership
"""

NAMES = (
    "id",
    "organization_id",
    "currency",
    "mode",
    "status",
    "horizon_days",
    "count_unapplied",
    "payment_days",
)


def lock_credit(partnerships: Iterable[tuple[int, str]]) -> CreditBook:
    """Lock the accounts of partners (partnership id, currency) by id, and read limits, rules and overdue figures.

    Two statements, four when an account is missing: a partner without one is PREPAID (§3). Empty, after one or two,
    where no seller among them controls credit. Joins the caller's transaction, before all its other locks.
    """
    pairs = sorted(set(partnerships))
    if not pairs:
        return CreditBook()
    rows = _rows(LOCK, _columns(pairs))
    missing = set(pairs) - {(row[0], row[1]) for row in rows}
    if missing and _open_missing(sorted(missing)):
        rows = _rows(LOCK, _columns(pairs))
    return _book([(row[0], row[1]) for row in rows], [row[2:] for row in rows])


def look(partnerships: Iterable[tuple[int, str]]) -> CreditBook:
    """The same without a lock, for what is shown and not decided; nothing is opened. Two statements or three."""
    pairs = sorted(set(partnerships))
    rows = _rows(ACCOUNTS, _columns(pairs)) if pairs else []
    missing = set(pairs) - {(row[0], row[1]) for row in rows}
    if missing:
        rows += _rows(ABSENT, _columns(sorted(missing)))
    return _book([(row[0], row[1]) for row in rows], [row[2:] for row in rows])


def lock_account(account_id: int) -> CreditBook:
    """Lock one account with all its members; without rules where its seller controls no credit. Four statements."""
    found = _rows(LOCK_IDS, [numbers([account_id])])
    if not found:
        return CreditBook()
    members = "SELECT partnership_id, currency FROM credit_creditmember WHERE account_id = %s ORDER BY 1"
    pairs = [(int(row[0]), str(row[1])) for row in _rows(members, [account_id])]
    book = _book(pairs, [found[0]] * len(pairs))
    controls = "SELECT 1 FROM credit_creditsettings WHERE organization_id = %s AND controls"
    if not _rows(controls, [found[0][1]]):
        book.rules.clear()
    return book


def _open_missing(pairs: Sequence[PairKey]) -> bool:
    wanted = [(int(row[1]), str(row[2])) for row in _rows(MISSING, _columns(pairs))]
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(CREATE, _columns(wanted))
    return bool(wanted)


def _book(pairs: Sequence[PairKey], rows: Sequence[tuple[Any, ...]]) -> CreditBook:
    book = CreditBook()
    by_id: dict[int, BookAccount] = {}
    for pair, row in zip(pairs, rows, strict=True):
        book.accounts[pair] = by_id.setdefault(row[0], _account(row))
    if not book:
        return book
    accounts = numbers(book.accounts[pair].id for pair in pairs)
    for row in _rows(READ, [*_columns(pairs), accounts]):
        _read(book, row)
    return book


def _account(row: tuple[Any, ...]) -> BookAccount:
    values: dict[str, Any] = dict(zip(NAMES, row, strict=False))
    values["mode"], values["status"] = CreditMode(values["mode"]), CreditAccountStatus(values["status"])
    return BookAccount(**values, buckets=dict(zip(BUCKETS, row[len(NAMES) :], strict=True)))


def _read(book: CreditBook, row: tuple[Any, ...]) -> None:
    partnership, currency, _account_id, today, limit, standing, ended, days, amount, rules = row
    account = book.accounts[(partnership, currency)]
    account.limit = Decimal(0) if account.mode == CreditMode.PREPAID else limit
    account.has_standing, account.had_limit = standing, ended
    account.overdue_days, account.overdue_amount, account.today = days, amount, _day(today)
    book.rules[(partnership, currency)] = most_specific(_parsed(rules))


def most_specific(rules: Sequence[Any]) -> tuple[BookRule, ...]:
    """Of each kind the rule with the narrowest audience; between equals the one of the account's own currency."""
    best: dict[str, Any] = {}
    for rule in sorted(rules, key=lambda one: (one[7], one[8] != "")):
        best[rule[1]] = rule
    return tuple(
        BookRule(
            id=rule[0],
            kind=CreditRuleKind(rule[1]),
            mode=ControlMode(rule[2]),
            threshold=Decimal(rule[3] or 0),
            checkpoints=frozenset(rule[4]),
            grace_days=rule[5],
            tolerance=Decimal(rule[6]),
        )
        for rule in sorted(best.values(), key=lambda one: one[0])
    )


def _parsed(document: Any) -> Sequence[Any]:
    if document is None:
        return ()
    return json.loads(document) if isinstance(document, str) else document


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _columns(pairs: Sequence[PairKey]) -> list[str]:
    return [numbers(pair[0] for pair in pairs), texts(pair[1] for pair in pairs)]


def _rows(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
