"""Open pages hear of every step of an order, after it was committed."""

from __future__ import annotations

from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.graphql import publish
from ordercenter.orders.events import KINDS


def order_topic(order_id: int) -> str:
    """Steps of one order; `order:<id>` is what the kernel tells of any event of it, with another payload."""
    return f"order-steps:{order_id}"


def trade_topic(organization_id: int) -> str:
    """Steps of all orders of one organization."""
    return f"orders:{organization_id}"


def tell(event: OutboxEvent) -> None:
    """Wake the pages that show this order or lists with it."""
    payload = {"order": event.aggregate_id, "key": event.payload["key"]}
    publish(order_topic(event.aggregate_id), payload)
    for organization_id in event.organizations:
        publish(trade_topic(organization_id), payload)


def listen() -> None:
    """Subscribe; called from AppConfig.ready."""
    for kind in KINDS:
        subscribe(kind.code, "orders.live", writes=False)(tell)
