"""Server-sent events, the protocol of graphql-sse: one operation a connection, or all on one (`single`)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import orjson

from marketplace.graphql.answers import refusal
from marketplace.graphql.failure import BadRequest, Failure
from marketplace.graphql.live import replies, single
from marketplace.graphql.live.operations import Caller, in_thread
from marketplace.graphql.live.running import answers
from marketplace.graphql.requests import GraphqlRequest, from_json, from_mapping

LARGEST_BODY = 200_000
MOST_STREAMS = 2000

_open = 0


async def stream(scope: Any, receive: Any, send: Any) -> None:
    """Answer one request: the events of one operation, or a step of the single-connection mode."""
    method, token = scope["method"], single.token_of(scope)
    if method == "PUT":
        await single.reserve(scope, send)
    elif method == "DELETE" and token:
        await single.stop(scope, send, token)
    elif method not in ("GET", "POST"):
        await replies.refuse(send, refusal(BadRequest("Use GET or POST, or reserve a stream with PUT.")), 405)
    elif token and not single.wants_events(scope):
        await _accept(scope, receive, send, token)
    else:
        await _counted(scope, receive, send, token)


async def _accept(scope: Any, receive: Any, send: Any, token: str) -> None:
    try:
        sent = await _operation(scope, receive)
    except Failure as error:
        await single.refuse(send, error)
    else:
        await single.accept(scope, send, token, sent)


async def _counted(scope: Any, receive: Any, send: Any, token: str | None) -> None:
    """A stream that stays open, as long as there are not too many."""
    global _open
    if _open >= MOST_STREAMS:
        await replies.refuse(send, refusal(BadRequest("Too many streams are open.")), 503)
        return
    _open += 1
    try:
        if token:
            await single.events(scope, receive, send, token)
        else:
            await _distinct(scope, receive, send)
    finally:
        _open -= 1


async def _distinct(scope: Any, receive: Any, send: Any) -> None:
    try:
        sent = await _operation(scope, receive)
        caller = await in_thread(Caller.of, scope)
    except Failure as error:
        await single.refuse(send, error)
    else:
        await replies.streamed(receive, send, _write(caller, sent, send))


async def _operation(scope: Any, receive: Any) -> GraphqlRequest:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise BadRequest("The request is too large.")
        if not message.get("more_body"):
            break
    if scope["method"] == "POST":
        return await in_thread(from_json, body)
    given: dict[str, Any] = dict(parse_qsl(scope["query_string"].decode()))
    try:
        for name in ("variables", "extensions"):
            given[name] = orjson.loads(given[name]) if given.get(name) else None
    except orjson.JSONDecodeError:
        raise BadRequest("`variables` and `extensions` are JSON.") from None
    return await in_thread(from_mapping, given)


async def _write(caller: Caller, sent: GraphqlRequest, send: Any) -> None:
    async for answer in answers(caller, sent):
        event = b":\n\n" if answer is None else b"event: next\ndata: " + orjson.dumps(answer) + b"\n\n"
        await replies.event(send, event)
    await replies.event(send, b"event: complete\ndata: \n\n")
