"""What orders do when something has happened: backorders are filled, and whoever watches an order is told."""

from marketplace.core.actor import Actor
from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.parties.models import Organization
from ordercenter.orders.backorders import fill_complete, fill_freed
from ordercenter.orders.models import OrderEvent, OrderLine

#: After these, stock lies there that somebody may wait for.
SUPPLY = ("stock.received", "stock.adjusted", "stock.counted", "stock.condition_changed", "stock.transferred")
#: After these, stock that was promised is free again.
FREED = ("order.cancelled", "order.closed")


def stock_came(event: OutboxEvent) -> None:
    """Goods have come, or been found: a complete order may have all it waits for."""
    for seller in Organization.objects.filter(pk__in=event.organizations):
        fill_complete(Actor.system(seller), seller.pk, event.payload.get("variants", ()))


def stock_was_freed(event: OutboxEvent) -> None:
    """What one order gave back may be what another waits for."""
    told = OrderEvent.objects.filter(order=event.aggregate_id, dedupe_key=event.payload["key"]).first()
    freed = [int(pk) for pk in told.data["moves"].get("allocated", ())] if told else []
    if told and freed:
        variants = OrderLine.objects.filter(pk__in=freed).values_list("variant", flat=True).distinct()
        seller = Organization.objects.get(pk=told.seller_id)
        fill_freed(Actor.system(seller), seller.pk, sorted(variants))


def register() -> None:
    """Called once, when the program starts."""
    for kind in SUPPLY:
        subscribe(kind, "orders.backorders")(stock_came)
    for kind in FREED:
        subscribe(kind, "orders.backorders")(stock_was_freed)
