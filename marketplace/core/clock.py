"""The database's clock: deadlines and validity compare against it, never against a worker's."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The instant at which the current transaction began, aware, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]
