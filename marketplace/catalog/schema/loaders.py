"""Batch loaders of the catalogue. A page of products costs one statement for each kind of thing shown beside them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from django.db import connection

from marketplace.catalog.assortments import BUYER_SCOPE, HELD, OFFERS, scope_of
from marketplace.catalog.goods import Goods, GoodsRequest, load_goods
from marketplace.catalog.models import (
    Attribute,
    Brand,
    Category,
    Listing,
    Pack,
    Product,
    ProductDocument,
    ProductImage,
    UnitOfMeasure,
    Variant,
)
from marketplace.catalog.offered import COLUMNS, OFFERED, offered_variant_of
from marketplace.catalog.tax import rates_now
from marketplace.catalog.visibility import offered_variant, own
from marketplace.core.actor import Actor
from marketplace.graphql import BatchLoader, Deferred, grouped, one_each
from marketplace.parties.models import Partnership

OF_PRODUCTS = f"""{OFFERED} AND variant.product_id = ANY (%(products)s::bigint[])
ORDER BY variant.product_id, variant.position, variant.id"""

MINE = f"""SELECT {COLUMNS}, variant.organization_id, NULL
FROM catalog_variant variant WHERE variant.product_id = ANY (%(products)s::bigint[])
ORDER BY variant.product_id, variant.position, variant.id"""

SELLERS = f"""WITH {BUYER_SCOPE}, {HELD}
SELECT DISTINCT product.id, scope.seller_id, scope.seller_id <> product.organization_id {OFFERS}
    AND product.id = ANY (%(products)s::bigint[])
ORDER BY 1, 3, 2"""


def is_own(actor: Actor, row: Any) -> bool:
    """The actor looks at a row of its own organization, and not with a partner's eyes."""
    return row.organization_id == actor.organization_id and actor.buyer == actor.organization


def seller_of(info: Any, row: Product | Variant) -> Deferred:
    """A promise of the id of who offers a product or variant to the reader: itself for its own goods.

    Rows of a list know it (`offered_by`); for others it is looked up, all in one statement. None where nobody does.
    """
    known = getattr(row, "offered_by", None)
    if known is not None:
        return Deferred.of(known)
    if is_own(info.context.actor, row):
        return Deferred.of(row.organization_id)
    return SellerOfProduct.of(info).load(row.product_id if isinstance(row, Variant) else row.pk)


class SellerOfProduct(BatchLoader):
    """By product: who offers it to the reader; its owner before those who sell it on."""

    def batch(self, keys: list[int]) -> list[int | None]:
        found: dict[int, int] = {}
        with connection.cursor() as cursor:
            cursor.execute(SELLERS, scope_of(self.actor) | {"products": keys})
            for product_id, seller_id, _resold in cursor.fetchall():
                found.setdefault(product_id, seller_id)
        return [found.get(key) for key in keys]


def is_offered_by(info: Any, variant: Variant | int, seller_id: int) -> Deferred:
    """A promise whether a seller that somebody named does offer a variant to the reader.

    Rows of a seller's list know it; for others it is looked up, all in one statement.
    """
    if isinstance(variant, Variant) and getattr(variant, "offered_by", None) == seller_id:
        return Deferred.of(True)
    return OfferedBy.of(info, seller_id).load(variant.pk if isinstance(variant, Variant) else variant)


class OfferedBy(BatchLoader):
    """By variant: whether one seller (the parameter) offers it to the reader."""

    def batch(self, keys: list[int]) -> list[bool]:
        (seller_id,) = self.params
        offered = Variant.objects.filter(offered_variant("pk", self.actor, seller_id), pk__in=keys)  # type: ignore[arg-type]
        found = set(offered.values_list("pk", flat=True))
        return [key in found for key in keys]


class OfferedVariants(BatchLoader):
    """By product: its variants that one seller (the parameter) offers to the reader, in their order."""

    def batch(self, keys: list[int]) -> list[list[Variant]]:
        return _variants(OF_PRODUCTS, scope_of(self.actor, self.params[0]), keys)  # type: ignore[arg-type]


class OwnVariants(BatchLoader):
    """By product of the reader's own organization: all its variants, in their order."""

    def batch(self, keys: list[int]) -> list[list[Variant]]:
        own_products = Product.objects.filter(own(self.actor), pk__in=keys).values_list("pk", flat=True)
        return _variants(MINE, {}, keys, set(own_products))


def _variants(
    statement: str, values: dict[str, Any], keys: list[int], allowed: set[int] | None = None
) -> list[list[Variant]]:
    asked = keys if allowed is None else [key for key in keys if key in allowed]
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"products": asked})
        rows = cursor.fetchall()
    return grouped([offered_variant_of(row) for row in rows], by="product_id", keys=keys)


def variants_of(info: Any, product: Product) -> Deferred:
    """A promise of the variants of a product that the reader may see; each knows its product."""
    return _variants_of(info, product).then(lambda rows: [_with_product(row, product) for row in rows])


def first_variant_of(info: Any, product: Product) -> Any:
    """The variant a list shows of a product, or a promise of it: rows of a list may have come with it."""
    try:
        return product.__dict__["first_offered"]
    except KeyError:
        return variants_of(info, product).then(lambda rows: rows[0] if rows else None)


def _with_product(variant: Variant, product: Product) -> Variant:
    variant._state.fields_cache["product"] = product
    return variant


