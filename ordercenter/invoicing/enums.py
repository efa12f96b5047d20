"""The words of invoices."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InvoiceStatus(models.TextChoices):
    """Where an invoice stands. How far it is credited is derived from its credit notes."""

    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    PARTIALLY_CREDITED = "partially_credited", _("Partially credited")
    CREDITED = "credited", _("Credited")
    VOIDED = "voided", _("Voided")


class InvoiceForm(models.TextChoices):
    """What carries the invoice."""

    DIGITAL = "digital", _("Digital")
    ELECTRONIC = "electronic", _("Electronic")
    PAPER = "paper", _("Paper")


class InvoicingBasis(models.TextChoices):
    """From when on goods are invoiced."""

    ORDERED = "ordered", _("When ordered")
    SHIPPED = "shipped", _("When shipped")
    RECEIVED = "received", _("When received")


class InvoiceGrouping(models.TextChoices):
    """What goes on one invoice."""

    ORDER = "order", _("One invoice per order")
    PARTNER = "partner", _("One invoice per partner")


class CreditReason(models.TextChoices):
    """Why an invoice is lowered."""

    RETURN = "return", _("Goods returned")
    ERROR = "error", _("Wrong invoice")
    ALLOWANCE = "allowance", _("Allowance")
    SERVICE_ENDED = "service_ended", _("Service ended")


#: States in which an invoice is a tax document.
LIVE = (InvoiceStatus.ISSUED, InvoiceStatus.PARTIALLY_CREDITED, InvoiceStatus.CREDITED)
