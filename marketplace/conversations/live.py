"""Who looks at a document hears of new messages about it; who is signed in hears of all that are for their side."""

from __future__ import annotations

from marketplace.conversations.events import SENT
from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.graphql import publish


def document_topic(kind: str, pk: int) -> str:
    """Messages about one document."""
    return f"talk:{kind}:{pk}"


def organization_topic(organization_id: int) -> str:
    """Messages for one organization, about whatever document."""
    return f"talks:{organization_id}"


def tell(event: OutboxEvent) -> None:
    """Wake who listens; each reads the message as far as it may."""
    payload = {"message": event.payload["message"]}
    publish(document_topic(event.payload["document_kind"], event.payload["document_id"]), payload)
    for organization_id in event.organizations:
        publish(organization_topic(organization_id), payload)


def listen() -> None:
    """Subscribe; called from AppConfig.ready."""
    subscribe(SENT.code, "conversations.live", writes=False)(tell)
