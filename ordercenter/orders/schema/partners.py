"""What orders add to partnerships: how much is going on between the two."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.core.money import Money as Amount
from marketplace.core.money import round_money
from marketplace.graphql import DateTime, Field, Money
from marketplace.graphql.extending import extend
from marketplace.parties.schema.trade_types import AddressType, PartnershipType
from ordercenter.orders.schema.loaders import AddressesOfDealer, OrdersOfPartnership, TurnoverOfPartnership


@extend(PartnershipType)
class PartnershipOrders:
    """The orders of a partnership."""

    open_order_count = Field(
        graphene.Int, required=True, description="Orders between the two that somebody still has to do something with."
    )
    delivery_addresses = Field(
        graphene.List(graphene.NonNull(AddressType)),
        size=5,
        description="Where the dealer has goods delivered, the default first; for its seller with `orders.confirm`.",
    )
    last_ordered_at = Field(DateTime, description="When the latest order was placed.")

    turnover = Field(
        Money,
        required=True,
        description="What was ordered in the last twelve months in the currency of the trade, less what was cancelled.",
    )

    def resolve_turnover(root: Any, info: Any) -> Any:
        loaded = TurnoverOfPartnership.of(info).load(root.pk)
        return loaded.then(lambda payable: Amount(round_money(payable, root.currency), root.currency))

    def resolve_delivery_addresses(root: Any, info: Any) -> Any:
        actor = info.context.actor
        enters = (
            actor.organization_id == root.upstream_id and actor.on_behalf_of is None and actor.may("orders.confirm")
        )
        return AddressesOfDealer.of(info).load(root.downstream_id) if enters else None

    def resolve_open_order_count(root: Any, info: Any) -> Any:
        return OrdersOfPartnership.of(info).load(root.pk).then(lambda found: found[0])

    def resolve_last_ordered_at(root: Any, info: Any) -> Any:
        return OrdersOfPartnership.of(info).load(root.pk).then(lambda found: found[1])
