"""Invoices and credit notes on paper, under the seller's head whoever reads them."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from storefront.execute import run
from storefront.print.capital import capital
from storefront.print.papers import Paper
from storefront.templatetags.paper import figure


def of_invoice(request: HttpRequest, id: str) -> dict[str, Any]:
    """An issued invoice: a draft is no document yet."""
    data = run(request, "print/invoice", None, {"id": id})
    invoice = data.get("invoice")
    if invoice is None or not invoice["number"]:
        raise Http404
    office = "/office" if invoice["viewerSide"] == "SELLER" else ""
    return {
        **data,
        "title": _("Invoice"),
        "number": invoice["number"],
        "letterhead": _head(invoice["seller"], invoice["sellerParty"]),
        "back": f"{office}/finance/invoices/{id}/",
        "total": invoice["total"],
        "lines": [_priced(line) for line in invoice["lines"]],
        "rates": _by_rate(invoice["lines"]),
        "reverse_charge": any(line["taxTreatment"] == "reverse_charge" for line in invoice["lines"]),
        "spelled": _spelled(invoice["total"]["gross"]),
    }


def of_credit_note(request: HttpRequest, id: str) -> dict[str, Any]:
    """A credit note."""
    data = run(request, "print/credit_note", None, {"id": id})
    note = data.get("creditNote")
    if note is None:
        raise Http404
    office = "/office" if note["viewerSide"] == "SELLER" else ""
    gross = note["total"]["gross"]
    return {
        **data,
        "note": note,
        "title": _("Credit note"),
        "number": note["number"],
        "letterhead": _head(note["seller"], note["invoice"]["sellerParty"]),
        "back": f"{office}/finance/invoices/{note['invoiceId']}/",
        "spelled": _spelled({**gross, "amount": f"-{gross['amount']}"}),
    }


def _head(seller: dict[str, Any], party: dict[str, Any] | None) -> dict[str, Any]:
    """The seller as it stood when the paper was issued, not as it is called now."""
    if not party:
        return seller
    return {**seller, "name": party["title"], "registeredName": "", "taxNumber": party["taxNumber"]}


def _priced(line: dict[str, Any]) -> dict[str, Any]:
    """A line with its price without tax, shown and never computed with."""
    net = line["total"]["net"]
    price = Decimal(net["amount"]) / Decimal(line["quantity"])
    return {**line, "netPrice": figure({"amount": f"{price:.4f}", "currency": net["currency"]})}


def _by_rate(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Net and tax by rate, where there are several; sums of the lines, highest rate first."""
    sums: dict[str, list[Decimal]] = {}
    for line in lines:
        one = sums.setdefault(line["taxRate"], [Decimal(0), Decimal(0)])
        one[0] += Decimal(line["total"]["net"]["amount"])
        one[1] += Decimal(line["total"]["tax"]["amount"])
    if len(sums) < 2:
        return []
    currency = lines[0]["total"]["net"]["currency"]
    rows = sorted(sums.items(), key=lambda row: -Decimal(row[0]))
    return [
        {
            "rate": rate,
            **{
                name: figure({"amount": str(sum), "currency": currency})
                for name, sum in zip(("net", "tax"), both, strict=True)
            },
        }
        for rate, both in rows
    ]


def _spelled(gross: dict[str, Any]) -> str:
    """In Chinese capitals on a Chinese paper in CNY."""
    in_words = gross["currency"] == "CNY" and (get_language() or "").startswith("zh")
    return capital(Decimal(gross["amount"])) if in_words else ""


invoice = Paper("print/invoice.html", of_invoice, "invoice.pdf")
credit_note = Paper("print/credit_note.html", of_credit_note, "credit-note.pdf")
