"""Loads 'infinity' and '-infinity' instants as the last and first datetime of Python instead of failing on them."""

from datetime import datetime
from typing import Any

from django.db.backends.postgresql import base
from psycopg import adapt
from psycopg.abc import Loader
from psycopg.pq import Format

from marketplace.core.postgresql.infinity import BEGINNING, FOREVER


def infinity_loader(parent: type[Loader]) -> type[adapt.Loader]:
    """A loader of timestamptz that knows the two infinities and leaves the rest to its parent."""

    class InfinityLoader(parent):  # type: ignore[valid-type,misc]
        def load(self, data: Any) -> datetime:
            text = bytes(data)
            if text == b"infinity":
                return FOREVER
            if text == b"-infinity":
                return BEGINNING
            return super().load(data)

    return InfinityLoader


class DatabaseWrapper(base.DatabaseWrapper):
    """The engine named in settings: `marketplace.core.postgresql`."""

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        context = adapt.AdaptersMap(params["context"])
        oid = context.types["timestamptz"].oid
        parent = context.get_loader(oid, Format.TEXT)
        assert parent is not None, "psycopg knows timestamptz"
        context.register_loader("timestamptz", infinity_loader(parent))
        params["context"] = context
        return params
