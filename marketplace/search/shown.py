"""Facets as people see them: labels in their language, values in an order that helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from marketplace.catalog.attributes import show_value
from marketplace.catalog.models import Attribute, AttributeKind
from marketplace.core.names import localized
from marketplace.graphql import to_global_id
from marketplace.search.engine import FacetCount, SearchRequest

MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value of a facet."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """A facet with its values."""

    code: str
    label: str
    values: list[ShownValue]


def shown_facets(counts: Sequence[FacetCount], request: SearchRequest) -> list[ShownFacet]:
    """Category, brand, then the attributes in their order; facets without a value are left out. One statement."""
    by_code: dict[str, list[FacetCount]] = {}
    for count in counts:
        by_code.setdefault(count.facet, []).append(count)
    owners = [int(one.value) for one in by_code.pop("owner", ())]
    categories, brands = by_code.pop("category", []), by_code.pop("brand", [])
    facets = [
        ShownFacet("category", _("Category"), _categories(categories, request.category_id)),
        ShownFacet("brand", _("Brand"), _most([named(one, "Brand") for one in brands])),
    ]
    codes = [facet[1:] for facet in by_code]
    known = Attribute.objects.filter(organization__in=owners, code__in=codes).select_related("uom")
    seen: set[str] = set()
    for attribute in known.order_by("position", "pk"):
        if attribute.code not in seen:
            seen.add(attribute.code)
            facets.append(ShownFacet(attribute.code, attribute.name, _values(attribute, by_code[f"@{attribute.code}"])))
    return [facet for facet in facets if facet.values]


def named(count: FacetCount, kind: str) -> ShownValue:
    """A brand or category with its id and its name in the reader's language."""
    return ShownValue(to_global_id(kind, count.value), localized(count.name_zh, count.name_en), count.count)


def _categories(counts: Sequence[FacetCount], chosen: int | None) -> list[ShownValue]:
    """The chosen category and those directly below it; the roots while none is chosen."""
    near = [one for one in counts if one.parent == chosen or (chosen is not None and int(one.value) == chosen)]
    return _most([named(one, "Category") for one in near])


def _most(values: list[ShownValue]) -> list[ShownValue]:
    return sorted(values, key=lambda one: (-one.count, one.label))[:MOST_VALUES]


def _values(attribute: Attribute, counts: Sequence[FacetCount]) -> list[ShownValue]:
    kept: Any
    shown = []
    for one in counts:
        kept = one.value == "true" if attribute.kind == AttributeKind.BOOLEAN else one.value
        shown.append(ShownValue(one.value, show_value(attribute, kept), one.count))
    if attribute.kind == AttributeKind.NUMBER:
        return sorted(_most(shown), key=lambda one: _number(one.value))
    return _most(shown)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)
