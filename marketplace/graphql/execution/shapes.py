"""The types of a document's fields, unwrapped once: what has to be done with a value that a resolver returned."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.pyutils import inspect

if TYPE_CHECKING:
    from marketplace.graphql.execution.plan import ObjectPlan

_EXACT: dict[Any, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
_MISSING = object()


class Shape:
    """A type with its nullability. `nullable` tells whether a failure stops here or takes the parent with it."""

    __slots__ = ("nullable",)

    def __init__(self, nullable: bool) -> None:
        self.nullable = nullable


class Leaf(Shape):
    """A scalar or enum. A value of class `exact` is its own serialisation; `convert` does the rest and raises."""

    __slots__ = ("convert", "exact")

    def __init__(self, nullable: bool, type_: GraphQLLeafType) -> None:
        super().__init__(nullable)
        self.exact = getattr(type_, "exact_class", None) or _EXACT.get(type_)
        self.convert = _converter(type_)


class Listing(Shape):
    """A list of one shape."""

    __slots__ = ("item",)

    def __init__(self, nullable: bool, item: Shape) -> None:
        super().__init__(nullable)
        self.item = item


class Record(Shape):
    """An object type with the plan of its selected fields."""

    __slots__ = ("plan",)

    def __init__(self, nullable: bool, plan: ObjectPlan) -> None:
        super().__init__(nullable)
        self.plan = plan


class Choice(Shape):
    """An interface or union: the plan follows from the value's own type, compiled when it is first met."""

    __slots__ = ("_plans", "compile", "possible", "type")

    def __init__(
        self, nullable: bool, type_: Any, possible: list[Any], compile_for: Callable[[Any], ObjectPlan]
    ) -> None:
        super().__init__(nullable)
        self.type = type_
        self.possible = possible
        self.compile = compile_for
        self._plans: dict[str, ObjectPlan] = {}

    def plan_of(self, runtime_type: Any) -> ObjectPlan:
        """The plan for one of the possible types."""
        plan = self._plans.get(runtime_type.name)
        if plan is None:
            plan = self._plans[runtime_type.name] = self.compile(runtime_type)
        return plan

    def possible_plans(self) -> list[ObjectPlan]:
        """The plans of all types it may turn out to be (for looking ahead)."""
        return [self.plan_of(type_) for type_ in self.possible]


def _converter(type_: GraphQLLeafType) -> Callable[[Any], Any]:
    serialize = _enum_serializer(type_) if isinstance(type_, GraphQLEnumType) else type_.serialize
    if type_ is GraphQLInt:
        serialize = _serialize_int

    def convert(value: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        result = serialize(value)
        if result is None or result is Undefined:
            raise TypeError(
                f"Expected `{inspect(type_)}.serialize({inspect(value)})`"
                f" to return non-nullable value, returned: {inspect(result)}"
            )
        return result

    return convert


def _serialize_int(value: Any) -> Any:
    if type(value) is int and -2147483648 <= value <= 2147483647:
        return value
    return GraphQLInt.serialize(value)


def _enum_serializer(type_: GraphQLEnumType) -> Callable[[Any], Any]:
    """One look-up by stored value or member instead of a walk through both enums."""
    names: dict[Any, str] = {}
    for name, entry in type_.values.items():
        value = entry.value
        if isinstance(value, str) or (isinstance(value, Enum) and isinstance(value.value, str)):
            names[value.value if isinstance(value, Enum) else value] = name
    full = type_.serialize

    def serialize(value: Any) -> Any:
        found = names.get(value, _MISSING) if isinstance(value, str) else _MISSING
        return full(value) if found is _MISSING else found

    return serialize
