"""Shapes of goods that templates draw: the tree of categories, the matrix of variants, products side by side.

Nothing is decided here: what the page's document asked for is put into rows and columns.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product as every_pair
from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()

Row = Mapping[str, Any]


@dataclass
class Branch:
    """A category in the tree; open where the chosen one stands below it, or is it."""

    row: Row
    count: int = 0
    chosen: bool = False
    open: bool = False
    below: list["Branch"] = field(default_factory=list)


@register.filter
def tree_of(categories: Sequence[Row], counts: Sequence[Row]) -> list[Branch]:
    """Categories, depth first with their `level`, as branches; those in which nothing was found are left out."""
    found = {one["value"]: one["count"] for one in counts}
    roots: list[Branch] = []
    way: list[Branch] = []
    for row in categories:
        branch = Branch(row, found.get(row["id"], 0))
        del way[row["level"] :]
        if branch.count:
            (way[-1].below if way else roots).append(branch)
        way.append(branch)
    return roots


@register.filter
def opened(branches: Sequence[Branch], query: Mapping[str, str]) -> Sequence[Branch]:
    """The way to the address's `category` is open; so is the one root that is left."""
    for branch in branches:
        branch.chosen = branch.row["id"] == query.get("category")
        opened(branch.below, query)
        branch.open = branch.chosen or any(one.open for one in branch.below)
    if len(branches) == 1 and not branches[0].row["level"]:
        branches[0].open = True
    return branches


@register.filter
def way_to(categories: Sequence[Row], query: Mapping[str, str]) -> list[Row]:
    """The address's `category` with those above it, the root first; nothing where it names none."""
    chosen = query.get("category")
    way: list[Row] = []
    for row in categories:
        del way[row["level"] :]
        way.append(row)
        if row["id"] == chosen:
            return way
    return []


@dataclass(frozen=True)
class Cell:
    """Where two values meet: the variant that has both, or None."""

    row: int
    column: int
    variant: Row | None


@dataclass(frozen=True)
class Side:
    """A row of the matrix with its cells."""

    number: int
    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Layer:
    """One matrix: all variants that agree on what is not one of the two axes."""

    key: str
    values: tuple[str, ...]
    rows: list[Side]


@dataclass(frozen=True)
class Matrix:
    """Variants by two axes; further ones, if any, choose between layers."""

    across: str
    down: str
    columns: list[str]
    others: list[str]
    layers: list[Layer]


@register.filter
def matrix_of(product: Row) -> Matrix | None:
    """The variants of a product as a matrix, where two attributes or more tell them apart; else None."""
    variants = [variant for variant in product["variants"] if variant["attributes"]]
    names, values = _axes(product, variants)
    if len(names) < 2 or len(variants) < len(product["variants"]):
        return None
    down, across, *others = _ordered(names, values)
    found = {tuple(_values(variant).get(code, "") for code in (down, across, *others)): variant for variant in variants}
    if len(found) < len(variants):  # two variants in one cell: a list tells them apart better
        return None
    layers = [
        Layer("|".join(rest), rest, rows)
        for rest in every_pair(*(values[code] for code in others))
        if (rows := list(_rows(found, values[down], values[across], rest)))
    ]
    return Matrix(names[across], names[down], values[across], [names[code] for code in others], layers)


def _axes(product: Row, variants: Iterable[Row]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Names and values of the attributes that tell the variants apart, those the product names first."""
    names: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    for code in product["axes"]:
        values[code] = []
    for variant in variants:
        for one in variant["attributes"]:
            names.setdefault(one["code"], one["name"])
            known = values.setdefault(one["code"], [])
            if one["value"] not in known:
                known.append(one["value"])
    values = {code: known for code, known in values.items() if len(known) > 1}
    return {code: names[code] for code in values}, values


def _ordered(names: Mapping[str, str], values: Mapping[str, list[str]]) -> list[str]:
    """Of the first two the one with fewer values goes across: screens are wide, but not as wide as long."""
    first, second, *others = names
    return [*sorted((first, second), key=lambda code: -len(values[code])), *others]


def _values(variant: Row) -> dict[str, str]:
    return {one["code"]: one["value"] for one in variant["attributes"]}


def _rows(
    found: Mapping[tuple[str, ...], Row], down: Sequence[str], across: Sequence[str], rest: tuple[str, ...]
) -> Iterator[Side]:
    number = 0
    for label in down:
        variants = [found.get((label, column, *rest)) for column in across]
        if any(variants):
            yield Side(number, label, [Cell(number, place, variant) for place, variant in enumerate(variants)])
            number += 1


@dataclass(frozen=True)
class Comparison:
    """One line of a comparison: what each product has, and whether they differ."""

    label: str
    cells: list[str]
    differs: bool


@register.filter
def compared(products: Sequence[Row]) -> list[Comparison]:
    """The attributes of products, their variants' too, line by line; several values of one stand together."""
    names: dict[str, str] = {}
    sets: list[dict[str, list[str]]] = []
    for product in products:
        mine: dict[str, list[str]] = {}
        for one in (*product["attributes"], *(one for variant in product["variants"] for one in variant["attributes"])):
            names.setdefault(one["code"], one["name"])
            if one["value"] not in mine.setdefault(one["code"], []):
                mine[one["code"]].append(one["value"])
        sets.append(mine)
    lines = ((name, [" · ".join(mine.get(code, ())) for mine in sets]) for code, name in names.items())
    return [Comparison(name, cells, len(set(cells)) > 1) for name, cells in lines]


@register.filter
def as_chosen(products: Sequence[Row], ids: Sequence[str]) -> list[Row]:
    """Products in the order in which they were chosen."""
    return sorted(products, key=lambda row: ids.index(row["id"]) if row["id"] in ids else len(ids))


@register.filter
def tiers_by_pack(variant: Row) -> list[dict[str, Any]]:
    """The packs of a variant that have a price, the smallest first, each with its tiers."""
    found: dict[str, list[Row]] = {}
    for tier in variant["priceTiers"]:
        found.setdefault(tier["uom"]["code"], []).append(tier)
    packs = [pack for pack in variant["packs"] if pack["uom"]["code"] in found]
    return [{"pack": pack, "tiers": found[pack["uom"]["code"]]} for pack in packs]


@register.filter
def with_picture(product: Row) -> dict[str, Any]:
    """A product with the small picture that lists of it show."""
    media = product["media"]
    return {**product, "thumbnail": media[0]["small"] if media else ""}


@register.filter
def parts_held(assortment: Row) -> list[Row]:
    """Lines of an assortment that hold a part of the catalogue."""
    return [line for line in assortment["lines"] if not line["excluded"]]


@register.filter
def parts_left_out(assortment: Row) -> list[Row]:
    """Lines of an assortment that leave a part of the catalogue out."""
    return [line for line in assortment["lines"] if line["excluded"]]


@register.filter
def ids_held(assortment: Row | None, kind: str) -> list[str]:
    """Categories or brands (`kind`) that an assortment holds."""
    return [line[kind]["id"] for line in parts_held(assortment) if line[kind]] if assortment else []


@register.filter
def ids_left_out(assortment: Row | None, kind: str) -> list[str]:
    """Categories or brands (`kind`) that an assortment leaves out."""
    return [line[kind]["id"] for line in parts_left_out(assortment) if line[kind]] if assortment else []


@register.simple_tag
def assortment_states() -> list[tuple[str, str]]:
    """States one may put an assortment into."""
    return [("EFFECTIVE", _("In effect")), ("DRAFT", _("Draft")), ("PAUSED", _("Paused"))]
