"""The rows an order keeps: each promotion that applied, and its share of each line."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.arrays import numbers
from marketplace.core.columns import RowInsert
from ordercenter.promotions.models import AppliedPromotion
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
    made = AppliedPromotion.objects.bulk_create([_applied(order, lines, done, one) for order, lines, done, one in rows])
    SHARES.run(
        [
            share
            for applied, (_, lines, done, one) in zip(made, rows, strict=True)
            for share in _shares(applied, lines, one)
        ]
    )


def _applied(order_id: int, lines: Mapping[Hashable, int], done: Evaluated, one: Applied) -> AppliedPromotion:
    basket = done.basket
    assert basket is not None
    return AppliedPromotion(
        seller_id=basket.seller_id,
        buyer_id=done.buyer_id,
        order_id=order_id,
        promotion_id=one.promotion_id,
        version=one.version,
        configuration=one.configuration | _circumstances(lines, done),
        coupon_id=one.coupon_id,
        tier_id=one.tier_id,
        basis=one.basis,
        amount=one.amount,
        currency=basket.currency,
        funding={str(bearer): str(share) for bearer, share in one.funding.items()},
        reserved=one.amount,
    )


def _circumstances(lines: Mapping[Hashable, int], done: Evaluated) -> dict[str, Any]:
    """What else a replay needs of that day: the most a line could be reduced by, and lines no promotion touches."""
    basket = done.basket
    assert basket is not None
    most = done.book.max_line_discount.get((basket.seller_id, basket.currency), Decimal(100))
    closed = [lines[line.key] for line in basket.lines if not line.promotable and line.key in lines]
    return {"max_line_discount": str(most), "unpromotable": closed}


def _shares(applied: AppliedPromotion, lines: Mapping[Hashable, int], one: Applied) -> Iterator[tuple[Any, ...]]:
    for key, share in one.shares.items():
        yield (
            applied.seller_id,
            applied.buyer_id,
            applied.pk,
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
