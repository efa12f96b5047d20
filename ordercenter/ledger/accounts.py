"""Find, make and lock accounts: level 2 of the one lock order (credit-and-ledger §8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.core.arrays import numbers, texts
from marketplace.core.errors import CoreErrorCode, DomainError
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import LedgerAccount

__all__ = ["AccountKey", "AccountKind", "balances_of", "checkpoint", "lock_accounts"]

_WANTED = """
unnest(%(organizations)s::bigint[], %(partnerships)s::bigint[], %(kinds)s::text[], %(currencies)s::text[],
       %(subs)s::text[]) AS w(organization_id, partnership_id, kind, currency, sub)
"""
# Two branches, for an index serves an equation or IS NULL, and no "is not distinct from".
_SAME = "a.organization_id = w.organization_id AND a.kind = w.kind AND a.currency = w.currency AND a.sub = w.sub"
_COLUMNS = [field.attname for field in LedgerAccount._meta.concrete_fields]
_LIST = ", ".join(f"a.{column}" for column in _COLUMNS)

#: Accounts of a partnership are locked, in the order of their ids; organization-wide ones nobody waits for.
LOCK = f"""
WITH wanted AS MATERIALIZED (SELECT * FROM {_WANTED}), locked AS MATERIALIZED (
    SELECT {_LIST} FROM ledger_ledgeraccount a JOIN wanted w ON a.partnership_id = w.partnership_id AND {_SAME}
    ORDER BY a.id FOR NO KEY UPDATE OF a
)
SELECT * FROM locked
UNION ALL
SELECT {_LIST} FROM ledger_ledgeraccount a JOIN wanted w ON a.partnership_id IS NULL AND {_SAME}
WHERE w.partnership_id IS NULL
"""
# In one order, as two who make the same rows wait for each other.
MAKE = f"""
INSERT INTO ledger_ledgeraccount (organization_id, partnership_id, partner_id, kind, currency, sub, balance, reserved)
SELECT w.organization_id, w.partnership_id, p.downstream_id, w.kind, w.currency, w.sub, 0, 0
FROM {_WANTED}
LEFT JOIN parties_partnership p ON p.id = w.partnership_id AND p.upstream_id = w.organization_id
WHERE w.partnership_id IS NULL OR p.id IS NOT NULL
ORDER BY w.partnership_id, w.organization_id, w.kind, w.currency, w.sub
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Which account: whose books, what it counts, in which currency, with which partner. `kind`: an `AccountKind`."""

    organization_id: int
    kind: str
    currency: str
    partnership_id: int | None = None
    sub: str = ""


def lock_accounts(keys: Iterable[AccountKey]) -> dict[AccountKey, LedgerAccount]:
    """The accounts of these keys; those with a partnership stay locked until the transaction ends.

    One statement where all are there, two more where some had to be made. Raises NOT_FOUND for a partnership that is
    not one of the organization's.
    """
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return {}
    found = _locked(wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(MAKE, _parameters(missing))
        found |= _locked(missing)
    if any(key not in found for key in wanted):
        raise DomainError(CoreErrorCode.NOT_FOUND, _("Not found."), "partnership")
    return found


def _locked(keys: Sequence[AccountKey]) -> dict[AccountKey, LedgerAccount]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, _parameters(keys))
        rows = [LedgerAccount.from_db("default", _COLUMNS, row) for row in cursor.fetchall()]
    return {key_of(account): account for account in rows}


def key_of(account: LedgerAccount) -> AccountKey:
    """The key an account is found by."""
    return AccountKey(account.organization_id, account.kind, account.currency, account.partnership_id, account.sub)


def _parameters(keys: Sequence[AccountKey]) -> dict[str, Any]:
    return {
        "organizations": numbers(key.organization_id for key in keys),
        "partnerships": numbers(key.partnership_id for key in keys),
        "kinds": texts(str(key.kind) for key in keys),
        "currencies": texts(key.currency for key in keys),
        "subs": texts(key.sub for key in keys),
    }


#: Running balances are there; the others are the last checkpoint and what came after it.
BALANCES = """
SELECT a.id, CASE WHEN a.partnership_id IS NOT NULL THEN a.balance
    ELSE coalesce(c.balance, 0) + coalesce((
        SELECT sum(e.amount) FROM ledger_ledgerentry e WHERE e.account_id = a.id AND e.id > coalesce(c.entry_id, 0)
    ), 0) END
FROM ledger_ledgeraccount a
LEFT JOIN LATERAL (
    SELECT entry_id, balance FROM ledger_ledgercheckpoint WHERE account_id = a.id ORDER BY entry_id DESC LIMIT 1
) c ON a.partnership_id IS NULL
WHERE a.id = ANY(%s::bigint[])
"""


def balances_of(account_ids: Iterable[int]) -> dict[int, Decimal]:
    """The balance of each account, organization-wide ones included, debit +; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, [numbers(account_ids)])
        return dict(cursor.fetchall())


CHECKPOINT = """
INSERT INTO ledger_ledgercheckpoint (organization_id, account_id, entry_id, balance)
SELECT a.organization_id, a.id, %(upto)s, coalesce(c.balance, 0) + s.amount
FROM ledger_ledgeraccount a
LEFT JOIN LATERAL (
    SELECT entry_id, balance FROM ledger_ledgercheckpoint WHERE account_id = a.id ORDER BY entry_id DESC LIMIT 1
) c ON true
CROSS JOIN LATERAL (
    SELECT sum(e.amount) AS amount, count(*) AS entries FROM ledger_ledgerentry e
    WHERE e.account_id = a.id AND e.id > coalesce(c.entry_id, 0) AND e.id <= %(upto)s
) s
WHERE a.partnership_id IS NULL AND s.entries >= %(least)s
"""


def checkpoint(least: int = 1000) -> int:
    """Sum organization-wide accounts that have `least` entries since their last checkpoint; answers how many had.

    An entry may be committed after one with a higher id. So the last id is read while nobody writes, for an instant:
    whatever has a lower id is then there or never will be.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute("LOCK TABLE ledger_ledgerentry IN SHARE MODE")
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_ledgerentry")
        (upto,) = cursor.fetchone()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CHECKPOINT, {"upto": upto, "least": least})
        return int(cursor.rowcount)
