from django.db import migrations

from marketplace.core.append_only import AppendOnly

# What was handed on before there was a log; events still waiting come by themselves.
KEEP = """
INSERT INTO audit_auditentry
       (event, organization_id, at, kind, verb, aggregate, aggregate_id, actor_user, actor_organization, changes)
SELECT event.id, heard.organization::bigint, event.at, event.kind, left(coalesce(event.payload ->> 'verb', ''), 16),
       event.aggregate, event.aggregate_id, event.actor_user, event.actor_organization, '{}'
  FROM core_outboxevent AS event, jsonb_array_elements_text(event.organizations) AS heard(organization)
 WHERE event.dispatched_at IS NOT NULL
 ORDER BY event.id
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_the_audit_log"), ("core", "0003_what_events_changed")]
    operations = [
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        AppendOnly("audit_auditentry"),
    ]
