"""What a person or a program can do wrong with fund accounts (credit-and-ledger §10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FundErrorCode(models.TextChoices):
    """Codes of this room; those every room knows are in `CoreErrorCode`."""

    FUND_INSUFFICIENT = "FUND_INSUFFICIENT", _("More than the account holds")
    FUND_CAP = "FUND_CAP", _("More than its share of the order")
    FUND_NOT_ALLOWED = "FUND_NOT_ALLOWED", _("Not for this order")
    FUND_ENDED = "FUND_ENDED", _("The balance has ended")
    FUND_USED = "FUND_USED", _("Already used in part")
    AMOUNT_PRECISION = "AMOUNT_PRECISION", _("Finer than the currency")
