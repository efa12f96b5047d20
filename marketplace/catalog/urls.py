"""Sheets of the catalogue to keep as files; where they are is told by GraphQL."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from marketplace.catalog.imports.export import error_sheet, product_sheet
from marketplace.catalog.models import ProductImport
from marketplace.core.downloads import sheet_response
from marketplace.graphql.authentication import actor_of_request


@require_GET
def products(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The products of the reader's organization."""
    actor = actor_of_request(request)
    if not actor.may("catalog.view"):
        raise Http404
    headings, rows = product_sheet(actor)
    return sheet_response(f"products-{localdate()}", headings, rows, as_csv=kind == "csv")


@require_GET
def import_errors(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows of an import that have errors."""
    actor = actor_of_request(request)
    found = ProductImport.objects.visible_to(actor).filter(pk=pk).first()
    if found is None or not actor.may("catalog.manage"):
        raise Http404
    return sheet_response(f"errors-{found.pk}", *error_sheet(found))


urlpatterns = [
    path("catalog/sheets/products.<str:kind>", products, name="catalog-products"),
    path("catalog/sheets/imports/<int:pk>/errors.xlsx", import_errors, name="catalog-import-errors"),
]
