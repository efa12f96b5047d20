"""What can go wrong with payments and bank statements."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentErrorCode(models.TextChoices):
    """Codes of this room; those every room knows are in `CoreErrorCode`."""

    AMOUNT_PRECISION = "AMOUNT_PRECISION", _("Finer than the currency")
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH", _("Another currency")
    REFUND_EXCEEDS = "REFUND_EXCEEDS", _("More than was paid")
    FUND_INSUFFICIENT = "FUND_INSUFFICIENT", _("More than the account holds")
    FILE_INVALID = "FILE_INVALID", _("Not a bank statement that can be read")
    ROW_INVALID = "ROW_INVALID", _("A row that cannot be read")
    LINE_CLOSED = "LINE_CLOSED", _("Matched or ignored already")
    PROVIDER_UNAVAILABLE = "PROVIDER_UNAVAILABLE", _("The payment provider does not answer")
    PROVIDER_REFUSED = "PROVIDER_REFUSED", _("The payment provider refused")
    PROVIDER_MISSING = "PROVIDER_MISSING", _("No payment provider is set up")
    NOTHING_OWED = "NOTHING_OWED", _("Nothing is left to pay")
