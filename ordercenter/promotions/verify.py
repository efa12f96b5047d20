"""What must hold of promotions whatever happened (`entrepot verify`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from marketplace.core.verify import Difference, check
from ordercenter.promotions.configuration import PARTS, configuration
from ordercenter.promotions.models import Promotion

SHARES = """
SELECT applied.id, orders.number, applied.amount, coalesce(sum(share.amount), 0)
FROM promotions_appliedpromotion AS applied JOIN orders_order AS orders ON orders.id = applied.order_id
LEFT JOIN promotions_appliedshare AS share ON share.applied_id = applied.id
GROUP BY applied.id, orders.number HAVING applied.amount <> coalesce(sum(share.amount), 0)
"""

DISCOUNTS = """
SELECT line.id, orders.number, coalesce(summed.amount, 0), line.discount
FROM orders_orderline AS line JOIN orders_order AS orders ON orders.id = line.order_id
LEFT JOIN LATERAL (
    SELECT sum(share.amount) AS amount FROM promotions_appliedshare AS share
    JOIN promotions_appliedpromotion AS applied ON applied.id = share.applied_id AND applied.revoked_at IS NULL
    WHERE share.order_line_id = line.id) AS summed ON true
WHERE (line.discount <> 0 OR summed.amount <> 0) AND line.discount <> coalesce(summed.amount, 0)
"""

CAPS = """
SELECT cap.id, promotion.code, coalesce(sum(move.reserved), 0), cap.reserved, coalesce(sum(move.used), 0), cap.used
FROM promotions_promotioncap AS cap JOIN promotions_promotion AS promotion ON promotion.id = cap.promotion_id
LEFT JOIN promotions_promotioncapmove AS move ON move.cap_id = cap.id
GROUP BY cap.id, promotion.code
HAVING coalesce(sum(move.reserved), 0) <> cap.reserved OR coalesce(sum(move.used), 0) <> cap.used
"""

# What shares hold of a promotion, and the caps on amounts that hold for the buyer of the order.
HELD = """
SELECT cap.id, promotion.code, orders.number, applied.reserved + applied.used,
    coalesce(sum(move.reserved + move.used), 0)
FROM promotions_appliedpromotion AS applied
JOIN orders_order AS orders ON orders.id = applied.order_id
JOIN promotions_promotion AS promotion ON promotion.id = applied.promotion_id
JOIN promotions_promotioncap AS cap ON cap.promotion_id = coalesce(promotion.root_id, promotion.id)
    AND cap.measure = 'amount' AND NOT cap.each
JOIN promotions_promotioncapmove AS move ON move.cap_id = cap.id AND move.order_id = applied.order_id
WHERE applied.revoked_at IS NULL
GROUP BY cap.id, promotion.code, orders.number, applied.id
HAVING applied.reserved + applied.used <> coalesce(sum(move.reserved + move.used), 0)
"""

COUPONS = """
SELECT coupon.code, count(uses.id), coupon.used FROM promotions_coupon AS coupon
LEFT JOIN promotions_couponuse AS uses ON uses.coupon_id = coupon.id AND uses.status <> 'unused'
GROUP BY coupon.id HAVING count(uses.id) <> coupon.used
"""


@check("promotions: shares of a promotion")
def shares() -> Iterator[Difference]:
    """What a promotion took off an order is the sum of its shares."""
    for key, number, amount, summed in _rows(SHARES):
        yield Difference(f"applied promotion {key} of order {number}, shares", amount, summed)


@check("promotions: discount of a line")
def discounts() -> Iterator[Difference]:
    """The discount of an order line is the sum of its shares."""
    for key, number, summed, discount in _rows(DISCOUNTS):
        yield Difference(f"order {number}, line {key}, discount", summed, discount)


@check("promotions: reserved and used of caps")
def caps() -> Iterator[Difference]:
    """A cap holds the sum of its moves."""
    for key, code, reserved, held, used, spent in _rows(CAPS):
        yield Difference(f"cap {key} of promotion {code}, reserved and used", (reserved, used), (held, spent))


@check("promotions: caps against orders")
def held() -> Iterator[Difference]:
    """A cap on amounts holds for an order what the order's shares hold."""
    for key, code, number, shares_hold, cap_holds in _rows(HELD):
        yield Difference(f"cap {key} of promotion {code}, order {number}", shares_hold, cap_holds)


@check("promotions: uses of coupons")
def coupons() -> Iterator[Difference]:
    """A coupon counts the orders that have it."""
    for code, uses, used in _rows(COUPONS):
        yield Difference(f"coupon {code}, uses", uses, used)


@check("promotions: configurations")
def configurations() -> Iterator[Difference]:
    """The configuration of an approved promotion says what its rows say."""
    for row in Promotion.objects.filter(approved_at__isnull=False).prefetch_related(*PARTS).iterator(chunk_size=200):
        if row.configuration != configuration(row):
            yield Difference(f"promotion {row.code}, version {row.version}", "as its rows", "another configuration")


def _rows(statement: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        yield from cursor.fetchall()
