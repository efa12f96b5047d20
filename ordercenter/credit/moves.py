"""Value that goes from bucket to bucket: written once for each event, summed on the account (credit-and-ledger §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers, texts
from ordercenter.credit.book import ZERO, CreditBook, CreditMove
from ordercenter.credit.enums import BUCKETS, UNSHIPPED, Bucket

ORDER_BUCKETS = ", ".join(f"'{bucket.value}'" for bucket in (*UNSHIPPED, Bucket.UNBILLED))

# An order that its seller did not count (it was placed before control began, or entered as history) has nothing in the
# buckets of orders: shipping or cancelling it moves nothing, and its invoice comes from OUTSIDE.
RESOLVED = f"""
SELECT given.*, CASE
       WHEN given.order_id IS NULL OR given.source NOT IN ({ORDER_BUCKETS}) THEN given.source
       WHEN EXISTS (SELECT 1 FROM known WHERE known.order_id = given.order_id AND known.bucket = given.source)
         OR EXISTS (SELECT 1 FROM given AS first
                     WHERE first.order_id = given.order_id AND first.target = given.source) THEN given.source
       ELSE 'outside' END AS origin
  FROM given
"""

SUMS = ", ".join(
    f"coalesce(sum(amount) FILTER (WHERE target = '{bucket.value}'), 0)"
    f" - coalesce(sum(amount) FILTER (WHERE source = '{bucket.value}'), 0) AS {bucket.value}"
    for bucket in BUCKETS
)

MOVE = f"""
WITH given AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[],
                         %s::text[], %s::integer[], %s::text[], %s::text[], %s::numeric[], %s::date[])
        AS g(organization_id, account_id, partnership_id, order_id, line_id, document_kind, document_id,
             cause, seq, source, target, amount, due_on)
), known AS (
    SELECT m.order_id, b.bucket
      FROM credit_creditmovement AS m
      JOIN (SELECT DISTINCT order_id, source AS bucket FROM given WHERE source IN ({ORDER_BUCKETS})) AS b
        ON b.order_id = m.order_id AND b.bucket IN (m.source, m.target)
     GROUP BY m.order_id, b.bucket
    HAVING sum(CASE WHEN m.target = b.bucket THEN m.amount ELSE -m.amount END) > 0
), resolved AS (
    {RESOLVED}
), moved AS (
    INSERT INTO credit_creditmovement (organization_id, account_id, partnership_id, order_id, line_id, document_kind,
        document_id, cause, seq, source, target, amount, due_on, made_by_id)
    SELECT organization_id, account_id, partnership_id, order_id, line_id, document_kind,
           document_id, cause, seq, origin, target, amount, due_on, %s::bigint
      FROM resolved
     WHERE origin <> target AND (origin = source OR target NOT IN ({ORDER_BUCKETS}))
    ON CONFLICT DO NOTHING
    RETURNING account_id, source, target, amount
), delta AS (
    SELECT account_id, {SUMS} FROM moved GROUP BY account_id
)
UPDATE credit_creditaccount AS a
   SET {", ".join(f"{bucket.value} = a.{bucket.value} + delta.{bucket.value}" for bucket in BUCKETS)}
  FROM delta WHERE a.id = delta.account_id
RETURNING a.id, {", ".join(f"a.{bucket.value}" for bucket in BUCKETS)}
"""

STANDING = f"""
SELECT order_id, line_id, {SUMS} FROM credit_creditmovement
 WHERE order_id = ANY(%s::bigint[]) GROUP BY order_id, line_id
"""

LineSums = dict[int | None, dict[Bucket, Decimal]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What of each line of some orders stands in which bucket; line None for what is of the order as a whole."""

    orders: dict[int, LineSums] = field(default_factory=dict)

    def of(self, order_id: int, bucket: Bucket, line_id: int | None = None) -> Decimal:
        """What of a line stands in a bucket."""
        return self.orders.get(order_id, {}).get(line_id, {}).get(bucket, ZERO)

    def total(self, order_id: int, *buckets: Bucket) -> Decimal:
        """What of an order stands in any of these buckets."""
        lines = self.orders.get(order_id, {}).values()
        return sum((line.get(bucket, ZERO) for line in lines for bucket in buckets), ZERO)

    def knows(self, order_id: int) -> bool:
        """False for an order that stands outside the books."""
        return order_id in self.orders


