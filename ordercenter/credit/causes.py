"""What a movement is called for people. Rooms above write causes of their own and say here what they are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_labels: dict[str, str | Promise] = {
    "placed": _("Order placed"),
    "held": _("Held by a rule"),
    "released": _("Hold released"),
    "rejected": _("Hold rejected"),
    "confirmed": _("Order confirmed"),
    "changed": _("Order changed"),
    "cancelled": _("Order cancelled"),
    "declined": _("Order declined"),
    "closed": _("Order closed"),
    "reopened": _("Order reopened"),
    "shipped": _("Goods shipped"),
    "returned": _("Goods returned"),
    "invoiced": _("Invoice issued"),
    "credited": _("Credit note issued"),
    "invoice_undone": _("Invoice taken back"),
    "paid": _("Payment received"),
    "cleared": _("Open item cleared"),
    "uncleared": _("Clearing undone"),
    "written_off": _("Open item written off"),
    "refunded": _("Refunded"),
    "cash_reserved": _("Prepaid cash kept for an order"),
    "cash_freed": _("Kept cash given back"),
    "cash_used": _("Prepaid cash used"),
    "topped_up": _("Prepaid cash topped up"),
    "charged": _("Charged"),
    "dunning_letter": _("Dunning charge"),
    "postponed": _("Later order"),
    "recalled": _("Later order counts again"),
    "joined": _("Partner joined the account"),
    "left": _("Partner left the account"),
    "opening": _("Books opened"),
    "posted": _("Posted to the ledger"),
    "clearing": _("Open item cleared"),
    "top_up": _("Prepaid cash topped up"),
    "write_off": _("Open item written off"),
    "payment": _("Payment received"),
}

KNOWN = _labels.keys()


def declare_causes(labels: dict[str, str | Promise]) -> None:
    """Say what further causes are called. Called from AppConfig.ready."""
    _labels.update(labels)


def label_of(cause: str) -> str:
    """The label in the reader's language; the word itself where nobody named it."""
    return str(_labels.get(cause, cause))
