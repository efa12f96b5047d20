"""Many rows in one statement: each column travels as one array, which PostgreSQL unnests.

A statement with a parameter for each value would need several statements for 500 lines (65,535 parameters at most) and
most of its time would go into binding them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection

from marketplace.core.arrays import documents, numbers, texts

Writer = Callable[[Iterable[Any]], str]
#: By PostgreSQL type: how an array of it is written.
WRITERS: dict[str, Writer] = {
    "bigint": numbers,
    "integer": numbers,
    "numeric": numbers,
    "boolean": numbers,
    "text": texts,
    "date": texts,
    "timestamptz": texts,
    "jsonb": documents,
}


class RowInsert:
    """Inserts rows of one table; `columns` are (name, PostgreSQL type), `constants` the same for every row.

    A row is a tuple in the order of the columns.
    """

    def __init__(
        self, table: str, columns: Sequence[tuple[str, str]], constants: Sequence[tuple[str, str]] = ()
    ) -> None:
        names = [name for name, _ in columns] + [name for name, _ in constants]
        values = [f"given.c{number}" for number, _ in enumerate(columns)] + [value for _, value in constants]
        arrays = ", ".join(f"%s::{kind}[]" for _, kind in columns)
        aliases = ", ".join(f"c{number}" for number, _ in enumerate(columns))
        self.sql = (
            f"INSERT INTO {table} ({', '.join(names)}) "
            f"SELECT {', '.join(values)} FROM unnest({arrays}) AS given({aliases})"
        )
        self.writers = [WRITERS[kind] for _, kind in columns]

    def arrays(self, rows: Sequence[tuple[Any, ...]]) -> list[str]:
        """The parameters of the statement."""
        return [write(column) for write, column in zip(self.writers, zip(*rows, strict=True), strict=True)]

    def run(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """One statement for all rows; none for no row."""
        if rows:
            with connection.cursor() as cursor:
                cursor.execute(self.sql, self.arrays(rows))
