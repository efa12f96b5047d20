"""Goods as the schema shows them. Rooms above add price and stock by `marketplace.graphql.extending`."""

from __future__ import annotations

from typing import Any

import graphene
from django.core.files.storage import default_storage
from django.urls import reverse

from marketplace.catalog.attributes import show_value
from marketplace.catalog.images import SIZES, thumbnail_url
from marketplace.catalog.listings import listing_state, product_listing
from marketplace.catalog.models import (
    Attribute,
    AttributeKind,
    Brand,
    Category,
    DocumentKind,
    ListingStatus,
    Pack,
    Product,
    ProductDocument,
    ProductImage,
    ProductStatus,
    UnitOfMeasure,
    Variant,
)
from marketplace.catalog.schema.loaders import (
    AttributesOf,
    DocumentsOfProduct,
    GoodsOf,
    ImagesOfProduct,
    ListingsOf,
    PacksOfVariant,
    PartOfGoods,
    RateNow,
    TextsOfProduct,
    UnitById,
    UnitsOfVariant,
    first_variant_of,
    is_own,
    seller_of,
    variants_of,
)
from marketplace.core.instants import or_none
from marketplace.core.names import localized
from marketplace.graphql import (
    DateTime,
    Deferred,
    Field,
    ModelType,
    Quantity,
    Related,
    enum_of,
    label_field,
    to_global_id,
)
from marketplace.parties.schema.types import OrganizationType, listed, text

HERE = "marketplace.catalog.schema.types"
_SIZES = ", ".join(map(str, SIZES))
SIZE = {"size": graphene.Int(description=f"Pixels a side; the smallest of {_SIZES} that has them is taken.")}


