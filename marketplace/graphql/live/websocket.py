"""Websockets, the protocol graphql-transport-ws (of the npm package graphql-ws)."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings

from marketplace.graphql.failure import Failure
from marketplace.graphql.live.operations import Caller, in_thread, request_of
from marketplace.graphql.live.running import HEARTBEAT, answers
from marketplace.graphql.requests import from_mapping

PROTOCOL = "graphql-transport-ws"
INIT_WITHIN = 10.0
MOST_SOCKETS = 2000
MOST_OPERATIONS = 50
LARGEST_MESSAGE = 200_000

_open = 0


class Closed(Exception):
    """The conversation ends with a close code of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def converse(scope: Any, receive: Any, send: Any) -> None:
    """Accept a socket that speaks the protocol and serve it to its end."""
    global _open
    await receive()
    if _open >= MOST_SOCKETS or not same_origin(scope):
        await send({"type": "websocket.close", "code": 4403, "reason": "Forbidden"})
        return
    if PROTOCOL not in scope.get("subprotocols", ()):
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
        return
    await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
    _open += 1
    socket = Socket(scope, receive, send)
    try:
        await socket.serve()
    except Closed as closed:
        with contextlib.suppress(Exception):
            await send({"type": "websocket.close", "code": closed.code, "reason": closed.reason})
    finally:
        _open -= 1
        await socket.end()


def same_origin(scope: Any) -> bool:
    """A browser's page of another site must not speak with our cookies; programs send no Origin."""
    request = request_of(scope)
    origin = request.headers.get("Origin")
    if not origin or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return True
    return urlsplit(origin).netloc == request.headers.get("Host") or origin in settings.CSRF_TRUSTED_ORIGINS


class Socket:
    """One conversation."""

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        self.receive = receive
        self._send = send
        self._sending = asyncio.Lock()
        self.caller: Caller | None = None
        self.operations: dict[str, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        """Read messages until the client leaves."""
        deadline = asyncio.get_running_loop().time() + INIT_WITHIN
        quiet = False
        # One receiving task at a time and never a cancelled one: a message that is on its way would be lost.
        receiving = asyncio.ensure_future(self.receive())
        try:
            while True:
                wait = HEARTBEAT if self.caller else max(0.0, deadline - asyncio.get_running_loop().time())
                done, _waiting = await asyncio.wait((receiving,), timeout=wait)
                if not done:
                    await self.silence(quiet)
                    quiet = True
                    continue
                quiet = False
                message = receiving.result()
                if message["type"] == "websocket.disconnect":
                    return
                receiving = asyncio.ensure_future(self.receive())
                await self.handle(_decoded(message))
        finally:
            receiving.cancel()

    async def silence(self, again: bool) -> None:
        """Nothing came for a while: ask whether the client is there; hang up when it did not answer the last time."""
        if self.caller is None:
            raise Closed(4408, "Connection initialisation timeout")
        if again:
            raise Closed(4499, "No answer to ping")
        await self.send({"type": "ping"})

    async def handle(self, message: dict[str, Any]) -> None:
        """Act on one message."""
        kind = message.get("type")
        if kind == "connection_init":
            await self.init(message.get("payload"))
        elif kind == "ping":
            await self.send({"type": "pong"})
        elif kind == "subscribe":
            self.subscribe(message)
        elif kind == "complete" and isinstance(message.get("id"), str):
            task = self.operations.pop(message["id"], None)
            if task is not None:
                task.cancel()
        elif kind != "pong":
            raise Closed(4400, "Invalid message")

    async def init(self, payload: Any) -> None:
        """Take the bearer token of `connection_init`, or the cookies of the handshake."""
        if self.caller is not None:
            raise Closed(4429, "Too many initialisation requests")
        given = {str(k).lower(): v for k, v in payload.items()} if isinstance(payload, dict) else {}
        authorization = given.get("authorization")
        try:
            self.caller = await in_thread(Caller.of, self.scope, authorization and str(authorization))
        except Failure:
            raise Closed(4401, "Unauthorized") from None
        await self.send({"type": "connection_ack"})

    def subscribe(self, message: dict[str, Any]) -> None:
        """Begin an operation."""
        identifier, payload = message.get("id"), message.get("payload")
        if self.caller is None:
            raise Closed(4401, "Unauthorized")
        if not isinstance(identifier, str) or not isinstance(payload, dict):
            raise Closed(4400, "Invalid message")
        if identifier in self.operations:
            raise Closed(4409, f"Subscriber for {identifier[:64]} already exists")
        if len(self.operations) >= MOST_OPERATIONS:
            raise Closed(4429, "Too many operations")
        self.operations[identifier] = asyncio.create_task(self.run(identifier, payload, self.caller))

    async def run(self, identifier: str, payload: dict[str, Any], caller: Caller) -> None:
        """Send the answers of one operation."""
        try:
            sent = await in_thread(from_mapping, payload)
            async for answer in answers(caller, sent):
                if answer is None:
                    continue
                if "data" not in answer:
                    await self.send({"id": identifier, "type": "error", "payload": answer["errors"]})
                    return
                await self.send({"id": identifier, "type": "next", "payload": answer})
            await self.send({"id": identifier, "type": "complete"})
        except Failure as error:
            told = [{"message": error.message, "extensions": error.extensions}]
            await self.send({"id": identifier, "type": "error", "payload": told})
        finally:
            if self.operations.get(identifier) is asyncio.current_task():
                del self.operations[identifier]

    async def send(self, message: dict[str, Any]) -> None:
        """Send one message; waits where the client is slow."""
        async with self._sending:
            await self._send({"type": "websocket.send", "text": orjson.dumps(message).decode()})

    async def end(self) -> None:
        """Stop what still runs."""
        tasks = list(self.operations.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _decoded(message: dict[str, Any]) -> dict[str, Any]:
    text = message.get("text")
    if text is None or len(text) > LARGEST_MESSAGE:
        raise Closed(4400, "Invalid message")
    try:
        decoded = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Closed(4400, "Invalid message") from None
    if not isinstance(decoded, dict):
        raise Closed(4400, "Invalid message")
    return decoded
