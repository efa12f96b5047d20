"""What can go wrong with money between partners (credit-and-ledger §10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerErrorCode(models.TextChoices):
    """Codes of this room; those every room knows are in `CoreErrorCode`."""

    POSTING_UNBALANCED = "POSTING_UNBALANCED", _("Debits and credits differ")
    POSTING_CONFLICT = "POSTING_CONFLICT", _("Posted before with other amounts")
    ALREADY_REVERSED = "ALREADY_REVERSED", _("Reversed already")
    AMOUNT_PRECISION = "AMOUNT_PRECISION", _("Finer than the currency")
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH", _("Another currency")
    CLEARING_EXCEEDS = "CLEARING_EXCEEDS", _("More than is open")
    FUND_INSUFFICIENT = "FUND_INSUFFICIENT", _("More than the account holds")
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED", _("More than is left of the budget")
    REASON_REQUIRED = "REASON_REQUIRED", _("A reason is needed")
