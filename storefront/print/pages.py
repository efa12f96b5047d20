"""Papers: the order for both its sides, and the shipment that goes with the goods."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from storefront.execute import run
from storefront.print.capital import capital
from storefront.print.invoices import credit_note, invoice
from storefront.print.letters import letter
from storefront.print.papers import Paper
from storefront.print.statements import statement
from storefront.templatetags.trade import nodes

STOPPED = ("CANCELLED", "DECLINED", "REJECTED")
TITLES = {"SELLER": ("seller", lambda: _("Sales order")), "BUYER": ("buyer", lambda: _("Purchase order"))}


def of_order(request: HttpRequest, id: str) -> dict[str, Any]:
    """An order with all its lines, under the head of the reader's own side."""
    data = run(request, "print/order", None, {"id": id})
    order = data.get("order")
    if order is None:
        raise Http404
    lines, page = nodes(order["lines"]), order["lines"]["pageInfo"]
    while page["hasNextPage"]:
        more = run(request, "print/order", None, {"id": id, "after": page["endCursor"]})["order"]["lines"]
        lines, page = [*lines, *nodes(more)], more["pageInfo"]
    side, title = TITLES[order["viewerSide"]]
    stopped = order["status"] in STOPPED
    gross = order["total"]["gross"]
    in_words = gross["currency"] == "CNY" and (get_language() or "").startswith("zh")
    return {
        **data,
        "title": title(),
        "number": order["number"],
        "letterhead": order[side],
        "back": f"/orders/{id}/",
        "stopped": stopped,
        "lines": [_line(line, stopped) for line in lines],
        "spelled": capital(Decimal(gross["amount"])) if in_words else "",
    }


def _line(line: dict[str, Any], stopped: bool) -> dict[str, Any]:
    """What is shown of a line: what is still ordered; of a stopped order, what was."""
    shown = line["quantity"] if stopped else line["openQuantity"]
    return {**line, "shown": shown, "changed": shown != line["quantity"], "dropped": Decimal(shown) == 0}


def of_shipment(request: HttpRequest, id: str) -> dict[str, Any]:
    """What goes with the goods, under the seller's head."""
    data = run(request, "print/shipment", None, {"id": id})
    shipment = data.get("shipment")
    if shipment is None:
        raise Http404
    order = shipment["order"]
    return {
        **data,
        "title": _("Shipment"),
        "number": shipment["number"],
        "letterhead": order["seller"],
        "back": f"/orders/{order['id']}/",
    }


order = Paper("print/order.html", of_order, "order.pdf")
shipment = Paper("print/shipment.html", of_shipment, "shipment.pdf")

urlpatterns = [
    path("orders/order.pdf", order.files, name="orders_pdf"),
    path("orders/<str:id>/print/", order.page, name="order_print"),
    path("orders/<str:id>/order.pdf", order.file, name="order_pdf"),
    path("invoices/invoice.pdf", invoice.files, name="invoices_pdf"),
    path("invoices/<str:id>/print/", invoice.page, name="invoice_print"),
    path("invoices/<str:id>/invoice.pdf", invoice.file, name="invoice_pdf"),
    path("credit-notes/<str:id>/print/", credit_note.page, name="credit_note_print"),
    path("credit-notes/<str:id>/credit-note.pdf", credit_note.file, name="credit_note_pdf"),
    path("finance/statement/<str:id>/print/", statement.page, name="statement_print"),
    path("finance/statement/<str:id>/statement.pdf", statement.file, name="statement_pdf"),
    path("finance/letters/<str:id>/print/", letter.page, name="letter_print"),
    path("finance/letters/<str:id>/letter.pdf", letter.file, name="letter_pdf"),
    path("shipments/shipment.pdf", shipment.files, name="shipments_pdf"),
    path("shipments/<str:id>/print/", shipment.page, name="shipment_print"),
    path("shipments/<str:id>/shipment.pdf", shipment.file, name="shipment_pdf"),
]
