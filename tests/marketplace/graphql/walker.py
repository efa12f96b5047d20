"""Walks the whole schema as somebody: every query field, every object that turns up, every field of each.

Nothing here names a room. A new query, type or field is walked because it is in the schema.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.test import RequestFactory
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
    parse,
)

from marketplace.core.actor import Actor
from marketplace.graphql import ids as global_ids
from marketplace.graphql.answers import Result
from marketplace.graphql.context import Context
from marketplace.graphql.documents import Document, Operation
from marketplace.graphql.engine import perform
from marketplace.graphql.ids import split_global_id
from marketplace.graphql.limits import Limits

BOUNDLESS = Limits(tokens=500_000, depth=30, aliases=9999, directives=9999, root_fields=9999, cost=10**12)
PLAIN = {"String": "a", "Int": 1, "Float": 1.0, "Boolean": True, "Decimal": "1", "Quantity": "1", "Json": {}}
PLAIN |= {"DateTime": "2026-01-01T00:00:00Z", "Date": "2026-01-01"}


@lru_cache(maxsize=5000)
def operation_of(schema: GraphQLSchema, text: str) -> Operation:
    """The operation of a document that is valid because it was made from the schema; validating it takes seconds."""
    return Document(schema, text, parse(text), BOUNDLESS).operation(None)


@dataclass
class Wanted:
    """Which kinds of ids were asked for while somebody listened; `any_kind` where one decides by what it is given."""

    kinds: set[str] = field(default_factory=set)
    any_kind: bool = False


@contextmanager
def listening() -> Iterator[Wanted]:
    """Hear what ids are taken for as they are read (marketplace.graphql.ids)."""
    wanted = Wanted()
    refuse, decode = global_ids.not_found, global_ids.b64decode

    def refusing(*arguments: Any) -> Any:
        wanted.kinds.add(sys._getframe(1).f_locals["name"])
        return refuse(*arguments)

    def decoding(*arguments: Any, **options: Any) -> Any:
        wanted.any_kind |= sys._getframe(2).f_code.co_name != "from_global_id"
        return decode(*arguments, **options)

    with patch.object(global_ids, "not_found", refusing), patch.object(global_ids, "b64decode", decoding):
        yield wanted


def try_fitting(ids: list[str], attempt: Callable[[str], bool | None]) -> None:
    """Attempt with the first id, a wrong one as a rule; then with those of the kinds that were asked for.

    Of the kinds that nobody asks for one says as much as a hundred. Ends early when an attempt answers True.
    """
    waiting, tried = ids[:1], set()
    while waiting:
        gid = waiting.pop(0)
        tried.add(gid)
        with listening() as wanted:
            if attempt(gid):
                return
        fitting = ids if wanted.any_kind else [one for one in ids if split_global_id(one)[0] in wanted.kinds]
        waiting += [one for one in fitting if one not in tried and one not in waiting]


@dataclass
class Found:
    """What a walk came upon."""

    ids: set[str] = field(default_factory=set)
    text: list[str] = field(default_factory=list)
    internal: list[str] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)
    walked: set[str] = field(default_factory=set)

    def told(self, marker: str) -> list[str]:
        """The answers in which a marker stands."""
        return [text for text in self.text if marker in text]


class Walk:
    """One walk, as one actor."""

    def __init__(self, schema: GraphQLSchema, actor: Actor, depth: int = 2) -> None:
        self.schema = schema
        self.actor = actor
        self.depth = depth
        self.found = Found()
        self._waiting: list[str] = []
        self._selections: dict[str, str] = {}

    def run(self, known_ids: list[str]) -> Found:
        """Ask every query field, with the known ids wherever one is wanted; then every object that turned up."""
        self._start = transaction.savepoint()
        for gid in known_ids:
            self._object(gid)
        some = some_of_each_type(known_ids)
        query = self.schema.query_type
        assert query is not None
        for name, definition in query.fields.items():
            self.found.walked.add(f"Query.{name}")
            try_fitting(some, lambda gid, name=name, it=definition: self._query(name, it, gid))
        seen = set(known_ids)
        while self._waiting:
            gid = self._waiting.pop()
            if gid not in seen:
                seen.add(gid)
                self._object(gid)
        return self.found

    def _query(self, name: str, definition: GraphQLField, gid: str) -> None:
        """With the required arguments, the id wherever one is wanted."""
        wanted = {n: a for n, a in definition.args.items() if is_required_argument(a)}
        size = {"first": 100} if "first" in definition.args else {}
        given = {n: value_of(argument.type, gid) for n, argument in wanted.items()} | size
        self._ask(f"query.{name}", name, definition, given)

    def _object(self, gid: str) -> None:
        node = self.schema.query_type.fields["node"]  # type: ignore[union-attr]
        type_name = split_global_id(gid)[0]
        if type_name not in self._selections:
            body = self.selection(self.schema.get_type(type_name), self.depth)
            self._selections[type_name] = f"{{ __typename ... on {type_name} {body} }}"
        self._ask(f"node {gid}", "node", node, {"id": gid}, self._selections[type_name])

    def _ask(self, label: str, name: str, definition: GraphQLField, given: dict[str, Any], selection: str = "") -> None:
        names = list(given)
        head = ", ".join(f"${n}: {definition.args[n].type}" for n in names)
        call = ", ".join(f"{n}: ${n}" for n in names)
        field = f"query.{name}"
        if not selection and field not in self._selections:
            self._selections[field] = self.selection(get_named_type(definition.type), self.depth)
        body = selection or self._selections[field]
        text = f"query{f'({head})' if head else ''} {{ {name}{f'({call})' if call else ''} {body} }}"
        operation = operation_of(self.schema, text)
        result = perform(operation, given, Context(self.actor))
        self._note(label, given, result)
        if "INTERNAL" in result.codes:
            transaction.savepoint_rollback(self._start)  # a statement that failed must not hide what comes after it

    def _note(self, label: str, given: dict[str, Any], result: Result) -> None:
        for error in result.errors:
            if error.code == "INTERNAL":
                self.found.internal.append(f"{label} {given} at {error.path}")
        self.found.text.append(json.dumps(result.data, ensure_ascii=False))
        self._gather(label, result.data)

    def _gather(self, label: str, value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                self._gather(label, item)
        elif isinstance(value, dict):
            gid = value.get("id")
            if isinstance(gid, str):
                self.found.ids.add(gid)
                self._waiting.append(gid)
            nodes, total = value.get("nodes"), value.get("totalCount")
            if isinstance(nodes, list) and isinstance(total, int) and total <= 100 and total != len(nodes):
                self.found.miscounted.append(f"{label}: {total} counted, {len(nodes)} shown")
            for item in value.values():
                self._gather(label, item)

    # --- documents ----------------------------------------------------------------------------------------------------

    def selection(self, type_: Any, depth: int) -> str:
        if is_leaf_type(type_):
            return ""
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            parts = [
                f"... on {possible.name} {self.selection(possible, depth)}"
                for possible in self.schema.get_possible_types(type_)
            ]
            return "{ __typename " + " ".join(parts) + " }"
        return "{ __typename " + " ".join(self._fields(type_, depth)) + " }"

    def _fields(self, type_: GraphQLObjectType, depth: int) -> Iterator[str]:
        for name, definition in type_.fields.items():
            if any(is_required_argument(argument) for argument in definition.args.values()):
                continue
            self.found.walked.add(f"{type_.name}.{name}")
            inner = get_named_type(definition.type)
            if is_leaf_type(inner):
                yield name
            elif type_.name.endswith(("Connection", "Edge")) or inner.name in ("Money", "TaxedMoney"):
                yield f"{name} {self.selection(inner, depth)}"
            elif depth:
                size = "(first: 100)" if "first" in definition.args else ""
                yield f"{name}{size} {self.selection(inner, depth - 1)}"
            elif isinstance(inner, GraphQLObjectType) and "id" in inner.fields:
                yield f"{name} {{ __typename id }}"


class Meddling:
    """Tries every mutation as somebody, with others' ids wherever one is wanted."""

    def __init__(self, schema: GraphQLSchema, actor: Actor) -> None:
        self.schema = schema
        self.actor = actor
        self.internal: list[str] = []
        self.changed: list[str] = []

    def run(self, ids: list[str], snapshot: Callable[[], Any]) -> None:
        """Call each mutation with the least arguments, then with all of them and each id that fits."""
        self._snapshot, self._before = snapshot, snapshot()
        for name, definition in self.schema.mutation_type.fields.items():  # type: ignore[union-attr]
            if any(get_named_type(argument.type).name == "Upload" for argument in definition.args.values()):
                continue
            if not self._try(name, definition, value_of, ids[0]):
                try_fitting(ids, lambda gid, name=name, it=definition: self._try(name, it, everything, gid))

    def _try(self, name: str, definition: GraphQLField, value: Callable[[Any, str], Any], gid: str) -> bool:
        """Call it once, and take back what it did; True where the actor may not, with no argument."""
        given = {n: value(argument.type, gid) for n, argument in definition.args.items()}
        label = f"{name}({value.__name__} {gid})"
        start = transaction.savepoint()
        result = self._call(name, definition, given)
        if "INTERNAL" in result.codes:
            self.internal.append(f"{label}: {result.errors}")
        elif not result.errors and not (result.data or {})[name]["errors"] and self._snapshot() != self._before:
            self.changed.append(label)
        transaction.savepoint_rollback(start)
        return bool(result.codes & {"PERMISSION_DENIED", "UNAUTHENTICATED"})

    def _call(self, name: str, definition: GraphQLField, given: dict[str, Any]) -> Result:
        head = ", ".join(f"${n}: {definition.args[n].type}" for n in given)
        call = ", ".join(f"{n}: ${n}" for n in given)
        arguments = f"({call})" if call else ""
        text = f"mutation{f'({head})' if head else ''} {{ {name}{arguments} {{ errors {{ code field }} }} }}"
        operation = operation_of(self.schema, text)
        return perform(operation, given, Context(self.actor, request=RequestFactory().post("/graphql/")))


