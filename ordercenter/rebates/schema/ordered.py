"""What orders give in rebates, as fields of orders and their lines."""

from __future__ import annotations

from typing import Any

from marketplace.core.money import Money as Amount
from marketplace.graphql import BatchLoader, Field, Money
from marketplace.graphql.extending import extend
from ordercenter.orders.models import Order
from ordercenter.orders.schema.types import OrderLineType, OrderType
from ordercenter.rebates.ordered import OrderRebate, rebates_of_orders
from ordercenter.rebates.schema.types import VIEW


class RebateOfOrder(BatchLoader):
    """What orders give that the actor sees."""

    def batch(self, keys: list[int]) -> list[OrderRebate | None]:
        found = rebates_of_orders(keys, Order.objects.visible_to(self.actor))
        return [found.get(key) for key in keys]


@extend(OrderType)
class OrderRebates:
    """What an order adds to rebates."""

    rebate = Field(
        Money, description="What it gives in rebates, counted or still to be; null: nothing, or without `rebates.view`."
    )

    def resolve_rebate(root: Any, info: Any) -> Any:
        def told(found: OrderRebate | None) -> Amount | None:
            return Amount(found.total, found.currency) if found and found.total else None

        return RebateOfOrder.of(info).load(root.pk).then(told) if info.context.actor.may(VIEW) else None


@extend(OrderLineType)
class OrderLineRebates:
    """What a line adds to rebates, and costs then."""

    rebate = Field(Money, description="Its share of what the order gives in rebates.")
    effective_price = Field(Money, description="What one unit costs after it; 4 decimals, to look at.")

    def resolve_rebate(root: Any, info: Any) -> Any:
        return _of_line(root, info, "rebates")

    def resolve_effective_price(root: Any, info: Any) -> Any:
        return _of_line(root, info, "prices")


def _of_line(line: Any, info: Any, name: str) -> Any:
    def told(found: OrderRebate | None) -> Amount | None:
        value = getattr(found, name).get(line.pk) if found else None
        return Amount(value, found.currency) if found and value is not None else None

    return RebateOfOrder.of(info).load(line.order_id).then(told) if info.context.actor.may(VIEW) else None
