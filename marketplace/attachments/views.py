"""Files as answers of the web server: only to who may see their row, and never as a page that could run something."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.urls import path
from django.views.decorators.http import require_safe

from marketplace.attachments.models import Attachment
from marketplace.graphql.authentication import actor_of_request
from marketplace.graphql.failure import Failure

#: What a browser may show beside its page on request; everything else is kept as a file.
SHOWN = ("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp")
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'"


@require_safe
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it was sent, to keep; with `?show` a picture or PDF to look at."""
    row = _readable(request, pk)
    shown = "show" in request.GET and row.content_type in SHOWN
    return _answer(row.file, row.content_type, row.name, as_attachment=not shown)


@require_safe
def thumbnail(request: HttpRequest, pk: int) -> FileResponse:
    """The small picture of an attached picture."""
    row = _readable(request, pk)
    if not row.thumbnail:
        raise Http404
    return _answer(row.thumbnail, "image/webp", f"{pk}.webp", as_attachment=False)


def _readable(request: HttpRequest, pk: int) -> Attachment:
    try:
        actor = actor_of_request(request)
    except Failure:
        raise Http404 from None
    row = Attachment.objects.visible_to(actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _answer(stored: str, content_type: str, name: str, as_attachment: bool) -> FileResponse:
    try:
        file = default_storage.open(stored)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, as_attachment=as_attachment, filename=name, content_type=content_type)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=300"
    return response


urlpatterns = [
    path("attachments/<int:pk>/file", attachment, name="attachment"),
    path("attachments/<int:pk>/thumbnail", thumbnail, name="attachment-thumbnail"),
]
