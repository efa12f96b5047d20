"""What the header does on whichever page it is: language, colours, organization, leaving a dealer's view."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from storefront.execute import SignInNeededError, run
from storefront.frame import Frame
from storefront.problems import problems_of

YEAR = 365 * 86400
LANGUAGES = dict(settings.LANGUAGES)
THEMES = {"light", "dark", "auto"}


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """One click: remembered in a cookie, and on the user where somebody is signed in."""
    language = request.POST.get("language", "")
    response = _back(request)
    if language in LANGUAGES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax")
        if request.user.is_authenticated:
            run(request, "session", "SelectLanguage", {"input": {"language": language}})
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device says."""
    response = _back(request)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax")
    return response


@require_POST
def select_organization(request: HttpRequest) -> HttpResponse:
    """Act for another organization from here on; the page one was on may not exist there."""
    return _do(request, "SelectOrganization", {"organization": request.POST.get("organization", "")}, "/")


@require_POST
def stop_partner_view(request: HttpRequest) -> HttpResponse:
    """Back from a dealer's eyes to one's own."""
    return _do(request, "StopPartnerView", {}, "/office/partners/")


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Send people to where their work is: those who sell to the office, those who buy to their home."""
    try:
        actor = run(request, "session", "Session", {}).get("actor")
    except SignInNeededError:
        actor = None
    if not actor:
        return HttpResponseRedirect(settings.LOGIN_URL)
    sells = (actor["organization"] or {}).get("isSeller") and "orders.sales" in actor["permissions"]
    return HttpResponseRedirect("/office/" if sells else "/home/")


@require_GET
def cart_badge(request: HttpRequest) -> HttpResponse:
    """The number on the cart in the header, asked for again when something was put in."""
    data = run(request, "session", "CartBadge", {})
    return render(request, "ui/cart_badge.html", {"frame": Frame(data, request.path)})


def _do(request: HttpRequest, name: str, variables: dict[str, str], goal: str) -> HttpResponse:
    try:
        problems = problems_of(name, run(request, "session", name, variables), request.POST)
    except SignInNeededError:
        return HttpResponseRedirect(settings.LOGIN_URL)
    for problem in problems:
        messages.error(request, problem["message"])
    return HttpResponseRedirect(goal, status=303)


def _back(request: HttpRequest) -> HttpResponse:
    goal = request.POST.get("next", "/")
    here = url_has_allowed_host_and_scheme(goal, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(goal if here else "/", status=303)
