"""What orders add to partnerships: how much is going on between the two."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.graphql import DateTime, Field
from marketplace.graphql.extending import extend
from marketplace.parties.schema.trade_types import PartnershipType
from ordercenter.orders.schema.loaders import OrdersOfPartnership


@extend(PartnershipType)
class PartnershipOrders:
    """The orders of a partnership."""

    open_order_count = Field(
        graphene.Int, required=True, description="Orders between the two that somebody still has to do something with."
    )
    last_ordered_at = Field(DateTime, description="When the latest order was placed.")

    def resolve_open_order_count(root: Any, info: Any) -> Any:
        return OrdersOfPartnership.of(info).load(root.pk).then(lambda found: found[0])

    def resolve_last_ordered_at(root: Any, info: Any) -> Any:
        return OrdersOfPartnership.of(info).load(root.pk).then(lambda found: found[1])
