"""Answers of the event loop: a whole one, a refusal, or a stream of events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import orjson

from marketplace.graphql.answers import Result

log = logging.getLogger("marketplace.graphql.live")

EVENTS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


async def whole(send: Any, status: int, body: bytes, kind: bytes) -> None:
    """Send an answer that nobody keeps."""
    headers = [(b"content-type", kind), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Any, result: Result, status: int) -> None:
    """Send what is wrong."""
    await whole(send, status, orjson.dumps(result.as_dict()), b"application/json")


async def event(send: Any, text: bytes) -> None:
    """Send one event of a stream."""
    await send({"type": "http.response.body", "body": text, "more_body": True})


async def streamed(receive: Any, send: Any, writing: Coroutine[Any, Any, None]) -> None:
    """Have a stream written until it ends or the client leaves."""
    await send({"type": "http.response.start", "status": 200, "headers": EVENTS})
    writer = asyncio.create_task(writing)
    leaver = asyncio.create_task(_until_gone(receive))
    try:
        await asyncio.wait((writer, leaver), return_when=asyncio.FIRST_COMPLETED)
        if not writer.done():
            return
        if error := writer.exception():
            log.warning("live: a stream broke off", exc_info=error)
        else:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        for task in (writer, leaver):
            task.cancel()
        await asyncio.gather(writer, leaver, return_exceptions=True)


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
