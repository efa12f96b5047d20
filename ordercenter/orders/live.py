"""Lists of orders hear of every step; who watches one order is woken by the kernel on the topic `order:<id>`."""

from __future__ import annotations

from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.graphql import publish
from ordercenter.orders.events import KINDS


def trade_topic(organization_id: int) -> str:
    """Steps of all orders of one organization."""
    return f"orders:{organization_id}"


def tell(event: OutboxEvent) -> None:
    """Wake the lists of both sides."""
    for organization_id in event.organizations:
        publish(trade_topic(organization_id), {"order": event.aggregate_id})


def listen() -> None:
    """Subscribe; called from AppConfig.ready."""
    for kind in KINDS:
        subscribe(kind.code, "orders.live", writes=False)(tell)
