"""What can happen to invoices, each with its line for people."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind

KINDS = (
    EventKind("invoice.drawn", _("Invoice drawn")),
    EventKind("invoice.changed", _("Invoice draft changed")),
    EventKind("invoice.issued", _("Invoice issued")),
    EventKind("invoice.voided", _("Invoice draft voided")),
    EventKind("credit_note.issued", _("Credit note issued")),
    EventKind("invoicing_settings.changed", _("Invoicing settings changed")),
    # In the story of each order that is concerned.
    EventKind("order.invoiced", _("Order invoiced")),
    EventKind("order.credited", _("Invoice of the order credited")),
)
