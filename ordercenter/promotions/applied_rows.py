"""The rows an order keeps: each promotion that applied, and its share of each line."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.arrays import numbers
from marketplace.core.columns import RowInsert
from ordercenter.promotions.terms import Applied, Evaluated

SHARES = RowInsert(
    "promotions_appliedshare",
    (
        ("seller_id", "bigint"),
        ("buyer_id", "bigint"),
        ("applied_id", "bigint"),
        ("order_line_id", "bigint"),
        ("amount", "numeric"),
        ("free_quantity", "numeric"),
        ("reserved", "numeric"),
        ("pieces_reserved", "numeric"),
    ),
    (("used", "0"), ("pieces_used", "0")),
)

APPLIED = RowInsert(
    "promotions_appliedpromotion",
    (
        ("seller_id", "bigint"),
        ("buyer_id", "bigint"),
        ("order_id", "bigint"),
        ("promotion_id", "bigint"),
        ("version", "integer"),
        ("configuration", "jsonb"),
        ("coupon_id", "bigint"),
        ("tier_id", "bigint"),
        ("basis", "numeric"),
        ("amount", "numeric"),
        ("currency", "text"),
        ("funding", "jsonb"),
        ("reserved", "numeric"),
    ),
    (("used", "0"), ("at", "now()")),
)

REVOKE = """
WITH revoked AS (
    UPDATE promotions_appliedpromotion SET revoked_at = now(), reserved = 0, used = 0
    WHERE order_id = ANY (%s::bigint[]) AND revoked_at IS NULL RETURNING id
)
UPDATE promotions_appliedshare SET reserved = 0, used = 0, pieces_reserved = 0, pieces_used = 0
WHERE applied_id IN (SELECT id FROM revoked)
"""


def insert_applied(placed: Sequence[tuple[int, Mapping[Hashable, int], Evaluated]]) -> None:
    """Write the promotions of orders and their shares; two statements for any number of them."""
    rows = [(order, lines, done, one) for order, lines, done in placed for one in done.applied]
    if not rows:
        return
    columns = APPLIED.arrays([_applied(order, lines, done, one) for order, lines, done, one in rows])
    with connection.cursor() as cursor:
        cursor.execute(f"{APPLIED.sql} RETURNING order_id, promotion_id, id", columns)
        keys = {(order, promotion): key for order, promotion, key in cursor.fetchall()}
    SHARES.run(
        [
            share
            for order, lines, done, one in rows
            for share in _shares(keys[(order, one.promotion_id)], lines, done, one)
        ]
    )


def _applied(order_id: int, lines: Mapping[Hashable, int], done: Evaluated, one: Applied) -> tuple[Any, ...]:
    basket = done.basket
    assert basket is not None
    return (
        basket.seller_id,
        done.buyer_id,
        order_id,
        one.promotion_id,
        one.version,
        one.configuration | _circumstances(lines, done),
        one.coupon_id,
        one.tier_id,
        one.basis,
        one.amount,
        basket.currency,
        {str(bearer): str(share) for bearer, share in one.funding.items()},
        one.amount,
    )


def _circumstances(lines: Mapping[Hashable, int], done: Evaluated) -> dict[str, Any]:
    """What else a replay needs of that day: the most a line could be reduced by, and lines no promotion touches."""
    basket = done.basket
    assert basket is not None
    most = done.book.max_line_discount.get((basket.seller_id, basket.currency), Decimal(100))
    closed = [lines[line.key] for line in basket.lines if not line.promotable and line.key in lines]
    return {"max_line_discount": str(most), "unpromotable": closed}


def _shares(applied_id: int, lines: Mapping[Hashable, int], done: Evaluated, one: Applied) -> Iterator[tuple[Any, ...]]:
    assert done.basket is not None
    for key, share in one.shares.items():
        yield (
            done.basket.seller_id,
            done.buyer_id,
            applied_id,
            lines[key],
            share.amount,
            share.free,
            share.amount,
            share.free if isinstance(key, tuple) else Decimal(0),
        )


def revoke(order_ids: Collection[int]) -> None:
    """Set aside the promotions that orders have, for others will take their place; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(REVOKE, [numbers(order_ids)])
