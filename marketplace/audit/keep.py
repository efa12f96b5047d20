"""From the outbox into the log: one statement for a batch of events, in the transaction that hands them on."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from marketplace.core.models import OutboxEvent

# Before and after are told to the side that changed something, and of what one organization has for itself.
KEEP = """
INSERT INTO audit_auditentry
       (event, organization_id, at, kind, verb, aggregate, aggregate_id, actor_user, actor_organization, changes)
SELECT event.id, heard.organization::bigint, event.at, event.kind, left(coalesce(event.payload ->> 'verb', ''), 16),
       event.aggregate, event.aggregate_id, event.actor_user, event.actor_organization,
       CASE WHEN event.actor_organization = heard.organization::bigint OR jsonb_array_length(event.organizations) = 1
            THEN event.changes ELSE '{}' END
  FROM core_outboxevent AS event, jsonb_array_elements_text(event.organizations) AS heard(organization)
 WHERE event.id = ANY(%s)
 ORDER BY event.id
    ON CONFLICT (event, organization_id) DO NOTHING
"""


def keep(events: Sequence[OutboxEvent]) -> None:
    """Write the events into the log of every organization that may hear of them."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [[event.pk for event in events]])
