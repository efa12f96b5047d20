"""A brand's logo, and two brands that are one."""

from __future__ import annotations

from secrets import token_hex

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import products_changed, tell
from marketplace.catalog.images import delete_files, opened, save_picture, thumbnail_name
from marketplace.catalog.models import AssortmentLine, Brand, Product
from marketplace.catalog.values import own_row
from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, deleted
from marketplace.core.errors import DomainError


def brand_logo_set(actor: Actor, pk: int, content: bytes | None) -> Brand:
    """Give a brand a logo, a picture as `image_add` takes, or take it away; raises FILE_INVALID, FILE_TOO_LARGE."""
    actor.require("catalog.manage")
    picture = None if content is None else opened(content)
    with transaction.atomic():
        row = own_row(actor, Brand, pk)
        old = [row.logo, *(thumbnail_name(row.logo, size) for size in row.logo_sizes)] if row.logo else []
        row.logo, row.logo_sizes = "", []
        if picture is not None:
            row.logo, row.logo_sizes = save_picture(picture, f"brands/{row.organization_id}/{row.pk}-{token_hex(6)}")
        row.save(update_fields=["logo", "logo_sizes"])
        told: dict[int, Changes] = {row.pk: {"picture": [old[0] if old else None, row.logo or None]}}
        tell(actor, "catalog.brand_changed", "Brand", [row.pk], row.organization_id, {"verb": "updated"}, told)
        transaction.on_commit(lambda: delete_files(old))
    return row


def brand_merge(actor: Actor, pk: int, into: int) -> Brand:
    """Give the goods of a brand, and its places in assortments, to another, and delete it; returns the other one.

    A constant number of statements. Raises NOT_FOUND; INVALID for a brand merged with itself.
    """
    actor.require("catalog.manage")
    if pk == into:
        raise DomainError(Code.INVALID, _("Choose another brand."), "into")
    with transaction.atomic():
        gone, kept = (own_row(actor, Brand, one, field) for one, field in _in_order(pk, into))
        if gone.pk != pk:
            gone, kept = kept, gone
        products = list(
            Product.objects.filter(brand=gone).order_by("pk").select_for_update().values_list("pk", flat=True)
        )
        Product.objects.filter(pk__in=products).update(brand=kept)
        there = AssortmentLine.objects.filter(brand=kept).values_list("assortment")
        AssortmentLine.objects.filter(brand=gone, assortment__in=there).delete()
        AssortmentLine.objects.filter(brand=gone).update(brand=kept)
        told: dict[int, Changes] = {product: {"brand_id": [gone.pk, kept.pk]} for product in products}
        owner = kept.organization_id
        tell(actor, "catalog.product_changed", "Product", products, owner, changes=told)
        tell(actor, "catalog.brand_changed", "Brand", [gone.pk], owner, {"verb": "deleted"}, {gone.pk: deleted(gone)})
        gone.delete()
        products_changed(products)
    return kept


def _in_order(pk: int, into: int) -> list[tuple[int, str]]:
    """Rows are locked by their ids, whichever is merged into which."""
    return sorted([(pk, "id"), (into, "into")])
