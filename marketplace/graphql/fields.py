"""Fields that carry their permission and their cost into the schema."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import graphene
from django.core.exceptions import FieldDoesNotExist
from django.db.models.options import Options
from django.utils.translation import get_language


def requires(description: str | None, permission: str | None) -> str | None:
    """The description with the permission named in it."""
    if permission is None:
        return description
    return f"{description or ''} Requires `{permission}`.".strip()


class Field(graphene.Field):
    """A field with a permission, a cost and, for lists, the size the cost is multiplied by.

    `permission`  code that the actor needs; without it the field is an error PERMISSION_DENIED.
    `cost`        what one object costs; leafs cost 0, everything else 1 unless told.
    `size`        how many items a list is reckoned with when its selection is priced (10 unless told).
    """

    def __init__(
        self,
        type_: Any,
        *,
        permission: str | None = None,
        cost: int | None = None,
        size: int | None = None,
        description: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(type_, description=requires(description, permission), **options)
        self.extensions: dict[str, Any] = {"permission": permission, "cost": cost, "size": size}


class LabelField(Field):
    """The translated label beside an enum, in the language of the request."""

    def __init__(self, attribute: str, **options: Any) -> None:
        options.setdefault("description", f"The label of `{attribute}` in the reader's language.")
        super().__init__(graphene.String, resolver=label_resolver(attribute), **options)


def label_resolver(attribute: str) -> Callable[..., str | None]:
    """Reads a `TextChoices` member's label, or the label of a model field's choice."""

    def resolve(root: Any, info: Any) -> str | None:
        value = root.get(attribute) if isinstance(root, dict) else getattr(root, attribute)
        if value is None:
            return None
        labels = info.memo
        if labels is None:
            labels = info.memo = _labels(root.__class__, attribute, get_language())
        found = labels.get(value)
        return str(value.label) if found is None else found

    return resolve


@lru_cache(maxsize=512)
def _labels(model: Any, attribute: str, _language: str | None) -> dict[Any, str]:
    """The labels of a model field's choices in the active language; empty for what is no field of a model."""
    meta = getattr(model, "_meta", None)
    if not isinstance(meta, Options):
        return {}
    try:
        field: Any = meta.get_field(attribute)
    except FieldDoesNotExist:
        return {}
    return {value: str(label) for value, label in field.flatchoices}


def label_field(attribute: str, required: bool = True, **options: Any) -> LabelField:
    """`status_label = label_field("status")`."""
    return LabelField(attribute, required=required, **options)
