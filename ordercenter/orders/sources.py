"""Lines to order again, from where they already stand: an order, a saved list, a cart (orders §9).

They are read as if they had been typed, by SKU: what is no longer sold comes back as a wrong line, not silently less.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from ordercenter.orders.enums import OrderLineKind
from ordercenter.orders.models import Cart, CartLine, Order, OrderLine, SavedList, SavedListLine
from ordercenter.orders.paste import RawLine


def order_lines(actor: Actor, order_id: int) -> list[RawLine]:
    """The goods of an order in the quantities of then, under the SKUs of then; two statements. Raises NOT_FOUND."""
    order = Order.objects.visible_to(actor).filter(pk=order_id).first()
    if order is None:
        raise not_found("order")
    lines = OrderLine.objects.visible_to(actor).filter(order=order, kind=OrderLineKind.GOODS, quantity__gt=0)
    return _raw(lines.order_by("position").values_list("sku", "quantity", "uom__code"))


def list_lines(actor: Actor, list_id: int) -> list[RawLine]:
    """The lines of a saved list that the actor may read; two statements. Raises NOT_FOUND."""
    saved = SavedList.objects.visible_to(actor).filter(pk=list_id).first()
    if saved is None:
        raise not_found("savedList")
    lines = SavedListLine.objects.visible_to(actor).filter(saved_list=saved)
    return _raw(lines.order_by("position").values_list("variant__sku", "quantity", "uom__code"))


def cart_lines(actor: Actor, cart_id: int) -> list[RawLine]:
    """The lines of a cart that the actor may read; two statements. Raises NOT_FOUND."""
    cart = Cart.objects.visible_to(actor).filter(pk=cart_id).first()
    if cart is None:
        raise not_found("cart")
    lines = CartLine.objects.visible_to(actor).filter(cart=cart)
    return _raw(lines.order_by("position").values_list("variant__sku", "quantity", "uom__code"))


def _raw(rows: Iterable[tuple[Any, ...]]) -> list[RawLine]:
    return [RawLine(number, sku, _plain(quantity), uom) for number, (sku, quantity, uom) in enumerate(rows, 1)]


def _plain(quantity: Decimal) -> str:
    """12, 12.5, 1200: without zeros at its end and without exponent."""
    return f"{quantity.normalize():f}"
