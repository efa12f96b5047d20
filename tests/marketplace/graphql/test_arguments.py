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
from tests.marketplace.graphql.walker import operation_of, some_of_each_type, try_fitting, value_of
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


def calls(field, gid):
    """The required arguments and one optional one, each in its turn and with each of its values."""
    least = {n: value_of(a.type, gid) for n, a in field.args.items() if is_required_argument(a)}
    for optional, argument in field.args.items():
        if optional not in least and optional not in ("after", "before"):
            for value in values_to_try(argument.type, gid):
                yield least | {optional: value}


def ask(schema, actor, name, field, given):
    head = ", ".join(f"${n}: {field.args[n].type}" for n in given)
    call = ", ".join(f"{n}: ${n}" for n in given)
    text = f"query({head}) {{ {name}({call}) {leafs_of(get_named_type(field.type))} }}"
    return perform(operation_of(schema, text), given, Context(actor))


class Asking:
    """Asks every query with its arguments one by one, and a sorted or narrowed page again after its first row."""

    def __init__(self, actor):
        self.schema, self.actor, self.wrong, self.asked = get_schema(), actor, [], 0

    def run(self, ids):
        for name, field in self.schema.query_type.fields.items():
            try_fitting(ids, lambda gid, name=name, field=field: self.query(name, field, gid))

    def query(self, name, field, gid):
        for given in calls(field, gid):
            self.asked += 1
            result = ask(self.schema, self.actor, name, field, given)
            if "INTERNAL" in result.codes:
                pytest.fail(f"{name} {given}: {[error.path for error in result.errors]}")  # the transaction is spoilt
            if "sortBy" in given or "filter" in given:
                self.page(name, field, given, (result.data or {}).get(name))

    def page(self, name, field, given, page):
        edges = page.get("edges") if isinstance(page, dict) else None
        if not edges or "after" not in field.args or not edges[0].get("cursor"):
            return
        after = ask(self.schema, self.actor, name, field, given | {"first": 1, "after": edges[0]["cursor"]})
        if after.errors:
            self.wrong.append(f"{name} {given} after its first row: {after.errors[0].message}")
        elif [edge["cursor"] for edge in after.data[name]["edges"]] != [edge["cursor"] for edge in edges[1:2]]:
            self.wrong.append(f"{name} {given}: the page after the first row is another")


@pytest.mark.parametrize("who", ["seller_actor", "dealer_actor"])
def test_every_argument_of_every_query_works(who):
    world = make_world()
    asking = Asking(getattr(world, who))
    asking.run(some_of_each_type(sorted(ids_of(world.seller, world.dealer))))
    assert asking.wrong == []
    assert asking.asked > 300
