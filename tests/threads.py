"""Many at once: real threads, real connections, started together; for tests marked `django_db(transaction=True)`."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def at_once(n: int, function: Callable[[int], Result], timeout: float = 120) -> list[Result]:
    """Call `function(0) ... function(n-1)` in n threads that start together; results in order.

    Each thread has its own connection, closed at its end. The first error is raised, with the others as its notes: a
    deadlock that reaches a caller fails the test.
    """
    barrier = Barrier(n)

    def run(index: int) -> Result:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=timeout)
            return function(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(n) as pool:
        futures = [pool.submit(run, index) for index in range(n)]
    return _results(futures, timeout)


def _results(futures: list[Future[Result]], timeout: float) -> list[Result]:
    errors = [error for future in futures if (error := future.exception(timeout))]
    if errors:
        for error in errors[1:]:
            errors[0].add_note(f"also: {error!r}")
        raise errors[0]
    return [future.result() for future in futures]


#: Somebody waits for a lock, in this database: the server has those of the tests that run beside.
WAITING = """
SELECT EXISTS (SELECT FROM pg_locks AS lock JOIN pg_stat_activity AS client USING (pid)
                WHERE NOT lock.granted AND client.datname = current_database())
"""


def until_somebody_waits(seconds: float = 10) -> None:
    """Return when another connection waits for a lock of ours, or after so long: a twin may make nobody wait."""
    deadline = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
