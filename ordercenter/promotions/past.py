"""Orders of the past as baskets, for trying and simulating: what was ordered, at its own price instant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.catalog.scope import ScopeKeys
from marketplace.core.arrays import numbers
from ordercenter.promotions.terms import BasketLine, PromotionAsk

# Orders that never came to be, and lines that promotions or freight made, count for nothing.
COUNTING = "orders.status NOT IN ('draft', 'pending_approval', 'rejected', 'declined', 'cancelled')"

CHOOSE = f"""
SELECT orders.id, orders.line_count FROM orders_order AS orders
WHERE orders.seller_id = %s AND orders.priced_at >= %s AND orders.priced_at < %s AND {COUNTING}
ORDER BY orders.priced_at, orders.id
"""

LINES = """
SELECT orders.id, orders.number, orders.seller_id, orders.partnership_id, orders.currency, orders.channel,
    orders.priced_at, orders.discount, orders.parties ->> 'buyer', line.id, line.position, line.variant_id,
    variant.product_id, product.brand_id, category.ancestors, line.uom_id, line.quantity, line.factor,
    line.base_quantity, line.unit_price, line.list_amount, line.floor_price, line.sku
FROM orders_order AS orders JOIN orders_orderline AS line ON line.order_id = orders.id AND line.kind = 'goods'
JOIN catalog_variant AS variant ON variant.id = line.variant_id
JOIN catalog_product AS product ON product.id = variant.product_id
LEFT JOIN catalog_category AS category ON category.id = product.category_id
WHERE orders.id = ANY (%s::bigint[])
ORDER BY orders.priced_at, orders.id, line.position
"""


@dataclass(slots=True)
class PastOrder:
    """An order with its basket, and what promotions took off it when it was placed."""

    order_id: int
    number: str
    buyer: str
    at: datetime
    discount: Decimal
    basket: PromotionAsk
    skus: dict[Any, str]


def orders_of_period(seller_id: int, since: datetime, until: datetime) -> list[tuple[int, int]]:
    """(Order, number of its lines) of a seller's orders priced in a period, in their order; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(CHOOSE, [seller_id, since, until])
        return [tuple(row) for row in cursor.fetchall()]


def past_orders(order_ids: Collection[int]) -> list[PastOrder]:
    """Orders as baskets, in the order of their instants; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, [numbers(order_ids)])
        rows = cursor.fetchall()
    found: dict[int, PastOrder] = {}
    for order_id, number, seller, partnership, currency, channel, at, discount, buyer, *line in rows:
        order = found.get(order_id)
        if order is None:
            basket = PromotionAsk(order_id, seller, partnership, currency, channel, at, [])
            order = found[order_id] = PastOrder(order_id, number, buyer or "", at, discount, basket, {})
        made = _line(line)
        order.basket.lines.append(made)  # type: ignore[attr-defined]
        order.skus[made.key] = line[-1]
    return list(found.values())


def _line(columns: list[Any]) -> BasketLine:
    key, position, variant, product, brand, ancestors, uom, count, factor, base, price, listed, floor, _sku = columns
    scope = ScopeKeys(variant, product, tuple(ancestors or ()), brand)
    return BasketLine(key, scope, uom, count, factor, base, price, listed, floor, position=position)
