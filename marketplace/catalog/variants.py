"""Variants: added, changed, generated from two axes, retired."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.attributes import definitions, merged, read_values
from marketplace.catalog.combinations import Combination, combinations
from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import products_changed, tell
from marketplace.catalog.models import Attribute, Pack, Product, ProductStatus, Variant
from marketplace.catalog.packs import PackDraft, new_packs, pack_problems
from marketplace.catalog.units import units_by_code, unknown_unit
from marketplace.catalog.values import (
    check,
    lock_products,
    misplaced,
    own_ids,
    own_row,
    own_variant,
    taken,
    too_long,
)
from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, created, difference, facts, named
from marketplace.core.errors import DomainError, not_found, raise_all

MOST_AT_ONCE = 500
FIELDS = frozenset({"sku", "name_zh", "name_en", "status", "position", "attributes"})


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of the matrix: an attribute of variants, and the values it takes."""

    attribute: str
    values: tuple[str, ...]


def variant_create(
    actor: Actor,
    product_id: int,
    fields: Mapping[str, Any],
    uom: str = "PCS",
    barcode: str = "",
    packs: Sequence[PackDraft] = (),
) -> Variant:
    """Add a variant to a product; `fields` as FIELDS names them, `sku` among them."""
    actor.require("catalog.manage")
    with transaction.atomic():
        product = own_row(actor, Product, product_id, "product")
        problems: list[DomainError] = []
        row = Variant(organization=actor.organization, product=product, position=product.variants.count())
        _apply(actor, row, fields, problems)
        units = units_by_code([uom, *(draft.uom for draft in packs)])
        if uom.strip().upper() not in units:
            problems.append(unknown_unit(uom))
        problems += [*pack_problems(uom, packs), *too_long({"barcode": barcode}, Pack)]
        raise_all(problems)
        row.save()
        Pack.objects.bulk_create(new_packs(row, units[uom.strip().upper()], packs, barcode, units))
        _told(actor, {row.product_id: named(row.sku, created(row))}, row.organization_id)
    return row


def variant_update(actor: Actor, pk: int, fields: Mapping[str, Any], barcode: str | None = None) -> Variant:
    """Change a variant; `barcode` is that of its base unit."""
    actor.require("catalog.manage")
    with transaction.atomic():
        row = own_variant(actor, pk)
        before = facts(row)
        problems: list[DomainError] = []
        _apply(actor, row, fields, problems)
        if barcode is not None:
            problems += too_long({"barcode": barcode}, Pack)
        raise_all(problems)
        row.save()
        changes = difference(before, facts(row))
        if barcode is not None:
            row.packs.filter(is_base=True).update(barcode=barcode.strip())
            changes["barcode"] = [None, barcode.strip()]
        _told(actor, {row.product_id: named(before["sku"], changes)}, row.organization_id)
    return row


