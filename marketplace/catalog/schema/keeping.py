"""What those who keep the catalogue see of goods beside what everybody sees."""

from __future__ import annotations

from typing import Any

import graphene
from django.db import connection
from django.db.models import Count

from marketplace.catalog.combinations import Combination
from marketplace.catalog.images import thumbnail_url
from marketplace.catalog.models import Attribute, Category, Product, Variant
from marketplace.catalog.schema.inputs import AxisInput, list_of
from marketplace.catalog.schema.loaders import AttributesOf, ListingsOf
from marketplace.catalog.schema.types import (
    SIZE,
    AttributeType,
    BrandType,
    CategoryType,
    MediaType,
    ProductType,
    ShownValue,
    VariantType,
    product_of,
)
from marketplace.catalog.variants import variants_planned
from marketplace.catalog.visibility import MANAGE, own
from marketplace.core.errors import DomainError, DomainErrors
from marketplace.core.instants import or_none
from marketplace.graphql import BatchLoader, DateTime, Deferred, Field, from_global_id, grouped
from marketplace.graphql.extending import extend
from marketplace.parties.schema.types import listed, text

SETS = """
SELECT node.id, array_agg(DISTINCT used.attribute_id) FROM catalog_category node
JOIN catalog_category_attributes used ON used.category_id = ANY (node.ancestors)
WHERE node.id = ANY (%(ids)s::bigint[]) GROUP BY node.id
"""


class SetOfCategory(BatchLoader):
    """By category: ids of the attributes its goods are described by, those of the categories above it too."""

    def batch(self, keys: list[int]) -> list[list[int]]:
        with connection.cursor() as cursor:
            cursor.execute(SETS, {"ids": keys})
            found = dict(cursor.fetchall())
        return [found.get(key, []) for key in keys]


class AttributesOfCategory(BatchLoader):
    """By category of the reader's own tree: its own attributes, not those of categories above."""

    def batch(self, keys: list[int]) -> list[list[Attribute]]:
        used = Category.attributes.through.objects.filter(category__in=keys).select_related("attribute__uom")
        rows = grouped(used.order_by("attribute__position", "attribute"), by="category_id", keys=keys)
        return [[row.attribute for row in group] for group in rows]


class ProductsOfBrand(BatchLoader):
    """By brand: how many of the reader's own products have it."""

    def batch(self, keys: list[int]) -> list[int]:
        rows = Product.objects.filter(own(self.actor), brand__in=keys).values_list("brand").annotate(Count("pk"))
        found = dict(rows.order_by())
        return [found.get(key, 0) for key in keys]


class AttributeFieldType(graphene.ObjectType):
    """An attribute that goods of this kind may have, and its value so far."""

    class Meta:
        name = "AttributeField"

    attribute = Field(AttributeType, required=True, description="The attribute.")
    value = text("Formatted for people, with its unit; empty where it has none.")
    raw_value = text("As it is kept, for inputs; empty where it has none.")


def field_of(attribute: Attribute, values: dict[str, Any]) -> dict[str, Any]:
    """An attribute with the value that goods have of it."""
    kept = values.get(attribute.code)
    shown = None if kept is None else ShownValue(attribute, kept)
    told = {"value": shown.value, "raw_value": shown.raw_value} if shown else {"value": "", "raw_value": ""}
    return {"attribute": attribute, **told}


def fields_of_product(info: Any, product: Product) -> Deferred:
    """A promise of the attributes of a product's category; of all there are where it has none."""
    loader = SetOfCategory.of(info).load(product.category_id) if product.category_id else Deferred.of([])

    def chosen(found: list[Any]) -> list[dict[str, Any]]:
        known, ids = found
        every = [one for one in known.values() if not one.of_variant]
        in_set = [one for one in every if one.pk in ids] or every
        rows = [one for one in every if one in in_set or one.code in product.attributes]
        return [field_of(one, product.attributes) for one in rows]

    return Deferred.all([AttributesOf.of(info).load(product.organization_id), loader]).then(chosen)


def fields_of_variant(info: Any, variant: Variant) -> Deferred:
    """A promise of the attributes that tell a variant apart, or that its product's category names for variants."""

    def of_product(product: Product | None) -> Any:
        if product is None:
            return []
        loader = SetOfCategory.of(info).load(product.category_id) if product.category_id else Deferred.of([])
        known = AttributesOf.of(info).load(variant.organization_id)
        return Deferred.all([known, loader]).then(lambda found: chosen(product, *found))

    def chosen(product: Product, known: dict[str, Attribute], ids: list[int]) -> list[dict[str, Any]]:
        codes = {*product.axes, *variant.attributes}
        rows = [one for one in known.values() if one.of_variant and (one.pk in ids or one.code in codes)]
        return [field_of(one, variant.attributes) for one in rows]

    return product_of(info, variant).then(of_product)


