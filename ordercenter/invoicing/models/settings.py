"""How a seller invoices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marketplace.core.rows import OwnedRow
from ordercenter.invoicing.enums import InvoiceForm, InvoiceGrouping, InvoicingBasis


class InvoicingSettings(OwnedRow):
    """An organization without a row has the defaults. `draws_itself`: drafts appear as goods leave or arrive."""

    basis = models.CharField(max_length=8, choices=InvoicingBasis, default=InvoicingBasis.SHIPPED)
    grouping = models.CharField(max_length=8, choices=InvoiceGrouping, default=InvoiceGrouping.ORDER)
    form = models.CharField(max_length=16, choices=InvoiceForm, default=InvoiceForm.ELECTRONIC)
    draws_itself = models.BooleanField(default=False)
    issues_itself = models.BooleanField(default=False)
    invoice_prefix = models.CharField(max_length=8, default="INV")
    credit_prefix = models.CharField(max_length=8, default="CN")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="invoicing_settings_once"),
            models.CheckConstraint(
                condition=Q(draws_itself=True) | Q(issues_itself=False), name="invoicing_settings_draws_to_issue"
            ),
        ]
