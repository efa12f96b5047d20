"""What was done, by whom, and what it changed: kept for good, for each organization it concerns."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.core.actor import Actor
from marketplace.core.rows import OwnedQuerySet


class AuditEntryQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The organization's own log, for those who may see it; none in a partner's view."""
        if not actor.may("audit.view"):
            return Q(pk__in=[])
        return super().visible_filter(actor)


class AuditEntry(models.Model):
    """One event as one organization may read it. Append-only.

    `changes` is {field: [before, after]}, kept only for the side whose change it was (concepts/audit). The columns are
    plain numbers: an entry outlives what it tells of.
    """

    organization = models.ForeignKey(
        "parties.Organization", models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    event = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    verb = models.CharField(max_length=16, blank=True, default="")
    aggregate = models.CharField(max_length=32)
    aggregate_id = models.BigIntegerField()
    actor_user = models.BigIntegerField(null=True)
    actor_organization = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "organization"], name="audit_entry_once")]
        indexes = [
            models.Index(F("organization"), F("at").desc(), F("id").desc(), name="audit_by_time"),
            models.Index(F("organization"), F("kind"), F("at").desc(), F("id").desc(), name="audit_by_kind"),
            models.Index(
                F("organization"), F("aggregate"), F("aggregate_id"), F("at").desc(), F("id").desc(),
                name="audit_by_document",
            ),
            models.Index(F("organization"), F("actor_user"), F("at").desc(), F("id").desc(), name="audit_by_actor"),
        ]  # fmt: skip
