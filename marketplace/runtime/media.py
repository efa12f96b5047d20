"""Pictures of goods, served from the storage. At scale a proxy or an object store in front serves them instead."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve

A_YEAR = 365 * 24 * 3600


def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """One picture. Its name holds a random part and is never given to another content, so browsers may keep it."""
    response = serve(request, f"products/{name}", document_root=str(settings.MEDIA_ROOT))
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response
