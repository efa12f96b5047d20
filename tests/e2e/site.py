"""The whole web application behind a real server, in threads of the test's process, on the test's database."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from django.db import connection, connections

from marketplace.celery import app
from marketplace.core.outbox import dispatch_all


@contextmanager
def serving() -> Iterator[str]:
    """Serve pages and live connections; what a worker would do is done at once, in place. Gives the address."""
    from marketplace.asgi import application  # needs Django, and makes a pool of threads

    app.conf.task_always_eager = True
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(application, "127.0.0.1", port, log_level="error", ws="websockets-sansio")
    server = uvicorn.Server(config)
    ended = threading.Event()
    threads = [
        threading.Thread(target=server.run, daemon=True),
        threading.Thread(target=work, args=[ended], daemon=True),
    ]
    for thread in threads:
        thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        app.conf.task_always_eager = False
        ended.set()
        server.force_exit = server.should_exit = True
        for thread in threads:
            thread.join(10)
        end_connections()


def work(ended: threading.Event) -> None:
    """Dispatch the outbox until the site is closed."""
    while not ended.wait(0.05):
        dispatch_all()
    connection.close()


def end_connections() -> None:
    """The threads of the server keep their connections; the database could not be emptied beside them."""
    name = connections["default"].settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )
