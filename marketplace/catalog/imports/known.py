"""What the catalogue has already, as far as the rows at hand need it: a constant number of statements for a part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.text import slugify

from marketplace.catalog.imports.columns import columns_of, tidy
from marketplace.catalog.models import (
    Attribute,
    Brand,
    Category,
    Listing,
    ListingStatus,
    Pack,
    Product,
    UnitOfMeasure,
    Variant,
)
from marketplace.catalog.packs import packs_in_use
from marketplace.catalog.values import next_free


class Known:
    """Brands, categories, attributes and units once; variants, products, packs and listings part by part.

    Brands and categories that are named and not there are made as unsaved rows, to be saved before what uses them.
    """

    def __init__(self, organization_id: int, headings: Sequence[str]) -> None:
        self.organization_id = organization_id
        rows = Attribute.objects.filter(organization=organization_id).select_related("uom")
        self.attributes = {row.code: row for row in rows.order_by("position", "pk")}
        self.columns = columns_of(headings, list(self.attributes.values()))
        units = list(UnitOfMeasure.objects.all())
        self.units_by_id = {unit.pk: unit for unit in units}
        self._units = {unit.code.casefold(): unit for unit in units}
        for unit in units:
            for name in (unit.name_zh, unit.name_en):
                self._units.setdefault(name.casefold(), unit)
        self._brands = _by_words(Brand.objects.filter(organization=organization_id))
        self._brand_codes = {brand.code for brand in self._brands.values()}
        self._categories = list(Category.objects.filter(organization=organization_id).order_by("depth", "pk"))
        self.new_brands: list[Brand] = []
        self.new_categories: list[Category] = []
        self.variants: dict[str, Variant] = {}
        self.products: dict[int, Product] = {}
        self.by_slug: dict[str, Product] = {}
        self.packs: dict[int, dict[str, Pack]] = {}
        self._listed: set[int] = set()
        self._used: set[tuple[int, int]] | None = None

    def load(self, cells: Iterable[dict[str, str]]) -> None:
        """Fetch what the rows of a part name. New rows of former parts are kept, for later rows may name them."""
        rows = list(cells)
        skus = {row["sku"] for row in rows if row.get("sku")}
        named = [row.get("product") or row["sku"] for row in rows if row.get("sku")]
        slugs = {slug for text in named for slug in (text, slug_of(text))}
        owned = {"organization": self.organization_id}
        found = Variant.objects.filter(**owned, sku__in=skus).select_related("product")
        self.variants = {variant.sku: variant for variant in found}
        # Products of former parts that are saved are read anew; the others are only here.
        self.by_slug = {slug: product for slug, product in self.by_slug.items() if product.pk is None}
        known: dict[int, Product] = {}
        for variant in self.variants.values():
            known.setdefault(variant.product_id, variant.product)
        for product in Product.objects.filter(**owned, slug__in=slugs - set(self.by_slug)):
            known.setdefault(product.pk, product)
        self.products = known
        self.by_slug.update({product.slug: product for product in known.values()})
        ids = [variant.pk for variant in self.variants.values()]
        self.packs = {}
        for pack in Pack.objects.filter(variant__in=ids).select_related("uom").order_by("pk"):
            self.packs.setdefault(pack.variant_id, {})[pack.uom.code] = pack
        now = timezone.now()
        listed = Listing.objects.filter(**owned, variant__in=ids, status=ListingStatus.LISTED, valid_to__gt=now)
        self._listed = set(listed.values_list("variant_id", flat=True))
        self._used = None

    def used_packs(self) -> set[tuple[int, int]]:
        """Which packs of the part stand on documents; asked once, when a content would change."""
        if self._used is None:
            self._used = packs_in_use(
                (variant_id, pack.uom_id) for variant_id, packs in self.packs.items() for pack in packs.values()
            )
        return self._used

    def is_listed(self, variant: Variant) -> bool:
        """Put up by the organization, now or later."""
        return variant.pk in self._listed

    def unit(self, text: str) -> UnitOfMeasure | None:
        """A unit by its code or one of its names."""
        return self._units.get(tidy(text).casefold())

    def brand(self, text: str) -> Brand:
        """A brand by its code or one of its names; a new one when there is none."""
        found = self._brands.get(text.casefold())
        if found is None:
            code = next_free(slugify(text, allow_unicode=True)[:56] or "n", self._brand_codes)
            self._brand_codes.add(code)
            found = Brand(organization_id=self.organization_id, code=code, name_zh=text[:255], name_en=text[:255])
            self.new_brands.append(found)
            self._brands[text.casefold()] = found
        return found

    def category(self, path: Sequence[str]) -> Category | None:
        """A category by its path; a single name that is unique in the tree is enough. New ones for what is missing."""
        if len(path) == 1:
            same = [row for row in self._categories if _named(row, path[0])]
            if len(same) == 1:
                return same[0]
        parent: Category | None = None
        for name in path:
            below = (row for row in self._categories if _stands_below(row, parent))
            found = next((row for row in below if _named(row, name)), None)
            parent = found or self._new_category(name, parent)
        return parent

    def _new_category(self, name: str, parent: Category | None) -> Category:
        code = next_free(slugify(name, allow_unicode=True)[:56] or "n", {row.code for row in self._categories})
        row = Category(
            organization_id=self.organization_id, code=code, name_zh=name[:255], name_en=name[:255], parent=parent
        )
        self._categories.append(row)
        self.new_categories.append(row)
        return row

    def save_new(self) -> None:
        """Save brands and categories that the rows so far have named for the first time."""
        from marketplace.core.trees import lock_tree, plant

        Brand.objects.bulk_create(self.new_brands)
        self.new_brands = []
        if self.new_categories:
            lock_tree(Category, self.organization_id)
        for row in self.new_categories:  # parents come before their children
            plant(row, row.parent)
        self.new_categories = []


def slug_of(text: str) -> str:
    """The slug a product is given that is called so."""
    return slugify(text, allow_unicode=True)[:200] or "n"


def cells_of(values: dict[str, str], columns: dict[str, str]) -> dict[str, str]:
    """The cells of a row by our names of the columns, as they were written; empty ones left out."""
    found = {name: values.get(heading, "").strip() for name, heading in columns.items()}
    return {name: text for name, text in found.items() if text}


def _by_words(rows: Iterable[Brand]) -> dict[str, Brand]:
    found: dict[str, Brand] = {}
    for row in rows:
        for word in (row.code, row.name_zh, row.name_en):
            if word:
                found.setdefault(word.casefold(), row)
    return found


def _named(row: Category, name: str) -> bool:
    folded = name.casefold()
    return folded in (row.code.casefold(), row.name_zh.casefold(), row.name_en.casefold())


def _stands_below(row: Category, parent: Category | None) -> bool:
    """The row stands directly below a parent, either of which may not be saved yet."""
    named = row._state.fields_cache.get("parent")
    if parent is None:
        return row.parent_id is None and named is None
    return named is parent if parent.pk is None else row.parent_id == parent.pk
