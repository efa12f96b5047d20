"""What an HTTP request asks for: one operation, from JSON, a form with files, or the query string."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from marketplace.graphql.failure import BadRequest
from marketplace.graphql.persisted import text_of

JSON_TYPES = ("application/json", "application/graphql-response+json")
LARGEST_DOCUMENT = 100_000
MOST_FILES = 20


@dataclass(frozen=True)
class GraphqlRequest:
    """One operation with its variables."""

    text: str
    operation: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] | None = None


def from_json(body: bytes) -> GraphqlRequest:
    """The operation of a JSON body; raises BadRequest, PersistedQueryNotFound."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest("The body is not JSON.") from None
    return from_mapping(sent)


def from_mapping(sent: Any) -> GraphqlRequest:
    """The operation of a decoded body."""
    if isinstance(sent, list):
        raise BadRequest("Batches are not accepted: send one operation a request.")
    if not isinstance(sent, dict):
        raise BadRequest("The body must be a JSON object.")
    text, operation = sent.get("query"), sent.get("operationName")
    variables = sent.get("variables")
    for name, value, type_ in (("query", text, str), ("operationName", operation, str), ("variables", variables, dict)):
        if value is not None and not isinstance(value, type_):
            raise BadRequest(f"`{name}` has the wrong type.")
    text = text_of(text, sent.get("extensions"))
    if not text:
        raise BadRequest("Send a GraphQL document as `query`.")
    if len(text) > LARGEST_DOCUMENT:
        raise BadRequest(f"The document is longer than {LARGEST_DOCUMENT} characters.")
    return GraphqlRequest(text, operation or None, variables or {}, sent.get("extensions"))


def read_post(request: HttpRequest) -> GraphqlRequest:
    """The operation of a POST."""
    try:
        if request.content_type in JSON_TYPES:
            return from_json(request.body)
        if request.content_type == "multipart/form-data":
            return _from_form(request)
    except RequestDataTooBig:
        raise BadRequest("The request is too large.") from None
    except MultiPartParserError:
        raise BadRequest("The multipart body is damaged.") from None
    raise BadRequest("Send `application/json`, or `multipart/form-data` for files.")


def read_query_string(request: HttpRequest) -> GraphqlRequest:
    """The operation of a GET; variables and extensions are JSON."""
    sent: dict[str, Any] = {name: request.GET.get(name) for name in ("query", "operationName")}
    for name in ("variables", "extensions"):
        given = request.GET.get(name)
        try:
            sent[name] = orjson.loads(given) if given else None
        except orjson.JSONDecodeError:
            raise BadRequest(f"`{name}` is not JSON.") from None
    return from_mapping(sent)


def _from_form(request: HttpRequest) -> GraphqlRequest:
    """GraphQL multipart request specification: `operations`, `map`, and the files it puts into the variables."""
    try:
        operations = orjson.loads(request.POST.get("operations", ""))
        places = orjson.loads(request.POST.get("map", "{}"))
    except orjson.JSONDecodeError:
        raise BadRequest("`operations` and `map` must be JSON.") from None
    if not isinstance(operations, dict) or not isinstance(places, dict):
        raise BadRequest("Send one operation and one map of its files.")
    if len(request.FILES) > MOST_FILES:
        raise BadRequest(f"At most {MOST_FILES} files a request.")
    for name, paths in places.items():
        file = request.FILES.get(name)
        if file is None or not isinstance(paths, list):
            raise BadRequest(f"The file {name} of `map` was not sent.")
        for path in paths:
            _put(operations, str(path).split("."), file)
    return from_mapping(operations)


def _put(operations: dict[str, Any], path: list[str], file: Any) -> None:
    """Replace the null at `variables.some.0.path` by the file."""
    here: Any = operations
    try:
        if path[0] != "variables":
            raise KeyError
        for step in path[:-1]:
            here = here[int(step)] if isinstance(here, list) else here[step]
        last: Any = int(path[-1]) if isinstance(here, list) else path[-1]
        if here[last] is not None:
            raise KeyError
        here[last] = file
    except (KeyError, IndexError, ValueError, TypeError):
        raise BadRequest(f"`map` names {'.'.join(path)}, where `operations` has no null.") from None
