"""Documents on paper: the document asks, the template shows, in the language of who will read it, as HTML or PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_safe

from storefront.execute import SignInNeededError
from storefront.print.pdf import PdfUnavailableError, pdf_of

LANGUAGES = dict(settings.LANGUAGES)
MOST_AT_ONCE = 50
View = Callable[..., HttpResponseBase]

#: Asks for all that a paper shows; what its template needs, with `number`, `title`, `letterhead` and `back` among it.
Gather = Callable[[HttpRequest, str], dict[str, Any]]


@dataclass(frozen=True)
class Paper:
    """A kind of paper: its template, how it is filled, and the last part of the address of its PDF."""

    template: str
    gather: Gather
    file_name: str

    @property
    def page(self) -> View:
        """The paper as a page that prints from any browser."""
        return _view(lambda request, id: HttpResponse(self.draw(request, id)[0]))

    @property
    def file(self) -> View:
        """The paper as PDF."""
        return _view(lambda request, id: self._file(request, [id]))

    @property
    def files(self) -> View:
        """Several papers in one PDF, by `?id=` for each, fifty at most."""

        def answer(request: HttpRequest) -> HttpResponse:
            ids = list(dict.fromkeys(request.GET.getlist("id")))
            if not 1 <= len(ids) <= MOST_AT_ONCE:
                raise Http404
            return self._file(request, ids)

        return _view(answer)

    def draw(self, request: HttpRequest, id: str, as_pdf: bool = False) -> tuple[str, str]:
        """The paper in HTML, with times in the zone of the acting organization; and its number."""
        context = self.gather(request, id)
        context |= {
            "language": translation.get_language(),
            "languages": settings.LANGUAGES,
            "as_pdf": as_pdf,
            "pdf": f"../{self.file_name}",
        }
        zone = ((context.get("actor") or {}).get("organization") or {}).get("timezone") or "UTC"
        with timezone.override(zone):
            return render_to_string(self.template, context, request), context["number"]

    def _file(self, request: HttpRequest, ids: list[str]) -> HttpResponse:
        drawn = [self.draw(request, id, as_pdf=True) for id in ids]
        response = HttpResponse(pdf_of([html for html, _number in drawn]), content_type="application/pdf")
        name = get_valid_filename(drawn[0][1]) if len(drawn) == 1 else self.file_name.removesuffix(".pdf")
        response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
        response["Cache-Control"] = "private, no-store"
        return response


def _view(make: Callable[..., HttpResponse]) -> View:
    """In the language asked for; to the sign-in where nobody is; and a word where no PDF can be made."""

    def answer(request: HttpRequest, **where: str) -> HttpResponseBase:
        if not request.user.is_authenticated and "Authorization" not in request.headers:
            return redirect_to_login(request.get_full_path())
        asked = request.GET.get("language", "")
        with translation.override(asked if asked in LANGUAGES else spoken(request)):
            try:
                return make(request, **where)
            except SignInNeededError:
                return redirect_to_login(request.get_full_path())
            except PdfUnavailableError:
                page = request.path.rpartition("/")[0] + "/print/" if where else ""
                return render(request, "print/no_pdf.html", {"page": page}, status=503)

    return require_safe(answer)


def spoken(request: HttpRequest) -> str:
    """The reader's language: chosen in this browser, chosen earlier on another device, or what the browser prefers."""
    chosen = getattr(request.user, "language", "")
    if chosen in LANGUAGES and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        return chosen
    return translation.get_language() or settings.LANGUAGE_CODE
