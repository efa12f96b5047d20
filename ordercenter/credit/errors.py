"""What a person or a program can do wrong with credit (credit-and-ledger §10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CreditErrorCode(models.TextChoices):
    """Codes of this room; those every room knows are in `CoreErrorCode`."""

    CREDIT_BLOCKED = "CREDIT_BLOCKED", _("Stopped by a credit rule")
    REASON_REQUIRED = "REASON_REQUIRED", _("A reason is required")
    SELF_APPROVAL = "SELF_APPROVAL", _("Nobody decides about what they made themselves")
    AMOUNT_PRECISION = "AMOUNT_PRECISION", _("Finer than the currency allows")
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH", _("Another currency")
