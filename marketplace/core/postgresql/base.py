"""Django's PostgreSQL backend: open ends of time are loaded, and a kept connection costs a request next to nothing."""

import select
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.backends.postgresql import base
from psycopg import adapt
from psycopg.abc import Loader
from psycopg.pq import ConnStatus, Format

from marketplace.core.postgresql.cursors import Cursor
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER

_ENDS = {b"infinity": FOREVER, b"-infinity": BEGINNING}


def infinity_loader(parent: type[Loader]) -> type[adapt.Loader]:
    """A loader of timestamptz that knows the two infinities, and leaves to its parent what Python does not read.

    ISO instants are read by the standard library, which takes a fifth of the time: a page of a list has some sixty.
    """

    class InfinityLoader(parent):  # type: ignore[valid-type,misc]
        def load(self, data: Any) -> datetime:
            try:
                return datetime.fromisoformat(str(data, "ascii"))
            except ValueError:
                return _ENDS.get(bytes(data)) or super().load(data)

    return InfinityLoader


@lru_cache(maxsize=8)
def with_infinity(template: adapt.AdaptersMap) -> adapt.AdaptersMap:
    """Django's adapters, and the loader above for instants."""
    context = adapt.AdaptersMap(template)
    parent = context.get_loader(context.types["timestamptz"].oid, Format.TEXT)
    assert parent is not None, "psycopg knows timestamptz"
    context.register_loader("timestamptz", infinity_loader(parent))
    return context


class DatabaseWrapper(base.DatabaseWrapper):
    """The engine named in settings: `marketplace.core.postgresql`."""

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if params["cursor_factory"] is base.ServerBindingCursor:
            params["cursor_factory"] = Cursor
        return params | {"context": with_infinity(params["context"])}

    def is_usable(self) -> bool:
        """Whether the connection still works. One that is quiet is not asked: a server that goes says goodbye.

        What a server that ends or has been ended sent last (an error, the end of the stream) waits in the socket of an
        idle connection, and can be seen without a round trip. After an error Django wants to know for certain.
        """
        if self.errors_occurred or not self._is_quiet():
            return super().is_usable()
        return True

    def _is_quiet(self) -> bool:
        handle = self.connection.pgconn
        if handle.status != ConnStatus.OK:
            return False
        watch = select.poll()
        watch.register(handle.socket, select.POLLIN)
        return not watch.poll(0)
