"""The part of a live connection that asks the database: run in threads, with a fresh actor every time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from typing import Any, TypeVar

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, DomainErrors
from marketplace.graphql import engine
from marketplace.graphql.answers import Result, refusal
from marketplace.graphql.authentication import ORGANIZATION_HEADER, actor_of_session, actor_of_token, bearer_of
from marketplace.graphql.context import Context
from marketplace.graphql.documents import InvalidDocument, Operation, VariableErrors
from marketplace.graphql.failure import Failure, Unauthenticated
from marketplace.graphql.models import TokenFamily
from marketplace.graphql.requests import GraphqlRequest
from marketplace.graphql.tokens import AccessToken
from marketplace.graphql.views import check_csrf, own_language

Answer = TypeVar("Answer")

_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live")

REFUSALS = (InvalidDocument, VariableErrors, Failure, DomainError, DomainErrors)


async def in_thread(function: Callable[..., Answer], *arguments: Any) -> Answer:
    """Run a function that asks the database in one of the few threads for it."""

    def run() -> Answer:
        close_old_connections()
        try:
            return function(*arguments)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_pool, run)


@dataclass(frozen=True)
class Caller:
    """Who is at the other end: what the connection carries, asked anew at every event."""

    scope: Any
    token: AccessToken | None = None

    @classmethod
    def of(cls, scope: Any, authorization: str | None = None) -> Caller:
        """The caller of a connection; raises Unauthenticated for a token that is not valid."""
        request = request_of(scope)
        token = bearer_of(authorization or request.headers.get("Authorization"))
        return cls(scope, token)

    def actor(self) -> Actor:
        """The actor as things are now: a session or sign-in that has ended makes it nobody."""
        request = request_of(self.scope)
        wanted = request.headers.get(ORGANIZATION_HEADER)
        if self.token is None:
            store = import_module(settings.SESSION_ENGINE).SessionStore
            return actor_of_session(store(request.COOKIES.get(settings.SESSION_COOKIE_NAME)), wanted)
        family = self.token.family
        if family and not TokenFamily.objects.filter(pk=family, revoked_at=None).exists():
            raise Unauthenticated(_("This sign-in has ended."))
        return actor_of_token(self.token, wanted)

    def context(self) -> Context:
        """A context for one execution."""
        return Context(request=request_of(self.scope), load=self.actor)

    def language(self, context: Context) -> str:
        """The language of the answers: as for other requests."""
        return own_language(context.request, context) or translation.get_language_from_request(context.request)


def request_of(scope: Any, body: bytes = b"") -> ASGIRequest:
    """Django's request of a connection, for headers, cookies and CSRF."""
    if scope["type"] == "websocket":
        scope = {**scope, "type": "http", "method": "GET"}
    return ASGIRequest(scope, BytesIO(body))


@dataclass
class Started:
    """A subscription that may begin, or the only answer to anything else."""

    operation: Operation
    topics: list[str]
    answer: Result | None = None
    every: float = 0


def start(caller: Caller, sent: GraphqlRequest) -> Started | Result:
    """Check an operation and find out what to listen on; queries and mutations are executed at once."""
    try:
        operation = engine.documents().get(sent.text).operation(sent.operation)
        context = caller.context()
        with translation.override(caller.language(context)):
            if not operation.is_subscription:
                if operation.is_mutation and caller.token is None:
                    check_csrf(context.request)
                return Started(operation, [], engine.perform(operation, sent.variables, context))
            declared, arguments = _declared(operation, sent.variables)
            return Started(operation, _topics(declared, arguments, context), every=declared.every)
    except REFUSALS as error:
        return refusal(error)


def _topics(declared: Any, arguments: dict[str, Any], context: Context) -> list[str]:
    declared.check(context.actor)
    topics = declared.topic(context.actor, **arguments)
    return [topics] if isinstance(topics, str) else list(topics)


def _declared(operation: Operation, variables: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The subscription an operation names, and the arguments it gives."""
    values = operation.coerce(variables)
    plan = operation.plan(values)
    engine.price(plan, values, operation.limits.cost)
    (field,) = plan.fields
    return field.definition.extensions["subscription"], field.coerce_arguments(values)


def missed(caller: Caller, operation: Operation, variables: dict[str, Any]) -> list[dict[str, Any]]:
    """Messages of the time between what the caller says it has seen and the beginning of its line."""
    declared, arguments = _declared(operation, variables)
    return list(declared.missed(caller.context().actor, **arguments))


def event(caller: Caller, operation: Operation, variables: dict[str, Any], payload: dict[str, Any]) -> Result | None:
    """What one message is to this caller; None when it is not for them."""
    try:
        context = caller.context()
        with translation.override(caller.language(context)):
            result = engine.perform(operation, variables, context, payload)
    except REFUSALS as error:
        return refusal(error)
    nothing = not result.errors and not any(value is not None for value in (result.data or {}).values())
    return None if nothing else result


def ends(result: Result) -> bool:
    """True when a subscription must not go on after this answer: its caller is nobody, or may not any more."""
    return any(error.code in ("UNAUTHENTICATED", "PERMISSION_DENIED") and len(error.path or ()) <= 1
               for error in result.errors)  # fmt: skip
