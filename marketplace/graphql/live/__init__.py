"""Live connections: subscriptions over server-sent events (graphql-sse) and websocket (graphql-transport-ws).

An ASGI application on the event loop. The database is asked in a few threads of its own; events come through Redis.

    /graphql/stream   GET or POST, `Accept: text/event-stream`: one operation a connection (graphql-sse, distinct mode);
                      PUT for a token, and all operations of a client on one connection (graphql-sse, single mode)
    /graphql/         websocket with the subprotocol `graphql-transport-ws` (graphql-ws)
"""

from __future__ import annotations

from typing import Any

from marketplace.graphql.live.sse import stream
from marketplace.graphql.live.websocket import converse

STREAM_PATHS = ("/graphql/stream", "/graphql/stream/")
SOCKET_PATHS = ("/graphql", "/graphql/", *STREAM_PATHS)


def is_live(scope: Any) -> bool:
    """True for connections that `application` answers: every websocket, and the stream of events."""
    return scope["type"] == "websocket" or (scope["type"] == "http" and scope["path"] in STREAM_PATHS)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer one live connection until one side ends it."""
    if scope["type"] == "http":
        await stream(scope, receive, send)
    elif scope["path"] in SOCKET_PATHS:
        await converse(scope, receive, send)
    else:
        await receive()
        await send({"type": "websocket.close", "code": 4404, "reason": "Not found"})
