"""The registry of checks behind `entrepot verify`."""

import pytest
from django.db import connection
from rich.console import Console

from marketplace.core import verify
from marketplace.core.verify import Difference, check, check_names, run_checks
from marketplace.runtime.report import verify_report


@pytest.fixture
def alone(monkeypatch):
    """No checks but those of the test."""
    monkeypatch.setattr(verify, "_checks", {})
    monkeypatch.setattr(verify, "autodiscover_modules", lambda name: None)


def test_every_difference_names_its_check(alone, db):
    @check("stock: on hand")
    def on_hand():
        yield Difference("ABC-1", 3, 2)

    @check("orders: totals")
    def totals():
        return []

    assert check_names() == ["orders: totals", "stock: on hand"]
    assert run_checks() == [Difference("ABC-1", 3, 2, "stock: on hand")]


def test_two_checks_of_one_name_are_refused(alone):
    check("totals")(list)
    with pytest.raises(ValueError, match="Two checks"):
        check("totals")(test_two_checks_of_one_name_are_refused)


@pytest.mark.django_db(transaction=True)
def test_all_checks_read_one_state_and_may_not_write(alone):
    seen = []

    @check("a")
    def _a():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text, current_setting('transaction_read_only')")
            seen.append(cursor.fetchone())
        return []

    check("b")(_a)
    run_checks()
    assert seen[0] == seen[1]
    assert seen[0][1] == "on"


@pytest.mark.parametrize(("found", "code"), [([], 0), ([Difference("ABC-1", 3, 2)], 1)])
def test_the_report_ends_with_one_where_anything_differs(alone, db, found, code):
    check("stock: on hand")(lambda: found)
    console = Console(record=True, width=120)
    assert verify_report(console) == code
    text = console.export_text()
    assert "stock: on hand" in text
    assert ("ABC-1" in text) == bool(found)
