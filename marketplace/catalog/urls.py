"""Sheets of the catalogue and documents about products to keep as files; where they are is told by GraphQL."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import path
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_safe

from marketplace.catalog.imports.export import error_sheet, product_sheet
from marketplace.catalog.models import ProductDocument, ProductImport
from marketplace.core.downloads import sheet_response
from marketplace.graphql.authentication import actor_of_request
from marketplace.graphql.failure import Failure


@require_GET
def products(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The products of the reader's organization."""
    actor = actor_of_request(request)
    if not actor.may("catalog.view"):
        raise Http404
    headings, rows = product_sheet(actor)
    return sheet_response(f"products-{localdate()}", headings, rows, as_csv=kind == "csv")


@require_GET
def template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty sheet with the headings that an import of products knows, the organization's attributes among them."""
    actor = actor_of_request(request)
    if not actor.may("catalog.view"):
        raise Http404
    headings, _rows = product_sheet(actor)
    return sheet_response("products", headings, (), as_csv=kind == "csv")


@require_GET
def import_errors(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows of an import that have errors."""
    actor = actor_of_request(request)
    found = ProductImport.objects.visible_to(actor).filter(pk=pk).first()
    if found is None or not actor.may("catalog.manage"):
        raise Http404
    return sheet_response(f"errors-{found.pk}", *error_sheet(found))


@require_safe
def document(request: HttpRequest, pk: int) -> FileResponse:
    """A document about goods the reader sees, to keep; never as a page of ours that could run something."""
    try:
        actor = actor_of_request(request)
    except Failure:
        raise Http404 from None
    row = ProductDocument.objects.visible_to(actor).filter(pk=pk).first()
    if row is None or not (actor.may("catalog.browse") or actor.may("catalog.view")):
        raise Http404
    try:
        file = default_storage.open(row.file)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, as_attachment=True, filename=row.file_name, content_type=row.content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=300"
    return response


urlpatterns = [
    path("catalog/sheets/products.<str:kind>", products, name="catalog-products"),
    path("catalog/sheets/template.<str:kind>", template, name="catalog-import-template"),
    path("catalog/sheets/imports/<int:pk>/errors.xlsx", import_errors, name="catalog-import-errors"),
    path("catalog/documents/<int:pk>/", document, name="catalog-document"),
]
