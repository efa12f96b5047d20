"""The web application: pages and GraphQL requests run in a pool of threads, live connections on the event loop.

Django's work is synchronous, database and all, and costs least where one thread carries a request from its beginning to
its end. A live connection (server-sent events, websocket) lasts for hours; it never takes a thread of the pool.
"""

import gc
import os

from django.core.wsgi import get_wsgi_application

from marketplace.runtime.bridge import Receive, Scope, Send, WsgiBridge

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
wsgi = get_wsgi_application()

# Both need Django to be set up.
from django.conf import settings  # noqa: E402

from marketplace.graphql import get_schema, live  # noqa: E402

# A request makes thousands of objects and hardly a cycle: looking for some after every 700 took a tenth of its time.
# What is loaded at the start stays for good, and is left out of every round.
get_schema()
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)

ordinary = WsgiBridge(wsgi, threads=settings.ENVIRONMENT["ENTREPOT_WEB_THREADS"])


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of every Entrepot web process."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif live.is_live(scope):
        await live.application(scope, receive, send)
    else:
        await ordinary(scope, receive, send)


async def lifespan(receive: Receive, send: Send) -> None:
    """Tell the server that nothing needs to be awaited, at its start and at its end."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
