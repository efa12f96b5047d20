"""The connections to the database: kept by their threads, and looked at before a request uses them."""

import select
import threading

import pytest
from django.db import connection
from django.db.backends.postgresql import base

from marketplace.core.postgresql.cursors import Cursor, _converted

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    """A connection of its own that has served a request, as a thread of the web server keeps it."""
    made = connection.copy()
    made.ensure_connection()
    made.health_check_done = False
    yield made
    made.close()


def ended(made):
    """Have the server end a connection, and wait until its goodbye has arrived."""
    with made.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    made.health_check_done = False
    handle = made.connection.pgconn.socket
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])
    assert select.select([handle], [], [], 10)[0]


def test_a_quiet_connection_is_used_as_it_is(kept):
    before = kept.connection
    asked = []
    with kept.execute_wrapper(lambda execute, *rest: asked.append(rest[0]) or execute(*rest)), kept.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert kept.connection is before and asked == ["SELECT 1"]


def test_a_connection_that_the_server_has_ended_is_replaced_before_it_is_used(kept):
    before = kept.connection
    ended(kept)
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert kept.connection is not before


def test_after_an_error_the_server_is_asked(kept, monkeypatch):
    asked = []
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda wrapper: asked.append(wrapper) or True)
    assert kept.is_usable() and not asked
    kept.errors_occurred = True
    assert kept.is_usable() and asked == [kept]


def test_a_connection_stays_open_from_one_request_to_the_next(kept):
    before = kept.connection
    kept.close_if_unusable_or_obsolete()
    assert kept.connection is before and not kept.health_check_done


def test_the_places_of_named_values_are_found_once_for_a_long_statement():
    filler = "SELECT %(one)s::int /* " + "x" * 10_000 + " */ + %(two)s::int + %(one)s::int"
    before = _converted.cache_info()
    for one, two in ((1, 2), (10, 20)):
        with connection.cursor() as cursor:
            assert isinstance(cursor.cursor, Cursor)
            cursor.execute(filler, {"one": one, "two": two})
            assert cursor.fetchone() == (2 * one + two,)
    after = _converted.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 1)


def test_each_thread_has_a_connection_of_its_own():
    found = []
    other = threading.Thread(target=lambda: found.append(connection.connection))
    other.start()
    other.join()
    assert found == [None]
