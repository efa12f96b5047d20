"""From what a browser sends to the variables of an operation, guided by the types the schema declares.

A form names its fields by the path of the variable: `input.lines.0.quantity`. A list page may shorten: `status=PLACED`
is `filter.status`, `sort=-NUMBER` is `sortBy`, `attr.colour=Red` an attribute of the filter.
"""

import datetime as dt
import re
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    is_input_type,
    type_from_ast,
)

from storefront.documents import Operation

Types = dict[str, GraphQLInputType]
MISSING: Any = object()
NUMBERS = {"Decimal", "Quantity"}
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def types_of(schema: GraphQLSchema, operation: Operation) -> Types:
    """Declared variables of an operation and their types."""
    found = {node.variable.name.value: type_from_ast(schema, node.type) for node in operation.node.variable_definitions}
    return cast("Types", {name: kind for name, kind in found.items() if is_input_type(kind)})


def from_form(types: Types, data: QueryDict, files: MultiValueDict) -> dict[str, Any]:
    """Variables of a mutation from a posted form; what is left empty stays unchanged, but a list may become empty.

    Fields that `_clears` names (`input.group input.grade`) are null where they are left empty: taken away.
    """
    tree = _tree(data, data.get("_zone"))
    for name in " ".join(data.getlist("_clears")).split():
        if name in data and not str(data[name]).strip():
            _plant(tree, name.split("."), [None])
    for name, found in files.lists():
        _plant(tree, name.split("."), found)
    return _fields(types, tree, keep_blank=True, skip=data.get("_skip"))


def from_query(types: Types, data: QueryDict, size: int | None = None) -> dict[str, Any]:
    """Variables of a page's query from its address; values that no type allows are ignored, links grow old."""
    tree = _tree(data, data.get("_zone"))
    if "sortBy" in types and data.get("sort"):
        field = str(data["sort"])
        tree["sortBy"] = {"field": [field.lstrip("-")], "direction": ["DESC" if field.startswith("-") else "ASC"]}
    if "filter" in types:
        loose = {name: value for name, value in tree.items() if name not in types and name not in {"sort", "attr"}}
        if "attr" in tree:
            chosen = enumerate(tree["attr"].items())
            loose["attributes"] = {str(place): {"code": [code], "values": v} for place, (code, v) in chosen}
        tree["filter"] = loose
    variables = _fields(types, tree, keep_blank=False)
    if "before" in variables and size:
        variables |= {"last": size, "first": None}
    return variables


def _tree(data: QueryDict, zone: str | None = None) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, values in data.lists():
        _plant(tree, name.split("."), [_with_zone(value, zone) for value in values] if zone else values)
    return tree


def _with_zone(value: str, zone: str) -> str:
    """`2026-11-20T09:00`, as a browser sends it, with the offset of the organization's zone."""
    if not LOCAL_TIME.fullmatch(value):
        return value
    return dt.datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(zone)).isoformat()


def _plant(tree: dict[str, Any], path: list[str], values: list[Any]) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
        if not isinstance(tree, dict):
            return
    tree[path[-1]] = values


def _fields(types: Types, tree: dict[str, Any], keep_blank: bool, skip: str | None = None) -> dict[str, Any]:
    found = {name: _value(kind, tree[name], keep_blank, skip) for name, kind in types.items() if name in tree}
    return {name: value for name, value in found.items() if value is not MISSING}


def _value(kind: GraphQLInputType, raw: Any, keep_blank: bool, skip: str | None) -> Any:
    if isinstance(kind, GraphQLNonNull):
        return _value(kind.of_type, raw, keep_blank, skip)
    if isinstance(kind, GraphQLList):
        return _list(kind.of_type, raw, keep_blank, skip)
    if isinstance(kind, GraphQLInputObjectType):
        inner = {name: field.type for name, field in kind.fields.items()}
        found = _fields(inner, raw, keep_blank, skip) if isinstance(raw, dict) else {}
        return found if found and (keep_blank or _complete(kind, found, None)) else MISSING
    return _scalar(kind, raw[-1], keep_blank) if isinstance(raw, list) and raw else MISSING


def _list(item: GraphQLInputType, raw: Any, keep_blank: bool, skip: str | None) -> Any:
    if isinstance(raw, list):
        values = [_scalar(_bare(item), one, keep_blank=False) for one in raw]
        return [value for value in values if value is not MISSING] or ([] if keep_blank else MISSING)
    numbered = sorted(raw.items(), key=lambda pair: int(pair[0]) if pair[0].isdigit() else 0)
    values = [_value(item, one, keep_blank, skip) for _, one in numbered]
    return [value for value in values if value is not MISSING and _complete(_bare(item), value, skip)] or MISSING


def _bare(kind: GraphQLInputType) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def _complete(kind: Any, value: Any, skip: str | None) -> bool:
    """A row of a form counts once its required fields are filled, and unless one says `_skip` (0 pieces to ship)."""
    if not isinstance(kind, GraphQLInputObjectType):
        return True
    needed = {name for name, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull)}
    return needed <= value.keys() and (skip is None or skip not in value.values())


def _scalar(kind: Any, raw: Any, keep_blank: bool) -> Any:
    if not isinstance(raw, str):
        return raw
    text = raw.strip()
    if isinstance(kind, GraphQLEnumType):
        return text if text in kind.values else MISSING
    if not text:
        return "" if keep_blank and kind.name == "String" else MISSING
    if kind.name == "Boolean":
        return text.lower() in {"true", "on", "1", "yes"}
    if kind.name in NUMBERS and not keep_blank and not NUMBER.fullmatch(text):
        return MISSING
    if kind.name == "Int":
        return int(text) if text.lstrip("-").isdigit() else MISSING
    return text
