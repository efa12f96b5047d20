"""Orders of a far day stand in LATER, so that they do not block near ones; their day brings them back (§4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection, transaction

from marketplace.core.actor import Actor
from ordercenter.credit.book import ZERO, CreditBook, CreditMove
from ordercenter.credit.enums import BUCKETS, Bucket
from ordercenter.credit.locking import lock_credit
from ordercenter.credit.moves import Standing, move_all, standing_of, whole_of

DUE = """
SELECT DISTINCT m.order_id, m.partnership_id, a.currency
  FROM credit_creditmovement m
  JOIN credit_creditaccount a ON a.id = m.account_id AND a.later > 0
  JOIN credit_creditsettings c ON c.organization_id = a.organization_id AND c.controls
  JOIN parties_organization o ON o.id = m.organization_id
 WHERE m.target = 'later' AND m.due_on <= (now() AT TIME ZONE o.time_zone)::date
   AND (SELECT coalesce(sum(CASE WHEN s.target = 'later' THEN s.amount ELSE -s.amount END), 0)
          FROM credit_creditmovement s
         WHERE s.order_id = m.order_id AND 'later' IN (s.source, s.target)) > 0
 ORDER BY m.partnership_id, m.order_id
 LIMIT %s
"""


def comes_back(book: CreditBook, partnership_id: int, currency: str, ship_on: date | None) -> date | None:
    """The day on which an order that ships on a day counts as near; None where it is near already, or has no day."""
    account = book.account(partnership_id, currency)
    if account is None or ship_on is None:
        return None
    day = ship_on - timedelta(days=account.horizon_days)
    return day if day > account.today else None


def postponed(
    standing: Standing, partnership_id: int, currency: str, order_id: int, due_on: date, version: int
) -> list[CreditMove]:
    """OPEN_ORDERS -> LATER of a released order that ships beyond the horizon; `version` tells releases apart."""
    template = _template(partnership_id, currency, order_id, "postponed", Bucket.LATER, version, due_on)
    return whole_of(standing, template, (Bucket.OPEN_ORDERS,))


def recalled(
    standing: Standing, partnership_id: int, currency: str, order_id: int, version: int = 1
) -> list[CreditMove]:
    """LATER -> OPEN_ORDERS of an order whose day has come, or that ships before it."""
    template = _template(partnership_id, currency, order_id, "recalled", Bucket.OPEN_ORDERS, version)
    return whole_of(standing, template, (Bucket.LATER,))


def _template(
    partnership_id: int,
    currency: str,
    order_id: int,
    cause: str,
    target: Bucket,
    version: int,
    due_on: date | None = None,
) -> CreditMove:
    return CreditMove(
        partnership_id=partnership_id,
        currency=currency,
        order_id=order_id,
        cause=cause,
        source=Bucket.OUTSIDE,
        target=target,
        amount=ZERO,
        document_kind="order",
        document_id=order_id,
        seq=version,
        due_on=due_on,
    )


def recall_due(actor: Actor, limit: int = 500) -> int:
    """Bring back all orders whose day has come, in transactions of `limit` orders; how many came."""
    count = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(DUE, [limit])
            due = cursor.fetchall()
        if not due:
            return count
        with transaction.atomic():
            count += _recall(actor, due)


def _recall(actor: Actor, due: Iterable[tuple[int, int, str]]) -> int:
    orders = list(due)
    book = lock_credit((partnership, currency) for _order, partnership, currency in orders)
    standing = standing_of(order for order, _partnership, _currency in orders)
    turns = _turns(orders)
    moves = [
        move
        for order, partnership, currency in orders
        for move in recalled(standing, partnership, currency, order, turns.get(order, 0) + 1)
    ]
    move_all(actor, book, moves)
    return len(orders)


def _turns(orders: Iterable[tuple[int, int, str]]) -> dict[int, int]:
    """How often each order came back already: the number of the turn is part of a movement's key."""
    sql = (
        "SELECT order_id, max(seq) FROM credit_creditmovement"
        " WHERE order_id = ANY(%s) AND cause = 'recalled' GROUP BY order_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [[order for order, _partnership, _currency in orders]])
        return {row[0]: int(row[1]) // len(BUCKETS) for row in cursor.fetchall()}
