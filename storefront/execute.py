"""Runs an operation of a page in this process, as the user of the request, and sorts what can go wrong."""

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest
from graphql import GraphQLSchema

from marketplace.graphql import execute_document, get_schema
from storefront.documents import Operation, operations
from storefront.variables import Types, types_of


class SignInNeededError(Exception):
    """Nobody is signed in and the operation is not for everybody."""


class OperationFailedError(Exception):
    """An operation ended in an error that no page can explain; its reference is in the log."""


def schema() -> GraphQLSchema:
    """The schema the pages are clients of."""
    return get_schema()


def declared(operation: Operation) -> Types:
    """Variables of an operation and their types in the schema."""
    return types_of(schema(), operation)


def run(request: HttpRequest, path: str, name: str | None, variables: dict[str, Any]) -> dict[str, Any]:
    """Data of the named operation of `storefront/<path>.graphql`, of its first one without a name.

    Raises SignInNeededError, PermissionDenied, BadRequest, or OperationFailedError.
    """
    known = operations(path)
    operation = known[name] if name else next(iter(known.values()))
    return run_text(request, operation.text, variables)


def run_text(request: HttpRequest, text: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Data of a document; raises as `run` does."""
    result = execute_document(request, text, variables)
    for error in result.errors:
        _raise_for(error.code, error.message)
    return result.data or {}


def _raise_for(code: str, message: str) -> None:
    if code == "UNAUTHENTICATED":
        raise SignInNeededError
    if code == "PERMISSION_DENIED":
        raise PermissionDenied(message)
    if code.startswith("INTERNAL"):
        raise OperationFailedError(message)
    raise BadRequest(message)
