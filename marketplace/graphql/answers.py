"""Results of an execution, and how errors are told: typed ones as they are, anything else behind a reference."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from graphql import GraphQLError

from marketplace.core.errors import DomainError, DomainErrors
from marketplace.graphql.documents import InvalidDocument, VariableErrors
from marketplace.graphql.failure import Failure
from marketplace.graphql.mutations import ErrorRow

log = logging.getLogger("marketplace.graphql")


@dataclass(frozen=True)
class Told:
    """One top-level error. `extensions` has at least `code`."""

    message: str
    extensions: dict[str, Any]
    path: list[str | int] | None = None
    locations: list[dict[str, int]] | None = None

    @property
    def code(self) -> str:
        return self.extensions["code"]

    def as_dict(self) -> dict[str, Any]:
        """The error as it goes over the wire."""
        shaped: dict[str, Any] = {"message": self.message}
        if self.locations:
            shaped["locations"] = self.locations
        if self.path is not None:
            shaped["path"] = self.path
        shaped["extensions"] = self.extensions
        return shaped


@dataclass
class Result:
    """Data, formatted errors and extensions of one operation. `data` is None when nothing was executed."""

    data: dict[str, Any] | None = None
    errors: list[Told] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    status: int = 200

    @property
    def codes(self) -> set[str]:
        """The codes of all top-level errors."""
        return {error.code for error in self.errors}

    def as_dict(self) -> dict[str, Any]:
        """The answer as it goes over the wire."""
        answer: dict[str, Any] = {}
        if self.errors:
            answer["errors"] = [error.as_dict() for error in self.errors]
        if self.data is not None or not self.errors or self.status == 200:
            answer["data"] = self.data
        if self.extensions:
            answer["extensions"] = self.extensions
        return answer


def refusal(error: Exception) -> Result:
    """The answer to a request that was not executed."""
    found = error.errors if isinstance(error, InvalidDocument | VariableErrors) else [error]
    status = next((e.status for e in found if isinstance(e, Failure) and e.status != 200), 200)
    return Result(errors=[told for one in found for told in tell(one)], status=status)


def tell(error: Exception) -> list[Told]:
    """The error as clients read it. What no client caused is logged with its trace and told by a reference only."""
    located = error if isinstance(error, GraphQLError) else None
    cause = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, DomainErrors):
        return [_domain(one, located) for one in cause.errors]
    if isinstance(cause, DomainError):
        return [_domain(cause, located)]
    if isinstance(cause, Failure):
        return [_shaped(cause.message, dict(cause.extensions or {}), located or cause)]
    reference = secrets.token_hex(8)
    place = ".".join(str(part) for part in (located.path or ())) if located else ""
    log.error("GraphQL internal error %s at %s", reference, place or "-", exc_info=cause)
    text = _("Something went wrong on our side.")
    return [_shaped(text, {"code": "INTERNAL", "reference": reference}, located)]


def _domain(error: DomainError, located: GraphQLError | None) -> Told:
    row = ErrorRow(error)
    extensions: dict[str, Any] = {"code": row.code}
    if row.field is not None:
        extensions["field"] = row.field
    if row.index is not None:
        extensions["index"] = row.index
    return _shaped(row.message, extensions, located)


def _shaped(message: str, extensions: dict[str, Any], located: GraphQLError | None) -> Told:
    if located is None:
        return Told(message, extensions)
    places = [{"line": place.line, "column": place.column} for place in located.locations or ()]
    return Told(message, extensions, None if located.path is None else list(located.path), places or None)
