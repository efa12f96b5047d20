"""Top-level errors: a sentence for people and `extensions.code` for programs."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError


class Failure(GraphQLError):
    """An error outside any mutation's payload. The code stands in `extensions.code`."""

    code = "INTERNAL"
    status = 200

    def __init__(
        self, message: Any, nodes: Any = None, source: Any = None, positions: Any = None, **extensions: Any
    ) -> None:
        super().__init__(str(message), nodes, source, positions, extensions={"code": self.code, **extensions})


class BadInput(Failure):
    """An argument that fits its type and makes no sense."""

    code = "BAD_USER_INPUT"


class Unauthenticated(Failure):
    """Nobody is signed in, or the token is not valid any more."""

    code = "UNAUTHENTICATED"


class PermissionDenied(Failure):
    """The actor's roles do not grant what the field asks for."""

    code = "PERMISSION_DENIED"


class ParseFailed(Failure):
    """The document is not GraphQL."""

    code = "GRAPHQL_PARSE_FAILED"
    status = 400


class ValidationFailed(Failure):
    """The document does not fit the schema."""

    code = "GRAPHQL_VALIDATION_FAILED"
    status = 400


class LimitExceeded(Failure):
    """The document is larger than the limits allow."""

    code = "LIMIT_EXCEEDED"
    status = 400


class BadRequest(Failure):
    """The HTTP request does not carry an operation."""

    code = "BAD_REQUEST"
    status = 400


class CsrfFailed(Failure):
    """A request with a session cookie lacks the proof that our own page sent it."""

    code = "CSRF_FAILED"
    status = 403


class PersistedQueryNotFound(Failure):
    """The hash is unknown: send it once more with the document."""

    code = "PERSISTED_QUERY_NOT_FOUND"


class IdempotencyMismatch(Failure):
    """The key was used for another request."""

    code = "IDEMPOTENCY_MISMATCH"


class IdempotencyInvalid(Failure):
    """The key cannot be used here."""

    code = "IDEMPOTENCY_INVALID"
