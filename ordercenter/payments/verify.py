"""Payments against the ledger and against what went back of them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from marketplace.core.verify import Difference, check

REFUNDED = """
SELECT p.number, coalesce(sum(r.amount) FILTER (WHERE r.status <> 'failed'), 0), p.refunded
  FROM payments_payment p LEFT JOIN payments_refund r ON r.payment_id = p.id
 GROUP BY p.id
HAVING p.refunded <> coalesce(sum(r.amount) FILTER (WHERE r.status <> 'failed'), 0)
"""

POSTED = """
SELECT p.number, p.amount, coalesce(g.amount, 0)
  FROM payments_payment p
  LEFT JOIN funds_fundgrant g ON g.seller_id = p.seller_id AND g.source_kind = 'payment' AND g.source_id = p.id
 WHERE (p.status IN ('succeeded', 'partially_refunded', 'refunded') AND p.amount IS DISTINCT FROM g.amount)
    OR (p.status NOT IN ('succeeded', 'partially_refunded', 'refunded') AND g.id IS NOT NULL)
"""


@check("payments: refunded")
def refunded() -> Iterator[Difference]:
    """What of a payment went back is the sum of its refunds that did not fail."""
    return _differences(REFUNDED)


@check("payments: in the ledger")
def posted() -> Iterator[Difference]:
    """A payment that has come stands in the ledger once, with its amount; another one does not."""
    return _differences(POSTED)


def _differences(statement: str) -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for subject, expected, found in cursor.fetchall():
            yield Difference(subject, expected, found)
