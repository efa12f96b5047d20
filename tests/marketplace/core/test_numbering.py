"""Document numbers: in order, without gaps, whoever asks at the same time and whatever is rolled back."""

import time
from contextlib import suppress

import pytest
from django.db import OperationalError, connection, transaction

from marketplace.core import numbering
from marketplace.core.numbering import next_numbers, numbers_for
from tests.factories import make_organization
from tests.threads import at_once

UNLOCKED = """
WITH wanted AS (SELECT * FROM unnest(%(organizations)s::bigint[], %(prefixes)s::text[], %(counts)s::bigint[])
                         AS wanted(organization_id, prefix, count)),
     seen AS (SELECT wanted.*, coalesce(series.last, 0) AS last FROM wanted LEFT JOIN core_numberseries AS series
                     ON series.organization_id = wanted.organization_id AND series.kind = %(kind)s),
     pause AS (SELECT pg_sleep(0.02)),
     kept AS (INSERT INTO core_numberseries AS series (organization_id, kind, prefix, width, last)
              SELECT organization_id, %(kind)s, prefix, 6, last + count FROM seen, pause
              ON CONFLICT (organization_id, kind) DO UPDATE SET last = EXCLUDED.last
              RETURNING organization_id, prefix, width, last)
SELECT organization_id, prefix, width, last FROM kept
"""
UNORDERED = numbering.TAKE.replace("ORDER BY wanted.organization_id", "")


def test_numbers_follow_one_another_and_are_printed_with_their_prefix(db):
    organization = make_organization()
    assert next_numbers(organization.pk, "order", "SO", 2) == ["SO-000001", "SO-000002"]
    assert next_numbers(organization.pk, "order", "SO") == ["SO-000003"]
    assert next_numbers(organization.pk, "order", "XX") == ["SO-000004"], "a series keeps its prefix"


def test_each_organization_and_type_counts_for_itself(db):
    one, two = make_organization("One"), make_organization("Two")
    next_numbers(one.pk, "order", "SO", 5)
    assert next_numbers(two.pk, "order", "SO") == ["SO-000001"]
    assert next_numbers(one.pk, "shipment", "SH") == ["SH-000001"]


def test_many_organizations_number_at_once_each_for_itself(db):
    one, two = make_organization("One"), make_organization("Two")
    next_numbers(two.pk, "receipt", "RX", 6)
    askers = [(two.pk, "GR"), (one.pk, "GR"), (two.pk, "GR")]
    assert numbers_for("receipt", askers) == ["RX-000007", "GR-000001", "RX-000008"]
    assert numbers_for("receipt", []) == []


def test_many_numbers_take_one_statement(db, sql_count):
    organizations = [make_organization(f"Organization {n}").pk for n in range(20)]
    for count in (1, 500):
        with sql_count("numbers taken"):
            numbers_for("order", [(organizations[n % 20], "SO") for n in range(count)])


def test_a_width_that_is_full_grows(db):
    organization = make_organization()
    next_numbers(organization.pk, "order", "SO", 999_999)
    assert next_numbers(organization.pk, "order", "SO") == ["SO-1000000"]


def taken_by_sixteen() -> list[str]:
    """Numbers committed by sixteen threads, a third of whose transactions roll back."""
    organization = make_organization("Numbers")

    def take(n: int) -> list[str]:
        kept: list[str] = []
        for round_ in range(6):
            with suppress(LookupError), transaction.atomic():
                numbers = next_numbers(organization.pk, "order", "SO", 1 + round_ % 3)
                time.sleep(0.001)
                if (n + round_) % 3 == 0:
                    raise LookupError
                kept += numbers
        return kept

    return [number for numbers in at_once(16, take) for number in numbers]


@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_get_every_number_once_and_leave_no_gap():
    numbers = taken_by_sixteen()
    assert sorted(numbers) == [f"SO-{n:06}" for n in range(1, len(numbers) + 1)]


@pytest.mark.django_db(transaction=True)
def test_twin_that_reads_and_writes_without_the_row_lock_gives_numbers_twice(monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr(numbering, "TAKE", UNLOCKED)
    numbers = taken_by_sixteen()
    assert len(set(numbers)) < len(numbers)


def numbered_crosswise() -> list[str]:
    """Numbers that six threads took for the same forty organizations, every other thread in the opposite order."""
    organizations = [make_organization(f"Organization {n}").pk for n in range(40)]
    numbers_for("receipt", [(pk, "GR") for pk in organizations])

    def take(n: int) -> list[str]:
        turn = organizations if n % 2 else organizations[::-1]
        return [number for _round in range(20) for number in numbers_for("receipt", [(pk, "GR") for pk in turn])]

    return [number for numbers in at_once(6, take) for number in numbers]


@pytest.mark.django_db(transaction=True)
def test_those_who_number_for_the_same_organizations_wait_in_one_order():
    numbers = numbered_crosswise()
    assert sorted(numbers) == sorted(f"GR-{n:06}" for n in range(2, 6 * 20 + 2) for _organization in range(40))


@pytest.mark.django_db(transaction=True)
def test_twin_that_locks_series_in_the_order_of_the_askers_deadlocks(monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr(numbering, "TAKE", UNORDERED)
    with pytest.raises(OperationalError, match="deadlock"):
        numbered_crosswise()
