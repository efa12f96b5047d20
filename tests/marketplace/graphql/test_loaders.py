"""Promises and batches: two loads in one tick are one batch, and every promise ends."""

import graphene
import pytest

from marketplace.graphql import BatchLoader, Deferred, Field, one_each
from marketplace.graphql.build import Schema
from marketplace.graphql.context import Context
from marketplace.graphql.documents import Documents
from marketplace.graphql.execution.run import Run
from marketplace.graphql.limits import Limits


class Doubles(BatchLoader):
    """Twice the number; refuses 13."""

    batches = []

    def batch(self, keys):
        self.batches.append(list(keys))
        return [ValueError("unlucky") if key == 13 else key * 2 for key in keys]


class Broken(BatchLoader):
    """Answers too little."""

    def batch(self, keys):
        return keys[1:]


class Query(graphene.ObjectType):
    """Numbers."""

    double = Field(graphene.Int, n=graphene.Int(required=True))
    quadruple = Field(graphene.Int, n=graphene.Int(required=True))
    both = Field(graphene.List(graphene.Int), n=graphene.Int(required=True))
    broken = Field(graphene.Int)
    never = Field(graphene.Int)
    numbers = Field(graphene.List(lambda: Number))

    def resolve_double(root, info, n):
        return Doubles.of(info).load(n)

    def resolve_quadruple(root, info, n):
        return Doubles.of(info).load(n).then(Doubles.of(info).load)

    def resolve_both(root, info, n):
        return Deferred.all([Doubles.of(info).load(n), 7, Doubles.of(info).load(n + 1)])

    def resolve_broken(root, info):
        return Broken.of(info).load(1)

    def resolve_never(root, info):
        return Deferred()

    def resolve_numbers(root, info):
        return [1, 2, 3, 1]


class Number(graphene.ObjectType):
    """A number."""

    double = Field(graphene.Int)
    quadruple = Field(graphene.Int)

    def resolve_double(root, info):
        return Doubles.of(info).load(root)

    def resolve_quadruple(root, info):
        return Doubles.of(info).load(root).then(lambda twice: Doubles.of(info).load(twice))


@pytest.fixture(scope="module")
def documents():
    return Documents(Schema(Query).graphql_schema, Limits())


@pytest.fixture
def ask(documents):
    def run(text):
        Doubles.batches.clear()
        operation = documents.get(text).operation(None)
        return Run(operation.schema, operation.node, operation.plan({}), {}, Context()).execute()

    return run


def test_two_loads_in_one_tick_are_one_batch_and_one_key_is_fetched_once(ask):
    assert ask("{ a: double(n: 1) b: double(n: 2) c: double(n: 1) }")[0] == {"a": 2, "b": 4, "c": 2}
    assert Doubles.batches == [[1, 2]]


def test_all_parents_of_a_level_share_a_batch_and_the_next_step_is_the_next_batch(ask):
    data, errors = ask("{ numbers { double quadruple } d: double(n: 9) }")
    assert not errors
    assert data["numbers"][2] == {"double": 6, "quadruple": 12}
    assert [sorted(batch) for batch in Doubles.batches] == [[1, 2, 3, 9], [4, 6]]


def test_promises_and_values_join_in_their_order(ask):
    assert ask("{ both(n: 4) }")[0] == {"both": [8, 7, 10]}


def test_the_failure_of_one_key_is_its_own(ask):
    data, errors = ask("{ good: double(n: 1) bad: double(n: 13) both(n: 12) quadruple(n: 13) }")
    assert data == {"good": 2, "bad": None, "both": None, "quadruple": None}
    assert [(error.path, error.message) for error in errors] == [
        (["bad"], "unlucky"), (["both"], "unlucky"), (["quadruple"], "unlucky")
    ]  # fmt: skip


def test_a_loader_that_answers_too_little_and_a_promise_nobody_keeps_are_errors(ask):
    data, errors = ask("{ broken never double(n: 1) }")
    assert data == {"broken": None, "never": None, "double": 2}
    assert "0 values for 1 keys" in errors[0].message
    assert "waits for a promise" in errors[1].message


def test_a_promise_kept_already_calls_at_once():
    seen = []
    Deferred.of(1).then(seen.append)
    assert seen == [1]
    assert Deferred.all([]).value == []
    broken = Deferred.of(1).then(lambda value: 1 / 0).then(seen.append)
    assert isinstance(broken.error, ZeroDivisionError)


def test_rows_are_put_in_the_order_of_the_keys():
    class Row:
        def __init__(self, pk):
            self.pk = pk

    two, three = Row(2), Row(3)
    assert one_each([three, two], [2, 9, 3]) == [two, None, three]
