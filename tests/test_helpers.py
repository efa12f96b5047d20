"""The helpers of the tests see what they are there to see: each has a twin that must fail."""

import json

import pytest
from django.db import connection, transaction

from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.models import NumberSeries
from marketplace.core.numbering import next_numbers
from marketplace.parties.models import Organization
from tests import locks, statements
from tests.factories import make_organization
from tests.locks import LockLog, WrongLockOrder, watched_locks
from tests.refusals import raises
from tests.statements import count_sql
from tests.threads import at_once

BALANCE = 'SELECT "stock_stockbalance"."id" FROM "stock_stockbalance" WHERE id = 1 ORDER BY id FOR UPDATE'
ORDER = "UPDATE orders_order SET version = version + 1 WHERE id = 1"


@pytest.fixture
def log(db) -> LockLog:
    return LockLog()


def test_the_order_of_all_rooms_is_accepted(log):
    log.note(BALANCE)
    log.note(ORDER)
    log.note("INSERT INTO core_numberseries (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET last = 1")
    assert log.tables == ["stock_stockbalance", "orders_order", "core_numberseries"]


def test_a_lower_level_after_a_higher_one_is_seen(log):
    log.note(ORDER)
    with pytest.raises(WrongLockOrder, match="stock_stockbalance"):
        log.note(BALANCE)


def test_an_unordered_locking_select_is_seen(log):
    with pytest.raises(WrongLockOrder, match="ORDER BY"):
        log.note("SELECT id FROM stock_stockbalance WHERE id IN (SELECT id FROM x ORDER BY id) FOR NO KEY UPDATE")


def test_a_locking_select_inside_a_statement_is_read_as_what_it_locks(log):
    log.note(
        "WITH mine AS (SELECT b.id FROM stock_stockbalance AS b JOIN orders_order AS o ON o.id = b.x"
        " WHERE b.id = ANY(ARRAY[1]) AND o.id IN (SELECT 1) ORDER BY b.id FOR UPDATE OF b)"
        " UPDATE orders_order SET note = '' FROM mine"
    )
    assert log.tables == ["stock_stockbalance", "orders_order"]


def test_rows_that_a_transaction_made_itself_are_not_locks(log):
    log.note("INSERT INTO orders_order (id) VALUES (1)")
    log.note(ORDER)
    log.note(BALANCE)
    assert log.tables == ["stock_stockbalance"]


def wrong_order(organization: Organization) -> None:
    with transaction.atomic():
        next_numbers(organization.pk, "test", "T")
        list(Organization.objects.select_for_update().filter(pk=organization.pk).order_by("pk"))


@pytest.mark.parametrize("real", [False, pytest.param(True, marks=pytest.mark.django_db(transaction=True))])
def test_what_the_database_is_really_sent_is_watched(db, monkeypatch, real):
    organization = make_organization()
    monkeypatch.setitem(locks.LEVELS, "parties_organization", 1)
    with pytest.raises(WrongLockOrder), watched_locks():
        wrong_order(organization)


@pytest.mark.parametrize("real", [False, pytest.param(True, marks=pytest.mark.django_db(transaction=True))])
def test_two_transactions_one_after_the_other_are_two(db, monkeypatch, real):
    organization = make_organization()
    monkeypatch.setitem(locks.LEVELS, "parties_organization", 1)
    with watched_locks() as log:
        with transaction.atomic():
            next_numbers(organization.pk, "test", "T")
        with transaction.atomic():
            list(Organization.objects.select_for_update().order_by("pk"))
    assert log.transactions == [["core_numberseries"], ["parties_organization"]]


def test_statements_are_counted_without_savepoints(db):
    with count_sql() as counter, transaction.atomic():
        list(NumberSeries.objects.all())
        list(NumberSeries.objects.all())
    assert counter.count == 2


def test_a_count_is_held_against_the_file(db, monkeypatch, tmp_path, sql_count):
    monkeypatch.setattr(statements, "COUNTS", tmp_path / "counts.json")
    monkeypatch.setenv(statements.WRITING, "1")
    with sql_count("one"):
        list(NumberSeries.objects.all())
    assert json.loads(statements.COUNTS.read_text()) == {"one": 1}
    monkeypatch.delenv(statements.WRITING)
    with sql_count("one"):
        list(NumberSeries.objects.all())
    with pytest.raises(AssertionError, match="took 0 statements, not 1"), sql_count("one"):
        pass
    with pytest.raises(AssertionError, match="has no count"), sql_count("two"):
        pass


@pytest.mark.django_db(transaction=True)
def test_at_once_runs_real_connections_side_by_side():
    def backend(_n: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    assert len(set(at_once(4, backend))) == 4


@pytest.mark.django_db(transaction=True)
def test_at_once_raises_what_a_thread_raised():
    def fail(n: int) -> None:
        if n == 2:
            raise LookupError("two")

    with pytest.raises(LookupError, match="two"):
        at_once(4, fail)


def test_raises_looks_at_code_field_and_index():
    with raises(CoreErrorCode.INVALID, field="quantity", index=1):
        raise DomainError(CoreErrorCode.INVALID, "no", "quantity", 1)
    with pytest.raises(AssertionError), raises(CoreErrorCode.INVALID, field="quantity", index=2):
        raise DomainError(CoreErrorCode.INVALID, "no", "quantity", 1)
