"""Invoices and credit notes, of the side that issues them and of the side that receives them."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from storefront.execute import run
from storefront.page import page
from storefront.sheets import Sheet

INVOICES = {
    "number": _("Invoice"),
    "statusLabel": _("Status"),
    "partner.name": _("Partner"),
    "kindLabel": _("Invoice kind"),
    "issuedOn": _("Invoice date"),
    "dueOn": _("Due"),
    "total.net.amount": _("Net"),
    "total.tax.amount": _("Tax"),
    "total.gross.amount": _("Gross"),
    "open.amount": _("Open"),
    "total.gross.currency": _("Currency"),
}
NOTES = {
    "number": _("Credit note"),
    "invoiceNumber": _("Invoice"),
    "partner.name": _("Partner"),
    "reasonLabel": _("Reason"),
    "issuedOn": _("Date"),
    "total.net.amount": _("Net"),
    "total.tax.amount": _("Tax"),
    "total.gross.amount": _("Gross"),
    "total.gross.currency": _("Currency"),
}
ISSUED = _("%(invoice.number)s is issued.")

issued = page(
    "invoices/invoices",
    done={"IssueMany": _("%(invoices.count)s invoices issued.")},
    export=Sheet("invoices", INVOICES, _("Invoices")),
)
due = page(
    "invoices/due",
    then={"Draw": "/office/finance/invoices/?status=DRAFT", "DrawAll": "/office/finance/invoices/?status=DRAFT"},
    done=dict.fromkeys(("Draw", "DrawAll"), _("%(invoices.count)s invoices drawn.")),
)
received = page("invoices/bills", export=Sheet("invoices", INVOICES, _("Invoices")))
notes = page("invoices/notes", export=Sheet("creditNotes", NOTES, _("Credit notes")))
invoice = page(
    "invoices/invoice",
    needs="invoice",
    then={"Void": "/office/finance/invoices/"},
    done={
        "Issue": ISSUED,
        "Save": _("Saved."),
        "Void": _("The draft is voided."),
        "Credit": _("Credit note %(creditNote.number)s is issued."),
    },
)


@require_safe
def invoice_of(request: HttpRequest, id: str) -> HttpResponse:
    """The page of an invoice on the side of whoever follows a link to it."""
    return _to_its_side(request, id, "invoice", "")


@require_safe
def note_of(request: HttpRequest, id: str) -> HttpResponse:
    """A credit note stands on the page of its invoice."""
    return _to_its_side(request, id, "creditNote", "#credit-notes")


def _to_its_side(request: HttpRequest, id: str, name: str, place: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    found = run(request, "invoices/side", "Side" if name == "invoice" else "NoteSide", {"id": id}).get(name)
    if not found:
        raise Http404
    office = "/office" if found["viewerSide"] == "SELLER" else ""
    return HttpResponseRedirect(f"{office}/finance/invoices/{found.get('invoiceId') or id}/{place}")


urlpatterns = [
    path("office/finance/invoices/", issued, name="invoices"),
    path("office/finance/invoices/due/", due, name="invoices_due"),
    path("office/finance/invoices/credit-notes/", notes, name="credit_notes"),
    path("office/finance/invoices/<str:id>/", invoice, name="invoice"),
    path("finance/invoices/", received, name="bills"),
    path("finance/invoices/credit-notes/", notes, name="credit_notes_received"),
    path("finance/invoices/<str:id>/", invoice, name="bill"),
    path("invoices/<str:id>/", invoice_of, name="invoice_link"),
    path("credit-notes/<str:id>/", note_of, name="credit_note_link"),
]
