"""What the palette finds while one types: one document, each part of it only where the actor may see it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from storefront.execute import run

PARTS = {
    "purchases": "orders.purchases",
    "sales": "orders.sales",
    "browse": "catalog.browse",
    "products": "catalog.view",
    "partners": "partners.view",
}


@login_required
@require_GET
def found(request: HttpRequest) -> HttpResponse:
    """Orders, goods and partners by what was typed."""
    search = request.GET.get("search", "").strip()[:100]
    actor = run(request, "session", "Session", {}).get("actor") or {}
    may = set(actor.get("permissions") or ())
    asked = {part: permission in may for part, permission in PARTS.items()}
    data = run(request, "palette", "Palette", {"search": search, "by": {"search": search}, **asked})
    return render(request, "ui/palette_found.html", data)
