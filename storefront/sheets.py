"""A list as a sheet, and every id that fits a filter: the query of the page itself, walked a hundred rows at a time.

    orders = page("orders/orders", export=Sheet("orders", {"number": _("Order"), "total.gross.amount": _("Total")}))

The query that is walked is made of the page's first one: its arguments and variables, and only the fields of the sheet.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from graphql import (
    FieldNode,
    GraphQLObjectType,
    SelectionSetNode,
    VariableNode,
    Visitor,
    get_named_type,
    print_ast,
    visit,
)

from marketplace.graphql import sheet_response
from storefront.documents import Operation, operations
from storefront.execute import run_text, schema

MOST = 1_000_000  # as many as a workbook has rows for
STEP = 100
PAGING = ("first", "after", "last", "before")
Convert = Callable[[Any, ZoneInfo], Any]


@dataclass(frozen=True)
class Sheet:
    """What a list exports: the connection of the page's first operation, and heading by path of a row's field.

    The connection may stand below a field (`priceList.rows`). `name` is that of the file.
    """

    connection: str
    columns: Mapping[str, Any]
    name: Any = ""


def answer(request: HttpRequest, path: str, sheet: Sheet, variables: dict[str, Any], zone: str) -> HttpResponseBase:
    """The sheet of everything that fits the page's address; the first rows are asked for before anything is sent."""
    language = translation.get_language() or "en"
    headings = [str(heading) for heading in sheet.columns.values()]
    kinds = kinds_of(path, sheet.connection, tuple(sheet.columns))
    found = walk(request, path, sheet.connection, tuple(sheet.columns), variables)
    rows = _in_language(language, chain([first], found) if (first := next(found, None)) else iter(()))
    place = ZoneInfo(zone)
    written = (
        {
            heading: kinds[path](_pick(row, path.split(".")), place)
            for heading, path in zip(headings, kinds, strict=True)
        }
        for row in rows
    )
    name = str(sheet.name) or path.rpartition("/")[2]
    today = timezone.localdate(timezone=place).isoformat()
    return sheet_response(f"{name}-{today}", headings, written, as_csv=request.GET.get("export") == "csv")


def ids_of(request: HttpRequest, path: str, connection: str, variables: dict[str, Any], most: int) -> list[str]:
    """Ids of every row that fits, one more than `most` at the most."""
    found: list[str] = []
    for row in walk(request, path, connection, ("id",), variables):
        found.append(row["id"])
        if len(found) > most:
            break
    return found


def walk(
    request: HttpRequest, path: str, connection: str, paths: tuple[str, ...], variables: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Rows of a connection of the page's query, with the named fields alone."""
    text, known = walking(path, connection, paths)
    sent = {name: value for name, value in variables.items() if name in known}
    for _page in range(MOST // STEP):
        data: Any = run_text(request, text, sent)
        for step in connection.split("."):
            data = data.get(step) or {}
        yield from (edge["node"] for edge in data.get("edges") or ())
        if not (data.get("pageInfo") or {}).get("hasNextPage"):
            return
        sent["after"] = data["pageInfo"]["endCursor"]


@cache
def walking(path: str, connection: str, paths: tuple[str, ...]) -> tuple[str, frozenset[str]]:
    """The query that walks, and the variables it has. Raises Http404 where the page has no such connection."""
    operation = next(iter(operations(path).values()))
    chain_of = _fields_to(operation, connection.split("."))
    body = f"{{ pageInfo {{ hasNextPage endCursor }} edges {{ node {_selection(paths)} }} }}"
    for depth, node in enumerate(reversed(chain_of)):
        given = [print_ast(one) for one in node.arguments if depth or one.name.value not in PAGING]
        given += [] if depth else [f"first: {STEP}", "after: $after"]
        alias = f"{node.alias.value}: " if node.alias else ""
        called = f"({', '.join(given)})" if given else ""
        body = f"{{ {alias}{node.name.value}{called} {body} }}"
    used = {name for node in chain_of for name in _variables_in(node)} - set(PAGING)
    defined = [print_ast(one) for one in operation.node.variable_definitions if one.variable.name.value in used]
    return f"query Walk({', '.join([*defined, '$after: String'])}) {body}", frozenset(used)


def _fields_to(operation: Operation, steps: list[str]) -> list[FieldNode]:
    found: list[FieldNode] = []
    selection: SelectionSetNode | None = operation.node.selection_set
    for step in steps:
        fields = [one for one in selection.selections if isinstance(one, FieldNode)] if selection else []
        node = next((one for one in fields if (one.alias or one.name).value == step), None)
        if node is None:
            raise Http404
        found.append(node)
        selection = node.selection_set
    return found


def _variables_in(node: FieldNode) -> set[str]:
    names: set[str] = set()

    class Names(Visitor):
        def enter_variable(self, found: VariableNode, *_others: Any) -> None:
            names.add(found.name.value)

    for argument in node.arguments:
        visit(argument, Names())
    return names


def _selection(paths: tuple[str, ...]) -> str:
    tree: dict[str, Any] = {}
    for path in paths:
        place = tree
        for step in path.split("."):
            place = place.setdefault(step, {})
    return _written(tree)


def _written(tree: dict[str, Any]) -> str:
    return f"{{ {' '.join(f'{name} {_written(below)}' if below else name for name, below in tree.items())} }}"


# --- what the cells hold ----------------------------------------------------------------------------------------------


@cache
def kinds_of(path: str, connection: str, paths: tuple[str, ...]) -> dict[str, Convert]:
    """How the value at each path becomes a cell, by its type in the schema."""
    operation = next(iter(operations(path).values()))
    kind: Any = schema().query_type
    for node in _fields_to(operation, connection.split(".")):
        kind = _step(kind, node.name.value)
    row = _step(_step(kind, "edges"), "node")
    found = {}
    for one in paths:
        leaf = row
        for step in one.split("."):
            leaf = _step(leaf, step)
        found[one] = CELLS.get(leaf.name, _text)
    return found


def _step(kind: Any, name: str) -> Any:
    return get_named_type(cast("GraphQLObjectType", kind).fields[name].type)


def _pick(row: Any, steps: list[str]) -> Any:
    for place, step in enumerate(steps):
        if isinstance(row, list):
            return [_pick(one, steps[place:]) for one in row]
        row = row.get(step) if isinstance(row, Mapping) else None
    return row


def _text(value: Any, _zone: ZoneInfo) -> Any:
    return ", ".join(str(one) for one in value if one) if isinstance(value, list) else value


def _number(value: Any, _zone: ZoneInfo) -> Any:
    return Decimal(str(value)) if value not in (None, "") and not isinstance(value, list) else ""


def _instant(value: Any, zone: ZoneInfo) -> dt.datetime | None:
    found = parse_datetime(value) if isinstance(value, str) else value
    return found.astimezone(zone).replace(tzinfo=None, microsecond=0) if found else None


def _day(value: Any, _zone: ZoneInfo) -> Any:
    return parse_date(value) if isinstance(value, str) else value


def _truth(value: Any, _zone: ZoneInfo) -> str:
    return "" if value is None else _("Yes") if value else _("No")


CELLS: dict[str, Convert] = {
    **dict.fromkeys(("Decimal", "Quantity", "Int", "Float"), _number),
    "DateTime": _instant,
    "Date": _day,
    "Boolean": _truth,
}


def _in_language(language: str, rows: Iterator[Any]) -> Iterator[Any]:
    """Rows are asked for while they are sent, when the language of the request is no longer in force."""
    while True:
        with translation.override(language):
            row = next(rows, None)
        if row is None:
            return
        yield row
