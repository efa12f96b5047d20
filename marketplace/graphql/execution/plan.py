"""A document compiled once: its fields collected, fragments merged, types unwrapped, constant arguments coerced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any

from graphene.types.resolver import dict_or_attr_resolver
from graphql import (
    ArgumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import collect_fields, collect_sub_fields
from graphql.execution.execute import default_field_resolver, get_field_def
from graphql.execution.values import get_argument_values
from graphql.language import Visitor, visit

from marketplace.graphql.execution.shapes import Choice, Leaf, Listing, Record, Shape

_IMMUTABLE = (str, int, float, bool, Decimal, date, Enum, type(None))


class ObjectPlan:
    """The selected fields of one object type. `template` has every key in the order of the document."""

    __slots__ = ("cost", "fields", "is_type_of", "permission", "template", "type")

    def __init__(self, type_: GraphQLObjectType) -> None:
        self.type = type_
        self.is_type_of = type_.is_type_of
        self.permission: str | None = type_.extensions.get("permission")
        self.cost: int | None = None
        self.fields: list[FieldPlan] = []
        self.template: dict[str, Any] = {}


class FieldPlan:
    """One field of a selection: how it is resolved, with which arguments, and what becomes of the value."""

    __slots__ = (
        "argument_variables", "arguments", "attribute", "default", "definition", "key", "name", "nodes", "parent_type",
        "permission", "resolve", "shape",
    )  # fmt: skip

    def __init__(self, key: str, nodes: list[FieldNode], parent: GraphQLObjectType, definition: GraphQLField) -> None:
        self.key = key
        self.name = nodes[0].name.value
        self.nodes = nodes
        self.parent_type = parent
        self.definition = definition
        self.permission: str | None = definition.extensions.get("permission")
        self.shape: Shape
        self.attribute, self.default, self.resolve = _resolver(definition)
        self.arguments, self.argument_variables = _arguments(definition, nodes[0])

    def coerce_arguments(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The keyword arguments of the resolver; raises GraphQLError for what does not fit."""
        if self.arguments is None:
            return get_argument_values(self.definition, self.nodes[0], variables)
        if not self.argument_variables:
            return self.arguments
        arguments = dict(self.arguments)
        for out_name, variable, non_null in self.argument_variables:
            value = variables.get(variable)
            if value is None and (non_null or variable not in variables):
                return get_argument_values(self.definition, self.nodes[0], variables)
            arguments[out_name] = value
        return arguments


def _resolver(definition: GraphQLField) -> tuple[str | None, Any, Callable[..., Any]]:
    """The attribute to read when the resolver is graphene's default one, and the resolver."""
    resolve = definition.resolve or default_field_resolver
    if isinstance(resolve, partial) and resolve.func is dict_or_attr_resolver and not definition.args:
        return resolve.args[0], resolve.args[1], resolve
    return None, None, resolve


def _arguments(definition: GraphQLField, node: FieldNode) -> tuple[dict[str, Any] | None, list[tuple[str, str, bool]]]:
    """Constant arguments, and (name, variable, non-null) of those that are one variable; None when neither will do."""
    given = {argument.name.value: argument for argument in node.arguments or ()}
    plain = [argument for argument in given.values() if isinstance(argument.value, VariableNode)]
    if any(_has_variable(argument) for argument in given.values() if argument not in plain):
        return None, []
    variables = []
    for argument in plain:
        known = definition.args.get(argument.name.value)
        if known is None:
            return None, []
        name = known.out_name or argument.name.value
        variables.append((name, argument.value.name.value, is_non_null_type(known.type)))  # type: ignore[attr-defined]
    constant = GraphQLField(
        definition.type,
        args={name: value for name, value in definition.args.items() if given.get(name) not in plain},
    )
    try:
        values = get_argument_values(constant, node, {})
    except GraphQLError:
        return None, []
    # What a resolver could change in place is made anew for each request.
    return (values, variables) if all(isinstance(value, _IMMUTABLE) for value in values.values()) else (None, [])


def _has_variable(argument: ArgumentNode) -> bool:
    found: list[str] = []

    class Find(Visitor):
        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            found.append(node.name.value)

    visit(argument, Find())
    return bool(found)


class Compiler:
    """Makes the plan of one operation, for one setting of the variables that its @skip and @include read."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: dict[str, FragmentDefinitionNode],
        switches: dict[str, Any],
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.switches = switches

    def operation(self, operation: OperationDefinitionNode) -> ObjectPlan:
        """The plan of the operation's root type."""
        root = self.schema.get_root_type(operation.operation)
        if root is None:
            raise GraphQLError(f"Schema is not configured to execute {operation.operation.value} operation.", operation)
        fields = collect_fields(self.schema, self.fragments, self.switches, root, operation.selection_set)
        return self._object(root, fields)

    def _sub_object(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> ObjectPlan:
        return self._object(type_, collect_sub_fields(self.schema, self.fragments, self.switches, type_, nodes))

    def _object(self, type_: GraphQLObjectType, fields: dict[str, list[FieldNode]]) -> ObjectPlan:
        plan = ObjectPlan(type_)
        for key, nodes in fields.items():
            if nodes[0].name.value == "__typename":
                plan.template[key] = type_.name
                continue
            definition = get_field_def(self.schema, type_, nodes[0])
            if not definition:
                continue
            plan.template[key] = None
            field = FieldPlan(key, nodes, type_, definition)
            field.shape = self._shape(definition.type, nodes)
            plan.fields.append(field)
        return plan

    def _shape(self, type_: Any, nodes: list[FieldNode]) -> Shape:
        nullable = not is_non_null_type(type_)
        inner = type_ if nullable else type_.of_type
        if is_list_type(inner):
            return Listing(nullable, self._shape(inner.of_type, nodes))
        if is_leaf_type(inner):
            return Leaf(nullable, inner)
        if is_abstract_type(inner):
            possible = list(self.schema.get_possible_types(inner))
            return Choice(nullable, inner, possible, lambda runtime_type: self._sub_object(runtime_type, nodes))
        return Record(nullable, self._sub_object(inner, nodes))
