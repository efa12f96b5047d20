"""What funds would pay of a cart, and how much of each may be asked."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.graphql import Field, from_global_id
from marketplace.graphql.extending import extend
from marketplace.parties.schema.types import listed
from ordercenter.ledger.funds.choices import FundChoice
from ordercenter.ledger.funds.schema.types import VIEW, FundOfferType
from ordercenter.orders.cart_access import own_cart
from ordercenter.orders.cart_wants import offer_now
from ordercenter.orders.fund_offers import fund_offers
from ordercenter.orders.schema.wants import CartOfferType


@extend(CartOfferType)
class OfferFunds:
    """Accounts to choose from."""

    fund_offers = listed(
        FundOfferType, "Fund accounts the order may use, in the order in which they are used.", size=4, cost=2
    )

    def resolve_fund_offers(root: Any, info: Any) -> list[FundChoice]:
        return fund_offers(root.part) if info.context.actor.may(VIEW) else []


class FundOfferQueries:
    """What funds would pay."""

    order_fund_offers = Field(
        graphene.NonNull(graphene.List(graphene.NonNull(FundOfferType))),
        cart=graphene.ID(required=True, description="The cart."),
        permission=VIEW,
        description="What fund accounts would pay of the order of a cart, and the most that may be asked of each.",
    )

    def resolve_order_fund_offers(root: Any, info: Any, cart: str) -> list[FundChoice]:
        actor = info.context.actor
        offer = offer_now(actor, own_cart(actor, from_global_id(cart, "Cart", "cart")))
        return fund_offers(offer) if offer else []
