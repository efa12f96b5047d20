"""Counting SQL statements, and holding the counts against those in bench/sql_counts.json.

    with count_sql() as counter:          # anywhere
        place(dealer, draft)
    assert counter.count <= 15, counter

    def test_placing_takes_its_statements(sql_count, ...):
        with sql_count("order placed, 5 lines"):
            place(dealer, draft)

A count that differs from the file fails, in either direction. `make sql-counts` writes the file anew.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

COUNTS = Path(__file__).resolve().parent.parent / "bench" / "sql_counts.json"
WRITING = "ENTREPOT_WRITE_SQL_COUNTS"

# What a test's surrounding transaction makes of the BEGIN and COMMIT that the program would send.
_NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


class SqlCounter:
    """The statements seen; prints them, so that a failing assertion shows what they were."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @property
    def count(self) -> int:
        return len(self.statements)

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql)
        if not text.lstrip().upper().startswith(_NOT_COUNTED):
            self.statements.append(text)
        return execute(sql, params, many, context)

    def __repr__(self) -> str:
        return "\n".join(f"{number:3} {' '.join(text.split())}" for number, text in enumerate(self.statements, 1))


@contextmanager
def count_sql() -> Iterator[SqlCounter]:
    """Count the statements this thread sends."""
    counter = SqlCounter()
    with connection.execute_wrapper(counter):
        yield counter


@pytest.fixture
def sql_count() -> Callable[[str], AbstractContextManager[SqlCounter]]:
    """A context that compares its number of statements with the one on file under a name."""
    return _compared


@contextmanager
def _compared(name: str) -> Iterator[SqlCounter]:
    with count_sql() as counter:
        yield counter
    if os.environ.get(WRITING):
        write(name, counter.count)
        return
    known = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    assert name in known, f"{name!r} has no count in {COUNTS.name}: run `make sql-counts`. It took {counter.count}."
    assert counter.count == known[name], f"{name!r} took {counter.count} statements, not {known[name]}:\n{counter!r}"


def write(name: str, count: int) -> None:
    """Put a count into the file, which parallel test processes share."""
    COUNTS.parent.mkdir(exist_ok=True)
    with COUNTS.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        counts = json.loads(file.read() or "{}") | {name: count}
        file.truncate(0)
        file.write(json.dumps(counts, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
