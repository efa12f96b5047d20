"""Statements over the lines of a file, and what PostgreSQL knows of the tables they meet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, models


def rows_of(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement and fetch what it answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def refresh_statistics(filled: Iterable[type[models.Model]]) -> None:
    """Let PostgreSQL look at tables that were just filled: until it has, it plans as if they were empty.

    It does so by itself after a minute; an import would be over by then, and have taken several times as long.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in filled)}")
