"""The last look before rows leave: a query set of a protected model must have passed `visible_to(actor)`."""

from typing import Any, TypeVar

from django.db.models import QuerySet

from marketplace.core.rows import ProtectedQuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any])


class NotCleared(RuntimeError):
    """A resolver returned rows that nobody checked: a fault of the program, never told to the client."""


def require_cleared(rows: Rows) -> Rows:
    """The same query set; raises NotCleared for one that did not pass `visible_to`."""
    if isinstance(rows, ProtectedQuerySet) and not rows.is_cleared():
        raise NotCleared(f"rows of {rows.model.__name__} did not pass visible_to(actor)")
    return rows
