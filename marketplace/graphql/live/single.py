"""The protocol of graphql-sse in its single-connection mode: one stream for all operations of a client.

    PUT                       reserves a stream; its token comes back
    GET or POST, event-stream opens the stream of a token
    POST or GET               has an operation executed; its results go to the stream
    DELETE ?operationId=      ends an operation

Each of these may reach another web process. Whoever got an operation works on it and sends its results through Redis to
the process that has the stream; what is reserved, open and running is kept in `reservations`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any
from urllib.parse import parse_qs

import orjson
from redis.exceptions import RedisError

from marketplace.graphql import engine
from marketplace.graphql.answers import refusal
from marketplace.graphql.documents import InvalidDocument
from marketplace.graphql.failure import BadRequest, Failure, Unauthenticated
from marketplace.graphql.live import replies
from marketplace.graphql.live.hub import Hub, Listener
from marketplace.graphql.live.operations import Caller, in_thread
from marketplace.graphql.live.reservations import Reservation, Said, new_token
from marketplace.graphql.live.running import HEARTBEAT, answers
from marketplace.graphql.requests import GraphqlRequest

log = logging.getLogger("marketplace.graphql.live")

TOKEN_HEADER = b"x-graphql-event-stream-token"
LONGEST_ID = 128
MOST_WORKING = 4000
"""Operations of such streams that one process works on."""

_working: set[asyncio.Task[None]] = set()


class StreamNotFound(Failure):
    """No stream is reserved under this token for this user."""

    code = "NOT_FOUND"


class StreamConflict(Failure):
    """The stream is open already, or the id of the operation is taken."""

    code = "CONFLICT"


class TooMany(Failure):
    """The user, the stream or the process has as many as it may."""

    code = "TOO_MANY_REQUESTS"


class NotReady(Failure):
    """Redis does not answer."""

    code = "UNAVAILABLE"


STATUS: dict[type[Exception], int] = {
    Unauthenticated: 401,
    StreamNotFound: 404,
    StreamConflict: 409,
    TooMany: 429,
    NotReady: 503,
}
REFUSED = (Failure, InvalidDocument, RedisError, TimeoutError)


def token_of(scope: Any) -> str | None:
    """The token of a request: in its header, or in the address, as a browser's EventSource sends it."""
    for name, value in scope["headers"]:
        if name == TOKEN_HEADER:
            return value.decode("latin-1")
    return parse_qs(scope["query_string"].decode("latin-1")).get("token", [None])[0]


def wants_events(scope: Any) -> bool:
    """Whether a request is for the stream itself."""
    return any(name == b"accept" and b"text/event-stream" in value.lower() for name, value in scope["headers"])


async def reserve(scope: Any, send: Any) -> None:
    """Answer a PUT with the token of a stream that is now reserved for the caller."""
    try:
        token = new_token()
        said = await Reservation(token, await _user(await in_thread(Caller.of, scope))).reserve()
        if said is not Said.DONE:
            raise TooMany("You have too many streams: close some of them.")
    except REFUSED as error:
        await refuse(send, error)
        return
    await replies.whole(send, 201, token.encode(), b"text/plain; charset=utf-8")


async def stop(scope: Any, send: Any, token: str) -> None:
    """Answer a DELETE: the operation ends. One that has ended before is no error."""
    try:
        reservation = await _reservation(scope, token)
        operation = parse_qs(scope["query_string"].decode("latin-1")).get("operationId", [""])[0]
        _check_id(operation)
        await reservation.tell(reservation.control, {"stop": operation})
    except REFUSED as error:
        await refuse(send, error)
        return
    await replies.whole(send, 200, b"", b"text/plain; charset=utf-8")


async def accept(scope: Any, send: Any, token: str, sent: GraphqlRequest) -> None:
    """Answer an operation with 202 and have it executed; its results go to the stream of the token."""
    try:
        caller = await in_thread(Caller.of, scope)
        reservation = Reservation(token, await _user(caller))
        operation = (sent.extensions or {}).get("operationId")
        _check_id(operation)
        await in_thread(_check_document, sent)
        if len(_working) >= MOST_WORKING:
            raise TooMany("Too many operations are running.")
        # Listened to before the place is taken: what is said of it from then on is heard.
        listener = await Hub.here().listen([reservation.control])
        try:
            said = await reservation.begin(str(operation))
            _check(said)
        except BaseException:
            await Hub.here().leave(listener)
            raise
    except REFUSED as error:
        await refuse(send, error)
        return
    work = _Work(reservation, str(operation), listener)
    task = asyncio.create_task(work.run(caller, sent, said is Said.OPEN))
    _working.add(task)
    task.add_done_callback(_working.discard)
    await replies.whole(send, 202, b"", b"text/plain; charset=utf-8")


async def events(scope: Any, receive: Any, send: Any, token: str) -> None:
    """Answer with the stream of a token, until one side ends it."""
    try:
        reservation = await _reservation(scope, token)
        listener = await Hub.here().listen([reservation.results])
        try:
            _check(await reservation.open())
        except BaseException:
            await Hub.here().leave(listener)
            raise
    except REFUSED as error:
        await refuse(send, error)
        return
    try:
        await reservation.tell(reservation.control, {"open": True})
        await replies.streamed(receive, send, _relay(reservation, listener, send))
    finally:
        await Hub.here().leave(listener)
        with contextlib.suppress(RedisError):  # it goes by itself, a little later
            await reservation.drop()


