"""The next better price of a line, wherever lines are filled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import graphene

from marketplace.core.money import Money as Amount
from marketplace.graphql import Field, Money, Quantity
from ordercenter.orders.entries import CheckedLine
from ordercenter.orders.terms import BuyingTerms
from ordercenter.pricing.offers import PriceTier
from ordercenter.pricing.schema.loaders import TiersOf


@dataclass(frozen=True, slots=True)
class NextTier:
    """What is missing to a better price."""

    missing: Decimal
    unit_price: Amount


class OrderEntryTierType(graphene.ObjectType):
    """The next better price of a line, and how much more it takes."""

    class Meta:
        name = "OrderEntryTier"

    missing = Field(Quantity, required=True, description="So much more, in the unit of the line.")
    unit_price = Field(Money, required=True, description="The price of one unit then.")


def better_price(info: Any, checked: CheckedLine, terms: BuyingTerms) -> Any:
    """A promise of the next better price of a line; None where there is none."""
    if checked.goods is None or checked.unit_price is None:
        return None
    tiers = TiersOf.of(info, terms.seller_id, terms.buyer_id).load(checked.goods.variant_id)
    return tiers.then(lambda found: next_tier(checked, found))


def next_tier(checked: CheckedLine, tiers: list[PriceTier]) -> NextTier | None:
    """The first tier above what counts for a line that is cheaper than its price of now."""
    now, counted = checked.unit_price, checked.counted or checked.wish.quantity
    if checked.goods is None or now is None or counted is None:
        return None
    for tier in tiers:
        if tier.uom_id == checked.goods.uom_id and tier.min_quantity > counted and tier.unit_price < now:
            return NextTier(tier.min_quantity - counted, Amount(tier.unit_price, tier.currency))
    return None
