"""What a resolver is told besides its parent and its arguments. One object serves a whole column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.graphql.execution.shapes import Choice, Listing, Record, Shape

if TYPE_CHECKING:
    from marketplace.graphql.execution.plan import FieldPlan, ObjectPlan
    from marketplace.graphql.execution.run import Run


class Info:
    """`info.context` is the request's context (actor, loaders); `info.parents` how many are resolved at once."""

    __slots__ = ("context", "field", "memo", "parents", "run")

    def __init__(self, run: Run, field: FieldPlan, parents: int) -> None:
        self.run = run
        self.field = field
        self.parents = parents
        self.memo: Any = None  # a resolver may keep here what serves the whole column
        self.context = run.context

    @property
    def field_name(self) -> str:
        return self.field.name

    @property
    def field_nodes(self) -> list[Any]:
        return self.field.nodes

    @property
    def parent_type(self) -> Any:
        return self.field.parent_type

    @property
    def return_type(self) -> Any:
        return self.field.definition.type

    @property
    def schema(self) -> Any:
        return self.run.schema

    @property
    def operation(self) -> Any:
        return self.run.operation

    @property
    def variable_values(self) -> dict[str, Any]:
        return self.run.variables

    @staticmethod
    def is_awaitable(_value: Any) -> bool:
        return False

    def selects(self, *path: str) -> bool:
        """True when the document asks for a field below this one: `info.selects("lines", "product")`."""
        plans = _plans_of(self.field.shape)
        for position, name in enumerate(path):
            fields = [field for plan in plans for field in plan.fields if field.name == name]
            if not fields:
                return False
            if position + 1 < len(path):
                plans = [plan for field in fields for plan in _plans_of(field.shape)]
        return True


def _plans_of(shape: Shape) -> list[ObjectPlan]:
    while isinstance(shape, Listing):
        shape = shape.item
    if isinstance(shape, Record):
        return [shape.plan]
    if isinstance(shape, Choice):
        return shape.possible_plans()
    return []
