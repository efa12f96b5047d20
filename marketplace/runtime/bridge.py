"""Runs a WSGI application under an ASGI server: one pooled thread carries a request from its first byte to its last.

A response that is whole crosses between thread and event loop once. One that streams is pulled in the thread that made
it, because its database connection belongs to that thread, and waits for the client where the client is slow.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import IO, Any
from wsgiref.types import WSGIApplication

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

IN_MEMORY = 1024 * 1024  # a larger request body waits on disk


class WsgiBridge:
    """An ASGI application that answers ordinary HTTP requests through a WSGI application."""

    def __init__(self, application: WSGIApplication, threads: int) -> None:
        self.application = application
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the request's body, answer it in a thread, and hand the answer to the server."""
        loop = asyncio.get_running_loop()
        received = await body_of(receive)
        if received is None:
            return
        with received as body:
            exchange = Exchange(self.application, environ_of(scope, body), Client(loop, receive, send))
            try:
                whole = await loop.run_in_executor(self.pool, exchange.run)
            finally:
                exchange.client.forget()
            if whole is not None:
                await send(exchange.head())
                await send({"type": "http.response.body", "body": whole})


class Client:
    """The other end of a connection, as the thread that streams to it needs it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive, send: Send) -> None:
        self.loop = loop
        self.receive = receive
        self.send = send
        self.gone = False
        self.watch: asyncio.Task[None] | None = None

    def put(self, message: Message) -> None:
        """Hand one message to the event loop from another thread, and wait until the server has taken it."""
        asyncio.run_coroutine_threadsafe(self.taken(message), self.loop).result()

    async def taken(self, message: Message) -> None:
        """Send one message; from the first on, watch whether the client stays."""
        if self.watch is None:
            self.watch = asyncio.create_task(self.wait_for_disconnect())
        await self.send(message)

    async def wait_for_disconnect(self) -> None:
        """Note when the client leaves."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.gone = True

    def forget(self) -> None:
        """The exchange is over."""
        if self.watch is not None:
            self.watch.cancel()


class Exchange:
    """One request and its response, in the thread that carries both."""

    def __init__(self, application: WSGIApplication, environ: dict[str, Any], client: Client) -> None:
        self.application = application
        self.environ = environ
        self.client = client
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []

    def run(self) -> bytes | None:
        """Run the application; return a response that is whole, or stream it and return None."""
        response = self.application(self.environ, self.start_response)
        try:
            if not getattr(response, "streaming", True):
                return b"".join(response)
            self.stream(response)
            return None
        finally:
            response.close()  # type: ignore[attr-defined]

    def start_response(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> Any:
        """Keep the head of the response, as WSGI hands it over."""
        self.status = int(status[:3])
        # Django writes a cookie with a blank before it, which strict servers refuse.
        self.headers = [(name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]

    def head(self) -> Message:
        """The first message of the response."""
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}

    def stream(self, chunks: Iterable[bytes]) -> None:
        """Send piece by piece, each after the server took the one before; stop where the client has gone."""
        self.client.put(self.head())
        for chunk in chunks:
            if self.client.gone:
                return
            self.client.put({"type": "http.response.body", "body": chunk, "more_body": True})
        self.client.put({"type": "http.response.body", "body": b""})


async def body_of(receive: Receive) -> IO[bytes] | None:
    """The request's body, from its beginning; None where the client left before its end."""
    message = await receive()
    if message["type"] == "http.disconnect":
        return None
    if not message.get("more_body"):
        return BytesIO(message.get("body", b""))  # arrived in one piece, it is in memory already
    body: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (the caller closes it)
    while True:
        body.write(message.get("body", b""))
        if not message.get("more_body"):
            body.seek(0)
            return body
        message = await receive()
        if message["type"] == "http.disconnect":
            body.close()
            return None


def environ_of(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """A request as WSGI describes it. A header whose name holds an underscore is dropped: it could pose as another."""
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        key = name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"
        if key in environ:
            value = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    return environ
