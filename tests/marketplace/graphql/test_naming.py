"""The names of the schema follow the rules of GraphQL linters; mutations are named noun first, as Saleor names them."""

import re

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from marketplace.graphql import get_schema
from tests.marketplace.graphql.test_schema import own_types

PASCAL = re.compile(r"[A-Z][a-zA-Z0-9]*")
CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")
UPPER = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
INPUT_ENDINGS = ("Input", "Filter", "Sort", "Range")
RELAY = {"first", "after", "last", "before"}
ROOTS = {"Query", "Mutation", "Subscription"}
FILLERS = re.compile(r"^(get|fetch|load)[A-Z]")


def described():
    """Everything that has a name and a description: path, name, description."""
    for type_ in own_types():
        yield type_.name, type_.name, type_.description
        for name, field in getattr(type_, "fields", {}).items():
            yield f"{type_.name}.{name}", name, field.description
            for argument_name, argument in getattr(field, "args", {}).items():
                yield f"{type_.name}.{name}({argument_name})", argument_name, argument.description


def test_types_are_pascal_case_and_say_no_kind():
    kinds = ("Type", "Enum", "Interface", "Object")
    wrong = [t.name for t in own_types() if not PASCAL.fullmatch(t.name)]
    wrong += [t.name for t in own_types() if t.name.endswith(kinds)]
    assert wrong == ["ContractType"]  # 合同类型, a thing of the trade


def test_fields_and_arguments_are_camel_case_without_filler_verbs():
    wrong = [path for path, name, _ in described() if "." in path and not CAMEL.fullmatch(name)]
    wrong += [path for path, name, _ in described() if "." in path and FILLERS.match(name)]
    assert wrong == []


def test_a_field_does_not_repeat_the_name_of_its_type():
    wrong = []
    for type_ in own_types():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and type_.name not in ROOTS:
            prefix = type_.name[0].lower() + type_.name[1:]
            wrong += [f"{type_.name}.{name}" for name in type_.fields if re.match(rf"{prefix}[A-Z]", name)]
    assert wrong == []


def test_values_of_enums_are_upper_case_and_do_not_repeat_the_enum():
    wrong = []
    for type_ in own_types():
        if isinstance(type_, GraphQLEnumType):
            prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", type_.name).upper()
            wrong += [f"{type_.name}.{name}" for name in type_.values if not UPPER.fullmatch(name)]
            wrong += [f"{type_.name}.{name}" for name in type_.values if name.startswith(f"{prefix}_")]
    assert wrong == []


def test_inputs_say_that_they_are_inputs():
    inputs = [t.name for t in own_types() if isinstance(t, GraphQLInputObjectType)]
    assert [name for name in inputs if not name.endswith(INPUT_ENDINGS)] == []


def test_a_mutation_answers_with_a_payload_of_its_name():
    answers = {name: get_named_type(field.type).name for name, field in get_schema().mutation_type.fields.items()}
    wrong = {name: payload for name, payload in answers.items() if payload != name[0].upper() + name[1:]}
    # SavedListShare is what the list holds, DunningRun the letters that were made.
    assert wrong == {"savedListShare": "SavedListShareWrite", "dunningRun": "DunningRunMake"}


def test_a_connection_takes_the_arguments_of_relay():
    lacking = []
    for type_ in own_types():
        for name, field in getattr(type_, "fields", {}).items():
            named = get_named_type(field.type)
            if isinstance(named, GraphQLObjectType) and named.name.endswith("Connection"):
                lacking += [f"{type_.name}.{name}"] if not set(field.args) >= RELAY else []
    assert lacking == []


def test_what_a_list_holds_is_never_null():
    holes = []
    for type_ in own_types():
        for name, field in getattr(type_, "fields", {}).items():
            inner = field.type.of_type if is_non_null_type(field.type) else field.type
            if is_list_type(inner) and not is_non_null_type(inner.of_type):
                holes.append(f"{type_.name}.{name}")
    assert holes == []


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("begins with a capital, a number or code", lambda text, name: not text[0].islower()),
        ("ends as a sentence does", lambda text, name: text.rstrip("`)").endswith((".", "?", ":", "`", ")"))),
        ("stands on tidy lines", lambda text, name: "  " not in text and text == text.strip()),
    ],
)
def test_a_description(rule, holds):
    assert [path for path, name, text in described() if not holds(text, name)] == [], rule