class UnitOfMeasureType(ModelType, model=UnitOfMeasure, name="UnitOfMeasure"):
    """A unit in which goods are counted or measured."""

    code = text("Such as PCS; inputs name units by it.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    exponent = Field(graphene.Int, required=True, description="Decimals a quantity in it may have.")


class BrandType(ModelType, model=Brand, name="Brand"):
    """A maker's mark."""

    code = text("Unique in the organization.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")


class CategoryType(ModelType, model=Category, name="Category"):
    """A node of a seller's tree of goods."""

    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    slug = text("Its code, for addresses.")
    level = Field(graphene.Int, required=True, description="0 for a root.")
    position = Field(graphene.Int, required=True, description="Its place among those beside it.")
    parent = Field(f"{HERE}.CategoryType", description="The category above.")
    ancestors = listed(f"{HERE}.CategoryType", "Those above it, the root first.", size=3)

    def resolve_slug(root: Any, _info: Any) -> str:
        return root.code

    def resolve_level(root: Any, _info: Any) -> int:
        return root.depth

    def resolve_parent(root: Any, info: Any) -> Any:
        return PartOfGoods.of(info, Category).load(root.parent_id) if root.parent_id else None

    def resolve_ancestors(root: Any, info: Any) -> Any:
        return PartOfGoods.of(info, Category).load_many(root.ancestors[:-1])


class AttributeChoiceType(graphene.ObjectType):
    """One of the values of a choice."""

    class Meta:
        name = "AttributeChoice"

    value = text("As goods keep it.")
    label = text("In the reader's language.")
    zh = text("In Chinese.")
    en = text("In English.")

    def resolve_label(root: dict[str, str], _info: Any) -> str:
        return localized(root.get("zh", ""), root.get("en", "")) or root["value"]

    def resolve_value(root: dict[str, str], _info: Any) -> str:
        return root["value"]

    def resolve_zh(root: dict[str, str], _info: Any) -> str:
        return root.get("zh", "")

    def resolve_en(root: dict[str, str], _info: Any) -> str:
        return root.get("en", "")


class AttributeType(ModelType, model=Attribute, name="Attribute", permission="catalog.view"):
    """A typed property of your products or of the variants within one product."""

    code = text("Unique in the organization; inputs name attributes by it.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    kind = Field(enum_of(AttributeKind), required=True, description="Of what type its values are.")
    kind_label = label_field("kind")
    choices = listed(AttributeChoiceType, "What can be chosen, of a choice.")
    uom = Related(UnitOfMeasureType, "uom", description="The unit of a number.")
    of_variant = Field(graphene.Boolean, required=True, description="It tells the variants of a product apart.")
    is_facet = Field(graphene.Boolean, required=True, description="Goods can be narrowed by it.")


class AttributeValueType(graphene.ObjectType):
    """What an attribute is for one product or variant."""

    class Meta:
        name = "AttributeValue"

    code = text("The code of the attribute.")
    name = text("The attribute in the reader's language.")
    value = text("Formatted for people, with its unit.")
    raw_value = text("As it is kept, for inputs.")


class ShownValue:
    """An attribute and its value, formatted when it is looked at."""

    __slots__ = ("attribute", "kept")

    def __init__(self, attribute: Attribute, kept: Any) -> None:
        self.attribute, self.kept = attribute, kept

    @property
    def code(self) -> str:
        return self.attribute.code

    @property
    def name(self) -> str:
        return self.attribute.name

    @property
    def value(self) -> str:
        return show_value(self.attribute, self.kept)

    @property
    def raw_value(self) -> str:
        return str(self.kept).lower() if isinstance(self.kept, bool) else str(self.kept)


def shown_values(info: Any, row: Product | Variant) -> Any:
    """The values of a product or variant in the order of the attributes."""
    if not row.attributes:
        return []
    kept = row.attributes
    return (
        AttributesOf.of(info)
        .load(row.organization_id)
        .then(lambda known: [ShownValue(known[code], kept[code]) for code in known if code in kept])
    )


class MediaType(ModelType, model=ProductImage, name="Media"):
    """A picture of goods."""

    url = text("Where the picture is.")
    thumbnail = text("Where a square one of that size is.", args=SIZE)
    alt = text("What it shows, for those who do not see it.")
    position = Field(graphene.Int, required=True, description="Its place in the product's pictures, from 0.")
    width = Field(graphene.Int, required=True, description="Pixels across.")
    height = Field(graphene.Int, required=True, description="Pixels down.")

    def resolve_url(root: Any, _info: Any) -> str:
        return default_storage.url(root.file)

    def resolve_thumbnail(root: Any, _info: Any, size: int | None = None) -> str:
        return thumbnail_url(root.file, root.sizes, size)

    def resolve_alt(root: Any, _info: Any) -> str:
        return localized(root.alt_zh, root.alt_en)


class ProductDocumentType(ModelType, model=ProductDocument, name="ProductDocument"):
    """A file about goods, such as a data sheet: for whoever sees the goods."""

    kind = Field(enum_of(DocumentKind), required=True, description="What it is about.")
    kind_label = label_field("kind")
    name = text("In the reader's language.")
    file_name = text("As it was uploaded.")
    content_type = text("What its content is, as found by looking.")
    size = Field(graphene.Int, required=True, description="Bytes.")
    url = text("Where it can be had; asks who reads.")
    added_at = Field(DateTime, required=True, description="When it was added.")

    def resolve_url(root: Any, _info: Any) -> str:
        return reverse("catalog-document", args=[root.pk])


class PackType(ModelType, model=Pack, name="Pack"):
    """A unit of measure in which a variant may be ordered."""

    uom = Related(UnitOfMeasureType, "uom", required=True, description="The unit.")
    factor = Field(Quantity, required=True, description="Base units in one.")
    is_base = Field(graphene.Boolean, required=True, description="Stock is counted in it.")
    is_default = Field(graphene.Boolean, required=True, description="Orders are entered in it unless told otherwise.")
    barcode = Field(graphene.String, description="Printed on it.")

    def resolve_barcode(root: Any, _info: Any) -> str | None:
        return root.barcode or None


class QuantityRuleType(graphene.ObjectType):
    """Which quantities may be ordered: multiples of the step from the least to the most."""

    class Meta:
        name = "QuantityRule"

    min = Field(Quantity, required=True, description="The least.")
    step = Field(Quantity, required=True, description="The distance between two allowed quantities.")
    max = Field(Quantity, description="The most; null where it is open.")
    uom = Field(UnitOfMeasureType, required=True, description="In what all three are given.")

    def resolve_min(root: Any, _info: Any) -> Any:
        return root.rule.least

    def resolve_step(root: Any, _info: Any) -> Any:
        return root.rule.stride

    def resolve_max(root: Any, _info: Any) -> Any:
        return root.rule.most

    def resolve_uom(root: Any, info: Any) -> Any:
        return UnitById.of(info).load(root.uom_id)


def picture_of(info: Any, product_id: int, size: int | None, variant_id: int | None = None) -> Deferred:
    """A promise of the address of the first picture: of the variant if it has one, else of the product; or None."""

    def first(images: list[ProductImage]) -> str | None:
        own = [image for image in images if image.variant_id == variant_id] if variant_id else []
        shared = [image for image in images if image.variant_id is None] or images
        chosen = own or shared
        return thumbnail_url(chosen[0].file, chosen[0].sizes, size) if chosen else None

    return ImagesOfProduct.of(info).load(product_id).then(first)


class ProductType(ModelType, model=Product, name="Product"):
    """What is traded, bought or sold alike: you see your own, and those your sellers offer you."""

    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    slug = text("For addresses; unique in the organization.")
    description = text("In the reader's language.")
    description_zh = text("In Chinese.")
    description_en = text("In English.")
    status = Field(enum_of(ProductStatus), required=True, description="Whether it takes part in trade.")
    status_label = label_field("status")
    seller = Field(OrganizationType, required=True, description="Who offers it to you; yourself for your own.")
    seller_id = Field(graphene.ID, required=True, description="The id of `seller`, where nothing else of it is shown.")
    brand = Field(BrandType, description="Its maker's mark.")
    category = Field(CategoryType, description="Where it stands in the tree.")
    thumbnail = Field(graphene.String, args=SIZE, description="Its first picture as a square; null without one.")
    media = listed(MediaType, "Its pictures.", size=5)
    documents = listed(ProductDocumentType, "Files about it, such as data sheets.", size=3)
    attributes = listed(AttributeValueType, "What it is like.", size=8)
    axes = listed(graphene.String, "Codes of the attributes that tell its variants apart.", cost=0)
    tax_rate = Field(Quantity, required=True, description='In force now, as a fraction: "0.13" for 13 %.')
    variant_count = Field(graphene.Int, required=True, description="Variants of it that you see.")
    default_variant = Field(f"{HERE}.VariantType", description="The one a list shows.")
    variants = listed(f"{HERE}.VariantType", "Its variants that you see.", size=4)
    listing_status = Field(enum_of(ListingStatus), description="Whether it is put up; null when it never was.")
    listing_status_label = Field(graphene.String, description="The same in the reader's language.")
    listed_from = Field(DateTime, description="Since when it is or will be put up; null: always.")
    listed_to = Field(DateTime, description="Until when; null: for good.")
    created_at = Field(DateTime, required=True, description="When it was made.")
    updated_at = Field(DateTime, required=True, description="When it was last changed.")

    def resolve_description(root: Any, info: Any) -> Any:
        return texts_of(info, root).then(lambda both: localized(*both))

    def resolve_description_zh(root: Any, info: Any) -> Any:
        return texts_of(info, root).then(lambda both: both[0])

    def resolve_description_en(root: Any, info: Any) -> Any:
        return texts_of(info, root).then(lambda both: both[1])

    def resolve_seller(root: Any, info: Any) -> Any:
        return seller_of(info, root).then(lambda pk: OrganizationType.load(info, pk or root.organization_id))

    def resolve_seller_id(root: Any, info: Any) -> Any:
        return seller_of(info, root).then(lambda pk: to_global_id("Organization", pk or root.organization_id))

    def resolve_tax_rate(root: Any, info: Any) -> Any:
        if root.tax_category_id is None:
            return root.tax_rate
        found = RateNow.of(info).load(root.tax_category_id)
        return found.then(lambda rate: root.tax_rate if rate is None else rate)

    def resolve_brand(root: Any, info: Any) -> Any:
        return PartOfGoods.of(info, Brand).load(root.brand_id) if root.brand_id else None

    def resolve_category(root: Any, info: Any) -> Any:
        return PartOfGoods.of(info, Category).load(root.category_id) if root.category_id else None

    def resolve_thumbnail(root: Any, info: Any, size: int | None = None) -> Any:
        return picture_of(info, root.pk, size)

    def resolve_media(root: Any, info: Any) -> Any:
        return ImagesOfProduct.of(info).load(root.pk)

    def resolve_documents(root: Any, info: Any) -> Any:
        return DocumentsOfProduct.of(info).load(root.pk)

    def resolve_attributes(root: Any, info: Any) -> Any:
        return shown_values(info, root)

    def resolve_variants(root: Any, info: Any) -> Any:
        return variants_of(info, root)

    def resolve_variant_count(root: Any, info: Any) -> Any:
        return variants_of(info, root).then(len)

    def resolve_default_variant(root: Any, info: Any) -> Any:
        return first_variant_of(info, root)

    def resolve_listing_status(root: Any, info: Any) -> Any:
        return listing_of_product(info, root).then(lambda found: found[0])

    def resolve_listing_status_label(root: Any, info: Any) -> Any:
        return listing_of_product(info, root).then(lambda found: found[0] and str(found[0].label))

    def resolve_listed_from(root: Any, info: Any) -> Any:
        return listing_of_product(info, root).then(lambda found: found[1] and or_none(found[1].valid_from))

    def resolve_listed_to(root: Any, info: Any) -> Any:
        return listing_of_product(info, root).then(lambda found: found[1] and or_none(found[1].valid_to))


def texts_of(info: Any, product: Product) -> Deferred:
    """A promise of both descriptions; those a list did not read are fetched together."""
    if "description_zh" in product.__dict__:
        return Deferred.of((product.description_zh, product.description_en))
    return TextsOfProduct.of(info).load(product.pk)


def listing_of_product(info: Any, product: Product) -> Deferred:
    """A promise of (state, listing) of a product, as `product_listing` has it."""
    from django.utils import timezone

    listings = ListingsOf.of(info, "variant__product").load(product.pk)
    return listings.then(lambda rows: product_listing(rows, timezone.now()))


class VariantType(ModelType, model=Variant, name="Variant"):
    """The orderable form of a product: you see your own, and those your sellers offer you."""

    sku = text("Its code.")
    name = text("Its own name, such as 500 ml; empty where the product has one variant only.")
    full_name = text("Product and variant together.")
    name_zh = text("Its own name in Chinese.")
    name_en = text("Its own name in English.")
    status = Field(enum_of(ProductStatus), required=True, description="Whether it takes part in trade.")
    status_label = label_field("status")
    barcode = Field(graphene.String, description="Of its base unit.")
    product = Related(ProductType, "product", required=True, description="What it is a form of.")
    thumbnail = Field(graphene.String, args=SIZE, description="Its picture as a square, or the product's.")
    attributes = listed(AttributeValueType, "What tells it apart.", size=4)
    packs = listed(PackType, "The units it may be ordered in, the base one first.", size=3)
    base_uom = Field(UnitOfMeasureType, required=True, description="Stock is counted in it.")
    order_uom = Field(UnitOfMeasureType, required=True, description="Orders are entered in it unless told otherwise.")
    quantity_rule = Field(QuantityRuleType, description="Which quantities your organization may order, in `orderUom`.")
    listing_status = Field(enum_of(ListingStatus), description="Whether it is put up; null when it never was.")
    listing_status_label = Field(graphene.String, description="The same in the reader's language.")
    is_orderable = Field(graphene.Boolean, required=True, description="Your organization may order it now.")

    def resolve_full_name(root: Any, info: Any) -> Any:
        return product_of(info, root).then(
            lambda product: " ".join(filter(None, (product.name if product else "", root.name)))
        )

    def resolve_barcode(root: Any, info: Any) -> Any:
        packs = PacksOfVariant.of(info).load(root.pk)
        return packs.then(lambda rows: next((pack.barcode for pack in rows if pack.is_base and pack.barcode), None))

    def resolve_thumbnail(root: Any, info: Any, size: int | None = None) -> Any:
        return picture_of(info, root.product_id, size, root.pk)

    def resolve_attributes(root: Any, info: Any) -> Any:
        return shown_values(info, root)

    def resolve_packs(root: Any, info: Any) -> Any:
        return PacksOfVariant.of(info).load(root.pk)

    def resolve_base_uom(root: Any, info: Any) -> Any:
        return units_of(info, root).then(lambda units: UnitById.of(info).load(units[1]))

    def resolve_order_uom(root: Any, info: Any) -> Any:
        return units_of(info, root).then(lambda units: UnitById.of(info).load(units[0]))

    def resolve_quantity_rule(root: Any, info: Any) -> Any:
        return goods_of_variant(info, root)

    def resolve_listing_status(root: Any, info: Any) -> Any:
        return listing_of_variant(info, root)

    def resolve_listing_status_label(root: Any, info: Any) -> Any:
        return listing_of_variant(info, root).then(lambda state: state and str(state.label))

    def resolve_is_orderable(root: Any, info: Any) -> Any:
        if getattr(root, "partnership_id", None) is not None:
            return True
        return goods_of_variant(info, root).then(lambda goods: bool(goods and goods.orderable))


def product_of(info: Any, variant: Variant) -> Deferred:
    """A promise of a variant's product."""
    cached = variant._state.fields_cache.get("product")
    return Deferred.of(cached) if cached is not None else ProductType.load(info, variant.product_id)


def units_of(info: Any, variant: Variant) -> Deferred:
    """A promise of (order uom id, base uom id)."""
    if getattr(variant, "order_uom_id", None) is not None:
        return Deferred.of((variant.order_uom_id, variant.base_uom_id))
    return UnitsOfVariant.of(info).load(variant.pk)


def goods_of_variant(info: Any, variant: Variant) -> Deferred:
    """A promise of what a line of the reader would need of a variant, in its order uom; None where nobody offers it."""
    return seller_of(info, variant).then(
        lambda seller_id: (
            GoodsOf.of(info, seller_id, getattr(variant, "partnership_id", None)).load(variant.pk)
            if seller_id
            else None
        )
    )


def listing_of_variant(info: Any, variant: Variant) -> Deferred:
    """A promise of the state of a variant's listing: the reader's own for its goods, else the one it is offered by."""
    from django.utils import timezone

    def state(rows: list[Any]) -> Any:
        mine = [row for row in rows if row.organization_id == info.context.actor.organization_id]
        chosen = mine if is_own(info.context.actor, variant) else rows
        return listing_state(chosen[0], timezone.now()) if chosen else None

    return ListingsOf.of(info, "variant").load(variant.pk).then(state)
