"""Order again what was ordered before: what is no longer sold is named, not dropped silently (orders §9)."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from ordercenter.orders.carts import write_cart
from ordercenter.orders.entries import Wish, check_lines
from ordercenter.orders.enums import OrderLineKind
from ordercenter.orders.models import Cart, Order, OrderLine
from ordercenter.orders.terms import buying_terms

#: With these a line cannot be ordered at all; anything else is mended in the cart.
GONE = ("UNKNOWN_VARIANT", "UNKNOWN_UOM", "NOT_IN_ASSORTMENT")


@dataclass(frozen=True, slots=True)
class SkippedLine:
    """A line of the old order that cannot be ordered any more, and why."""

    sku: str
    name: str
    reason: str


def reorder(actor: Actor, order_id: int) -> tuple[Cart | None, list[SkippedLine]]:
    """Add the goods of an order to the buyer's cart at its seller, in the quantities of then, at the prices of now."""
    order = Order.objects.visible_to(actor).filter(pk=order_id, buyer=actor.organization_id).first()
    if order is None:
        raise not_found("id")
    lines = list(OrderLine.objects.filter(order=order, kind=OrderLineKind.GOODS).order_by("position"))
    wishes = [Wish(line.variant_id or 0, line.quantity, line.uom_id) for line in lines]
    checked = check_lines(actor, buying_terms(actor, order.seller_id), wishes).lines
    skipped = [
        SkippedLine(line.sku, line.name, found.message or "")
        for line, found in zip(lines, checked, strict=True)
        if found.code in GONE
    ]
    good = [found.wish for found in checked if found.code not in GONE]
    return (write_cart(actor, order.seller_id, good, add=True) if good else None), skipped
