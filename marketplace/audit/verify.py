"""What of the audit log can be recomputed: as long as the outbox keeps an event, the log has its entries."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from marketplace.core.verify import Difference, check

MISSING = """
SELECT event.id, heard.organization
  FROM core_outboxevent AS event, jsonb_array_elements_text(event.organizations) AS heard(organization)
 WHERE event.dispatched_at IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM audit_auditentry AS entry
                    WHERE entry.event = event.id AND entry.organization_id = heard.organization::bigint)
 ORDER BY event.id
 LIMIT 1000
"""


@check("audit: an entry for each organization that may hear of an event")
def kept() -> Iterator[Difference]:
    """Whatever was handed on is in the log of everybody it concerns."""
    with connection.cursor() as cursor:
        cursor.execute(MISSING)
        for event, organization in cursor.fetchall():
            yield Difference(f"event {event}, organization {organization}", "an entry", "none")
