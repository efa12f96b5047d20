"""Every argument of every query works: each filter alone, each sort key both ways, pages by its cursors."""

from __future__ import annotations

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from marketplace.graphql import get_schema
from marketplace.graphql.context import Context
from marketplace.graphql.engine import perform
from tests.marketplace.graphql.test_stranger import ids_of
from tests.marketplace.graphql.walker import operation_of, some_of_each_type, value_of
from tests.marketplace.graphql.world import make_world

pytestmark = pytest.mark.django_db


def values_to_try(type_, gid):
    """Values of an input type: every member of an enum, every field of an input object alone."""
    if isinstance(type_, GraphQLNonNull):
        yield from values_to_try(type_.of_type, gid)
    elif isinstance(type_, GraphQLList):
        yield []
        for value in values_to_try(type_.of_type, gid):
            yield [value]
    elif isinstance(type_, GraphQLEnumType):
        yield from type_.values
    elif isinstance(type_, GraphQLInputObjectType):
        least = {n: value_of(f.type, gid) for n, f in type_.fields.items() if is_required_input_field(f)}
        for name, field in type_.fields.items():
            for value in values_to_try(field.type, gid):
                yield least | {name: value}
    else:
        yield value_of(type_, gid)


def leafs_of(type_, depth=2):
    """A small selection: the plain fields, and those of the rows of a page with their cursors."""
    if is_leaf_type(type_):
        return ""
    if not isinstance(type_, GraphQLObjectType):
        return "{ __typename }"
    parts = ["__typename"]
    for name, field in type_.fields.items():
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            parts.append(name)
        elif depth and name in ("edges", "node", "pageInfo"):
            parts.append(f"{name} {leafs_of(inner, depth if name == 'edges' else 0)}")
    return "{ " + " ".join(parts) + " }"


def calls(schema, ids):
    """Every query field with its required arguments and one optional one; sorted lists also with a page after."""
    for name, field in schema.query_type.fields.items():
        for gid in ids:
            least = {n: value_of(a.type, gid) for n, a in field.args.items() if is_required_argument(a)}
            for optional, argument in field.args.items():
                if optional in least or optional in ("after", "before"):
                    continue
                for value in values_to_try(argument.type, gid):
                    yield name, field, least | {optional: value}
            if not any(get_named_type(a.type).name == "ID" for a in field.args.values()):
                break


def ask(schema, actor, name, field, given):
    head = ", ".join(f"${n}: {field.args[n].type}" for n in given)
    call = ", ".join(f"{n}: ${n}" for n in given)
    text = f"query({head}) {{ {name}({call}) {leafs_of(get_named_type(field.type))} }}"
    return perform(operation_of(schema, text), given, Context(actor))


@pytest.mark.parametrize("who", ["seller_actor", "dealer_actor"])
def test_every_argument_of_every_query_works(who):
    world, schema, wrong, asked = make_world(), get_schema(), [], 0
    actor = getattr(world, who)
    for name, field, given in calls(schema, some_of_each_type(sorted(ids_of(world.seller, world.dealer)))[::2]):
        asked += 1
        result = ask(schema, actor, name, field, given)
        if "INTERNAL" in result.codes:
            wrong.append(f"{name} {given}: {[error.path for error in result.errors]}")
            break  # the transaction is spoilt
        page = (result.data or {}).get(name) if "sortBy" in given or "filter" in given else None
        edges = page.get("edges") if isinstance(page, dict) else None
        if edges and "after" in field.args and edges[0].get("cursor"):
            after = ask(schema, actor, name, field, given | {"first": 1, "after": edges[0]["cursor"]})
            if after.errors:
                wrong.append(f"{name} {given} after its first row: {after.errors[0].message}")
                continue
            got = [edge["cursor"] for edge in after.data[name]["edges"]]
            if got != [edge["cursor"] for edge in edges[1:2]]:
                wrong.append(f"{name} {given}: the page after the first row is another")
    assert wrong == []
    assert asked > 300