def _variants_of(info: Any, product: Product) -> Deferred:
    if is_own(info.context.actor, product) and getattr(product, "offered_by", None) in (None, product.organization_id):
        return OwnVariants.of(info).load(product.pk)
    return seller_of(info, product).then(
        lambda seller_id: OfferedVariants.of(info, seller_id).load(product.pk) if seller_id else []
    )


class UnitsOfVariant(BatchLoader):
    """By variant: ids of the uom orders are entered in and of the base uom."""

    def batch(self, keys: list[int]) -> list[tuple[int, int] | None]:
        found: dict[int, dict[str, int]] = {}
        packs = Pack.objects.filter(variant__in=keys).order_by("-is_default", "-is_base", "pk")
        for variant_id, uom_id, is_base in packs.values_list("variant_id", "uom_id", "is_base"):
            units = found.setdefault(variant_id, {"order": uom_id})
            if is_base:
                units["base"] = uom_id
        return [(found[key]["order"], found[key].get("base", 0)) if key in found else None for key in keys]


class PacksOfVariant(BatchLoader):
    """By variant that the reader sees: its packs with their units, the base one first."""

    def batch(self, keys: list[int]) -> list[list[Pack]]:
        packs = Pack.objects.filter(variant__in=keys).cleared().select_related("uom")
        return grouped(packs.order_by("-is_base", "factor", "pk"), by="variant_id", keys=keys)


class UnitById(BatchLoader):
    """Units of measure by id; everybody may see them."""

    def batch(self, keys: list[int]) -> list[UnitOfMeasure | None]:
        return one_each(UnitOfMeasure.objects.filter(pk__in=keys).cleared(), keys)


class PartOfGoods(BatchLoader):
    """Brands or categories (the parameter) of goods that the reader sees, by id: seen with the goods they describe."""

    def batch(self, keys: list[int]) -> list[Brand | Category | None]:
        model: Any = self.params[0]
        return one_each(model.objects.filter(pk__in=keys).cleared(), keys)


class ImagesOfProduct(BatchLoader):
    """By product that the reader sees: its pictures in their order."""

    def batch(self, keys: list[int]) -> list[list[ProductImage]]:
        rows = ProductImage.objects.filter(product__in=keys).cleared().order_by("position", "pk")
        return grouped(rows, by="product_id", keys=keys)


class DocumentsOfProduct(BatchLoader):
    """By product that the reader sees: the documents about it in their order."""

    def batch(self, keys: list[int]) -> list[list[ProductDocument]]:
        rows = ProductDocument.objects.filter(product__in=keys).cleared().order_by("position", "pk")
        return grouped(rows, by="product_id", keys=keys)


class TextsOfProduct(BatchLoader):
    """By product that the reader sees: both descriptions, which lists do not read."""

    def batch(self, keys: list[int]) -> list[tuple[str, str]]:
        rows = Product.objects.filter(pk__in=keys).values_list("pk", "description_zh", "description_en")
        found = {pk: (chinese, english) for pk, chinese, english in rows}
        return [found.get(key, ("", "")) for key in keys]


class AttributesOf(BatchLoader):
    """By organization: its attributes by code, in their order, with units of measure."""

    def batch(self, keys: list[int]) -> list[dict[str, Attribute]]:
        rows = Attribute.objects.filter(organization__in=keys).cleared().select_related("uom")
        lists = grouped(rows.order_by("position", "pk"), by="organization_id", keys=keys)
        return [{row.code: row for row in group} for group in lists]


class ListingsOf(BatchLoader):
    """By variant or product (the parameter): listings of the reader's organization, or those offered to it."""

    def batch(self, keys: list[int]) -> list[list[Listing]]:
        column = str(self.params[0])
        rows = Listing.objects.visible_to(self.actor).filter(**{f"{column}__in": keys})
        if self.actor.buyer == self.actor.organization:
            rows = rows.order_by("pk")
        rows = rows.select_related("variant") if column != "variant" else rows
        lists: dict[int, list[Listing]] = {key: [] for key in keys}
        for row in rows:
            lists[row.variant_id if column == "variant" else row.variant.product_id].append(row)
        return [lists[key] for key in keys]


class PartnershipWith(BatchLoader):
    """By seller: the id of the partnership in which it sells to the reader, or None."""

    def batch(self, keys: list[int]) -> list[int | None]:
        buyer = self.actor.buyer
        rows = Partnership.objects.filter(downstream=buyer, upstream__in=keys).values_list("upstream_id", "pk")
        found = dict(rows) if buyer else {}
        return [found.get(key) for key in keys]


class GoodsOf(BatchLoader):
    """By variant: what a line would need of it in its order uom; parameters: seller and, if known, partnership."""

    def batch(self, keys: list[int]) -> Sequence[Goods | None]:
        seller_id, partnership_id = cast("tuple[int, int | None]", self.params)
        if partnership_id is None and self.actor.buyer is not None:
            sides = Partnership.objects.filter(downstream=self.actor.buyer, upstream=seller_id)
            partnership_id = sides.values_list("pk", flat=True).first()
        requests = [GoodsRequest(key, partnership_id, key) for key in keys]
        found = load_goods(self.actor, seller_id, requests)
        return [found.get(key) for key in keys]


class RateNow(BatchLoader):
    """By tax category: the rate in force, None where none is."""

    def batch(self, keys: list[int]) -> list[Decimal | None]:
        found = rates_now(keys)
        return [found.get(key) for key in keys]
