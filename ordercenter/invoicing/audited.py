"""What the audit log calls invoices, and their fields."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited("invoice", "invoicing.Invoice", _("Invoice"))
audited("credit_note", "invoicing.CreditNote", _("Credit note"))
audited(
    "invoicing_settings",
    "invoicing.InvoicingSettings",
    _("Invoicing settings"),
    {
        "basis": _("What is invoiced"),
        "grouping": _("What goes on one invoice"),
        "form": _("Invoice form"),
        "draws_itself": _("Drafts appear by themselves"),
        "issues_itself": _("Drafts are issued by themselves"),
        "invoice_prefix": _("Invoice numbers begin with"),
        "credit_prefix": _("Credit note numbers begin with"),
    },
)
