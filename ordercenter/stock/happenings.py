"""What follows when stock has changed: those who wait get theirs, and open screens hear of it."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.graphql import publish
from marketplace.parties.models import Organization
from ordercenter.stock.backorders import fill

CHANGES = ("stock.received", "stock.adjusted", "stock.counted", "stock.condition_changed", "stock.transferred")


def topic_of(organization_id: int) -> str:
    """The topic on which changes of an organization's stock are told."""
    return f"stock:{organization_id}"


def fill_backorders(event: OutboxEvent) -> None:
    """Allocate what has come to those who wait for these variants."""
    for organization in Organization.objects.filter(pk__in=event.organizations):
        fill(Actor.system(organization), organization.pk, event.payload["variants"])


def tell(event: OutboxEvent) -> None:
    """Wake the screens that show this stock."""
    for organization in event.organizations:
        publish(topic_of(organization), {"variants": event.payload.get("variants", [])})


def listen() -> None:
    """Subscribe; called from AppConfig.ready."""
    for kind in CHANGES:
        subscribe(kind, "stock.fill_backorders")(fill_backorders)
        subscribe(kind, "stock.tell", writes=False)(tell)
