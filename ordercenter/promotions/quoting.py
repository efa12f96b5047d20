"""A basket out of goods and quantities, for asking what promotions would make of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from marketplace.catalog.goods import GoodsRequest, load_goods
from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import not_found
from marketplace.core.money import round_money
from marketplace.parties.models import PartnerRole, Partnership
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import PriceRequest
from ordercenter.promotions.terms import BasketLine, PromotionAsk

Wanted = tuple[int, int | None, Decimal]
CHANNELS = {PartnerRole.DEALER: "dealer", PartnerRole.SUB_DEALER: "sub_dealer"}


def basket_of(actor: Actor, seller_id: int, wanted: Sequence[Wanted], coupons: Sequence[str] = ()) -> PromotionAsk:
    """A basket of (variant, uom or None, quantity) for whoever the actor buys for; lines without a price stay out.

    Raises NOT_FOUND where there is no partnership. Four statements.
    """
    buyer = actor.buyer
    partnership = buyer and Partnership.objects.filter(upstream=seller_id, downstream=buyer.pk).first()
    if not partnership:
        raise not_found("seller")
    requests = [
        GoodsRequest(index, partnership.pk, variant, uom) for index, (variant, uom, _quantity) in enumerate(wanted)
    ]
    goods = load_goods(actor, seller_id, requests)
    asked = [
        PriceRequest(index, partnership.pk, variant, goods[index].uom_id, quantity)
        for index, (variant, _uom, quantity) in enumerate(wanted)
        if index in goods and quantity > 0
    ]
    lines = []
    for request, price in zip(asked, resolve(actor, seller_id, asked), strict=True):
        if price.unit_price is None:
            continue
        item = goods[request.key]
        count, unit_price = request.quantity, price.unit_price
        listed = round_money(unit_price * count, partnership.currency)
        base, floor = count * item.factor, price.floor_price
        lines.append(
            BasketLine(request.key, item.scope, item.uom_id, count, item.factor, base, unit_price, listed, floor)
        )
    channel = CHANNELS.get(PartnerRole(partnership.downstream_role), "purchase")
    return PromotionAsk(
        "asked", seller_id, partnership.pk, partnership.currency, channel, database_now(), lines, coupons=coupons
    )
