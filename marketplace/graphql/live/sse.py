"""Server-sent events, the protocol of graphql-sse in its distinct-connections mode."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any
from urllib.parse import parse_qsl

import orjson

from marketplace.graphql.answers import Result, refusal
from marketplace.graphql.failure import BadRequest, Failure, Unauthenticated
from marketplace.graphql.live.operations import Caller, in_thread
from marketplace.graphql.live.running import answers
from marketplace.graphql.requests import GraphqlRequest, from_json, from_mapping

LARGEST_BODY = 200_000
MOST_STREAMS = 2000

_open = 0


async def stream(scope: Any, receive: Any, send: Any) -> None:
    """Answer one request with the events of one operation."""
    global _open
    if scope["method"] not in ("GET", "POST"):
        await _refuse(send, refusal(BadRequest("Use GET or POST: one operation a connection.")), 405)
        return
    if _open >= MOST_STREAMS:
        await _refuse(send, refusal(BadRequest("Too many streams are open.")), 503)
        return
    _open += 1
    try:
        sent = await _operation(scope, receive)
        caller = await in_thread(Caller.of, scope)
    except Failure as error:
        await _refuse(send, refusal(error), 401 if isinstance(error, Unauthenticated) else 400)
        return
    else:
        await _run(caller, sent, receive, send)
    finally:
        _open -= 1


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


async def _run(caller: Caller, sent: GraphqlRequest, receive: Any, send: Any) -> None:
    """Send events until the operation ends or the client leaves."""
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-cache"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    writer = asyncio.create_task(_write(caller, sent, send))
    leaver = asyncio.create_task(_until_gone(receive))
    _done, waiting = await asyncio.wait((writer, leaver), return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    if writer.done() and not writer.cancelled() and writer.exception() is None:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _write(caller: Caller, sent: GraphqlRequest, send: Any) -> None:
    async for answer in answers(caller, sent):
        event = b":\n\n" if answer is None else b"event: next\ndata: " + orjson.dumps(answer) + b"\n\n"
        await send({"type": "http.response.body", "body": event, "more_body": True})
    await send({"type": "http.response.body", "body": b"event: complete\ndata: \n\n", "more_body": True})


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Any, result: Result, status: int) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": orjson.dumps(result.as_dict())})
