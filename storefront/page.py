"""A page: the document asks, the template shows.

`order = page("orders/order", parts={"status"})` in `orders/pages.py` answers GET with the first operation of
`orders/order.graphql` put into `orders/order.html`. POST runs the operation named by the field `do` and either moves on
or shows the page again with the problems beside their fields. `?part=status` renders that partial alone; a request for
JSON gets the bare data, for the few screens that draw rows themselves.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.http.request import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from storefront import sheets
from storefront.documents import operations
from storefront.execute import SignInNeededError, declared, run
from storefront.frame import Frame
from storefront.problems import Problems, left_out, outcome_of, partly_done, problems_of
from storefront.sheets import Sheet
from storefront.variables import from_form, from_query

View = Callable[..., HttpResponseBase]
MOST_AT_ONCE = 5_000
DRAWERS = {"drawer-body", "split-pane"}
STAYS = "-said"  # where a dialog that stays open tells what was refused, so that nothing typed into it is lost


@dataclass(frozen=True)
class Page:
    """What one line of an area's `pages.py` says.

    needs: field of the answer without which the page does not exist; parts: partials that may be fetched alone;
    then: where an operation leads, done: what it tells; both filled from its answer (`%(order.number)s`); size: rows;
    export: the sheet that its list can be taken as; public: shown to whoever has its address; beside: by directive of
    the content security policy, what else this page alone may load. Such a page is left and entered by whole loads.
    """

    path: str
    needs: str = ""
    parts: frozenset[str] = frozenset()
    then: Mapping[str, str] = field(default_factory=dict)
    done: Mapping[str, Any] = field(default_factory=dict)
    size: int = 25
    export: Sheet | None = None
    public: bool = False
    beside: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, request: HttpRequest, **where: Any) -> HttpResponseBase:
        """Answer one request."""
        if not (self.public or request.user.is_authenticated):
            return _to_sign_in(request)
        _speak_the_users_language(request)
        try:
            response = self.act(request, where) if request.method == "POST" else self.show(request, where)
        except SignInNeededError:
            return _to_sign_in(request)
        _remember_language(request, response)
        if self.beside:
            response.headers["Content-Security-Policy"] = widened(settings.CONTENT_SECURITY_POLICY, self.beside)
        return response

    def show(self, request: HttpRequest, where: dict[str, Any], problems: Problems | None = None) -> HttpResponseBase:
        """The page, or the part of it that was asked for; with the refusals of a form where there are some."""
        name = request.GET.get("do") or next(iter(operations(self.path)))
        operation = operations(self.path).get(name)
        if operation is None or operation.kind != "query":
            raise Http404
        types = declared(operation)
        variables = from_query(types, request.GET, self.size) | {k: v for k, v in where.items() if k in types}
        if self.export and request.GET.get("export"):
            return self.as_sheet(request, self.export, variables)
        data = run(request, self.path, name, variables)
        if _wants_json(request):
            return JsonResponse(data)
        if self.needs and name == next(iter(operations(self.path))) and data.get(self.needs) is None:
            raise Http404
        context = {
            **data,
            "frame": Frame(data, request.path),
            "problems": problems or Problems(),
            "where": where,
            "page": self,
            "document": self.path,
        }
        return HttpResponse(self.draw(request, context), status=422 if problems else 200)

    def as_sheet(self, request: HttpRequest, export: Sheet, variables: dict[str, Any]) -> HttpResponseBase:
        """Everything that fits the address, with times in the zone of the acting organization."""
        zone = Frame(run(request, "session", "Zone", {}), request.path).timezone
        return sheets.answer(request, self.path, export, variables, zone)

    def draw(self, request: HttpRequest, context: dict[str, Any]) -> str:
        """Template or partial, with times in the zone of the acting organization."""
        part = request.GET.get("part") or request.POST.get("part")
        template = f"{self.path}.html" + (f"#{part}" if part in self.parts else "")
        with timezone.override(context["frame"].timezone):
            return render_to_string(template, context, request)

    def act(self, request: HttpRequest, where: dict[str, Any]) -> HttpResponseBase:
        """Run the operation a form or a script asks for."""
        sent = _sent(request)
        operation = operations(self.path).get(str(sent.get("do", "")))
        if operation is None or operation.kind == "subscription":
            raise Http404
        types = declared(operation)
        variables = {k: v for k, v in where.items() if k in types}
        if isinstance(sent, QueryDict):
            if sent.get("_all"):
                sent = self.with_all(request, where, sent)
                if isinstance(sent, Problems):
                    return self.show(request, where, sent)
            variables |= from_form(types, sent, request.FILES)
        else:
            variables |= sent.get("variables") or {}
        data = run(request, self.path, operation.name, variables)
        if _wants_json(request):
            return JsonResponse(data)
        return self.after(request, where, operation.name, data)

    def with_all(self, request: HttpRequest, where: dict[str, Any], sent: QueryDict) -> QueryDict | Problems:
        """The form with the ids of every row that fits the address, where all of them were chosen and not some."""
        types = declared(next(iter(operations(self.path).values())))
        variables = from_query(types, request.GET) | {k: v for k, v in where.items() if k in types}
        found = sheets.ids_of(request, self.path, str(sent.get("_rows", "")), variables, MOST_AT_ONCE)
        if len(found) > MOST_AT_ONCE:
            text = _("At most %(count)s rows at once; narrow the list further.") % {"count": MOST_AT_ONCE}
            return Problems(str(sent.get("do", "")), [{"message": text, "field": None}], sent)
        filled = sent.copy()
        filled.setlist(str(sent["_all"]), found)
        return filled

    def after(self, request: HttpRequest, where: dict[str, Any], name: str, data: dict[str, Any]) -> HttpResponseBase:
        """Move on after success; after a refusal show the page again, or a toast where the form asked for no more."""
        problems = problems_of(name, data, request.POST)
        outcome = outcome_of(data)
        told = "" if problems and not partly_done(data) else str(self.done.get(name, "")) % outcome
        if request.POST.get("quiet"):
            return _toast(told or " ".join(e["message"] for e in problems), "danger" if problems else "success")
        if told:
            messages.success(request, told)
        if problems:
            return self.show(request, where, problems)
        for line in left_out(data):
            messages.warning(request, "{sku} {name}: {reason}".format(**line))
        goal = self.then.get(name)
        safe = {key: quote(str(value), safe="") for key, value in {**where, **outcome}.items()}
        return _move_on(request, goal % safe if goal else request.get_full_path())


def page(
    path: str,
    *,
    needs: str = "",
    parts: set[str] | frozenset[str] = frozenset(),
    then: Mapping[str, str] | None = None,
    done: Mapping[str, Any] | None = None,
    size: int = 25,
    export: Sheet | None = None,
    beside: Mapping[str, str] | None = None,
) -> View:
    """A view for the document and the template at `storefront/<path>`; see `Page` for the words."""
    return view(Page(path, needs, frozenset(parts), then or {}, done or {}, size, export, beside=beside or {}))


def widened(policy: str, beside: Mapping[str, str]) -> str:
    """A content security policy that allows more, by directive; one that it lacks begins with our own server."""
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
    rules |= {name: f"{rules.get(name, rules['default-src'])} {sources}" for name, sources in beside.items()}
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def view(made: Page) -> View:
    """What an address leads to, of a page that was made."""
    return cast("View", gzip_page(ensure_csrf_cookie(require_http_methods(["GET", "HEAD", "POST"])(made.__call__))))


def _sent(request: HttpRequest) -> Any:
    if request.content_type != "application/json":
        return request.POST
    try:
        sent = json.loads(request.body)
    except ValueError:
        raise Http404 from None
    return sent if isinstance(sent, dict) else {}


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _toast(text: str, kind: str) -> HttpResponse:
    """Nothing to swap: the frame's script shows the words and refreshes what listens to `cartChanged`."""
    shown = json.dumps({"toast": {"text": text, "kind": kind}, "cartChanged": True})
    return HttpResponse(status=204, headers={"HX-Trigger": shown})


