"""A statement of account on paper, under the seller's head whoever reads it."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from storefront.execute import run
from storefront.print.papers import Paper
from storefront.templatetags.trade import as_date, nodes

PARTS = ("partnership", "since", "until", "currency")


def of_statement(request: HttpRequest, id: str) -> dict[str, Any]:
    """All lines of the account of a trade; `id`: partnership, first day, last day and currency, parted by commas."""
    asked = dict(zip(PARTS, id.split(","), strict=False))
    if len(asked) < len(PARTS) or not (_day(asked["since"]) and _day(asked["until"])):
        raise Http404
    data = run(request, "print/statement", None, asked)
    statement = data.get("statement")
    if statement is None:
        raise Http404
    lines, page = nodes(data["lines"]), data["lines"]["pageInfo"]
    while page["hasNextPage"]:
        more = run(request, "print/statement", None, {**asked, "after": page["endCursor"]})["lines"]
        lines, page = [*lines, *nodes(more)], more["pageInfo"]
    sells = statement["seller"]["id"] == data["actor"]["organization"]["id"]
    query = f"partnership={asked['partnership']}&since={asked['since']}&until={asked['until']}"
    return {
        **data,
        "title": _("Statement of account"),
        "number": f"{as_date(asked['since'])} – {as_date(asked['until'])}",
        "letterhead": statement["seller"],
        "back": f"{'/office' if sells else ''}/finance/statement/?{query}",
        "lines": lines,
    }


def _day(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False


statement = Paper("print/statement.html", of_statement, "statement.pdf")
