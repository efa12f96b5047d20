"""Fund accounts recomputed from what they are made of (credit-and-ledger §11, rules 1 and 7)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from marketplace.core.verify import Difference, check

BALANCES = """
SELECT o.name || ' / ' || p.code || ' / ' || a.kind, coalesce(g.remaining, 0), -a.balance
FROM ledger_ledgeraccount a JOIN parties_organization o ON o.id = a.organization_id
JOIN parties_partnership p ON p.id = a.partnership_id
LEFT JOIN (SELECT account_id, sum(remaining) AS remaining FROM funds_fundgrant GROUP BY account_id) g
       ON g.account_id = a.id
WHERE a.kind = ANY(%s::text[]) AND -a.balance <> coalesce(g.remaining, 0) ORDER BY a.id
"""
RESERVED = """
SELECT o.name || ' / ' || p.code || ' / ' || a.kind, coalesce(g.reserved, 0), a.reserved
FROM ledger_ledgeraccount a JOIN parties_organization o ON o.id = a.organization_id
JOIN parties_partnership p ON p.id = a.partnership_id
LEFT JOIN (SELECT account_id, sum(reserved) AS reserved FROM funds_fundgrant GROUP BY account_id) g
       ON g.account_id = a.id
WHERE a.reserved <> coalesce(g.reserved, 0) ORDER BY a.id
"""
REMAINING = """
SELECT 'grant ' || g.id, g.amount - coalesce(u.used, 0), g.remaining FROM funds_fundgrant g
LEFT JOIN (SELECT grant_id, sum(amount) AS used FROM funds_funduse GROUP BY grant_id) u ON u.grant_id = g.id
WHERE g.remaining <> g.amount - coalesce(u.used, 0) ORDER BY g.id
"""
PROMISED = """
SELECT 'grant ' || g.id, coalesce(r.open, 0), g.reserved FROM funds_fundgrant g
LEFT JOIN (SELECT grant_id, sum(amount - used - freed) AS open FROM funds_fundreservation GROUP BY grant_id) r
       ON r.grant_id = g.id
WHERE g.reserved <> coalesce(r.open, 0) ORDER BY g.id
"""
SHARES = """
SELECT coalesce(o.number, 'order ' || order_id), r.sums::text, s.sums::text
FROM (SELECT order_id, account_id, treatment, ARRAY[sum(amount - freed), sum(used), sum(returned)] AS sums
      FROM funds_fundreservation GROUP BY 1, 2, 3) r
FULL JOIN (SELECT order_id, account_id, treatment, ARRAY[sum(amount - freed), sum(used), sum(returned)] AS sums
      FROM funds_fundshare GROUP BY 1, 2, 3) s USING (order_id, account_id, treatment)
LEFT JOIN orders_order o ON o.id = order_id
WHERE r.sums IS DISTINCT FROM s.sums ORDER BY order_id
"""
USES = """
SELECT 'reservation ' || r.id, coalesce(u.used, 0), r.used - r.returned FROM funds_fundreservation r
LEFT JOIN (SELECT reservation_id, sum(amount) AS used FROM funds_funduse WHERE reservation_id IS NOT NULL GROUP BY 1) u
       ON u.reservation_id = r.id
WHERE r.used - r.returned <> coalesce(u.used, 0) ORDER BY r.id
"""
FUNDS = "{cash,rebate,goods,expense,deposit}"


@check("funds: balance")
def balance() -> Iterator[Difference]:
    """What an account holds is what remains of its grants."""
    return _differences(BALANCES, FUNDS)


@check("funds: reserved")
def reserved() -> Iterator[Difference]:
    """What an account has promised is what its grants have."""
    return _differences(RESERVED)


@check("funds: remaining")
def remaining() -> Iterator[Difference]:
    """What remains of a grant is what came in less its uses."""
    return _differences(REMAINING)


@check("funds: promised")
def promised() -> Iterator[Difference]:
    """What a grant has promised is what its reservations have open."""
    return _differences(PROMISED)


@check("funds: shares")
def shares() -> Iterator[Difference]:
    """What lines of an order have of an account is what its grants promised it: kept, used and come back."""
    return _differences(SHARES)


@check("funds: uses")
def uses() -> Iterator[Difference]:
    """What a reservation counts as used is the sum of its uses."""
    return _differences(USES)


def _differences(statement: str, *parameters: str) -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        for subject, expected, found in cursor.fetchall():
            yield Difference(subject, expected, found)
