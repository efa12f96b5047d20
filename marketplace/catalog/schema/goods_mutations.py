"""Making and changing products, variants, packs and pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

import graphene

from marketplace.catalog.documents import document_add, document_remove
from marketplace.catalog.errors import CatalogErrorCode
from marketplace.catalog.images import LARGEST_FILE, image_add, image_remove, images_order
from marketplace.catalog.models import DocumentKind, Pack, Product, ProductDocument, ProductImage, Variant
from marketplace.catalog.packs import pack_write
from marketplace.catalog.products import product_create, product_update, products_retire
from marketplace.catalog.schema.inputs import AxisInput, PackInput, ProductInput, VariantInput, list_of
from marketplace.catalog.schema.types import MediaType, PackType, ProductDocumentType, ProductType, VariantType
from marketplace.catalog.variants import variant_create, variant_update, variants_generate, variants_retire
from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field, Upload, enum_of, from_global_id, ids_of

MANAGE = "catalog.manage"


def the_id(what: str) -> graphene.ID:
    """A required id argument."""
    return graphene.ID(required=True, description=what)


class ProductCreate(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Make a product with its first variant."""

    class Arguments:
        input = ProductInput(required=True, description="The product.")

    product = Field(ProductType, description="The product.")

    @classmethod
    def perform(cls, actor: Actor, input: ProductInput) -> Self:
        return cls(product=product_create(actor, input.to_fields(), **input.first_variant()))


