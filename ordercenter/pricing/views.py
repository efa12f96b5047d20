"""Sheets to keep: the prices of a list, the errors of an import."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from marketplace.core.actor import Actor
from marketplace.core.downloads import sheet_response
from marketplace.core.errors import DomainError
from marketplace.graphql.authentication import actor_of_request
from marketplace.graphql.failure import Failure
from ordercenter.pricing.export import headings, price_sheet
from ordercenter.pricing.imports.report import error_sheet

Maker = Callable[[Actor, int], tuple[str, list[str], Iterable[dict[str, Any]]]]


@require_GET
def price_list_file(request: HttpRequest, key: int) -> HttpResponseBase:
    """The prices of a list, as XLSX or with `?format=csv` as CSV."""
    return _answer(request, key, price_sheet)


@require_GET
def import_errors_file(request: HttpRequest, key: int) -> HttpResponseBase:
    """The rows of a sheet that have errors, with what they are."""
    return _answer(request, key, error_sheet)


@require_GET
def import_template(request: HttpRequest) -> HttpResponseBase:
    """An empty sheet with the headings that an import of prices knows, in the reader's language."""
    return sheet_response("prices", headings(), (), as_csv=request.GET.get("format") == "csv")


def _answer(request: HttpRequest, key: int, make: Maker) -> HttpResponseBase:
    # Not being there, not being the asker's and not being signed in look the same from outside.
    try:
        name, headings, rows = make(actor_of_request(request), key)
    except (DomainError, Failure):
        raise Http404 from None
    return sheet_response(name, headings, rows, as_csv=request.GET.get("format") == "csv")
