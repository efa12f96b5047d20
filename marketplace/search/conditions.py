"""Conditions of search that floors above know how to ask, such as "in stock".

    register_condition("in_stock", condition)     # condition(actor) -> (SQL, values)

The SQL is a condition over `document.product_id` and `scope.seller_id` (the seller), with `scope.partnership_id`. Its
values are bound by name, so the names carry the room as prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marketplace.core.actor import Actor

Condition = Callable[[Actor], tuple[str, Mapping[str, Any]]]
_conditions: dict[str, Condition] = {}


def register_condition(name: str, condition: Condition) -> None:
    """Offer a condition under the name of a filter's field (`in_stock`)."""
    _conditions[name] = condition


def condition(name: str, actor: Actor) -> tuple[str, Mapping[str, Any]] | None:
    """The condition of that name for this actor, or None where no room offers it."""
    made = _conditions.get(name)
    return made(actor) if made else None