class ProductUpdate(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Change a product."""

    class Arguments:
        id = the_id("The product.")
        input = ProductInput(required=True, description="What changes.")

    product = Field(ProductType, description="The product.")

    @classmethod
    def perform(cls, actor: Actor, id: str, input: ProductInput) -> Self:
        return cls(product=product_update(actor, from_global_id(id, "Product"), input.to_fields()))


class ProductRetire(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Take products out of trade, or back into it."""

    class Arguments:
        ids = list_of(graphene.ID, "The products.", required=True)
        back = graphene.Boolean(description="Into trade again.")

    products = Field(graphene.List(graphene.NonNull(ProductType)), description="The products.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str], back: bool | None = None) -> Self:
        return cls(products=products_retire(actor, ids_of(ids, "Product", "ids"), bool(back)))


class VariantCreate(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Add a variant to a product."""

    class Arguments:
        product = the_id("The product.")
        input = VariantInput(required=True, description="The variant.")

    variant = Field(VariantType, description="The variant.")

    @classmethod
    def perform(cls, actor: Actor, product: str, input: VariantInput) -> Self:
        packs = [pack.to_draft() for pack in input.get("packs") or ()]
        product_id = from_global_id(product, "Product", "product")
        fields, uom, barcode = input.to_fields(), input.get("uom") or "PCS", input.get("barcode") or ""
        return cls(variant=variant_create(actor, product_id, fields, uom, barcode, packs))


class VariantUpdate(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Change a variant."""

    class Arguments:
        id = the_id("The variant.")
        input = VariantInput(required=True, description="What changes.")

    variant = Field(VariantType, description="The variant.")

    @classmethod
    def perform(cls, actor: Actor, id: str, input: VariantInput) -> Self:
        pk = from_global_id(id, "Variant")
        return cls(variant=variant_update(actor, pk, input.to_fields(), input.get("barcode")))


class VariantRetire(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Take variants out of trade, or back into it."""

    class Arguments:
        ids = list_of(graphene.ID, "The variants.", required=True)
        back = graphene.Boolean(description="Into trade again.")

    variants = Field(graphene.List(graphene.NonNull(VariantType)), description="The variants.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str], back: bool | None = None) -> Self:
        return cls(variants=variants_retire(actor, ids_of(ids, "Variant", "ids"), bool(back)))


class VariantGenerate(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Make the variants a product lacks of one or two axes, such as colours by sizes."""

    class Arguments:
        product = the_id("The product.")
        axes = list_of(AxisInput, "One or two axes.", required=True)
        uom = graphene.String(description="Base unit of the new ones, PCS unless told.")
        packs = list_of(PackInput, "Their other units.")
        sku_pattern = graphene.String(
            description="Made of {base}, {1}, {2}, {n} and text: what the product's SKUs have in common, marks of the"
            " values, a number. {base}-{1}-{2} unless told."
        )
        left_out = list_of(graphene.String, "SKUs of those that are not to be made.")

    variants = Field(graphene.List(graphene.NonNull(VariantType)), description="Those that were made.")

    @classmethod
    def perform(
        cls,
        actor: Actor,
        product: str,
        axes: list[AxisInput],
        uom: str | None = None,
        packs: Any = None,
        sku_pattern: str | None = None,
        left_out: list[str] | None = None,
    ) -> Self:
        drafts = [pack.to_draft() for pack in packs or ()]
        sides = [axis.to_draft() for axis in axes]
        product_id = from_global_id(product, "Product", "product")
        made: list[Variant] = variants_generate(
            actor, product_id, sides, uom or "PCS", drafts, pattern=sku_pattern or "", left_out=left_out or ()
        )
        return cls(variants=made)


class PackWrite(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Add, change or remove packs of a variant. The content of a pack on documents is frozen."""

    class Arguments:
        variant = the_id("The variant.")
        packs = list_of(PackInput, "The packs, by their unit.", required=True)
        order_unit = graphene.String(description="The code of the unit orders are entered in, in place of `isDefault`.")

    packs = Field(graphene.List(graphene.NonNull(PackType)), description="All packs of the variant.")

    @classmethod
    def perform(cls, actor: Actor, variant: str, packs: list[PackInput], order_unit: str | None = None) -> Self:
        drafts = [pack.to_draft() for pack in packs]
        if order_unit:
            drafts = [replace(draft, is_default=draft.uom.upper() == order_unit.upper()) for draft in drafts]
        kept: list[Pack] = pack_write(actor, from_global_id(variant, "Variant", "variant"), drafts)
        return cls(packs=kept)


class ProductMediaAdd(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Add a picture to a product, or to one of its variants: JPEG, PNG, WebP or GIF up to 10 MB."""

    class Arguments:
        product = the_id("The product.")
        file = Upload(required=True, description="The picture.")
        alt = graphene.String(description="What it shows, for those who do not see it.")
        variant = graphene.ID(description="The variant it shows.")

    media = Field(MediaType, description="The picture.")

    @classmethod
    def perform(cls, actor: Actor, product: str, file: Any, alt: str | None = None, variant: str | None = None) -> Self:
        product_id = from_global_id(product, "Product", "product")
        variant_id = None if variant is None else from_global_id(variant, "Variant", "variant")
        content = file.read(LARGEST_FILE + 1)
        made: ProductImage = image_add(actor, product_id, content, alt or "", variant_id)
        return cls(media=made)


class ProductMediaRemove(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Remove a picture."""

    class Arguments:
        id = the_id("The picture.")

    product = Field(ProductType, description="Its product.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        product_id = image_remove(actor, from_global_id(id, "Media"))
        return cls(product=Product.objects.visible_to(actor).get(pk=product_id))


class ProductMediaReorder(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Put the pictures of a product in another order."""

    class Arguments:
        product = the_id("The product.")
        media = list_of(graphene.ID, "All its pictures, in their new order.", required=True)

    media = Field(graphene.List(graphene.NonNull(MediaType)), description="The pictures.")

    @classmethod
    def perform(cls, actor: Actor, product: str, media: list[str]) -> Self:
        product_id = from_global_id(product, "Product", "product")
        return cls(media=images_order(actor, product_id, ids_of(media, "Media", "media")))


class ProductDocumentAdd(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Add a document to a product: PDF, Word, Excel, PowerPoint, PNG, JPEG, DWG or STEP up to 20 MB."""

    class Arguments:
        product = the_id("The product.")
        file = Upload(required=True, description="The document.")
        kind = graphene.Argument(enum_of(DocumentKind), description="What it is about; OTHER unless told.")
        name_zh = graphene.String(description="What it is called in Chinese; as its file unless told.")
        name_en = graphene.String(description="What it is called in English; as its file unless told.")

    document = Field(ProductDocumentType, description="The document.")

    @classmethod
    def perform(cls, actor: Actor, product: str, file: Any, kind: Any = None, **names: str | None) -> Self:
        product_id = from_global_id(product, "Product", "product")
        called = {name: text.strip() for name, text in names.items() if text}
        made: ProductDocument = document_add(
            actor, product_id, file, DocumentKind(kind or DocumentKind.OTHER), **called
        )
        return cls(document=made)


class ProductDocumentRemove(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Remove a document."""

    class Arguments:
        id = the_id("The document.")

    product = Field(ProductType, description="Its product.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        product_id = document_remove(actor, from_global_id(id, "ProductDocument"))
        return cls(product=Product.objects.visible_to(actor).get(pk=product_id))


class GoodsMutations:
    """What can be done with products and variants."""

    product_create = ProductCreate.Field()
    product_update = ProductUpdate.Field()
    product_retire = ProductRetire.Field()
    variant_create = VariantCreate.Field()
    variant_update = VariantUpdate.Field()
    variant_retire = VariantRetire.Field()
    variant_generate = VariantGenerate.Field()
    pack_write = PackWrite.Field()
    product_media_add = ProductMediaAdd.Field()
    product_media_remove = ProductMediaRemove.Field()
    product_media_reorder = ProductMediaReorder.Field()
    product_document_add = ProductDocumentAdd.Field()
    product_document_remove = ProductDocumentRemove.Field()
