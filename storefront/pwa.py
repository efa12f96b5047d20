"""What makes the pages an application that can be installed: manifest, worker, and what is shown without a line."""

import hashlib
import json
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from storefront.documents import HOME

WORKER = HOME / "static" / "js" / "service-worker.js"
SHELL = (
    *(f"css/{name}.css" for name in ("app", "overlay", "table", "form", "shown", "pad", "pages", "narrow", "catalog")),
    *(
        f"js/{name}.js"
        for name in ("theme", "main", "overlay", "keys", "frame", "table", "form", "palette", "pwa", "offline", "bell")
    ),
    "js/pad.js",
    "js/numbers.js",
    *(f"js/pad/{file.name}" for file in sorted((HOME / "static" / "js" / "pad").glob("*.js"))),
    *("vendor/tabler.min.css", "vendor/htmx.min.js", "vendor/sse.min.js", "img/icon.svg", "img/icon-192.png"),
)
SHORTCUTS = (("/orders/new/", "Quick order"), ("/orders/", "Orders"), ("/catalog/", "Catalogue"))


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """Names and icons in the language of the page that links here; browsers ask for it without cookies."""
    language = request.GET.get("lang", "")
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        return JsonResponse(described(), content_type="application/manifest+json")


def described() -> dict[str, Any]:
    """The manifest in the language in force."""
    icons = [
        {
            "src": static(f"img/icon-{kind}{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for kind, purpose in (("", "any"), ("maskable-", "maskable"))
        for size in (192, 512)
    ]
    return {
        "id": "/",
        "name": _("Entrepot: orders and stock"),
        "short_name": "Entrepot",
        "description": _("Order from your sellers, sell to your dealers."),
        "lang": translation.get_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f7f9",
        "theme_color": "#1d4ed8",
        "icons": icons,
        "shortcuts": [{"name": _(name), "url": url, "icons": icons[:1]} for url, name in SHORTCUTS],
    }


@require_safe
@cache_control(no_cache=True)
def service_worker(_request: HttpRequest) -> HttpResponse:
    """The worker, told which files the shell is made of; another version of any of them makes another worker."""
    return HttpResponse(worker_text(), content_type="text/javascript; charset=utf-8")


def worker_text() -> str:
    """Its code with the shell in front; worked out once where the files do not change while the program runs."""
    return _worker_text() if settings.HASHED_STATIC else _worker_text.__wrapped__()


@cache
def _worker_text() -> str:
    code = WORKER.read_text()
    there = [name for name in SHELL if settings.HASHED_STATIC or find(name)]
    told = json.dumps({"hashed": settings.HASHED_STATIC, "shell": [static(name) for name in there]})
    mark = hashlib.sha256((code + told).encode()).hexdigest()[:12]
    return f'const VERSION = "{mark}";\nconst TOLD = {told};\n{code}'


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown of a page that was never open before while there is no line."""
    return render(request, "ui/offline.html")


@require_safe
@cache_control(max_age=86400)
def favicon(_request: HttpRequest) -> HttpResponse:
    """For those who ask for it without reading a page."""
    return HttpResponseRedirect(static("img/favicon.ico"))
