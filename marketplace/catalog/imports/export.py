"""The other way: products as a sheet that can be imported again, and a sheet of errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.catalog.imports.columns import HEADINGS, heading_of
from marketplace.catalog.listings import listing_state
from marketplace.catalog.models import (
    Attribute,
    AttributeKind,
    Category,
    Listing,
    ListingStatus,
    Pack,
    Product,
    ProductImport,
    ProductImportRow,
    Variant,
)
from marketplace.catalog.quantities import plain
from marketplace.catalog.visibility import own
from marketplace.core.actor import Actor
from marketplace.core.names import localized

PART = 500


def product_sheet(actor: Actor, product_ids: Sequence[int] | None = None) -> tuple[list[str], Iterator[dict[str, str]]]:
    """Headings and rows of the actor's own products, one row a variant; importing it again changes nothing.

    Rows are read in parts as they are asked for: memory stays flat.
    """
    actor.require("catalog.view")
    attributes = list(Attribute.objects.filter(own(actor)).order_by("position", "pk"))
    headings = {name: heading_of(name) for name in HEADINGS}
    taken = {heading.casefold() for heading in headings.values()}
    for attribute in attributes:
        heading = attribute.name if attribute.name.casefold() not in taken else attribute.code
        taken.add(heading.casefold())
        headings[f"@{attribute.code}"] = heading
    return list(headings.values()), _rows(actor, product_ids, headings, attributes)


def _rows(
    actor: Actor, product_ids: Sequence[int] | None, headings: dict[str, str], attributes: Sequence[Attribute]
) -> Iterator[dict[str, str]]:
    paths = _category_paths(actor)
    products = Product.objects.visible_to(actor).filter(own(actor)).order_by("pk")
    if product_ids is not None:
        products = products.filter(pk__in=product_ids)
    ids = list(products.values_list("pk", flat=True))
    for start in range(0, len(ids), PART):
        variants = Variant.objects.filter(product__in=ids[start : start + PART]).select_related("product__brand")
        part = list(variants.order_by("product_id", "position", "pk"))
        for cells in _cells(actor, part, paths, attributes):
            yield {headings[name]: text for name, text in cells.items() if text}


def _cells(
    actor: Actor, part: Sequence[Variant], paths: dict[int, str], attributes: Sequence[Attribute]
) -> Iterator[dict[str, str]]:
    ids = [variant.pk for variant in part]
    packs: dict[int, list[Pack]] = {}
    for pack in Pack.objects.filter(variant__in=ids).select_related("uom").order_by("factor", "pk"):
        packs.setdefault(pack.variant_id, []).append(pack)
    listings = {
        listing.variant_id: listing
        for listing in Listing.objects.filter(organization=actor.organization_id, variant__in=ids)
    }
    now = timezone.now()
    for variant in part:
        state = listing_state(listings.get(variant.pk), now)
        yield {
            **_product_cells(variant.product, paths),
            "sku": variant.sku,
            "variant_zh": variant.name_zh,
            "variant_en": variant.name_en,
            "listed": _yes_no(state in (ListingStatus.LISTED, ListingStatus.SCHEDULED)),
            **_pack_cells(packs.get(variant.pk, [])),
            **_attribute_cells(variant, attributes),
        }


def _product_cells(product: Product, paths: dict[int, str]) -> dict[str, str]:
    brand = product.brand
    return {
        "product": product.slug,
        "name_zh": product.name_zh,
        "name_en": product.name_en,
        "description_zh": product.description_zh,
        "description_en": product.description_en,
        "brand": (brand.name_zh or brand.name_en) if brand else "",
        "category": paths.get(product.category_id or 0, ""),
        "status": str(product.get_status_display()),
        "tax_rate": f"{plain(product.tax_rate * 100):f}%",
    }


def _pack_cells(packs: Sequence[Pack]) -> dict[str, str]:
    base = next((pack for pack in packs if pack.is_base), None)
    default = next((pack for pack in packs if pack.is_default), base)
    others = [f"{pack.uom.code}={plain(Decimal(pack.factor)):f}" for pack in packs if not pack.is_base]
    return {
        "uom": base.uom.code if base else "",
        "order_uom": default.uom.code if default else "",
        "packs": "; ".join(others),
        "barcode": base.barcode if base else "",
    }


def _attribute_cells(variant: Variant, attributes: Sequence[Attribute]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for attribute in attributes:
        values: dict[str, Any] = variant.attributes if attribute.of_variant else variant.product.attributes
        value = values.get(attribute.code)
        if value is None:
            continue
        boolean = attribute.kind == AttributeKind.BOOLEAN
        cells[f"@{attribute.code}"] = _yes_no(bool(value)) if boolean else str(value)
    return cells


def _yes_no(value: bool) -> str:
    chinese = (get_language() or "en").startswith("zh")
    return ("是" if value else "否") if chinese else ("yes" if value else "no")


def _category_paths(actor: Actor) -> dict[int, str]:
    rows = {row.pk: row for row in Category.objects.filter(organization=actor.organization_id)}
    return {
        row.pk: " > ".join(rows[pk].name_zh or rows[pk].name_en for pk in row.ancestors if pk in rows)
        for row in rows.values()
    }


def error_sheet(found: ProductImport) -> tuple[list[str], Iterator[dict[str, str]]]:
    """The rows of a sheet that have errors, as they came, with what is wrong in a column of its own."""
    wrong = localized("错误", "Errors")
    rows = ProductImportRow.objects.filter(product_import=found).exclude(errors=[]).order_by("position")

    def lines() -> Iterator[dict[str, str]]:
        for row in rows.iterator(PART):
            text = "; ".join(f"{error['column']}: {error['message']}" for error in row.errors)
            yield {**row.values, wrong: text, _("Row"): str(row.position)}

    return [_("Row"), *found.headings, wrong], lines()
