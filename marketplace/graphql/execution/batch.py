"""The objects that one selection applies to, and how lists of them are laid out flat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from graphql import GraphQLError
from graphql.pyutils import is_iterable

from marketplace.graphql.clearance import require_cleared
from marketplace.graphql.execution.failures import Slot
from marketplace.graphql.execution.plan import FieldPlan, ObjectPlan


class Batch:
    """All objects that one selection applies to: their sources, the dicts to fill, and where these hang."""

    __slots__ = ("outs", "plan", "slots", "sources")

    def __init__(self, plan: ObjectPlan, sources: list[Any], outs: list[dict[str, Any]], slots: list[Slot]) -> None:
        self.plan = plan
        self.sources = sources
        self.outs = outs
        self.slots = slots


def null_error(field: FieldPlan) -> TypeError:
    """What is wrong with a null where none may be."""
    return TypeError(f"Cannot return null for non-nullable field {field.parent_type.name}.{field.name}.")


def items_of(field: FieldPlan, value: Any) -> Sequence[Any]:
    """The items of a list field's value; a query set must have passed `visible_to`."""
    if value.__class__ is list or value.__class__ is tuple:
        return value
    if isinstance(value, QuerySet):
        return list(require_cleared(value))
    if not is_iterable(value):
        name = f"{field.parent_type.name}.{field.name}"
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{name}'.")
    return list(value)


def spread(container: Any, key: Any, slot: Slot, items: Sequence[Any], flat: tuple[list[Any], ...]) -> None:
    """Hang an empty list into its container and add its places to those of all lists of the column."""
    size = len(items)
    listing: list[Any] = [None] * size
    container[key] = listing
    flat[0].extend([listing] * size)
    flat[1].extend(range(size))
    flat[2].extend([slot] * size)
    flat[3].extend(items)
