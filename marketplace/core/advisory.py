"""Locks on a thing that has no row of its own: a tree's shape, who the owners are (lock level 0, before all others)."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection


def advisory_lock(*words: object) -> None:
    """Wait until no other transaction holds the lock of these words; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_key(words)])


@contextmanager
def sole(*words: object) -> Iterator[bool]:
    """Whether nobody else is within a block of these words; if so, nobody is until this one ends. Never waits.

    For long work of many transactions. The lock is this connection's: where it breaks, the lock goes with it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 1))", [_key(words)])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 1))", [_key(words)])


def _key(words: tuple[object, ...]) -> str:
    return ":".join(map(str, words))
