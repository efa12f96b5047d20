"""How rows of stock are found by what people name."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from marketplace.core.errors import DomainError
from marketplace.graphql import from_global_id


def narrowed(rows: QuerySet[Any], gid: str, type_: str, lookup: str) -> QuerySet[Any]:
    """The rows of one object; none for an id that is none."""
    try:
        return rows.filter(**{lookup: from_global_id(gid, type_)})
    except DomainError:
        return rows.none()


def named_like(path: str, text: str) -> Q:
    """SKU from its beginning, or words of a name, of the variant at a path."""
    text = text.strip()
    names = ("name_zh", "name_en", "product__name_zh", "product__name_en")
    found = Q(**{f"{path}__sku__istartswith": text})
    for name in names:
        found |= Q(**{f"{path}__{name}__icontains": text})
    return found
