"""Thousands of plain articles at once: a product with one variant in one uom each, put up for sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from marketplace.catalog.happenings import products_changed, tell
from marketplace.catalog.listings import listing_write
from marketplace.catalog.models import Pack, Product, Variant
from marketplace.catalog.units import common_units
from marketplace.core.actor import Actor


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """An article: its code and its name in English."""

    sku: str
    name: str


def create_articles(actor: Actor, drafts: Sequence[ArticleDraft], uom: str) -> list[Variant]:
    """Make the articles, the same number of statements for any number of them. The codes are new to the seller."""
    if not drafts:
        return []
    owner, unit = actor.organization, common_units()[uom]
    with transaction.atomic():
        products = Product.objects.bulk_create(
            Product(organization=owner, slug=draft.sku.lower(), name_en=draft.name) for draft in drafts
        )
        variants = Variant.objects.bulk_create(
            Variant(organization=owner, product=product, sku=draft.sku)
            for product, draft in zip(products, drafts, strict=True)
        )
        Pack.objects.bulk_create(
            Pack(organization=owner, variant=variant, uom=unit, is_base=True, is_default=True) for variant in variants
        )
        ids = [product.pk for product in products]
        tell(actor, "catalog.product_created", "Product", ids, actor.organization_id or 0)
        products_changed(ids)
        listing_write(actor, product_ids=ids)
    return variants