def everything(type_: Any, gid: str, seen: tuple[str, ...] = ()) -> Any:
    """A value of an input type with every field set, also those that may be left out."""
    if isinstance(type_, GraphQLNonNull):
        return everything(type_.of_type, gid, seen)
    if isinstance(type_, GraphQLList):
        return [] if get_named_type(type_).name == "Upload" else [everything(type_.of_type, gid, seen)]
    if isinstance(type_, GraphQLInputObjectType) and type_.name not in seen:
        return {name: everything(f.type, gid, (*seen, type_.name)) for name, f in type_.fields.items()}
    return None if isinstance(type_, GraphQLInputObjectType) else value_of(type_, gid)


def some_of_each_type(ids: list[str]) -> list[str]:
    """The first and the last id of each type."""
    by_type: dict[str, list[str]] = {}
    for gid in ids:
        by_type.setdefault(split_global_id(gid)[0], []).append(gid)
    return [gid for found in by_type.values() for gid in {found[0]: None, found[-1]: None}]


def value_of(type_: Any, gid: str) -> Any:
    """Some value of an input type, with the id wherever one fits."""
    if isinstance(type_, GraphQLNonNull):
        return value_of(type_.of_type, gid)
    if isinstance(type_, GraphQLList):
        return [value_of(type_.of_type, gid)]
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        fields = {name: f for name, f in type_.fields.items() if is_required_input_field(f)}
        return {name: value_of(f.type, gid) for name, f in fields.items() if f.default_value is Undefined}
    return gid if type_.name == "ID" else PLAIN.get(type_.name)
