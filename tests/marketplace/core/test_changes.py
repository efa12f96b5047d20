"""What a change changed: told field by field, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.changes import created, deleted, difference, facts, listed, named, plain
from marketplace.parties.models import Organization, PartnerGrade

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.lists(st.text(max_size=5), max_size=3)
)
ROWS = st.dictionaries(st.sampled_from("abcdef"), VALUES)


@given(before=ROWS, after=ROWS)
def test_what_was_and_what_differs_make_what_is(before, after):
    changes = difference(before, after)
    assert all(old != new for old, new in changes.values())
    rebuilt = {**before, **{name: new for name, (_old, new) in changes.items()}}
    assert {name: value for name, value in rebuilt.items() if value is not None} == {
        name: value for name, value in after.items() if value is not None
    }
    assert difference(after, after) == {}


@given(
    st.one_of(
        st.decimals(allow_nan=False, allow_infinity=False),
        st.datetimes(timezones=st.just(UTC)),
        st.dates(),
        st.dictionaries(st.text(), st.decimals(allow_nan=False, allow_infinity=False)),
        VALUES,
    )
)
def test_every_value_can_be_kept_as_json(value):
    assert json.loads(json.dumps(plain(value))) == plain(value)


def test_numbers_that_are_equal_read_the_same():
    assert plain(Decimal("10.5000")) == plain(Decimal("10.5")) == "10.5"
    assert plain(Decimal("100")) == "100" and plain(Decimal("-0.00")) == "0"
    assert plain(datetime(2026, 1, 2, tzinfo=UTC)).startswith("2026-01-02T00:00:00")


def test_a_row_is_compared_without_a_statement():
    """No database is at hand here: a statement would fail the test."""
    grade = PartnerGrade(organization=Organization(pk=1), code="A", name_en="A", position=1)
    before = facts(grade)
    grade.name_en, grade.position = "Best", 0
    assert difference(before, facts(grade)) == {"name_en": ["A", "Best"], "position": [1, 0]}
    assert created(grade) == {"name_en": [None, "Best"], "code": [None, "A"], "position": [None, 0]}
    assert deleted(grade)["code"] == ["A", None]


def test_sets_and_parts_are_told_by_name():
    assert listed("roles", ["b", "a"], ["a", "b"]) == {}
    assert listed("roles", ["a"], ["b", "a"]) == {"roles": [["a"], ["a", "b"]]}
    assert named("ABC-1", {"status": ["active", "retired"]}) == {"ABC-1: status": ["active", "retired"]}
