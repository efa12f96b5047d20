"""What an operation costs: declared at the fields, multiplied by the sizes of lists.

A leaf costs 0 and an object 1 unless its field declares a cost. The selection of a list counts once for each item: as
many as `first` or `last` ask for in a connection, else as the field's `size` says (10 unless declared).
"""

from __future__ import annotations

from typing import Any

from graphql import IntValueNode, VariableNode

from marketplace.graphql.execution.plan import FieldPlan, ObjectPlan
from marketplace.graphql.execution.shapes import Choice, Leaf, Listing, Record, Shape

LIST_SIZE = 10
_PER_ROW = ("edges", "nodes")


def cost_of(plan: ObjectPlan, variables: dict[str, Any]) -> int:
    """The cost of a plan for these variables; kept with the plan when no size is a variable."""
    if plan.cost is not None:
        return plan.cost
    total, constant = _plan_cost(plan, variables)
    if constant:
        plan.cost = total
    return total


def _plan_cost(plan: ObjectPlan, variables: dict[str, Any]) -> tuple[int, bool]:
    if plan.cost is not None:
        return plan.cost, True
    total, constant = 0, True
    for field in plan.fields:
        cost, fixed = _field_cost(field, variables)
        total += cost
        constant = constant and fixed
    if constant:
        plan.cost = total
    return total, constant


def _field_cost(field: FieldPlan, variables: dict[str, Any]) -> tuple[int, bool]:
    if field.name.startswith("__"):
        return 0, True  # introspection is bounded by its own rule of validation
    declared = field.definition.extensions.get("cost")
    page_size = field.definition.extensions.get("connection")
    shape, size = _unwrap(field.shape, field.definition.extensions.get("size"))
    if isinstance(shape, Leaf):
        return declared or 0, True
    own = 1 if declared is None else declared
    if page_size is not None and isinstance(shape, Record):
        size, fixed = _page_size(field, page_size, variables)
        total = own
        for child in shape.plan.fields:
            cost, child_fixed = _field_cost(child, variables)
            total += cost * (size if child.name in _PER_ROW else 1)
            fixed = fixed and child_fixed
        return total, fixed
    below, fixed = _below(shape, variables)
    return (own + below) * size, fixed


def _unwrap(shape: Shape, declared_size: int | None) -> tuple[Shape, int]:
    size = 1
    while isinstance(shape, Listing):
        size *= LIST_SIZE if declared_size is None else declared_size
        shape = shape.item
    return shape, size


def _below(shape: Shape, variables: dict[str, Any]) -> tuple[int, bool]:
    if isinstance(shape, Record):
        return _plan_cost(shape.plan, variables)
    if isinstance(shape, Choice):
        costs = [_plan_cost(plan, variables) for plan in shape.possible_plans()]
        return max((cost for cost, _fixed in costs), default=0), all(fixed for _cost, fixed in costs)
    return 0, True


def _page_size(field: FieldPlan, page_size: int, variables: dict[str, Any]) -> tuple[int, bool]:
    """Rows a connection may return, and whether that stands in the document itself."""
    for argument in field.nodes[0].arguments:
        if argument.name.value in ("first", "last"):
            if isinstance(argument.value, IntValueNode):
                return max(int(argument.value.value), 0), True
            if isinstance(argument.value, VariableNode):
                given = variables.get(argument.value.name.value)
                return max(given if isinstance(given, int) else page_size, 0), False
    return page_size, True
