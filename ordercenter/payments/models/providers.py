"""What payment providers tell us: each message once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from marketplace.core.rows import OwnedRow
from ordercenter.payments.enums import PaymentProvider


class ProviderEvent(OwnedRow):
    """A message to an organization's account at a provider, kept before it is acted on: the same again changes nothing.

    An id is unique within the organization, whose account signed it: nobody can use up the ids of another. Nothing of
    it is shown. `error`: what kept it from being handled; it is tried again.
    """

    provider = models.CharField(max_length=8, choices=PaymentProvider)
    event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    about = models.CharField(max_length=255)
    payment_reference = models.CharField(max_length=255, blank=True, default="")
    error = models.CharField(max_length=255, blank=True, default="")
    received_at = models.DateTimeField(db_default=Now())
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "provider", "event_id"], name="provider_event_once")
        ]
        indexes = [models.Index(fields=["id"], condition=Q(handled_at__isnull=True), name="provider_event_waiting")]