def move_all(actor: Actor, book: CreditBook, moves: Sequence[CreditMove]) -> None:
    """Write movements and the bucket columns they sum to; one statement, none without moves.

    The same move again changes nothing. Moves of partners whose seller does not control credit are left out. The
    accounts of the book, which must be locked, show the new buckets afterwards.
    """
    rows = [row for move in moves if move.amount and (row := _row(book, move))]
    if not rows:
        return
    columns = list(zip(*rows, strict=True))
    text_columns = (5, 7, 9, 10, 12)
    values = [texts(column) if place in text_columns else numbers(column) for place, column in enumerate(columns)]
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [*values, actor.user_id])
        found = {row[0]: dict(zip(BUCKETS, row[1:], strict=True)) for row in cursor.fetchall()}
    for account in book.accounts.values():
        if account.id in found:
            account.buckets = found[account.id]


def _row(book: CreditBook, move: CreditMove) -> tuple[Any, ...] | None:
    account = book.account(move.partnership_id, move.currency)
    if account is None:
        return None
    source, target, amount = move.source.value, move.target.value, move.amount
    if amount < 0:
        source, target, amount = target, source, -amount
    return (
        account.organization_id,
        account.id,
        move.partnership_id,
        move.order_id,
        move.line_id,
        move.document_kind,
        move.document_id,
        move.cause,
        move.seq,
        source,
        target,
        amount,
        move.due_on,
    )


def standing_of(order_ids: Iterable[int]) -> Standing:
    """Where the value of orders stands now, by line; one statement. Call it under the lock of their accounts."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [numbers(sorted(set(order_ids)))])
        standing = Standing()
        for order_id, line_id, *sums in cursor.fetchall():
            standing.orders.setdefault(order_id, {})[line_id] = dict(zip(BUCKETS, sums, strict=True))
    return standing


def taken_from(
    standing: Standing,
    template: CreditMove,
    amounts: Mapping[int | None, Decimal],
    sources: Sequence[Bucket] = UNSHIPPED,
) -> list[CreditMove]:
    """Moves of so much of each line (line id -> amount) out of the buckets it stands in, taken in their order.

    `template` gives all the rest: order, cause, document, target. What stands in none of them moves nothing, so that
    shipping after the invoice, or cancelling what never entered the books, needs no case of its own. `standing` is
    lowered by what is taken. A source that is the target already is passed over without a move.
    """
    moves: list[CreditMove] = []
    lines = standing.orders.get(template.order_id or 0, {})
    for line_id, amount in amounts.items():
        sums = lines.get(line_id, {})
        left = amount
        for number, source in enumerate(sources):
            part = min(left, sums.get(source, ZERO))
            if part <= 0:
                continue
            left -= part
            if source != template.target:
                sums[source] -= part
                sums[template.target] = sums.get(template.target, ZERO) + part
                moves.append(_part(template, line_id, source, part, template.seq * len(BUCKETS) + number))
    return moves


def _part(template: CreditMove, line_id: int | None, source: Bucket, amount: Decimal, seq: int) -> CreditMove:
    return CreditMove(
        partnership_id=template.partnership_id,
        currency=template.currency,
        order_id=template.order_id,
        cause=template.cause,
        source=source,
        target=template.target,
        amount=amount,
        document_kind=template.document_kind,
        document_id=template.document_id,
        line_id=line_id,
        seq=seq,
        due_on=template.due_on,
    )


def whole_of(standing: Standing, template: CreditMove, sources: Sequence[Bucket]) -> list[CreditMove]:
    """Moves of all that stands of an order in these buckets, line by line, to the target of the template."""
    lines = standing.orders.get(template.order_id or 0, {})
    amounts = {
        line_id: sum((sums.get(source, ZERO) for source in sources), ZERO) for line_id, sums in list(lines.items())
    }
    return taken_from(standing, template, {key: amount for key, amount in amounts.items() if amount > 0}, sources)
