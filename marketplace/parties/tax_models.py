"""What invoices of an organization say, and how a seller taxes a partner."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.instants import InstantRange, WindowRow, window_check
from marketplace.core.rows import OwnedQuerySet, OwnedRow


class InvoiceKind(models.TextChoices):
    """Which tax document an invoice is."""

    VAT_SPECIAL = "vat_special", _("VAT special invoice")
    VAT_ORDINARY = "vat_ordinary", _("VAT ordinary invoice")
    COMMERCIAL = "commercial", _("Commercial invoice")
    SELF_BILLED = "self_billed", _("Self-billed invoice")


class TaxTreatment(models.TextChoices):
    """How a seller taxes what a partner buys."""

    STANDARD = "standard", _("Standard")
    EXEMPT = "exempt", _("Exempt from tax")
    REVERSE_CHARGE = "reverse_charge", _("Reverse charge")


class TaxProfileQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own and those of one's partners, whose invoices one makes or receives."""
        from marketplace.parties.models import Organization

        return Q(organization__in=Organization.objects.visible_to(actor).values("pk"))


class TaxProfile(OwnedRow):
    """What invoices of an organization say, and where they are sent."""

    title = models.CharField(max_length=255)
    tax_number = models.CharField(max_length=64, blank=True, default="")
    address = models.CharField(max_length=255, blank=True, default="")
    phone = models.CharField(max_length=32, blank=True, default="")
    bank_name = models.CharField(max_length=128, blank=True, default="")
    bank_account = models.CharField(max_length=64, blank=True, default="")
    invoice_kind = models.CharField(max_length=16, choices=InvoiceKind, default=InvoiceKind.VAT_ORDINARY)
    email = models.EmailField(blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    objects = TaxProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="tax_profile_once"),
            models.CheckConstraint(condition=~Q(title=""), name="tax_profile_titled"),
        ]

    def snapshot(self) -> dict[str, str]:
        """The profile as it is frozen on an invoice."""
        names = ("title", "tax_number", "address", "phone", "bank_name", "bank_account", "email")
        return {name: getattr(self, name) for name in names}


class PartnerTax(OwnedRow, WindowRow):
    """How `organization` taxes a downstream partner for a time, and why. Where there is none: STANDARD."""

    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="tax_treatments")
    treatment = models.CharField(max_length=16, choices=TaxTreatment)
    reason = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(treatment=TaxTreatment.STANDARD), name="partner_tax_not_standard"),
            models.CheckConstraint(condition=~Q(reason=""), name="partner_tax_reason"),
            window_check("partner_tax_window"),
            ExclusionConstraint(
                name="partner_tax_one_at_a_time",
                expressions=[
                    ("partnership", RangeOperators.EQUAL),
                    (InstantRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
