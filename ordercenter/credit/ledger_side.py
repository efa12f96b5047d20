"""What finance posts by hand or another room posts moves the buckets, too: RECEIVABLE and UNAPPLIED follow the ledger.

A room that posts and tells credit itself (invoicing, payments) leaves nothing to do here: only the gap between the
ledger and a bucket is moved, so hearing of a posting twice, or after somebody else told of it, changes nothing
(credit-and-ledger §4, §11.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers, texts
from ordercenter.credit.book import ZERO, CreditBook, CreditMove, PairKey
from ordercenter.credit.causes import KNOWN
from ordercenter.credit.enums import Bucket
from ordercenter.credit.locking import lock_credit
from ordercenter.credit.moves import move_all

TOUCHED = """
SELECT DISTINCT a.partnership_id, a.currency, p.source_kind
  FROM ledger_ledgerentry e
  JOIN ledger_ledgerposting p ON p.id = e.posting_id
  JOIN ledger_ledgeraccount a ON a.id = e.account_id
 WHERE e.posting_id = %s AND a.partnership_id IS NOT NULL AND a.kind IN ('receivable', 'cash')
 ORDER BY 1, 2
"""

GAPS = """
SELECT given.partnership, given.currency,
       (SELECT coalesce(sum(l.balance), 0) FROM ledger_ledgeraccount l
         WHERE l.organization_id = a.organization_id AND l.partnership_id = given.partnership
           AND l.currency = given.currency AND l.kind = 'receivable') - coalesce(sum(
               CASE WHEN m.target = 'receivable' THEN m.amount WHEN m.source = 'receivable' THEN -m.amount END), 0),
       (SELECT coalesce(sum(-l.balance - l.reserved), 0) FROM ledger_ledgeraccount l
         WHERE l.organization_id = a.organization_id AND l.partnership_id = given.partnership
           AND l.currency = given.currency AND l.kind = 'cash') - coalesce(sum(
               CASE WHEN m.target = 'unapplied' THEN m.amount WHEN m.source = 'unapplied' THEN -m.amount END), 0)
  FROM unnest(%s::bigint[], %s::text[]) AS given(partnership, currency)
  JOIN credit_creditmember cm ON cm.partnership_id = given.partnership AND cm.currency = given.currency
  JOIN credit_creditaccount a ON a.id = cm.account_id
  LEFT JOIN credit_creditmovement m ON m.account_id = a.id AND m.partnership_id = given.partnership
 GROUP BY given.partnership, given.currency, a.organization_id
 ORDER BY given.partnership, given.currency
"""

# Of a posting's receivable entries, which order each is about: by its open item, or by what it cleared.
BY_ORDER = """
SELECT a.partnership_id, a.currency, coalesce(i.order_id, ci.order_id), sum(e.amount)
  FROM ledger_ledgerentry e
  JOIN ledger_ledgeraccount a ON a.id = e.account_id AND a.kind = 'receivable' AND a.partnership_id IS NOT NULL
  LEFT JOIN ledger_openitem i ON i.entry_id = e.id
  LEFT JOIN LATERAL (SELECT o.order_id FROM ledger_clearing c JOIN ledger_openitem o ON o.id = c.open_item_id
                      WHERE c.entry_id = e.id ORDER BY c.id LIMIT 1) AS ci ON true
 WHERE e.posting_id = %s
 GROUP BY 1, 2, 3
HAVING sum(e.amount) <> 0
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """By how much the ledger is ahead of the buckets of one partner."""

    pair: PairKey
    receivable: Decimal
    unapplied: Decimal


def follow(actor: Actor, posting_id: int) -> list[int]:
    """Move what a posting changed and nobody has told yet; ids of the accounts that the posting touched.

    Five statements, one where no partner is touched, four where nothing is left to move.
    """
    touched = _rows(TOUCHED, [posting_id])
    if not touched:
        return []
    with transaction.atomic():
        book = lock_credit((row[0], row[1]) for row in touched)
        if not book:
            return []
        gaps = _gaps(book)
        if any(gap.receivable or gap.unapplied for gap in gaps):
            orders = _by_order(posting_id)
            move_all(actor, book, list(_moves(gaps, orders, posting_id, touched[0][2])))
    return sorted({account.id for account in book.accounts.values()})


def _gaps(book: CreditBook) -> list[Gap]:
    pairs = sorted(book.accounts)
    rows = _rows(GAPS, [numbers(pair[0] for pair in pairs), texts(pair[1] for pair in pairs)])
    return [Gap((row[0], row[1]), row[2], row[3]) for row in rows]


def _by_order(posting_id: int) -> dict[PairKey, dict[int | None, Decimal]]:
    found: dict[PairKey, dict[int | None, Decimal]] = {}
    for partnership, currency, order_id, amount in _rows(BY_ORDER, [posting_id]):
        found.setdefault((partnership, currency), {})[order_id] = amount
    return found


def _moves(
    gaps: list[Gap], orders: Mapping[PairKey, Mapping[int | None, Decimal]], posting_id: int, source_kind: str
) -> Iterator[CreditMove]:
    """By order where the posting explains the gap, else as one sum of the partner."""
    cause = source_kind if source_kind in KNOWN else "posted"
    for number, gap in enumerate(gaps):
        parts = orders.get(gap.pair, {})
        explained = sum(parts.values(), ZERO) == gap.receivable
        receivable = parts if explained else {None: gap.receivable}
        for bucket, amounts in ((Bucket.RECEIVABLE, receivable), (Bucket.UNAPPLIED, {None: gap.unapplied})):
            for order_id, amount in amounts.items():
                yield CreditMove(
                    partnership_id=gap.pair[0],
                    currency=gap.pair[1],
                    order_id=order_id,
                    cause=cause,
                    source=Bucket.OUTSIDE,
                    target=bucket,
                    amount=amount,
                    document_kind="ledger_posting",
                    document_id=posting_id,
                    seq=number * 2 + (bucket == Bucket.UNAPPLIED),
                )


def _rows(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
