"""Tables of the kernel: the outbox, the number series, the answers of idempotent calls."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class JobStatus(models.TextChoices):
    """Where a long-running job stands: imports, exports, syncs."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Succeeded")
    PARTIALLY_SUCCEEDED = "partially_succeeded", _("Partially succeeded")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class PolicyStatus(models.TextChoices):
    """State of anything with a validity. Scheduled, in effect, expired: one stored value read against the window."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    SCHEDULED = "scheduled", _("Scheduled")
    EFFECTIVE = "effective", _("In effect")
    PAUSED = "paused", _("Paused")
    EXPIRED = "expired", _("Expired")
    VOIDED = "voided", _("Voided")


class DocumentStatus(models.TextChoices):
    """State of a document that is only approved or not."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    CLOSED = "closed", _("Closed")
    VOIDED = "voided", _("Voided")


class ControlMode(models.TextChoices):
    """What it does to pass a limit: of credit, a budget, a floor price, a tolerance."""

    WARN = "warn", _("Warn")
    REQUIRE_APPROVAL = "require_approval", _("Require approval")
    BLOCK = "block", _("Block")


class OutboxEvent(models.Model):
    """A domain event, written in the transaction that made it true and handed on afterwards, in order per aggregate."""

    kind = models.CharField(max_length=64)
    aggregate = models.CharField(max_length=32)
    aggregate_id = models.BigIntegerField()
    organizations = models.JSONField(default=list)
    actor_user = models.BigIntegerField(null=True)
    actor_organization = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(dispatched_at=None), name="outbox_waiting"),
            models.Index(
                fields=["aggregate", "aggregate_id", "id"],
                condition=models.Q(dispatched_at=None),
                name="outbox_by_aggregate",
            ),
        ]


class NumberSeries(models.Model):
    """The last number given to a document type of one organization. Locked last, held shortly: numbers have no gaps."""

    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32)
    prefix = models.CharField(max_length=16)
    width = models.PositiveSmallIntegerField(default=6)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind"], name="number_series_once"),
            models.CheckConstraint(condition=models.Q(last__gte=0), name="number_series_not_negative"),
        ]


class IdempotencyKey(models.Model):
    """The stored answer to a mutation sent with an Idempotency-Key; commits or vanishes with the mutation."""

    organization = models.BigIntegerField(default=0)
    user = models.BigIntegerField(default=0)
    key = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["at"], name="idempotency_at")]
