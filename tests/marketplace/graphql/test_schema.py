"""What holds for the whole schema, whatever rooms put into it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    specified_scalar_types,
    validate_schema,
)

from marketplace.core.permissions import declared_permissions
from marketplace.graphql import get_schema, print_schema_sdl
from marketplace.graphql.failure import Failure
from marketplace.graphql.limits import Limits
from marketplace.graphql.live.running import SlowSubscriber  # noqa: F401  (one of the codes)
from marketplace.graphql.mutations import BaseMutation


def own_types():
    known = set(specified_scalar_types)
    return [t for name, t in sorted(get_schema().type_map.items()) if not name.startswith("__") and name not in known]


def test_the_schema_is_valid():
    assert validate_schema(get_schema()) == []


def test_everything_has_a_description():
    missing = []
    for type_ in own_types():
        if not type_.description:
            missing.append(type_.name)
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for name, field in type_.fields.items():
                if not field.description:
                    missing.append(f"{type_.name}.{name}")
                for argument_name, argument in getattr(field, "args", {}).items():
                    if not argument.description:
                        missing.append(f"{type_.name}.{name}({argument_name})")
        elif isinstance(type_, GraphQLEnumType):
            missing += [f"{type_.name}.{name}" for name, value in type_.values.items() if not value.description]
    assert missing == []


def test_every_permission_that_a_field_asks_for_is_declared_and_named_in_its_description():
    declared, wrong = declared_permissions(), []
    for type_ in own_types():
        for name, field in getattr(type_, "fields", {}).items():
            permission = field.extensions.get("permission")
            mutation = field.extensions.get("mutation") or field.extensions.get("subscription")
            permission = permission or (mutation._meta.permission if mutation else None)
            if permission and (permission not in declared or f"`{permission}`" not in field.description):
                wrong.append(f"{type_.name}.{name}: {permission}")
    assert wrong == []


def depth_of(type_, seen=()):
    named = get_named_type(type_)
    if not isinstance(named, GraphQLInputObjectType) or named.name in seen:
        return 0
    return 1 + max((depth_of(f.type, (*seen, named.name)) for f in named.fields.values()), default=0)


def test_input_nests_two_levels_at_most():
    mutations = get_schema().mutation_type.fields
    deep = {
        f"{name}({argument})": depth_of(definition.type)
        for name, field in mutations.items()
        for argument, definition in field.args.items()
        if depth_of(definition.type) > 2
    }
    assert deep == {}


def test_every_mutation_answers_with_typed_errors():
    for name, field in get_schema().mutation_type.fields.items():
        payload = get_named_type(field.type)
        assert issubclass(payload.graphene_type, BaseMutation), name
        assert re.fullmatch(r"\[\w+Error!\]!", str(payload.fields["errors"].type)), name


def test_money_and_quantities_are_never_floats():
    floats = [
        f"{type_.name}.{name}"
        for type_ in own_types()
        for name, field in getattr(type_, "fields", {}).items()
        if get_named_type(field.type).name == "Float"
    ]
    assert floats == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_printed_schema_is_the_same_in_every_language(language):
    get_schema.cache_clear()
    with translation.override(language):
        printed = print_schema_sdl()
    assert printed == print_schema_sdl()
    assert not re.search(r"[\u4e00-\u9fff]", printed)


def subclasses(of):
    return {of, *(deeper for direct in of.__subclasses__() for deeper in subclasses(direct))}


def test_every_top_level_code_has_its_line_in_the_docs():
    page = (Path(settings.BASE_DIR) / "docs" / "api" / "errors.md").read_text()
    ours = {found.code for found in subclasses(Failure) if found.__module__.startswith("marketplace.")}
    assert {code for code in ours if f"| `{code}` |" not in page} == set()


def test_every_limit_has_its_line_in_the_docs():
    page = (Path(settings.BASE_DIR) / "docs" / "api" / "errors.md").read_text()
    assert [name for name in Limits.__dataclass_fields__ if f"`{name}`" not in page] == []
