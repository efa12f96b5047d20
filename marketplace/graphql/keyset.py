"""Keyset pages: rows after a cursor by comparing sort values, so that page 1000 costs what page 1 costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from marketplace.graphql.clearance import require_cleared
from marketplace.graphql.cursors import decode_cursor, encode_cursor
from marketplace.graphql.sorting import Column, Order


@dataclass(frozen=True)
class PageRequest:
    """Which page: at most `size` rows between two cursors, from the start or (backward) from the end."""

    size: int
    backward: bool = False
    after: str | None = None
    before: str | None = None


@dataclass
class Page:
    """Rows in the order they are shown, the cursor of each, and whether there are more on either side."""

    nodes: Sequence[Any]
    cursors: Callable[[int], str]
    has_next: bool
    has_previous: bool


class KeysetSource(Protocol):
    """What a connection can page through besides query sets and lists, such as search results with their rank.

    `page` returns the rows of one page; `total` counts all (called only when `totalCount` is selected). A resolver
    that returns such a source has used `filter` and `sortBy` itself (`info` and its arguments carry them) and has
    seen to it that the actor may see every row. `QuerySource` and `ListSource` below are two of them.
    """

    def page(self, request: PageRequest) -> Page: ...

    def total(self) -> int: ...


class QuerySource:
    """Pages of a query set that passed `visible_to`, in a total order."""

    def __init__(self, rows: QuerySet[Any], order: Order) -> None:
        self.rows = require_cleared(rows)
        self.order = order

    def page(self, request: PageRequest) -> Page:
        rows = self.rows
        if request.after is not None:
            rows = rows.filter(self._beyond(request.after, after=True))
        if request.before is not None:
            rows = rows.filter(self._beyond(request.before, after=False))
        found = list(self.order.arrange(rows, request.backward)[: request.size + 1])
        more = len(found) > request.size
        found = found[: request.size]
        if request.backward:
            found.reverse()
        has_next = request.before is not None if request.backward else more
        has_previous = more if request.backward else request.after is not None
        return Page(found, lambda index: self._cursor(found[index]), has_next, has_previous)

    def total(self) -> int:
        return self.rows.count()

    def _cursor(self, row: Any) -> str:
        values = [getattr(row, column.attribute(self.rows.model)) for column in self.order.columns]
        return encode_cursor(self.order.name, values)

    def _beyond(self, cursor: str, after: bool) -> Q:
        columns = self.order.columns
        return beyond(columns, decode_cursor(self.order.name, cursor, len(columns)), after)


def beyond(columns: Sequence[Column], values: Sequence[Any], after: bool) -> Q:
    """The condition that a row stands after (or before) the one with these values."""
    where = Q(pk__in=[])
    equal = Q()
    for column, value in zip(columns, values, strict=True):
        where |= equal & _past(column, value, larger=after != column.descending)
        equal &= Q(**{f"{column.path}__isnull": True}) if value is None else Q(**{column.path: value})
    first, value = columns[0], values[0]
    if len(columns) > 1 and value is not None and not first.nullable:
        # Says nothing new to the reader and lets PostgreSQL start in the index at the cursor.
        edge = "gte" if after != first.descending else "lte"
        where = Q(**{f"{first.path}__{edge}": value}) & where
    return where


def _past(column: Column, value: Any, larger: bool) -> Q:
    """Strictly beyond a value in one column, null being the largest."""
    if value is None:
        return Q(pk__in=[]) if larger else Q(**{f"{column.path}__isnull": False})
    if larger:
        condition = Q(**{f"{column.path}__gt": value})
        return condition | Q(**{f"{column.path}__isnull": True}) if column.nullable else condition
    return Q(**{f"{column.path}__lt": value})


class ListSource:
    """Pages of a list that is in memory already, such as a loader's; the cursor is the row's key or its place."""

    def __init__(self, rows: Sequence[Any], key: str = "pk") -> None:
        self.rows = rows
        self.key = key

    def page(self, request: PageRequest) -> Page:
        keys = [getattr(row, self.key, index) for index, row in enumerate(self.rows)]
        start, end = 0, len(keys)
        if request.after is not None:
            start = self._place(keys, request.after) + 1
        if request.before is not None:
            found = self._place(keys, request.before)
            end = end if found < 0 else found
        if request.backward:
            start = max(start, end - request.size)
        else:
            end = min(end, start + request.size)
        shown = self.rows[start:end]
        return Page(shown, lambda index: encode_cursor(self.key, [keys[start + index]]), end < len(keys), start > 0)

    def total(self) -> int:
        return len(self.rows)

    def _place(self, keys: list[Any], cursor: str) -> int:
        (key,) = decode_cursor(self.key, cursor, 1)
        # A row that has gone since: the page starts over rather than skipping rows nobody saw.
        return keys.index(key) if key in keys else -1
