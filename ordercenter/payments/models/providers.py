"""What payment providers tell us: each message once."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from ordercenter.payments.enums import PaymentProvider


class ProviderEvent(models.Model):
    """A message of a provider, kept before it is acted on: the same one again changes nothing.

    It belongs to the installation, not to an organization; nothing of it is shown.
    """

    provider = models.CharField(max_length=8, choices=PaymentProvider)
    event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    payload = models.JSONField()
    received_at = models.DateTimeField(db_default=Now())
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once")]
