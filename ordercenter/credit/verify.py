"""Buckets recomputed from their movements, and from the ledger (credit-and-ledger §11, rules 2 and 3)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from marketplace.core.verify import Difference, check
from ordercenter.credit.enums import BUCKETS

SUMS = """
SELECT a.id, o.name, b.bucket, b.stored, coalesce(s.amount, 0)
  FROM credit_creditaccount a
  JOIN parties_organization o ON o.id = a.organization_id
 CROSS JOIN LATERAL (VALUES {columns}) AS b(bucket, stored)
  LEFT JOIN (
       SELECT account_id, bucket, sum(amount) AS amount
         FROM (SELECT account_id, target AS bucket, amount FROM credit_creditmovement
               UNION ALL SELECT account_id, source, -amount FROM credit_creditmovement) AS moves
        GROUP BY account_id, bucket) AS s ON s.account_id = a.id AND s.bucket = b.bucket
 WHERE b.stored <> coalesce(s.amount, 0)
 ORDER BY a.id, b.bucket
"""

LEDGER = """
SELECT a.id, o.name, '{bucket}', a.{bucket}, coalesce(sum({figure}), 0)
  FROM credit_creditaccount a
  JOIN credit_creditsettings c ON c.organization_id = a.organization_id AND c.controls
  JOIN parties_organization o ON o.id = a.organization_id
  LEFT JOIN credit_creditmember m ON m.account_id = a.id
  LEFT JOIN ledger_ledgeraccount l
    ON l.organization_id = a.organization_id AND l.partnership_id = m.partnership_id AND l.currency = m.currency
   AND l.kind = '{kind}'
 GROUP BY a.id, o.name
HAVING a.{bucket} <> coalesce(sum({figure}), 0)
 ORDER BY a.id
"""

NEGATIVE = """
SELECT m.order_id, o.number, b.bucket, sum(CASE WHEN m.target = b.bucket THEN m.amount ELSE -m.amount END)
  FROM credit_creditmovement m
  JOIN orders_order o ON o.id = m.order_id
  JOIN (VALUES ('held'), ('later'), ('open_orders'), ('unbilled')) AS b(bucket) ON b.bucket IN (m.source, m.target)
 GROUP BY m.order_id, m.line_id, o.number, b.bucket
HAVING sum(CASE WHEN m.target = b.bucket THEN m.amount ELSE -m.amount END) < 0
 ORDER BY m.order_id
"""


@check("credit: buckets")
def buckets() -> Iterator[Difference]:
    """Each bucket of an account is the sum of its movements."""
    columns = ", ".join(f"('{bucket.value}', a.{bucket.value})" for bucket in BUCKETS)
    return _differences(SUMS.format(columns=columns))


@check("credit: receivables")
def receivables() -> Iterator[Difference]:
    """RECEIVABLE is what the members' accounts of the ledger say."""
    return _differences(LEDGER.format(bucket="receivable", kind="receivable", figure="l.balance"))


@check("credit: unapplied cash")
def unapplied() -> Iterator[Difference]:
    """UNAPPLIED is the members' cash that is not reserved."""
    return _differences(LEDGER.format(bucket="unapplied", kind="cash", figure="-l.balance - l.reserved"))


@check("credit: orders")
def orders() -> Iterator[Difference]:
    """No line of an order has less than nothing in a bucket."""
    with connection.cursor() as cursor:
        cursor.execute(NEGATIVE)
        for _order, number, bucket, amount in cursor.fetchall():
            yield Difference(f"{number} / {bucket}", "0 or more", amount)


def _differences(statement: str) -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for account, seller, bucket, stored, expected in cursor.fetchall():
            yield Difference(f"{seller} / {account} / {bucket}", expected, stored)