@extend(ProductType)
class ProductKeeping:
    """For those who keep products."""

    attribute_fields = listed(
        AttributeFieldType, "What its category says it may be described by, with its values.", size=8
    )

    def resolve_attribute_fields(root: Any, info: Any) -> Any:
        return fields_of_product(info, root)


@extend(VariantType)
class VariantKeeping:
    """For those who keep products."""

    attribute_fields = listed(
        AttributeFieldType, "What tells it apart or its category says of variants, with its values.", size=4
    )
    listed_from = Field(DateTime, description="Since when it is or will be put up; null: always.")
    listed_to = Field(DateTime, description="Until when; null: for good.")

    def resolve_attribute_fields(root: Any, info: Any) -> Any:
        return fields_of_variant(info, root)

    def resolve_listed_from(root: Any, info: Any) -> Any:
        return (
            ListingsOf.of(info, "variant")
            .load(root.pk)
            .then(lambda rows: or_none(rows[0].valid_from) if rows else None)
        )

    def resolve_listed_to(root: Any, info: Any) -> Any:
        return (
            ListingsOf.of(info, "variant").load(root.pk).then(lambda rows: or_none(rows[0].valid_to) if rows else None)
        )


@extend(BrandType)
class BrandKeeping:
    """For lists of brands."""

    logo = Field(graphene.String, args=SIZE, description="Its logo as a square; null without one.")
    product_count = Field(graphene.Int, required=True, description="Products of yours that have it.")

    def resolve_logo(root: Any, _info: Any, size: int | None = None) -> str | None:
        return thumbnail_url(root.logo, root.logo_sizes, size) if root.logo else None

    def resolve_product_count(root: Any, info: Any) -> Any:
        return ProductsOfBrand.of(info).load(root.pk)


@extend(CategoryType)
class CategoryKeeping:
    """For those who keep the tree."""

    attributes = listed(
        AttributeType, "By which its goods are described, beside those of the categories above.", permission=MANAGE
    )

    def resolve_attributes(root: Any, info: Any) -> Any:
        return AttributesOfCategory.of(info).load(root.pk)


@extend(MediaType)
class MediaTexts:
    """For those who keep pictures."""

    alt_zh = text("What it shows, in Chinese.")
    alt_en = text("What it shows, in English.")


class CombinationType(graphene.ObjectType):
    """A variant to be, or one that is there already."""

    class Meta:
        name = "VariantCombination"

    name = text("In the reader's language.")
    sku = text("The code it has or would get.")
    exists = Field(graphene.Boolean, required=True, description="A variant has these values already.")

    def resolve_exists(root: Combination, _info: Any) -> bool:
        return root.there is not None


class VariantPlanType(graphene.ObjectType):
    """What a generator of variants would make."""

    class Meta:
        name = "VariantPlan"

    combinations = listed(CombinationType, "Every combination of the values, in their order.")
    new_count = Field(graphene.Int, required=True, description="Those that would be made.")
    problem = text("Why nothing can be made; empty where something can.")


class KeepingQueries:
    """What can be asked before goods are changed."""

    variant_plan = Field(
        VariantPlanType,
        product=graphene.ID(required=True, description="The product."),
        axes=list_of(AxisInput, "One or two axes."),
        sku_pattern=graphene.String(description="As `variantGenerate` takes it."),
        required=True,
        permission=MANAGE,
        description="What `variantGenerate` would make; nothing is written.",
    )

    def resolve_variant_plan(
        root: Any, info: Any, product: str, axes: Any = None, sku_pattern: str | None = None
    ) -> dict[str, Any]:
        found: list[Combination] = []
        problem = ""
        try:
            pk = from_global_id(product, "Product", "product")
            drafts = [axis.to_draft() for axis in axes or ()]
            found = variants_planned(info.context.actor, pk, drafts, sku_pattern or "") if drafts else []
        except DomainErrors as refused:
            problem = " ".join(str(one.message) for one in refused.errors)
        except DomainError as refused:
            problem = str(refused.message)
        return {"combinations": found, "new_count": sum(one.there is None for one in found), "problem": problem}
