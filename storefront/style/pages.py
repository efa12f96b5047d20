"""Every component in all its states, for those who build pages and those who judge them."""

from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.utils.functional import SimpleLazyObject
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods

from storefront.page import Page
from storefront.style.samples import samples
from storefront.words import VIEWS

shown = Page("style/style", parts=frozenset({"drawer", "refused"}), done=VIEWS)


@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
def style(request: HttpRequest) -> HttpResponseBase:
    """The page, with made-up rows to show."""
    request.samples = SimpleLazyObject(lambda: samples(request))  # type: ignore[attr-defined]
    return shown(request)


urlpatterns = [path("style/", style, name="style")]
