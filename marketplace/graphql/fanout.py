"""Every domain event wakes those who watch its aggregate: the topic is `<aggregate>:<id>`, as in `order:7`."""

from marketplace.core.models import OutboxEvent
from marketplace.graphql.publishing import publish


def tell_watchers(event: OutboxEvent) -> None:
    """Called by the outbox after the commit. The payload names the event and the aggregate, nothing of its contents."""
    payload = {"event": event.pk, "kind": event.kind, event.aggregate: event.aggregate_id}
    publish(f"{event.aggregate}:{event.aggregate_id}", payload)
