"""Changing many goods at once, and what they are sorted by."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.catalog.brands import brand_logo_set, brand_merge
from marketplace.catalog.errors import CatalogErrorCode
from marketplace.catalog.images import LARGEST_FILE, image_update, images_add
from marketplace.catalog.schema.goods_mutations import MANAGE, the_id
from marketplace.catalog.schema.inputs import key, list_of
from marketplace.catalog.schema.sheet_inputs import ProductChangeInput, VariantChangeInput
from marketplace.catalog.schema.types import BrandType, CategoryType, MediaType, ProductType, VariantType
from marketplace.catalog.sheet import ProductChange, goods_write
from marketplace.catalog.taxonomy import category_place
from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field, Upload, from_global_id, ids_of

PRODUCTS = graphene.List(graphene.NonNull(ProductType))


class ProductsWrite(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Change many products and variants as a sheet of them: all of it or nothing, at most 1000 of each.

    The field of an error begins with `products` or `variants`; its index is the place of the row among these.
    """

    class Arguments:
        products = list_of(ProductChangeInput, "What changes of products.")
        variants = list_of(VariantChangeInput, "What changes of variants.")

    products = Field(PRODUCTS, description="The products that were named.")
    variants = Field(graphene.List(graphene.NonNull(VariantType)), description="The variants that were named.")

    @classmethod
    def perform(cls, actor: Actor, products: Any = None, variants: Any = None) -> Self:
        goods = [one.to_change(index) for index, one in enumerate(products or ())]
        forms = [one.to_change(index) for index, one in enumerate(variants or ())]
        written, shapes = goods_write(actor, goods, forms)
        return cls(products=written, variants=shapes)


class ProductsAssign(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Give many products one brand, or one category, or both."""

    class Arguments:
        ids = list_of(graphene.ID, "The products.", required=True)
        brand = graphene.ID(description="The brand; as it is unless told.")
        category = graphene.ID(description="The category; as it is unless told.")

    products = Field(PRODUCTS, description="The products.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str], brand: str | None = None, category: str | None = None) -> Self:
        asked = {"brand_id": key(brand, "Brand", "brand"), "category_id": key(category, "Category", "category")}
        fields = {name: pk for name, pk in asked.items() if pk is not None}
        written: list[Any] = []
        found = ids_of(ids, "Product", "ids")
        for start in range(0, len(found), 1000):
            written += goods_write(actor, [ProductChange(pk, fields) for pk in found[start : start + 1000]])[0]
        return cls(products=written)


class ProductMediaUpload(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Add several pictures to a product, in their order: all of them or none."""

    class Arguments:
        product = the_id("The product.")
        files = list_of(Upload, "The pictures, as `productMediaAdd` takes them.", required=True)
        variant = graphene.ID(description="The variant they show.")

    media = Field(graphene.List(graphene.NonNull(MediaType)), description="The pictures.")

    @classmethod
    def perform(cls, actor: Actor, product: str, files: list[Any], variant: str | None = None) -> Self:
        pk = from_global_id(product, "Product", "product")
        contents = [file.read(LARGEST_FILE + 1) for file in files]
        return cls(media=images_add(actor, pk, contents, variant_id=key(variant, "Variant", "variant")))


class ProductMediaUpdate(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Say what a picture shows."""

    class Arguments:
        id = the_id("The picture.")
        alt_zh = graphene.String(description="In Chinese.")
        alt_en = graphene.String(description="In English.")

    media = Field(MediaType, description="The picture.")

    @classmethod
    def perform(cls, actor: Actor, id: str, alt_zh: str | None = None, alt_en: str | None = None) -> Self:
        return cls(media=image_update(actor, from_global_id(id, "Media"), alt_zh, alt_en))


class BrandLogoWrite(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Give a brand a logo, or take it away."""

    class Arguments:
        id = the_id("The brand.")
        file = Upload(description="A picture: JPEG, PNG, WebP or GIF up to 10 MB; none takes the logo away.")

    brand = Field(BrandType, description="The brand.")

    @classmethod
    def perform(cls, actor: Actor, id: str, file: Any = None) -> Self:
        content = None if file is None else file.read(LARGEST_FILE + 1)
        return cls(brand=brand_logo_set(actor, from_global_id(id, "Brand"), content))


class BrandMerge(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Give the goods of a brand to another and delete it."""

    class Arguments:
        id = the_id("The brand that goes.")
        into = the_id("The brand that stays.")

    brand = Field(BrandType, description="The brand that stays.")

    @classmethod
    def perform(cls, actor: Actor, id: str, into: str) -> Self:
        return cls(brand=brand_merge(actor, from_global_id(id, "Brand"), from_global_id(into, "Brand", "into")))


class CategoryPlace(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Put a category, with all below it, in another place of the tree."""

    class Arguments:
        id = the_id("The category.")
        parent = graphene.ID(description="The category above; a root where none is given.")
        before = graphene.ID(description="Which one it then stands before; last where none is given.")

    category = Field(CategoryType, description="The category.")

    @classmethod
    def perform(cls, actor: Actor, id: str, parent: str | None = None, before: str | None = None) -> Self:
        above, next_one = key(parent, "Category", "parent"), key(before, "Category", "before")
        return cls(category=category_place(actor, from_global_id(id, "Category"), above, next_one))


class KeepingMutations:
    """What those can do who keep the catalogue."""

    products_write = ProductsWrite.Field()
    products_assign = ProductsAssign.Field()
    product_media_upload = ProductMediaUpload.Field()
    product_media_update = ProductMediaUpdate.Field()
    brand_logo_write = BrandLogoWrite.Field()
    brand_merge = BrandMerge.Field()
    category_place = CategoryPlace.Field()
