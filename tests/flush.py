"""Empties the database after a test that committed: only the tables that hold something.

Django truncates all tables, and makes content types and permissions anew; of two hundred tables a test fills ten.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import TransactionTestCase

EMPTY = """
DO $$
DECLARE
    one regclass;
    filled boolean;
BEGIN
    -- What migrating has written stays, for no test changes it.
    -- Neither foreign keys nor the triggers of what is only appended to have a say here.
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT oid::regclass FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                  AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO filled;
        IF filled THEN
            EXECUTE format('DELETE FROM %s', one);
        END IF;
    END LOOP;
END $$
"""


def empty(self: Any) -> None:
    """In the place of Django's flush."""
    from marketplace.parties.roles import refresh_preset_roles

    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    refresh_preset_roles()


def install() -> None:
    """From now on transactional tests end like this."""
    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]
