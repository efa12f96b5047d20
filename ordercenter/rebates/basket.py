"""What ordering a cart would add to rebates (rebates §7)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marketplace.core.actor import Actor
from marketplace.parties.models import Organization
from ordercenter.orders.carts import cart_wishes
from ordercenter.orders.entries import check_lines
from ordercenter.orders.models import Cart, CartLine
from ordercenter.orders.terms import buying_terms
from ordercenter.rebates.effective import BasketPart, Effective, effective_prices


def basket_gain(actor: Actor, cart_id: int) -> tuple[Organization, str, Effective, list[dict[str, Any]]] | None:
    """Seller, currency, what its good lines add, and each of them; None for what is no cart of the actor's."""
    cart = Cart.objects.visible_to(actor).select_related("seller").filter(pk=cart_id).first()
    if cart is None:
        return None
    terms = buying_terms(actor, cart.seller_id)
    rows = list(CartLine.objects.visible_to(actor).filter(cart=cart).order_by("position"))
    checked = check_lines(actor, terms, cart_wishes(rows))
    parts, told = [], []
    for row, line in zip(rows, checked.lines, strict=True):
        if line.goods is None or line.amounts is None or line.code is not None or line.wish.quantity is None:
            continue
        quantity = line.wish.quantity
        included = line.amounts.list_amount == line.amounts.gross
        parts.append(
            BasketPart(
                row.pk,
                line.goods.scope,
                quantity,
                quantity * line.goods.factor,
                line.amounts.net,
                line.amounts.gross,
                unit_price=line.unit_price,
                tax_included=included,
            )
        )
        told.append({"id": row.pk, "sku": line.goods.sku, "name": line.goods.name, "unit_price": line.unit_price})
    gain = effective_prices(actor, cart.seller_id, terms.partnership_id, parts)
    for one in told:
        price = gain.lines.get(one["id"])
        one["rebate"] = price.rebate if price else Decimal(0)
        one["effective_price"] = price.effective_price if price else one["unit_price"]
    return cart.seller, terms.currency, gain, told
