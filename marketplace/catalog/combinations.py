"""What a generator of variants would make: every combination of the values of one or two axes, by name and SKU."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as every_pair
from string import Formatter
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from marketplace.catalog.attributes import choice_label, show_value
from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.models import Attribute, AttributeKind, Product, Variant
from marketplace.catalog.values import longest_of, next_free
from marketplace.core.errors import DomainError, raise_all
from marketplace.core.names import localized

#: The parts a pattern of SKUs may have.
PARTS = ("base", "1", "2", "n")
USUAL = "{base}-{1}-{2}"


@dataclass(frozen=True, slots=True)
class Combination:
    """A variant to be, or `there`, the one that has these values already."""

    values: dict[str, Any]
    name_zh: str
    name_en: str
    sku: str
    there: Variant | None = None

    @property
    def name(self) -> str:
        """The name in the active language."""
        return localized(self.name_zh, self.name_en)


def combinations(
    product: Product,
    there: Sequence[Variant],
    known: Mapping[str, Attribute],
    sides: Sequence[Sequence[tuple[str, Any]]],
    pattern: str = "",
) -> list[Combination]:
    """Every combination of the sides, in their order, each with the variant that has it or the SKU it would get.

    `pattern` as USUAL, of PARTS: what the SKUs of the product have in common, marks of both values, a running number.
    A SKU that is taken gets a number behind it. One statement. Raises INVALID for another part.
    """
    pattern = pattern.strip() or USUAL
    raise_all(pattern_problems(pattern))
    codes = [side[0][0] for side in sides if side]
    having = {tuple(row.attributes.get(code) for code in codes): row for row in there}
    stem = (_stem(there[0], known) if there else "") or slugify(product.slug).upper()[:40] or "SKU"
    found: list[Combination] = []
    used: set[str] | None = None
    for pair in every_pair(*sides):
        values = dict(pair)
        row = having.get(tuple(value for _code, value in pair))
        sku = row.sku if row else ""
        if row is None:
            used = _used(product, stem, pattern) if used is None else used
            number = len(there) + sum(one.there is None for one in found) + 1
            sku = next_free(written(pattern, stem, sku_parts(known, values), number), used)
            used.add(sku)
        found.append(Combination(values, **matrix_names(known, values), sku=sku, there=row))
    return found


def pattern_problems(pattern: str) -> Iterable[DomainError]:
    """INVALID for a pattern that names what there is not."""
    try:
        named = [name for _text, name, spec, _how in Formatter().parse(pattern) if name is not None and not spec]
        whole = all(name in PARTS for name in named)
    except ValueError:
        whole = False
    if not whole or len(pattern) > 64:
        text = _("A pattern is made of %(parts)s and text.") % {"parts": ", ".join(f"{{{one}}}" for one in PARTS)}
        yield DomainError(Code.INVALID, text, "sku_pattern")


def written(pattern: str, stem: str, marks: Sequence[str], number: int) -> str:
    """A SKU by its pattern; a side that is missing takes the sign before it along."""
    if len(marks) < 2:
        pattern = pattern.replace("-{2}", "").replace("_{2}", "").replace("{2}", "")
    told = {"base": stem, "1": marks[0] if marks else "", "2": marks[1] if len(marks) > 1 else "", "n": str(number)}
    for name, text in told.items():
        pattern = pattern.replace(f"{{{name}}}", text)
    return pattern[: (longest_of(Variant, "sku") or 64) - 4]


def _used(product: Product, stem: str, pattern: str) -> set[str]:
    """SKUs that a pattern could meet."""
    rows = Variant.objects.filter(organization=product.organization_id)
    if pattern.startswith("{base}"):
        rows = rows.filter(sku__startswith=stem)
    return set(rows.values_list("sku", flat=True))


def _stem(first: Variant, known: Mapping[str, Attribute]) -> str:
    """What the SKUs of a product have in common: the first one without its own values at the end."""
    values = {code: value for code, value in first.attributes.items() if code in known}
    ending = "-".join(["", *sku_parts(known, values)]) if values else ""
    return first.sku.removesuffix(ending)[:40] if ending else first.sku[:40]


def sku_parts(known: Mapping[str, Attribute], values: Mapping[str, Any]) -> list[str]:
    """Short Latin marks of values, for the end of a SKU: WHITE, 500."""
    return [_sku_part(known[code], value, at) for at, (code, value) in enumerate(values.items())]


def matrix_names(known: Mapping[str, Attribute], values: Mapping[str, Any]) -> dict[str, str]:
    """Names of a variant in both languages, from the values that tell it apart."""
    names = {}
    for language, column in (("zh-hans", "name_zh"), ("en", "name_en")):
        with override(language):
            names[column] = " / ".join(show_value(known[code], value) for code, value in values.items())
    return names


def _sku_part(attribute: Attribute, value: Any, at: int) -> str:
    """A short Latin mark of a value: its choice's English word, else its place among the choices."""
    if attribute.kind == AttributeKind.CHOICE:
        place = next((n for n, choice in enumerate(attribute.choices, 1) if choice["value"] == value), at)
        with override("en"):
            label = choice_label(attribute.choices[place - 1]) if place else str(value)
        return slugify(label).upper()[:10] or str(place)
    return slugify(str(value)).upper()[:10] or str(at + 1)
