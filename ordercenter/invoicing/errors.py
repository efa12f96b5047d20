"""What can go wrong with invoices (reconciliation §10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InvoicingErrorCode(models.TextChoices):
    """Codes of this room, beside those of every room."""

    NOTHING_TO_INVOICE = "NOTHING_TO_INVOICE", _("Nothing is to be invoiced")
    EXCEEDS_INVOICEABLE = "EXCEEDS_INVOICEABLE", _("More than is to be invoiced")
    ORDERS_DIFFER = "ORDERS_DIFFER", _("Orders cannot go on one invoice")
    QUANTITY_INVALID = "QUANTITY_INVALID", _("Not a quantity")
    CREDIT_EXCEEDS = "CREDIT_EXCEEDS", _("More than was invoiced")
    CREDIT_EMPTY = "CREDIT_EMPTY", _("Nothing is credited")
    TAX_DATA_MISSING = "TAX_DATA_MISSING", _("Tax profile is incomplete")
    REASON_REQUIRED = "REASON_REQUIRED", _("A reason is required")
    DATE_FUTURE = "DATE_FUTURE", _("The day is in the future")
    DATE_BACK = "DATE_BACK", _("The day is before that of the last invoice")
