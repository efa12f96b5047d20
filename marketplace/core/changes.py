"""What a change changed: each field before and after, as events keep it and the audit log shows it (concepts/events).

    before = facts(row)                      # the row as it was fetched; no statement
    apply(row, values)
    record(actor, event(..., changes=difference(before, facts(row))))

A room says in its `audited.py`, found as Django finds `admin.py`, which model is behind an aggregate, so that the log
names the row and writes values as people read them: `audited("partnership", "parties.Partnership", _("Partnership"))`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.timezone import is_aware
from django.utils.translation import gettext_lazy as _

Facts = dict[str, Any]
Changes = dict[str, list[Any]]

#: Columns that say nothing to a person: keys, the owner, what is derived, what a writer counts up.
SILENT = frozenset(
    {"id", "organization", "ancestors", "depth", "version", "created_at", "updated_at", "status_since", "password"}
)
LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Audited:
    """The model behind an aggregate, that of the parts it changes with, and names of fields that are not common."""

    model: str
    label: str | Promise
    fields: Mapping[str, str | Promise] = field(default_factory=dict)
    part: str = ""


_audited: dict[str, Audited] = {}


def audited(
    aggregate: str, model: str, label: str | Promise, fields: Mapping[str, str | Promise] | None = None, part: str = ""
) -> None:
    """Declare the model ("app.Model") of an aggregate, what one is called, names of its fields, the model of its parts.

    Changes of a part are written under its own name (`named`): variants of a product.
    """
    _audited[aggregate] = Audited(model, label, fields or {}, part)


@lru_cache(maxsize=1)
def _discovered() -> bool:
    autodiscover_modules("audited")
    return True


def audited_as(aggregate: str) -> Audited | None:
    """What was declared for an aggregate."""
    _discovered()
    return _audited.get(aggregate)


def audited_aggregates() -> dict[str, Audited]:
    """All that were declared, by their aggregate."""
    _discovered()
    return dict(_audited)


def facts(row: models.Model) -> Facts:
    """The row's columns in a form fit for JSON; asks the database for nothing."""
    loaded = row.__dict__
    return {
        one.attname: plain(loaded[one.attname])
        for one in row._meta.concrete_fields
        if one.attname in loaded and one.name not in SILENT
    }


def difference(before: Facts, after: Facts) -> Changes:
    """{field: [before, after]} of what differs."""
    names = [*before, *(name for name in after if name not in before)]
    return {name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)}


def created(row: models.Model) -> Changes:
    """What a new row says, as changes from nothing; what is empty is left out."""
    return {name: [None, value] for name, value in facts(row).items() if value not in (None, "", [], {})}


def deleted(row: models.Model) -> Changes:
    """What a row said that goes, as changes to nothing."""
    return {name: [value, None] for name, value in facts(row).items() if value not in (None, "", [], {})}


def named(prefix: str, changes: Changes) -> Changes:
    """Changes of a part of the aggregate, under the part's own name: "ABC-1: status"."""
    return {f"{prefix}: {name}": pair for name, pair in changes.items()}


def listed(name: str, before: Iterable[Any], after: Iterable[Any]) -> Changes:
    """The change of a set of things, such as a member's roles: {} where it is the same."""
    old, new = sorted(map(str, before)), sorted(map(str, after))
    return {} if old == new else {name: [old, new]}


def plain(value: Any) -> Any:
    """A value fit for JSON: numbers keep their digits as text, instants are written in ISO 8601, long texts are cut."""
    if isinstance(value, models.Choices):
        return value.value
    if isinstance(value, str):
        return str(value) if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}…"
    if isinstance(value, Decimal):
        return format(value.normalize() or Decimal(0), "f") if value.is_finite() else str(value)
    if isinstance(value, datetime):
        return value.isoformat() if is_aware(value) else f"{value.isoformat()}Z"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


#: Fields that rooms share, by column; a room names its own where it declares the aggregate.
COMMON: dict[str, str | Promise] = {
    "name": _("Name"),
    "name_zh": _("Name in Chinese"),
    "name_en": _("Name in English"),
    "code": _("Code"),
    "status": _("Status"),
    "kind": _("Kind"),
    "position": _("Position"),
    "parent_id": _("Below"),
    "currency": _("Currency"),
    "country": _("Country"),
    "time_zone": _("Time zone"),
    "language": _("Language"),
    "is_active": _("In use"),
    "is_default": _("Default"),
    "valid_from": _("Valid from"),
    "valid_to": _("Valid until"),
    "email": _("E-mail address"),
    "phone": _("Telephone"),
    "description_zh": _("Description in Chinese"),
    "description_en": _("Description in English"),
}