async def refuse(send: Any, error: Exception) -> None:
    """Answer with what is wrong, and with the status of it."""
    if isinstance(error, RedisError | TimeoutError):
        log.warning("live: Redis does not answer (%s)", type(error).__name__)
        error = NotReady("Live connections are not available at the moment.")
    await replies.refuse(send, refusal(error), STATUS.get(type(error), 400))


async def _relay(reservation: Reservation, listener: Listener, send: Any) -> None:
    """Write what comes for the stream; it ends where it cannot keep pace or one of its operations is lost.

    It ends without a word of farewell then: the client connects again and asks again.
    """
    renewed = asyncio.get_running_loop().time()
    await replies.event(send, b":\n\n")
    while True:
        message = await listener.get(HEARTBEAT)
        if listener.overrun or (message and message.get("lost")):
            return
        if message is None:
            await replies.event(send, b":\n\n")
        else:
            await replies.event(send, _event(message))
        if asyncio.get_running_loop().time() - renewed >= HEARTBEAT:
            renewed = asyncio.get_running_loop().time()
            if await reservation.renew() is not Said.DONE:
                return


def _event(message: dict[str, Any]) -> bytes:
    name = b"next" if "payload" in message else b"complete"
    return b"event: " + name + b"\ndata: " + orjson.dumps(message) + b"\n\n"


class _Work:
    """One operation, in the process that got it."""

    def __init__(self, reservation: Reservation, operation: str, listener: Listener) -> None:
        self.reservation = reservation
        self.operation = operation
        self.listener = listener
        self.opened = asyncio.Event()

    async def run(self, caller: Caller, sent: GraphqlRequest, is_open: bool) -> None:
        """Send all results, until none is left, the operation is stopped or its stream is gone."""
        if is_open:
            self.opened.set()
        executing = asyncio.create_task(self.execute(caller, sent))
        watching = asyncio.create_task(self.watch())
        try:
            await asyncio.wait((executing, watching), return_when=asyncio.FIRST_COMPLETED)
            if executing.done() and executing.exception() is not None:
                log.error("live: an operation broke off", exc_info=executing.exception())
                await self.say({"lost": self.operation})
        except asyncio.CancelledError:
            # The process ends: the client connects again, to another one.
            with contextlib.suppress(Exception):
                await self.say({"lost": self.operation})
            raise
        finally:
            for task in (executing, watching):
                task.cancel()
            await asyncio.gather(executing, watching, return_exceptions=True)
            with contextlib.suppress(RedisError):
                await Hub.here().leave(self.listener)
                await self.reservation.end(self.operation)

    async def execute(self, caller: Caller, sent: GraphqlRequest) -> None:
        """Send the answers as they come, from when there is a stream that hears them."""
        await self.opened.wait()
        async for answer in answers(caller, sent):
            if answer is not None:
                await self.say({"id": self.operation, "payload": answer})
        await self.say({"id": self.operation})

    async def watch(self) -> None:
        """Return when nobody waits for the results any more."""
        asked = asyncio.get_running_loop().time()
        while True:
            message = await self.listener.get(HEARTBEAT) or {}
            if message.get("open"):
                self.opened.set()
            if message.get("closed"):
                return
            if message.get("stop") == self.operation:
                await self.say({"id": self.operation})
                return
            if asyncio.get_running_loop().time() - asked >= HEARTBEAT:
                asked = asyncio.get_running_loop().time()
                if await self.reservation.work(self.operation) is not Said.DONE:
                    return

    async def say(self, message: dict[str, Any]) -> None:
        await self.reservation.tell(self.reservation.results, message)


async def _user(caller: Caller) -> int:
    """Who asks; nobody in particular has no stream of its own."""
    actor = await in_thread(caller.actor)
    if actor.user_id is None:
        raise Unauthenticated("Sign in to reserve a stream.")
    return actor.user_id


async def _reservation(scope: Any, token: str) -> Reservation:
    reservation = Reservation(token, await _user(await in_thread(Caller.of, scope)))
    if not await reservation.known():
        raise StreamNotFound("There is no such stream.")
    return reservation


def _check(said: Said) -> None:
    if said is Said.UNKNOWN:
        raise StreamNotFound("There is no such stream.")
    if said is Said.TAKEN:
        raise StreamConflict("This is open already.")
    if said is Said.MANY:
        raise TooMany("Too many operations are running on this stream.")


def _check_id(operation: Any) -> None:
    if not isinstance(operation, str) or not 0 < len(operation) <= LONGEST_ID:
        raise BadRequest("Name the operation: `operationId`, at most 128 characters.")


def _check_document(sent: GraphqlRequest) -> None:
    """Raises InvalidDocument: what cannot be executed at all is refused at once, not in the stream."""
    engine.documents().get(sent.text).operation(sent.operation)
