"""Execution for pages of the same process: the same permissions, plans and limits, without HTTP in between."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from marketplace.graphql import engine
from marketplace.graphql.answers import Result, refusal
from marketplace.graphql.authentication import actor_of_request
from marketplace.graphql.context import Context
from marketplace.graphql.documents import InvalidDocument, VariableErrors
from marketplace.graphql.engine import perform
from marketplace.graphql.failure import BadRequest, Failure


def execute_document(
    request: HttpRequest, text: str, variables: dict[str, Any] | None = None, operation: str | None = None
) -> Result:
    """Execute a page's document as the actor of its request.

    A mutation is executed only for POST, whose CSRF token Django's middleware has checked already. `errors` of the
    result are objects with message, code, path and extensions; a page need not be told of its own mistakes gently.
    """
    context = Context(request=request, load=lambda: actor_of_request(request))
    try:
        found = engine.documents().get(text).operation(operation)
        if found.is_subscription or (found.is_mutation and request.method != "POST"):
            raise BadRequest("A mutation needs a POST; a subscription, a stream.")
        return perform(found, variables, context)
    except (InvalidDocument, VariableErrors, Failure) as error:
        return refusal(error)
