"""Entries as people read them: what was changed is named, keys become names, and values are written out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.changes import COMMON, audited_as
from marketplace.core.permissions import declared_permissions

VERBS: dict[str, str | Promise] = {
    "created": gettext_lazy("Created"),
    "updated": gettext_lazy("Changed"),
    "moved": gettext_lazy("Moved"),
    "deleted": gettext_lazy("Deleted"),
    "retired": gettext_lazy("Retired"),
    "restored": gettext_lazy("Put back into use"),
}
#: What people call a row by: the first of these that it has.
NAMES = ("sku", "number", "name", "title", "code", "label", "email")

#: A window without an end is stored as one that ends beyond this year.
OPEN_FROM = 9000


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that is the key of a row: of which model, and which."""

    model: str
    pk: int


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after; a value is a text, or a Reference whose name has to be fetched."""

    field: str
    label: str
    before: str | Reference
    after: str | Reference


@lru_cache(maxsize=512)
def model_of(aggregate: str) -> type[models.Model] | None:
    """The model behind an aggregate; None where no room declared one."""
    found = audited_as(aggregate)
    return apps.get_model(found.model) if found else None


def changes_of(aggregate: str, changes: dict[str, list[Any]]) -> Iterator[Change]:
    """The changes of an entry, in the order of the model's columns, others after them."""
    own, parts = columns_of(aggregate)
    order = {name: place for place, name in enumerate(own)}
    for key in sorted(changes, key=lambda one: (order.get(one, len(order)), one)):
        before, after = changes[key]
        prefix, _separator, name = key.rpartition(": ")
        column = (parts if prefix else own).get(name)
        label = label_of(aggregate, name, column)
        label = f"{prefix}: {label}" if prefix else label
        yield Change(key, label, _value(name, column, before), _value(name, column, after))


@lru_cache(maxsize=512)
def columns_of(aggregate: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns by name: of the model behind an aggregate, and of its parts."""
    found = audited_as(aggregate)
    labels = (found.model, found.part) if found else ("", "")
    own, parts = (
        {one.attname: one for one in apps.get_model(label)._meta.concrete_fields} if label else {} for label in labels
    )
    return own, parts


def label_of(aggregate: str, name: str, column: Any = None) -> str:
    """What people call a field: the room's word, the common one, or what the column is called."""
    found = audited_as(aggregate)
    own = found.fields.get(name) if found else None
    common = own or COMMON.get(name)
    if common is not None:
        return str(common)
    if column is None and not name.islower():
        return name  # what a writer called a part by, such as a SKU
    words = str(column.verbose_name if column is not None else name.replace("_", " "))
    return words[:1].upper() + words[1:]


def name_of(row: Any) -> str:
    """What people call a row; empty for one that has no name, such as settings."""
    return next((str(value) for name in NAMES if (value := getattr(row, name, None))), "")


def _value(name: str, column: Any, value: Any) -> str | Reference:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(column, models.ForeignKey) and isinstance(value, int):
        return Reference(column.related_model._meta.label, value)
    if column is not None and column.flatchoices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(_part(name, one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_part(name, one)}" for key, one in value.items())
    return _instant(value) if isinstance(column, models.DateTimeField) else str(value)


def _part(name: str, value: Any) -> str:
    if name == "permissions" and value in declared_permissions():
        return str(declared_permissions()[value].label)
    if isinstance(value, dict):
        return "; ".join(f"{key} {one}" for key, one in value.items())
    return str(value)


def _instant(value: str) -> str:
    """An instant in the reader's zone, written the same in every language; empty for the ends of time."""
    found: datetime | None = parse_datetime(value)
    if found is None:
        return value
    open_end = found.year <= 1 or found.year >= OPEN_FROM
    return "" if open_end else timezone.localtime(found).strftime("%Y-%m-%d %H:%M")
