"""Lists of orders hear of every step; who watches one order is woken by the kernel on the topic `order:<id>`."""

from __future__ import annotations

from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.graphql import publish
from ordercenter.orders.events import KINDS

#: What lays holds on orders and takes them off.
OF_HOLDS = ("order.held", "order.hold_released", "order.declined", "order.cancelled")


def trade_topic(organization_id: int) -> str:
    """Steps of all orders of one organization."""
    return f"orders:{organization_id}"


def tell(event: OutboxEvent) -> None:
    """Wake the lists of both sides."""
    for organization_id in event.organizations:
        publish(trade_topic(organization_id), {"order": event.aggregate_id})


def holds_topic(organization_id: int) -> str:
    """Holds of all orders of one organization, as they come and go."""
    return f"{trade_topic(organization_id)}:holds"


def tell_holds(event: OutboxEvent) -> None:
    """Wake the hold queues of both sides."""
    for organization_id in event.organizations:
        publish(holds_topic(organization_id), {"order": event.aggregate_id})


def listen() -> None:
    """Subscribe; called from AppConfig.ready."""
    for kind in KINDS:
        subscribe(kind.code, "orders.live", writes=False)(tell)
    for code in OF_HOLDS:
        subscribe(code, "orders.holds", writes=False)(tell_holds)
