"""Payments against the ledger and against what went back of them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from marketplace.core.verify import Difference, check

REFUNDED = """
SELECT p.number, coalesce(sum(r.amount) FILTER (WHERE r.status NOT IN ('failed', 'cancelled')), 0), p.refunded
  FROM payments_payment p LEFT JOIN payments_refund r ON r.payment_id = p.id
 GROUP BY p.id
HAVING p.refunded <> coalesce(sum(r.amount) FILTER (WHERE r.status NOT IN ('failed', 'cancelled')), 0)
"""

CALLED_BACK = """
SELECT p.number, coalesce(sum(c.taken), 0), p.charged_back
  FROM payments_payment p LEFT JOIN payments_chargeback c ON c.payment_id = p.id
 GROUP BY p.id HAVING p.charged_back <> coalesce(sum(c.taken), 0)
"""

#: What documents of this room took from the bank is what they say went back.
GONE = """
WITH gone AS (
    SELECT 'refund' AS kind, r.id, r.seller_id, r.number,
           CASE WHEN r.status IN ('failed', 'cancelled') THEN 0 ELSE r.amount END AS amount
      FROM payments_refund r
    UNION ALL
    SELECT 'chargeback', c.id, c.seller_id, c.provider_reference, c.taken FROM payments_chargeback c
)
SELECT gone.kind || ' ' || gone.number, gone.amount, coalesce(bank.amount, 0)
  FROM gone LEFT JOIN LATERAL (
    SELECT -sum(e.amount) AS amount
      FROM ledger_ledgerposting p JOIN ledger_ledgerentry e ON e.posting_id = p.id
      JOIN ledger_ledgeraccount a ON a.id = e.account_id AND a.kind = 'bank'
     WHERE p.organization_id = gone.seller_id AND p.source_kind = gone.kind AND p.source_id = gone.id
  ) bank ON true
 WHERE gone.amount <> coalesce(bank.amount, 0)
"""

OF_ORDERS = """
SELECT o.number, coalesce(sum(r.amount) FILTER (WHERE r.status NOT IN ('failed', 'cancelled')), 0), o.refunded
  FROM orders_order o LEFT JOIN payments_refund r ON r.order_id = o.id
 WHERE o.refunded <> 0 OR r.id IS NOT NULL
 GROUP BY o.id
HAVING o.refunded <> coalesce(sum(r.amount) FILTER (WHERE r.status NOT IN ('failed', 'cancelled')), 0)
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


@check("payments: called back")
def called_back() -> Iterator[Difference]:
    """What of a payment was called back is the sum of its call-backs that hold the money."""
    return _differences(CALLED_BACK)


@check("payments: gone from the bank")
def gone() -> Iterator[Difference]:
    """Refunds and call-backs took from the bank what they say, and nothing where they failed or were won."""
    return _differences(GONE)


@check("payments: refunded of orders")
def of_orders() -> Iterator[Difference]:
    """What of an order's price went back is the sum of the refunds that were made for it."""
    return _differences(OF_ORDERS)


def _differences(statement: str) -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for subject, expected, found in cursor.fetchall():
            yield Difference(subject, expected, found)
