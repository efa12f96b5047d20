"""The quote sheet to keep, as XLSX or CSV."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_GET

from marketplace.core.downloads import sheet_response
from marketplace.core.errors import DomainError
from marketplace.graphql.authentication import actor_of_request
from marketplace.graphql.failure import Failure
from suppliers.sourcing.sheet import quote_sheet


@require_GET
def quote_sheet_file(request: HttpRequest, key: int) -> HttpResponseBase:
    """A supplier's own quote sheet of the running round, as XLSX or with `?format=csv` as CSV."""
    # Not being there, not being the asker's and not being signed in look the same from outside.
    try:
        actor = actor_of_request(request)
        actor.require("quotes.view")
        name, headings, rows = quote_sheet(actor, key)
    except (DomainError, Failure):
        raise Http404 from None
    return sheet_response(name, headings, rows, as_csv=request.GET.get("format") == "csv")


urlpatterns = [path("files/quotes/<int:key>/", quote_sheet_file, name="quote_sheet_file")]
