"""What can go wrong with the account of a payment provider."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StripeErrorCode(models.TextChoices):
    """Codes of this room; those every room knows are in `CoreErrorCode`."""

    KEY_REFUSED = "KEY_REFUSED", _("The payment provider does not know this key")
    KEYS_DIFFER = "KEYS_DIFFER", _("One key is for tests and the other is not")
    PROVIDER_UNAVAILABLE = "PROVIDER_UNAVAILABLE", _("The payment provider does not answer")