def variants_retire(actor: Actor, ids: Sequence[int], back: bool = False) -> list[Variant]:
    """Take variants out of trade, or (`back`) into it again; what was ordered stays."""
    actor.require("catalog.manage")
    check(own_ids(actor, Variant, ids, "variants"))
    status = ProductStatus.ACTIVE if back else ProductStatus.RETIRED
    with transaction.atomic():
        lock_products(Variant.objects.filter(pk__in=ids).values_list("product_id", flat=True))
        rows = list(Variant.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
        Variant.objects.filter(pk__in=ids).update(status=status)
        if rows:
            told: dict[int, Changes] = {row.product_id: {} for row in sorted(rows, key=lambda one: one.product_id)}
            for row in rows:
                told[row.product_id] |= named(row.sku, {"status": [row.status, status.value]})
            _told(actor, told, rows[0].organization_id)
    for row in rows:
        row.status = status
    return rows


def variants_generate(
    actor: Actor,
    product_id: int,
    axes: Sequence[Axis],
    uom: str = "PCS",
    packs: Sequence[PackDraft] = (),
    pattern: str = "",
    left_out: Collection[str] = (),
) -> list[Variant]:
    """Make the variants a product lacks of one or two axes, such as colours x sizes; returns those made.

    What exists with the same values is left as it is. SKUs follow the pattern (`combinations.USUAL` unless told), those
    of `left_out` are not made; names are the values in both languages. At most 500 at once. A constant number of
    statements.
    """
    actor.require("catalog.manage")
    with transaction.atomic():
        product = own_row(actor, Product, product_id, "product")
        units = units_by_code([uom, *(draft.uom for draft in packs)])
        raise_all([*([unknown_unit(uom)] if uom.strip().upper() not in units else []), *pack_problems(uom, packs)])
        there = list(product.variants.order_by("position", "pk"))
        found = _combined(actor, product, there, axes, pattern)
        wanted = [one for one in found if one.there is None and one.sku not in left_out]
        rows = Variant.objects.bulk_create(
            Variant(
                organization_id=product.organization_id,
                product=product,
                sku=one.sku,
                name_zh=one.name_zh,
                name_en=one.name_en,
                attributes=one.values,
                position=len(there) + place,
            )
            for place, one in enumerate(wanted)
        )
        base = units[uom.strip().upper()]
        Pack.objects.bulk_create(pack for row in rows for pack in new_packs(row, base, packs, "", units))
        product.axes = [axis.attribute for axis in axes]
        product.save(update_fields=["axes", "updated_at"])
        _told(actor, {product.pk: {"variants": [[], [row.sku for row in rows]]}}, product.organization_id)
    return rows


def variants_planned(actor: Actor, product_id: int, axes: Sequence[Axis], pattern: str = "") -> list[Combination]:
    """What `variants_generate` would make, and what is there already; nothing is written."""
    actor.require("catalog.manage")
    product = Product.objects.filter(organization=actor.organization_id, pk=product_id).first()
    if product is None:
        raise not_found("product")
    return _combined(actor, product, list(product.variants.order_by("position", "pk")), axes, pattern)


def _combined(
    actor: Actor, product: Product, there: Sequence[Variant], axes: Sequence[Axis], pattern: str
) -> list[Combination]:
    problems: list[DomainError] = []
    known = definitions(actor.organization_id, [axis.attribute for axis in axes])
    sides = _sides(known, axes, problems)
    raise_all(problems)
    return combinations(product, there, known, sides, pattern)


def _sides(
    known: Mapping[str, Attribute], axes: Sequence[Axis], problems: list[DomainError]
) -> list[list[tuple[str, Any]]]:
    """Per axis, the pairs (attribute code, typed value) in the order given."""
    if not 1 <= len(axes) <= 2 or len({axis.attribute for axis in axes}) != len(axes):
        problems.append(DomainError(Code.AXES_INVALID, _("Give one or two different attributes."), "axes"))
    sides: list[list[tuple[str, Any]]] = []
    for axis in axes:
        values: dict[Any, None] = {}
        for raw in axis.values:
            typed = read_values(known, {axis.attribute: raw}, True, problems)
            if typed.get(axis.attribute) is not None:
                values[typed[axis.attribute]] = None
        if not values:
            problems.append(DomainError(Code.AXES_INVALID, _("An axis needs values."), "axes"))
        sides.append([(axis.attribute, value) for value in values])
    if len(sides) == 2 and len(sides[0]) * len(sides[1]) > MOST_AT_ONCE:
        text = _("At most %(most)s variants can be made at once.") % {"most": MOST_AT_ONCE}
        problems.append(DomainError(Code.AXES_INVALID, text, "axes"))
    return sides


def _apply(actor: Actor, row: Variant, fields: Mapping[str, Any], problems: list[DomainError]) -> None:
    unknown = set(fields) - FIELDS
    assert not unknown, unknown
    given = dict(fields)
    attributes = given.pop("attributes", None)
    for name, value in given.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    problems += [*_sku_problems(row), *misplaced(row.position)]
    problems += too_long({name: getattr(row, name) for name in ("sku", "name_zh", "name_en")}, Variant)
    if attributes is not None:
        known = definitions(actor.organization_id, attributes)
        row.attributes = merged(row.attributes, read_values(known, attributes, True, problems))


def _sku_problems(row: Variant) -> Iterator[DomainError]:
    if not row.sku:
        yield DomainError(Code.REQUIRED, _("A SKU is needed."), "sku")
    elif Variant.objects.filter(organization=row.organization_id, sku=row.sku).exclude(pk=row.pk).exists():
        yield taken("sku", row.sku)


def _told(actor: Actor, changes: Mapping[int, Changes], organization_id: int) -> None:
    """Tell of products by their id, what changed of each."""
    tell(actor, "catalog.product_changed", "Product", changes, organization_id, changes=changes)
    products_changed(changes)
