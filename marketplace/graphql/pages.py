"""Execution for pages of the same process: the same permissions, plans and limits, without HTTP in between."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest

from marketplace.graphql import engine
from marketplace.graphql.answers import Result, Told, refusal
from marketplace.graphql.authentication import actor_of_request
from marketplace.graphql.context import Context
from marketplace.graphql.documents import InvalidDocument, VariableErrors
from marketplace.graphql.engine import perform
from marketplace.graphql.failure import BadRequest, Failure
from marketplace.graphql.idempotency import answered_once


def execute_document(
    request: HttpRequest, text: str, variables: dict[str, Any] | None = None, operation: str | None = None
) -> Result:
    """Execute a page's document as the actor of its request.

    A mutation is executed only for POST, whose CSRF token Django's middleware has checked already; sent with an
    `Idempotency-Key` it happens once, as by HTTP. `errors` of the result are objects with message, code, path and
    extensions; a page need not be told of its own mistakes gently.
    """
    context = Context(request=request, load=lambda: actor_of_request(request))
    try:
        found = engine.documents().get(text).operation(operation)
        if found.is_subscription or (found.is_mutation and request.method != "POST"):
            raise BadRequest("A mutation needs a POST; a subscription, a stream.")
        key = request.headers.get("Idempotency-Key") if found.is_mutation else None
        if key is None:
            return perform(found, variables, context)
        body, _replayed = answered_once(key, found, variables, context, lambda: perform(found, variables, context))
        return _told(body)
    except (InvalidDocument, VariableErrors, Failure) as error:
        return refusal(error)


def _told(body: bytes) -> Result:
    """A stored or fresh answer as the result it was."""
    said = orjson.loads(body)
    errors = [Told(error["message"], error["extensions"], error.get("path")) for error in said.get("errors", ())]
    return Result(said.get("data"), errors, said.get("extensions", {}))
