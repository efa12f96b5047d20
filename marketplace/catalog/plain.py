"""Plain products in great numbers: one variant in one uom each, as the articles of another system come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.text import slugify

from marketplace.catalog.happenings import changes_together, products_changed, tell
from marketplace.catalog.listings import listing_write
from marketplace.catalog.models import Pack, Product, Variant
from marketplace.catalog.units import unit_by_code
from marketplace.catalog.values import check, home, taken, too_long, unnamed
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class PlainProduct:
    """An article: its code, of which SKU and slug are made, and its name in one language or both."""

    sku: str
    name_en: str = ""
    name_zh: str = ""


def plain_products_create(actor: Actor, drafts: Sequence[PlainProduct], uom: str = "PCS") -> list[Variant]:
    """Make the articles and put them up for sale, the same number of statements for any number of them.

    Raises all problems at once, each with its index: REQUIRED (name), INVALID (too long), UNIQUE (a code that is taken,
    or stands twice), UNKNOWN_UOM.
    """
    actor.require("catalog.manage")
    problems: list[DomainError] = []
    unit = unit_by_code(uom, "uom", problems)
    check(problems, _problems(actor, drafts))
    assert unit is not None
    owner = home(actor)
    with changes_together():
        products = Product.objects.bulk_create(
            Product(organization=owner, slug=slug_of(draft), name_en=draft.name_en, name_zh=draft.name_zh)
            for draft in drafts
        )
        variants = Variant.objects.bulk_create(
            Variant(organization=owner, product=product, sku=draft.sku)
            for product, draft in zip(products, drafts, strict=True)
        )
        Pack.objects.bulk_create(
            Pack(organization=owner, variant=variant, uom=unit, is_base=True, is_default=True) for variant in variants
        )
        ids = [product.pk for product in products]
        tell(actor, "catalog.product_created", "Product", ids, owner.pk)
        products_changed(ids)
        listing_write(actor, product_ids=ids)
    return variants


def slug_of(draft: PlainProduct) -> str:
    """The slug of an article: its code, as addresses write it."""
    return slugify(draft.sku, allow_unicode=True) or draft.sku.lower()


def _problems(actor: Actor, drafts: Sequence[PlainProduct]) -> Iterator[DomainError]:
    own = {"organization": actor.organization_id}
    skus = set(Variant.objects.filter(**own, sku__in=[d.sku for d in drafts]).values_list("sku", flat=True))
    slugs = set(Product.objects.filter(**own, slug__in=[slug_of(d) for d in drafts]).values_list("slug", flat=True))
    for index, draft in enumerate(drafts):
        yield from unnamed(draft.name_zh, draft.name_en, index)
        yield from too_long({"sku": draft.sku}, Variant, index)
        yield from too_long({"name_en": draft.name_en, "name_zh": draft.name_zh}, Product, index)
        if draft.sku in skus or slug_of(draft) in slugs:
            yield taken("sku", draft.sku, index)
        skus.add(draft.sku)
        slugs.add(slug_of(draft))
