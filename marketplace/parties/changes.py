"""What every writer of this room does: take a row under a lock, apply the fields that were given, look for problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.parties.values import checked_length

Row = TypeVar("Row", bound=models.Model)


def owned(actor: Actor, model: type[Row], pk: int | None, field: str, lock: bool = False) -> Row:
    """A row of the actor's own organization, locked if asked; NOT_FOUND at `field` for any other."""
    rows = model._default_manager.filter(organization=actor.organization_id, pk=pk)
    row = (rows.select_for_update(no_key=True) if lock else rows).first()
    if row is None:
        raise not_found(field)
    return row


def owned_or_none(actor: Actor, model: type[Row], pk: int | None, field: str) -> Row | None:
    """As `owned`; None for None."""
    return None if pk is None else owned(actor, model, pk, field)


def apply(row: models.Model, changes: Mapping[str, Any]) -> list[str]:
    """Set the fields that differ; their names."""
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, changes[name])
    return changed


def known_fields(changes: Mapping[str, Any], allowed: Iterable[str]) -> None:
    """A programming error, not a user's: a caller names a field that this function does not change."""
    unknown = set(changes) - set(allowed)
    if unknown:
        raise TypeError(f"not changed here: {sorted(unknown)}")


def text_problems(
    model: type[models.Model], values: Mapping[str, Any], required: Iterable[str]
) -> Iterable[DomainError]:
    """REQUIRED for a text that is given empty, INVALID for one that is too long for its column."""
    for name, value in values.items():
        if not isinstance(value, str):
            continue
        if name in required and not value.strip():
            yield DomainError(CoreErrorCode.REQUIRED, _("Enter a value."), name)
        longest = getattr(model._meta.get_field(name), "max_length", None)
        if longest:
            yield from checked_length(value, longest, name)


def choice_problems(
    values: Mapping[str, Any], choices: Mapping[str, type[models.TextChoices]]
) -> Iterable[DomainError]:
    """INVALID for a value that its enum does not have."""
    for name, enum in choices.items():
        if name in values and values[name] not in enum.values:
            text = _("%(value)s is not a choice.") % {"value": values[name]}
            yield DomainError(CoreErrorCode.INVALID, text, name)


def duplicate(field: str, code: str, index: int | None = None) -> DomainError:
    """The refusal of a code that is taken."""
    return DomainError(CoreErrorCode.DUPLICATE, _("The code %(code)s is taken.") % {"code": code}, field, index)
