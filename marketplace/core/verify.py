"""Recomputing what is stored from what it was made of: the registry behind `entrepot verify`.

A room's `verify.py` holds functions marked `@check("name")` that yield a Difference for each row that does not agree.
They are found as Django finds `admin.py`.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules

Check = Callable[[], Iterable["Difference"]]
_checks: dict[str, Check] = {}


@dataclass(frozen=True)
class Difference:
    """One stored value that is not what its ledger or lines say; `subject` names the row for a person."""

    subject: str
    expected: object
    found: object
    check: str = ""


@dataclass(frozen=True)
class CheckResult:
    """What one check found, and how long it took, in seconds."""

    name: str
    differences: tuple[Difference, ...]
    seconds: float


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under a name that says what it compares, as in `stock: on hand`."""

    def register(function: Check) -> Check:
        known = _checks.setdefault(name, function)
        if (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            raise ValueError(f"Two checks are called {name!r}.")
        return function

    return register


def check_names() -> list[str]:
    """The name of every check of every room, in alphabetical order."""
    autodiscover_modules("verify")
    return sorted(_checks)


def run_each() -> Iterator[CheckResult]:
    """Run every check, in the order of names, all of them on one snapshot of the database."""
    names = check_names()
    with snapshot():
        for name in names:
            started = time.perf_counter()
            found = tuple(replace(difference, check=name) for difference in _checks[name]())
            yield CheckResult(name, found, time.perf_counter() - started)


def run_checks() -> list[Difference]:
    """Every difference that any check finds; an empty list says that the books agree."""
    return [difference for result in run_each() for difference in result.differences]


@contextmanager
def snapshot() -> Iterator[None]:
    """Read one state of the database while others go on writing.

    A balance and its ledger read by two statements would differ by what was booked between them. Inside a transaction
    that has begun, as in a test, the caller's own state is read.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


OVERTAKEN = """
WITH handed AS (SELECT aggregate, aggregate_id, max(id) AS last FROM core_outboxevent
                 WHERE dispatched_at IS NOT NULL GROUP BY aggregate, aggregate_id)
SELECT aggregate, aggregate_id, waiting.id, handed.last
  FROM core_outboxevent AS waiting JOIN handed USING (aggregate, aggregate_id)
 WHERE waiting.dispatched_at IS NULL AND waiting.id < handed.last
"""


@check("outbox: no event is overtaken")
def overtaken_events() -> Iterator[Difference]:
    """No event waits while a later one of its aggregate was handed on."""
    with connection.cursor() as cursor:
        cursor.execute(OVERTAKEN)
        for aggregate, key, waiting, last in cursor.fetchall():
            yield Difference(f"{aggregate} {key}", f"event {waiting} before {last}", "still waiting")
