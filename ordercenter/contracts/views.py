"""Files of contracts: the document as it is signed, and what proves the signatures."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.graphql.authentication import actor_of_request
from marketplace.graphql.failure import Failure
from ordercenter.contracts.evidence import document, evidence_package

Maker = Callable[[Actor, int], tuple[str, bytes]]


@require_GET
def contract_document(request: HttpRequest, key: int) -> HttpResponse:
    """The document that is signed, PDF/A; with `?show` to look at."""
    return _answer(request, key, document, "application/pdf", shown="show" in request.GET)


@require_GET
def contract_evidence(request: HttpRequest, key: int) -> HttpResponse:
    """Documents, signatures and their hashes in one ZIP."""
    return _answer(request, key, evidence_package, "application/zip")


def _answer(request: HttpRequest, key: int, make: Maker, kind: str, shown: bool = False) -> HttpResponse:
    # Not being there, not being the asker's and not being signed in look the same from outside.
    try:
        name, data = make(actor_of_request(request), key)
    except (DomainError, Failure):
        raise Http404 from None
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
