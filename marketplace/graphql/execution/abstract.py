"""The object type of a value behind an interface or a union."""

from __future__ import annotations

from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLObjectType, default_type_resolver, is_object_type
from graphql.pyutils import inspect


def runtime_type_of(value: Any, abstract: Any, info: Any, nodes: list[FieldNode]) -> GraphQLObjectType:
    """The type that the value's `resolve_type` names; raises GraphQLError when that is none of the possible ones."""
    name = (abstract.resolve_type or default_type_resolver)(value, info, abstract)
    where = f"for field '{info.parent_type.name}.{info.field_name}'"
    if name is None:
        raise GraphQLError(
            f"Abstract type '{abstract.name}' must resolve to an Object type at runtime {where}."
            f" Either the '{abstract.name}' type should provide a 'resolve_type' function"
            " or each possible type should provide an 'is_type_of' function.",
            nodes,
        )
    if not isinstance(name, str):
        raise GraphQLError(
            f"Abstract type '{abstract.name}' must resolve to an Object type at runtime {where}"
            f" with value {inspect(value)}, received '{inspect(name)}'.",
            nodes,
        )
    found = info.schema.get_type(name)
    if found is None:
        text = f"Abstract type '{abstract.name}' was resolved to a type '{name}' that does not exist inside the schema."
        raise GraphQLError(text, nodes)
    if not is_object_type(found):
        raise GraphQLError(f"Abstract type '{abstract.name}' was resolved to a non-object type '{name}'.", nodes)
    if not info.schema.is_sub_type(abstract, found):
        raise GraphQLError(f"Runtime Object type '{name}' is not a possible type for '{abstract.name}'.", nodes)
    return found