def _move_on(request: HttpRequest, goal: str) -> HttpResponse:
    """To the next page; a form in a drawer leaves the drawer with it, and goes back to the page behind by default."""
    target = request.headers.get("HX-Target", "")
    if target not in DRAWERS and not target.endswith(STAYS):
        return HttpResponseRedirect(goal, status=303)
    if goal == request.get_full_path():
        goal = request.headers.get("HX-Current-URL", goal)
        goal = goal if url_has_allowed_host_and_scheme(goal, {request.get_host()}) else request.get_full_path()
        goal = _without_drawer(goal)
    return HttpResponse(status=204, headers={"HX-Location": json.dumps({"path": goal, "target": "body"})})


def _without_drawer(address: str) -> str:
    parts = urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    for gone in ("drawer", "pane"):
        query.pop(gone, None)
    return parts.path + (f"?{query.urlencode()}" if query else "")


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"errors": [{"extensions": {"code": "UNAUTHENTICATED"}}]}, status=401)
    response = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return HttpResponse(status=204, headers={"HX-Redirect": response.url})
    return response


def _speak_the_users_language(request: HttpRequest) -> None:
    """Cookie, then what the user chose earlier on another device, then what the browser prefers."""
    chosen = getattr(request.user, "language", "")
    if chosen and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(chosen)
        request.LANGUAGE_CODE = translation.get_language() or chosen


def _remember_language(request: HttpRequest, response: HttpResponseBase) -> None:
    chosen = getattr(request.user, "language", "")
    if chosen and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86400, samesite="Lax")
