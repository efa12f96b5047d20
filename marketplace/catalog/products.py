"""Products: made with their first variant, changed, retired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.catalog.attributes import definitions, merged, read_values
from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import products_changed, tell
from marketplace.catalog.models import Brand, Category, Pack, Product, ProductStatus, TaxCategory, Variant
from marketplace.catalog.packs import PackDraft, pack_problems, packs_for
from marketplace.catalog.units import unit_by_code
from marketplace.catalog.values import check, free_code, home, own_ids, own_row, taken, too_long, unnamed
from marketplace.core.actor import Actor
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import DomainError, raise_all

# What a product is changed by. A name that is missing leaves the product as it is.
_TEXTS = ("name_zh", "name_en", "description_zh", "description_en", "slug")
FIELDS = frozenset({*_TEXTS, "brand_id", "category_id", "status", "tax_rate", "tax_category_id", "attributes", "axes"})


def product_create(
    actor: Actor,
    fields: Mapping[str, Any],
    sku: str = "",
    uom: str = "PCS",
    barcode: str = "",
    packs: Sequence[PackDraft] = (),
) -> Product:
    """Make a product with one variant (more by `variants_generate` or `variant_create`), in its base uom and packs.

    `fields` as FIELDS names them; `attributes` are {code: value} and typed by the attribute's kind. An empty slug or
    SKU is made from the name. Raises all problems at once: REQUIRED, UNIQUE, UNKNOWN_UOM, ATTRIBUTE_VALUE, NOT_FOUND.
    """
    actor.require("catalog.manage")
    problems: list[DomainError] = []
    row = Product(organization=actor.organization)
    _apply(actor, row, fields, problems)
    base = unit_by_code(uom, "uom", problems)
    problems += pack_problems(base.code if base else "", packs)
    problems += [*_sku_problems(actor, sku), *too_long({"barcode": barcode}, Pack)]
    raise_all(problems)
    assert base is not None
    with transaction.atomic():
        row.slug = row.slug or free_code(Product, actor.organization_id, row.name_en or row.name_zh, "slug")
        sku = sku.strip() or free_code(Variant, actor.organization_id, row.slug, "sku").upper()
        row.save()
        variant = Variant.objects.create(organization=home(actor), product=row, sku=sku)
        packs_for(variant, base, packs, barcode)
        made = {row.pk: {**created(row), "sku": [None, sku]}}
        tell(actor, "catalog.product_created", "Product", [row.pk], row.organization_id, changes=made)
        products_changed([row.pk])
    return row


def product_update(actor: Actor, pk: int, fields: Mapping[str, Any]) -> Product:
    """Change a product. Attributes given are written over those it has; an empty value removes one."""
    actor.require("catalog.manage")
    with transaction.atomic():
        row = own_row(actor, Product, pk)
        before = facts(row)
        problems: list[DomainError] = []
        _apply(actor, row, fields, problems)
        raise_all(problems)
        row.save()
        told = {row.pk: difference(before, facts(row))}
        fields_told = {"fields": sorted(fields)}
        tell(actor, "catalog.product_changed", "Product", [row.pk], row.organization_id, fields_told, told)
        products_changed([row.pk])
    return row


def products_retire(actor: Actor, ids: Sequence[int], back: bool = False) -> list[Product]:
    """Take products out of trade, hence all their variants, or (`back`) into it again. A constant number of statements.

    What was ordered stays as it is; nothing new can be ordered.
    """
    actor.require("catalog.manage")
    check(own_ids(actor, Product, ids, "products"))
    status = ProductStatus.ACTIVE if back else ProductStatus.RETIRED
    with transaction.atomic():
        rows = list(Product.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
        Product.objects.filter(pk__in=ids).update(status=status, updated_at=timezone.now())
        kind = "catalog.product_changed" if back else "catalog.product_retired"
        told = {row.pk: {"status": [row.status, status.value]} for row in rows if row.status != status}
        tell(actor, kind, "Product", ids, rows[0].organization_id if rows else 0, changes=told)
        products_changed(ids)
    for row in rows:
        row.status = status
    return rows


def _apply(actor: Actor, row: Product, fields: Mapping[str, Any], problems: list[DomainError]) -> None:
    """Write the fields into the unsaved row; what is wrong is appended."""
    unknown = set(fields) - FIELDS
    assert not unknown, unknown
    given = dict(fields)
    attributes = given.pop("attributes", None)
    _take_tax(actor, row, given)
    for name, value in given.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    problems += unnamed(row.name_zh, row.name_en)
    problems += too_long({name: getattr(row, name) for name in ("name_zh", "name_en", "slug")}, Product)
    problems += own_ids(actor, Brand, [row.brand_id] if "brand_id" in given else (), "brand")
    problems += own_ids(actor, Category, [row.category_id] if "category_id" in given else (), "category")
    problems += own_ids(actor, TaxCategory, [row.tax_category_id] if "tax_category_id" in given else (), "tax_category")
    problems += tax_problems(row.tax_rate)
    if given.get("slug"):
        problems += _slug_problems(row)
    known = definitions(actor.organization_id, [*(attributes or ()), *given.get("axes", ())])
    if attributes is not None:
        row.attributes = merged(row.attributes, read_values(known, attributes, False, problems))
    for code in given.get("axes", ()):
        if code not in known or not known[code].of_variant:
            problems.append(DomainError(Code.AXES_INVALID, _("An axis is an attribute of variants."), "axes"))


def _take_tax(actor: Actor, row: Product, given: Mapping[str, Any]) -> None:
    """A rate given by hand takes a product out of its tax category; a new one told nothing gets the default one."""
    if "tax_category_id" in given:
        return
    if "tax_rate" in given:
        if given["tax_rate"] != row.tax_rate:
            row.tax_category_id = None
    elif row.pk is None:
        default = TaxCategory.objects.filter(organization=actor.organization_id, is_default=True)
        row.tax_category_id = default.values_list("pk", flat=True).first()


def tax_problems(rate: Decimal, index: int | None = None) -> Iterator[DomainError]:
    """What is wrong with a tax rate, a fraction."""
    if not Decimal(rate).is_finite() or not 0 <= Decimal(rate) < 1:
        yield DomainError(Code.INVALID, _("A tax rate lies between 0 and 100 percent."), "tax_rate", index)
    elif Decimal(rate) != round(Decimal(rate), 4):
        yield DomainError(Code.INVALID, _("A tax rate has 2 decimals of a percent at most."), "tax_rate", index)


def _slug_problems(row: Product) -> Iterator[DomainError]:
    others = Product.objects.filter(organization=row.organization_id, slug=row.slug).exclude(pk=row.pk)
    if others.exists():
        yield taken("slug", row.slug)


def _sku_problems(actor: Actor, sku: str) -> Iterator[DomainError]:
    yield from too_long({"sku": sku}, Variant)
    if sku.strip() and Variant.objects.filter(organization=actor.organization_id, sku=sku.strip()).exists():
        yield taken("sku", sku.strip())
