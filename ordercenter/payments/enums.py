"""The words of payments: where money stands on its way, and what becomes of a line of a bank statement."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentStatus(models.TextChoices):
    """How far a payment has come; what was paid back of it moves on from SUCCEEDED."""

    PENDING = "pending", _("Pending")
    PROCESSING = "processing", _("Processing")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    PARTIALLY_REFUNDED = "partially_refunded", _("Partially refunded")
    REFUNDED = "refunded", _("Refunded")


#: Money that is here: it is in the ledger.
ARRIVED = (PaymentStatus.SUCCEEDED, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)


class RefundStatus(models.TextChoices):
    """How far money on its way back has come."""

    PENDING = "pending", _("Pending")
    PROCESSING = "processing", _("Processing")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class PaymentProvider(models.TextChoices):
    """Through whom money comes."""

    BANK = "bank", _("Bank")
    STRIPE = "stripe", "Stripe"


class ChargebackStatus(models.TextChoices):
    """What became of a payment that the payer's bank called back."""

    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class BankLineStatus(models.TextChoices):
    """What became of a line of a bank statement."""

    OPEN = "open", _("To be matched")
    MATCHED = "matched", _("Matched")
    IGNORED = "ignored", _("Ignored")


class BankFormat(models.TextChoices):
    """What a bank statement is written in."""

    CSV = "csv", _("Text (CSV)")
    CAMT = "camt", "camt.053"
    MT940 = "mt940", "MT940"
