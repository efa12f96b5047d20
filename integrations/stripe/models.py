"""The Stripe account of an organization."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models.functions import Now

from marketplace.core.encryption import decrypt
from marketplace.core.rows import OwnedRow

#: What the secrets are encrypted for.
API_KEY, WEBHOOK = "stripe.key", "stripe.webhook"


def new_place() -> str:
    """What nobody guesses: the last part of an account's webhook address."""
    return uuid4().hex


class StripeAccount(OwnedRow):
    """Keys of an organization's own account at Stripe. The secret ones are encrypted, and never shown again.

    `place` is the last part of the address that Stripe posts to. `webhook_secrets`: newest first, the one before stays
    while Stripe rolls it over. Off: nobody can begin to pay; what is under way still comes in.
    """

    place = models.CharField(max_length=32, unique=True, default=new_place)
    public_key = models.CharField(max_length=255)
    secret_key = models.TextField()
    webhook_secrets = models.JSONField(default=list)
    hint = models.CharField(max_length=8)
    on = models.BooleanField(default=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="stripe_account_once")]

    def api_key(self) -> str:
        """The secret key, to call Stripe with."""
        return decrypt(self.secret_key, API_KEY)

    def signing_secrets(self) -> list[str]:
        """What webhooks may be signed with."""
        return [decrypt(secret, WEBHOOK) for secret in self.webhook_secrets]
