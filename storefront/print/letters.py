"""A dunning letter on paper, under the seller's head."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from storefront.execute import run
from storefront.print.papers import Paper


def of_letter(request: HttpRequest, id: str) -> dict[str, Any]:
    """A letter with all its items, as they were on its day."""
    data = run(request, "print/letter", None, {"id": id})
    letter = data.get("letter")
    if letter is None:
        raise Http404
    return {
        **data,
        "title": _("Payment reminder"),
        "number": letter["number"],
        "letterhead": letter["seller"],
        "back": f"/finance/letters/{id}/",
    }


letter = Paper("print/letter.html", of_letter, "letter.pdf")
