"""Open the books: what orders, receivables and prepayments amount to enters the buckets (credit-and-ledger §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction

from marketplace.core.actor import Actor
from ordercenter.credit.book import ZERO, CreditBook, CreditMove
from ordercenter.credit.enums import Bucket
from ordercenter.credit.locking import lock_credit
from ordercenter.credit.moves import move_all
from ordercenter.credit.queue import order_side

LEDGER = """
SELECT a.partnership_id, a.currency,
       coalesce(sum(a.balance) FILTER (WHERE a.kind = 'receivable'), 0),
       coalesce(sum(-a.balance - a.reserved) FILTER (WHERE a.kind = 'cash'), 0)
  FROM ledger_ledgeraccount a
 WHERE a.organization_id = %s AND a.partnership_id IS NOT NULL AND a.kind IN ('receivable', 'cash')
 GROUP BY 1, 2
"""

# Per line while it has not shipped or is not invoiced, as orders know it; per partner what the ledger knows.
FOUND = """
SELECT m.partnership_id, a.currency,
       CASE WHEN b.bucket IN ('unapplied', 'receivable') THEN NULL ELSE m.order_id END,
       CASE WHEN b.bucket IN ('unapplied', 'receivable') THEN NULL ELSE m.line_id END, b.bucket,
       sum(CASE WHEN m.target = b.bucket THEN m.amount ELSE -m.amount END)
  FROM credit_creditmovement m
  JOIN credit_creditaccount a ON a.id = m.account_id
  JOIN (VALUES ('held'), ('later'), ('open_orders'), ('unbilled'), ('receivable'), ('unapplied')) AS b(bucket)
    ON b.bucket IN (m.source, m.target)
 WHERE m.organization_id = %s
 GROUP BY 1, 2, 3, 4, 5
HAVING sum(CASE WHEN m.target = b.bucket THEN m.amount ELSE -m.amount END) <> 0
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an amount stands or should stand."""

    partnership_id: int
    currency: str
    order_id: int | None
    line_id: int | None
    bucket: Bucket


def open_books(actor: Actor, seller_id: int) -> int:
    """Bring the buckets of a seller's accounts to what orders and ledger say; how many movements that took.

    What agrees moves nothing, so it may be called again: after control was off for a time it enters what happened
    meanwhile. Locks all accounts concerned, and reads again under their locks.
    """
    with transaction.atomic():
        places = {*_expected(seller_id, _found(seller_id)), *_found(seller_id)}
        book = lock_credit((place.partnership_id, place.currency) for place in places)
        found = _found(seller_id)
        moves = list(_differences(book, _expected(seller_id, found), found, _turn(seller_id)))
        move_all(actor, book, moves)
    return len(moves)


def _expected(seller_id: int, found: Collection[Place]) -> dict[Place, Decimal]:
    """What should stand where. Far orders stay in LATER as far as they stand there."""
    expected: dict[Place, Decimal] = defaultdict(Decimal)
    side = order_side()
    known = {place.order_id for place in found if place.order_id is not None}
    for point in side.standpoints(seller_id, known) if side else ():
        bucket = point.bucket
        later = Place(point.partnership_id, point.currency, point.order_id, point.line_id, Bucket.LATER)
        if bucket == Bucket.OPEN_ORDERS and later in found:
            bucket = Bucket.LATER
        expected[Place(point.partnership_id, point.currency, point.order_id, point.line_id, bucket)] += point.amount
    for partnership_id, currency, receivable, unapplied in _rows(LEDGER, seller_id):
        for kind, amount in ((Bucket.RECEIVABLE, receivable), (Bucket.UNAPPLIED, unapplied)):
            expected[Place(partnership_id, currency, None, None, kind)] += max(amount, ZERO)
    return expected


def _found(seller_id: int) -> dict[Place, Decimal]:
    return {
        Place(partnership_id, currency, order_id, line_id, Bucket(bucket)): amount
        for partnership_id, currency, order_id, line_id, bucket, amount in _rows(FOUND, seller_id)
    }


def _differences(
    book: CreditBook, expected: dict[Place, Decimal], found: dict[Place, Decimal], turn: int
) -> Iterator[CreditMove]:
    """Movements from and to OUTSIDE; first what leaves, as a bucket is never below 0."""
    for number, place in enumerate(_sorted({*expected, *found})):
        gap = expected.get(place, ZERO) - found.get(place, ZERO)
        if gap and book.account(place.partnership_id, place.currency):
            yield CreditMove(
                partnership_id=place.partnership_id,
                currency=place.currency,
                order_id=place.order_id,
                line_id=place.line_id,
                cause="opening",
                source=Bucket.OUTSIDE,
                target=place.bucket,
                amount=gap,
                document_kind="credit_settings",
                document_id=turn,
                seq=number,
            )


def _sorted(places: Iterable[Place]) -> list[Place]:
    return sorted(
        places,
        key=lambda one: (one.partnership_id, one.currency, one.order_id or 0, one.line_id or 0, one.bucket.value),
    )


def _turn(seller_id: int) -> int:
    """One more than the last opening: part of the key of its movements."""
    sql = (
        "SELECT coalesce(max(document_id), 0) + 1 FROM credit_creditmovement"
        " WHERE organization_id = %s AND document_kind = 'credit_settings'"
    )
    return int(_rows(sql, seller_id)[0][0])


def _rows(statement: str, seller_id: int) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [seller_id])
        return cursor.fetchall()
