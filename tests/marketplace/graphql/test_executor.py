"""Our executor answers what graphql-core's answers: the same data, the same errors at the same places."""

from typing import Any

import pytest
from graphql import GraphQLSchema, execute_sync, get_introspection_query, parse, validate
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from marketplace.graphql.documents import Documents, VariableErrors
from marketplace.graphql.execution.run import Run
from marketplace.graphql.limits import Limits
from tests.marketplace.graphql.reference import ROOT, reference_schema

SCHEMA = reference_schema()
DOCUMENTS = Documents(SCHEMA, Limits(depth=50, aliases=500, root_fields=100, directives=500))


def ours(text: str, variables: dict[str, Any] | None = None, schema: GraphQLSchema = SCHEMA) -> Any:
    """Data and errors (message, path, places) of our executor."""
    operation = DOCUMENTS.get(text).operation(None)
    try:
        values = operation.coerce(variables)
    except VariableErrors as refused:
        return None, [error.message for error in refused.errors]
    data, errors = Run(schema, operation.node, operation.plan(values), values).execute(ROOT)
    return data, shown(errors)


def theirs(text: str, variables: dict[str, Any] | None = None) -> Any:
    """The same of graphql-core's."""
    data, errors = execute_sync(SCHEMA, parse(text), ROOT, variable_values=variables)
    if data is None and errors and errors[0].path is None:
        return None, [error.message for error in errors]
    return data, shown(errors or [])


def shown(errors: list[Any]) -> Any:
    return sorted((str(error.path), error.message, str(error.locations)) for error in errors)


def keys_in_order(value: Any) -> Any:
    """Dicts as lists of pairs: answers keep the order of the document."""
    if isinstance(value, dict):
        return [(key, keys_in_order(item)) for key, item in value.items()]
    return [keys_in_order(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "text",
    [
        "{ cat { name lives toys } }",
        "{ cat { mate { mate { mate { mate { name } } } } } }",
        "{ sure { mate { mate { name mate { name } } } } cat { name } }",
        "{ cat { kittens { name kittens { name kittens { name } } } } }",
        "{ pets { __typename ... on Being { name twin { __typename } } ... on Dog { tricks owner(loud: true) } } }",
        "{ beings { ... on Cat { lives } name twin { name ... on Cat { toys } } } }",
        "{ grid { name kittens { name } } fails }",
        "{ mood calm: mood(is: CALM) wild: mood(is: WILD) }",
        "{ fails cat { name } failsSurely }",
        '{ a: echo(n: 1) b: echo(n: 2, wish: {mood: WILD, more: [{mood: CALM}]}, ids: [1, "x"]) }',
        "{ wrongType { __typename } notAList tooLarge }",
        "{ cat { ...C } } fragment C on Cat { name ...D twin { ...D } } fragment D on Being { name __typename }",
        "{ cat { name } cat { lives } ... { cat { twin { name } } } }",
        "{ cat { kittens { a: name b: lives c: lives } z: kittens { mate { lives } } } }",
        get_introspection_query(),
    ],
)
def test_a_document_is_answered_as_by_graphql_core(text):
    mine, reference = ours(text), theirs(text)
    assert keys_in_order(mine[0]) == keys_in_order(reference[0])
    assert mine[1] == reference[1]


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("query($s: Boolean!) { cat { name @skip(if: $s) lives @include(if: $s) } }", {"s": True}),
        ("query($s: Boolean!) { cat { name @skip(if: $s) lives @include(if: $s) } }", {"s": False}),
        ("query($s: Boolean! = true) { ...F @skip(if: $s) mood } fragment F on Query { fails }", {}),
        ("query($n: Int!) { echo(n: $n) }", {"n": 3}),
        ("query($n: Int!) { echo(n: $n) }", {"n": "x"}),
        ("query($n: Int!) { echo(n: $n) }", {}),
        ("query($n: Int = 4) { echo(n: $n) }", {"n": None}),
        ("query($w: Wish, $i: [ID!]) { echo(n: 1, wish: $w, ids: $i) }", {"w": {"mood": "WILD"}}),
        ("query($w: Wish, $i: [ID!]) { echo(n: 1, wish: $w, ids: $i) }", {"i": "one"}),
        ("query($m: Mood!, $d: Int) { echo(n: 1, wish: {mood: $m, depth: $d}) }", {"m": "CALM", "d": 1}),
        ("query($m: Mood!, $d: Int) { echo(n: 1, wish: {mood: $m, depth: $d}) }", {"m": "CALM"}),
        ("query($m: Mood) { mood(is: $m) other: mood }", {}),
        ("query($m: Mood) { mood(is: $m) }", {"m": None}),
    ],
)
def test_variables_and_switches_work_as_in_graphql_core(text, variables):
    assert ours(text, variables) == theirs(text, variables)


LEAFS = {"Cat": ["name", "lives", "toys", "__typename"], "Dog": ["name", "tricks", "owner(loud: true)", "__typename"]}
LEAFS |= {"Being": ["name", "__typename"], "Pet": ["__typename"]}
BRANCHES = {
    "Cat": [("twin", "Being"), ("mate", "Cat"), ("kittens", "Cat"), ("... on Cat", "Cat"), ("... on Being", "Being")],
    "Dog": [("twin", "Being"), ("... on Being", "Being"), ("... @include(if: true)", "Dog")],
    "Being": [("twin", "Being"), ("... on Cat", "Cat"), ("... on Dog", "Dog")],
    "Pet": [("... on Cat", "Cat"), ("... on Dog", "Dog"), ("... on Being", "Being")],
}
ROOTS = [("cat", "Cat"), ("sure", "Cat"), ("pets", "Pet"), ("beings", "Being"), ("grid", "Cat"), ("wrongType", "Pet")]
ROOT_LEAFS = ["fails", "failsSurely", "mood(is: WILD)", "notAList", "tooLarge", "echo(n: 1)"]


@st.composite
def selections(draw, type_name, depth):
    leafs = draw(st.lists(st.sampled_from(LEAFS[type_name]), min_size=1, max_size=3))
    parts = list(leafs)
    if depth:
        for branch, below in draw(st.lists(st.sampled_from(BRANCHES[type_name]), max_size=2)):
            parts.append(f"{branch} {{ {draw(selections(below, depth - 1))} }}")
    return " ".join(draw(st.permutations(parts)))


@st.composite
def documents(draw):
    parts = draw(st.lists(st.sampled_from(ROOT_LEAFS), max_size=2))
    for number, (root, type_name) in enumerate(draw(st.lists(st.sampled_from(ROOTS), min_size=1, max_size=3))):
        parts.append(f"r{number}: {root} {{ {draw(selections(type_name, 4))} }}")
    return "{ " + " ".join(draw(st.permutations(parts))) + " }"


@given(text=documents())
@settings(max_examples=200, deadline=None)
def test_any_document_is_answered_as_by_graphql_core(text):
    assume(not validate(SCHEMA, parse(text)))
    mine, reference = ours(text), theirs(text)
    assert keys_in_order(mine[0]) == keys_in_order(reference[0])
    assert mine[1] == reference[1]
