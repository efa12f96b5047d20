"""Lines of old invoices as they came, so that nothing of the file is lost."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from integrations.invoices.buckets import InvoiceBucket, RejectReason
from marketplace.core.fields import PriceField, QuantityField
from marketplace.core.rows import OwnedRow


class InvoiceLine(OwnedRow):
    """One line of the file, in its bucket. `position` counts the lines of one invoice from 1; `organization` sold."""

    invoice_number = models.CharField(max_length=32)
    position = models.PositiveIntegerField()
    sku = models.CharField(max_length=32)
    description = models.CharField(max_length=255)
    quantity = QuantityField(null=True)
    unit_price = PriceField(null=True)
    invoiced_at = models.DateTimeField(null=True)
    customer = models.CharField(max_length=32)
    country = models.CharField(max_length=64)
    bucket = models.CharField(max_length=16, choices=InvoiceBucket)
    reason = models.CharField(max_length=16, choices=RejectReason, blank=True, default="")
    detail = models.TextField(blank=True, default="")
    raw = models.JSONField(null=True)
    entry = models.ForeignKey("stock.StockEntry", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "invoice_number", "position"], name="invoice_line_once"),
            models.CheckConstraint(condition=Q(bucket="rejected") ^ Q(reason=""), name="invoice_line_reason"),
        ]
