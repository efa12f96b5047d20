"""Coupons on orders: locked when placed, used once something ships, given back by a wholly cancelled order."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence

from django.db import connection

from marketplace.core.arrays import numbers
from ordercenter.promotions.terms import Evaluated

# An order change may find its own use already there, or given back before.
TAKE = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS one(coupon_id, order_id)
),
taken AS (
    INSERT INTO promotions_couponuse (organization_id, coupon_id, order_id, status)
    SELECT coupon.organization_id, coupon.id, given.order_id, 'locked'
    FROM given JOIN promotions_coupon AS coupon ON coupon.id = given.coupon_id
    ON CONFLICT (coupon_id, order_id) DO UPDATE SET status = 'locked' WHERE promotions_couponuse.status = 'unused'
    RETURNING coupon_id
)
UPDATE promotions_coupon AS coupon
SET used = coupon.used + counted.uses,
    status = CASE WHEN coupon.used + counted.uses >= coupon."limit" THEN 'locked' ELSE coupon.status END
FROM (SELECT coupon_id, count(*) AS uses FROM taken GROUP BY coupon_id) AS counted
WHERE coupon.id = counted.coupon_id
"""

USED = """
WITH shipped AS (
    UPDATE promotions_couponuse SET status = 'used'
    WHERE order_id = ANY (%s::bigint[]) AND status = 'locked' RETURNING coupon_id
)
UPDATE promotions_coupon SET status = 'used'
WHERE id IN (SELECT coupon_id FROM shipped) AND used >= "limit" AND status = 'locked'
    AND NOT EXISTS (SELECT FROM promotions_couponuse AS waiting WHERE waiting.coupon_id = promotions_coupon.id
        AND waiting.status = 'locked' AND NOT waiting.order_id = ANY (%s::bigint[]))
"""

BACK = """
WITH freed AS (
    UPDATE promotions_couponuse SET status = 'unused'
    WHERE order_id = ANY (%s::bigint[]) AND status = 'locked' RETURNING coupon_id
)
UPDATE promotions_coupon AS coupon
SET used = coupon.used - counted.uses, status = CASE coupon.status WHEN 'voided' THEN 'voided' ELSE 'unused' END
FROM (SELECT coupon_id, count(*) AS uses FROM freed GROUP BY coupon_id) AS counted
WHERE coupon.id = counted.coupon_id
"""

LOCK = """
SELECT id FROM promotions_coupon
WHERE id IN (SELECT coupon_id FROM promotions_couponuse WHERE order_id = ANY (%s::bigint[]))
ORDER BY id FOR UPDATE
"""


def take_coupons(placed: Sequence[tuple[int, Mapping[Hashable, int], Evaluated]]) -> None:
    """Count the coupons of orders as used up by them; one statement, none without coupons. They are locked."""
    rows = sorted(
        {(applied.coupon_id, order) for order, _, done in placed for applied in done.applied if applied.coupon_id}
    )
    dropped = [order for order, _, done in placed if done.basket and done.basket.order_id and not _kept(done)]
    if dropped:
        give_back(dropped)
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [numbers(column) for column in zip(*rows, strict=True)])


def _kept(done: Evaluated) -> bool:
    """True where an order change leaves the order the coupons it had."""
    had = {coupon for order, coupon in done.book.coupon_uses if done.basket and order == done.basket.order_id}
    return had <= {applied.coupon_id for applied in done.applied}


def mark_used(order_ids: Collection[int]) -> None:
    """The coupons of orders that ship are used for good; one statement."""
    _run(USED, order_ids, order_ids)


def give_back(order_ids: Collection[int]) -> None:
    """Give back the coupons of orders that were wholly cancelled before anything shipped; one statement."""
    _run(BACK, order_ids)


def lock_of_coupons(order_ids: Collection[int]) -> None:
    """Lock the coupons on orders, by id; one statement."""
    _run(LOCK, order_ids)


def _run(statement: str, *columns: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [numbers(column) for column in columns])
