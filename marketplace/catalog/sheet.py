"""Many products and variants changed at once, as a sheet of them is: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.catalog.attributes import definitions, merged, read_values
from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import products_changed, tell
from marketplace.catalog.models import Attribute, Brand, Category, Product, TaxCategory, Variant
from marketplace.catalog.packs import PackDraft
from marketplace.catalog.packs_sheet import PacksOfMany
from marketplace.catalog.products import tax_problems
from marketplace.catalog.values import lock_products, own_ids, taken, too_long, unnamed
from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, Facts, difference, facts, named
from marketplace.core.errors import DomainError, not_found, raise_all

MOST_ROWS = 1000
PRODUCT_FIELDS = ("name_zh", "name_en", "slug", "description_zh", "description_en", "brand_id", "category_id", "status",
                  "tax_rate", "tax_category_id", "attributes")  # fmt: skip
VARIANT_FIELDS = ("sku", "name_zh", "name_en", "status", "attributes")


@dataclass(frozen=True, slots=True)
class ProductChange:
    """What changes of a product; `fields` as PRODUCT_FIELDS names them, attributes written over those it has."""

    pk: int
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VariantChange:
    """What changes of a variant. `barcode`: of its base unit. `packs` are added, changed or removed, by their unit."""

    pk: int
    fields: Mapping[str, Any]
    barcode: str | None = None
    packs: Sequence[PackDraft] = field(default_factory=tuple)


def goods_write(
    actor: Actor, products: Sequence[ProductChange] = (), variants: Sequence[VariantChange] = ()
) -> tuple[list[Product], list[Variant]]:
    """Change many products and variants; as many SQL statements for a thousand as for one. At most 1000 of each.

    Raises all problems at once, each with the index of its row; the field says of which kind (`products.tax_rate`,
    `variants.sku`, `variants.attributes.<code>`, `variants.packs.<uom>`): REQUIRED, INVALID, UNIQUE, NOT_FOUND,
    ATTRIBUTE_VALUE, PACK_BASE, PACK_IN_USE, UNKNOWN_UOM. Nothing is written then.
    """
    actor.require("catalog.manage")
    raise_all([*_misfits(actor, Product, products, "products"), *_misfits(actor, Variant, variants, "variants")])
    with transaction.atomic():
        goods, forms = _locked(actor, products, variants)
        before = {id(row): facts(row) for row in (*goods.values(), *forms.values())}
        known = definitions(actor.organization_id, _codes([*products, *variants]))
        packs = PacksOfMany([(change.pk, change.packs, change.barcode) for change in variants])
        raise_all(
            [
                *_of("products", _product_problems(actor, goods, products, known)),
                *_of("variants", _variant_problems(actor, forms, variants, known)),
                *_of("variants", packs.problems({pk: row.sku for pk, row in forms.items()})),
            ]
        )
        now = timezone.now()
        for row in goods.values():
            row.updated_at = now
        _update(Product, goods.values(), products, ("updated_at", "tax_category_id"))
        _update(Variant, forms.values(), variants)
        told = _told(goods, forms, before, packs.write(actor.organization_id or 0))
        changed = {pk: changes for pk, changes in told.items() if changes}
        tell(actor, "catalog.product_changed", "Product", sorted(changed), actor.organization_id or 0, changes=changed)
        products_changed(told)
    return list(goods.values()), list(forms.values())


def _misfits(actor: Actor, model: type[models.Model], rows: Sequence[Any], name: str) -> Iterator[DomainError]:
    """INVALID for too many rows or one that stands twice, NOT_FOUND for those of others."""
    ids = [row.pk for row in rows]
    if len(ids) > MOST_ROWS:
        yield DomainError(Code.INVALID, _("At most %(most)s rows at once.") % {"most": MOST_ROWS}, name)
    seen: set[int] = set()
    for index, pk in enumerate(ids):
        if pk in seen:
            yield DomainError(Code.INVALID, _("The row stands twice."), name, index)
        seen.add(pk)
    own = model._default_manager.filter(organization=actor.organization_id, pk__in=seen)
    known = set(own.values_list("pk", flat=True)) if seen else set()
    yield from (not_found(name, index) for index, pk in enumerate(ids) if pk not in known)


def _locked(
    actor: Actor, products: Sequence[ProductChange], variants: Sequence[VariantChange]
) -> tuple[dict[int, Product], dict[int, Variant]]:
    """The rows by their id, products locked before variants (see `lock_products`)."""
    of_variants = Variant.objects.filter(pk__in=[change.pk for change in variants])
    lock_products([*(change.pk for change in products), *of_variants.values_list("product_id", flat=True)])
    goods = Product.objects.filter(pk__in=[change.pk for change in products]).order_by("pk")
    return {row.pk: row for row in goods}, {row.pk: row for row in of_variants.select_for_update().order_by("pk")}


def _codes(changes: Iterable[ProductChange | VariantChange]) -> set[str]:
    return {code for change in changes for code in change.fields.get("attributes") or ()}


def _of(name: str, problems: Iterable[DomainError]) -> Iterator[DomainError]:
    for one in problems:
        yield DomainError(one.code, one.message, f"{name}.{one.field}", one.index)


def _product_problems(
    actor: Actor, rows: Mapping[int, Product], changes: Sequence[ProductChange], known: Mapping[str, Attribute]
) -> Iterator[DomainError]:
    """Write the changes into the unsaved rows; what is wrong is told."""
    for index, change in enumerate(changes):
        row, rate = rows[change.pk], rows[change.pk].tax_rate
        yield from _apply(row, change, known, False, index)
        if "tax_category_id" not in change.fields and row.tax_rate != rate:
            # A rate written by hand is one's own, no longer that of a category.
            row.tax_category_id = None
        yield from unnamed(row.name_zh, row.name_en, index)
        yield from tax_problems(row.tax_rate, index)
    yield from _codes_taken(actor, Product, "slug", [(rows[change.pk], change) for change in changes])
    for name, model in (("brand", Brand), ("category", Category), ("tax_category", TaxCategory)):
        asked = [change.fields.get(f"{name}_id") for change in changes]
        missing = {error.index or 0 for error in own_ids(actor, model, asked, name)}
        yield from (not_found(name, index) for index in sorted(missing))


def _variant_problems(
    actor: Actor, rows: Mapping[int, Variant], changes: Sequence[VariantChange], known: Mapping[str, Attribute]
) -> Iterator[DomainError]:
    for index, change in enumerate(changes):
        yield from _apply(rows[change.pk], change, known, True, index)
        if not rows[change.pk].sku:
            yield DomainError(Code.REQUIRED, _("A SKU is needed."), "sku", index)
    yield from _codes_taken(actor, Variant, "sku", [(rows[change.pk], change) for change in changes])


def _apply(
    row: Product | Variant,
    change: ProductChange | VariantChange,
    known: Mapping[str, Attribute],
    of_variant: bool,
    index: int,
) -> Iterator[DomainError]:
    for name, value in change.fields.items():
        assert name in (VARIANT_FIELDS if of_variant else PRODUCT_FIELDS), name
        if name != "attributes":
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    texts = [name for name in change.fields if name in ("sku", "slug", "name_zh", "name_en")]
    yield from too_long({name: getattr(row, name) for name in texts}, type(row), index)
    values: dict[str, Any] = {}
    for code, raw in (change.fields.get("attributes") or {}).items():
        wrong: list[DomainError] = []
        values |= read_values(known, {code: raw}, of_variant, wrong)
        yield from (DomainError(one.code, one.message, f"attributes.{code}", index) for one in wrong)
    row.attributes = merged(row.attributes, values)


def _codes_taken(
    actor: Actor, model: type[models.Model], name: str, pairs: Sequence[tuple[Any, Any]]
) -> Iterator[DomainError]:
    """UNIQUE for codes that another row has, or that stand twice; rows that change are told from what they were."""
    asked = {getattr(row, name): row for row, change in pairs if name in change.fields and getattr(row, name)}
    others = model._default_manager.filter(organization=actor.organization_id, **{f"{name}__in": list(asked)})
    holder = dict(others.values_list(name, "pk")) if asked else {}
    for index, (row, change) in enumerate(pairs):
        code = getattr(row, name)
        if name in change.fields and code and (holder.get(code, row.pk) != row.pk or asked[code] is not row):
            yield taken(name, code, index)


def _update(model: type[models.Model], rows: Iterable[Any], changes: Sequence[Any], more: Sequence[str] = ()) -> None:
    """The columns that any row changes, of all rows, in one statement."""
    names = {name for change in changes for name in change.fields}
    if changes and (names or more):
        model._default_manager.bulk_update(rows, sorted({*names, *more}))


def _told(
    goods: Mapping[int, Product],
    forms: Mapping[int, Variant],
    before: Mapping[int, Facts],
    packs: Mapping[int, Changes],
) -> dict[int, Changes]:
    """What changed, by product; that of variants under the SKU they had."""
    told: dict[int, Changes] = {pk: difference(before[id(row)], facts(row)) for pk, row in goods.items()}
    for pk, row in forms.items():
        old = before[id(row)]
        changes = {**difference(old, facts(row)), **packs.get(pk, {})}
        told.setdefault(row.product_id, {}).update(named(old["sku"], changes))
    return told
