"""A database state that many tests start from: made once, then put back by copying rows, not by making them again."""

from __future__ import annotations

from copy import deepcopy
from typing import Generic, TypeVar

from django.db import connection

State = TypeVar("State")

#: Copies of all tables that hold something, beside them in a schema of their own.
KEEP = """
DO $$
DECLARE
    one name;
    filled boolean;
BEGIN
    DROP SCHEMA IF EXISTS kept CASCADE;
    CREATE SCHEMA kept;
    FOR one IN SELECT relname FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                  AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', one, one);
        END IF;
    END LOOP;
END $$
"""

#: What the database computes by itself is not copied. Triggers and foreign keys have had their say when it was made.
PUT_BACK = """
DO $$
DECLARE
    one name;
    columns text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'kept'::regnamespace
    LOOP
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
         WHERE attrelid = format('public.%I', one)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        EXECUTE format('DELETE FROM public.%I', one);
        EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM kept.%I', one, columns, columns, one);
    END LOOP;
END $$
"""


class Kept(Generic[State]):
    """`Kept(Market)()` makes a Market the first time in a process; after that rows and object are copies of it."""

    def __init__(self, make: type[State]) -> None:
        self.make = make
        self.first: State | None = None

    def __call__(self) -> State:
        if self.first is None:
            made = self.make()
            with connection.cursor() as cursor:
                cursor.execute(KEEP)
            self.first = made
        else:
            with connection.cursor() as cursor:
                cursor.execute(PUT_BACK)
        return deepcopy(self.first)
