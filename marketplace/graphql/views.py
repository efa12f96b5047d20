"""The endpoint: one operation a POST, queries by GET, and the explorer for people with a browser."""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from marketplace.graphql import engine
from marketplace.graphql.answers import Result, refusal
from marketplace.graphql.authentication import actor_of_request, bearer_of
from marketplace.graphql.context import Context
from marketplace.graphql.documents import InvalidDocument, Operation, VariableErrors
from marketplace.graphql.engine import perform
from marketplace.graphql.failure import BadRequest, CsrfFailed, Failure, Unauthenticated
from marketplace.graphql.idempotency import answered_once
from marketplace.graphql.persisted import keep
from marketplace.graphql.requests import GraphqlRequest, read_post, read_query_string

RESPONSE_TYPE = "application/graphql-response+json"


@csrf_exempt  # checked below, for those requests that a cookie signs in
def graphql(request: HttpRequest) -> HttpResponse:
    """Answer one request."""
    if request.method == "GET" and "query" not in request.GET and "extensions" not in request.GET:
        return explorer(request)
    if request.method not in ("GET", "POST"):
        return HttpResponse(status=405, headers={"Allow": "GET, POST"})
    try:
        return answer(request, read_post(request) if request.method == "POST" else read_query_string(request))
    except (InvalidDocument, VariableErrors, Failure) as error:
        return _response(request, refusal(error))


def answer(request: HttpRequest, sent: GraphqlRequest) -> HttpResponse:
    """Execute what was sent; raises what `refusal` can tell."""
    operation = engine.documents().get(sent.text).operation(sent.operation)
    if sent.extensions:
        keep(sent.text, sent.extensions)
    if operation.is_subscription:
        raise BadRequest("Subscribe by graphql-sse at /graphql/stream or by websocket.")
    if request.method == "GET" and operation.is_mutation:
        raise BadRequest("Mutations are sent by POST.")
    context = Context(request=request, load=lambda: actor_of_request(request))
    if bearer_of(request.headers.get("Authorization")) is not None:
        # Of another scheme (a proxy's Basic, which browsers send by themselves) it signs nobody in: the cookie does.
        context.actor  # noqa: B018  (a token that is not valid fails the request, not a field)
    elif request.method == "POST":
        check_csrf(request)
    own = own_language(request, context)
    if own:
        translation.activate(own)
    key = request.headers.get("Idempotency-Key") if operation.is_mutation else None
    if key is None:
        return _response(request, perform(operation, sent.variables, context))
    return _once(request, key, operation, sent.variables, context)


def _once(
    request: HttpRequest, key: str, operation: Operation, variables: dict[str, Any], context: Context
) -> HttpResponse:
    body, replayed = answered_once(key, operation, variables, context, lambda: perform(operation, variables, context))
    response = HttpResponse(body, content_type=_content_type(request))
    if replayed:
        response["Idempotency-Replayed"] = "true"
    return response


def check_csrf(request: HttpRequest) -> None:
    """A POST that a session cookie signs in needs our page's token in `X-CSRFToken`; raises CsrfFailed."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return
    checker = CsrfViewMiddleware(lambda _request: HttpResponse())
    checker.process_request(request)
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    if checker.process_view(request, _unprotected, (), {}) is not None:
        raise CsrfFailed("Send the CSRF token of your session in the header X-CSRFToken.")


def _unprotected(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def own_language(request: HttpRequest, context: Context) -> str:
    """Without a wish in cookie or header the user's own language, else the organization's; "" when there is a wish."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or request.headers.get("Accept-Language"):
        return ""
    actor = context.actor
    organization = actor.organization.language if actor.organization else ""
    return (actor.user.language if actor.user else "") or organization


def explorer(request: HttpRequest) -> HttpResponse:
    """GraphiQL, from our own static files."""
    if "text/html" not in request.headers.get("Accept", ""):
        return _response(request, refusal(BadRequest("Send an operation by POST.")))
    get_token(request)
    return render(request, "graphql/explorer.html")


def _content_type(request: HttpRequest) -> str:
    return RESPONSE_TYPE if RESPONSE_TYPE in request.headers.get("Accept", "") else "application/json"


def _response(request: HttpRequest, result: Result) -> HttpResponse:
    status = result.status
    if result.data is None and any(error.code == Unauthenticated.code for error in result.errors):
        status = 401 if request.headers.get("Authorization") else status
    response = HttpResponse(orjson.dumps(result.as_dict()), status=status, content_type=_content_type(request))
    response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # a refusal is the client's affair
    return response
