"""Locks on a thing that has no row of its own: a tree's shape, who the owners are (lock level 0, before all others)."""

from django.db import connection


def advisory_lock(*words: object) -> None:
    """Wait until no other transaction holds the lock of these words; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [":".join(map(str, words))])
