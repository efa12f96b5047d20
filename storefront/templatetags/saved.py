"""Saved views of a table: its address under a name (docs/contributing/pages.md, Table)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict

from storefront.templatetags.narrowing import GONE, address_of

#: Says in the address which saved view was opened, so that what is changed since can be kept in it.
NAME = "saved"
COLUMNS = "cols"


def plain(query: QueryDict) -> list[tuple[str, list[str]]]:
    """What an address says of a list, in one order: neither where its pages go on nor which view it came from."""
    return sorted((name, sorted(filter(None, values))) for name, values in query.lists() if name not in (*GONE, NAME))


@dataclass
class SavedViews:
    """The saved views of a table: those there are, the one that is open, and what of the address would be kept."""

    request: HttpRequest
    rows: Iterable[Mapping[str, Any]]
    page: str
    columns: str = ""

    @property
    def tabs(self) -> list[tuple[Mapping[str, Any], str, bool]]:
        """Each with its address and whether it is open."""
        return [(row, f"?{NAME}={row['id']}&{row['query']}", row is self.open) for row in self.rows]

    @cached_property
    def open(self) -> Mapping[str, Any] | None:
        """The view the address came from, or the one that says the same."""
        chosen = self.request.GET.get(NAME)
        now = plain(self.request.GET)
        same = (row for row in self.rows if plain(QueryDict(row["query"])) == now)
        return next((row for row in self.rows if row["id"] == chosen), None) or next(same, None)

    @property
    def changed(self) -> bool:
        """Whether the address says something else than the open view."""
        return self.open is not None and plain(QueryDict(self.open["query"])) != plain(self.request.GET)

    @property
    def query(self) -> str:
        """What would be kept."""
        columns = self.request.GET.get(COLUMNS) or self.columns
        return address_of(self.request.GET, **{NAME: None, COLUMNS: columns}).lstrip("?")

    @property
    def worth_keeping(self) -> bool:
        """Whether the address says anything that a new view could keep."""
        return bool(plain(self.request.GET)) and (self.open is None or self.changed)
