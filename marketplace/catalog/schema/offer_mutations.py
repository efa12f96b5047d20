"""Listings, quantity rules, assortments, and what goods are sorted and described by."""

from __future__ import annotations

from typing import Self

import graphene

from marketplace.catalog.attributes import attribute_create, attribute_delete, attribute_update
from marketplace.catalog.errors import CatalogErrorCode
from marketplace.catalog.listings import listing_write
from marketplace.catalog.models import Product
from marketplace.catalog.ranges import assortment_end, assortment_write
from marketplace.catalog.rules import quantity_rules_write
from marketplace.catalog.schema.goods_mutations import MANAGE, the_id
from marketplace.catalog.schema.inputs import (
    AssortmentInput,
    AttributeInput,
    BrandInput,
    CategoryInput,
    ListingInput,
    OrderQuantityRuleInput,
    list_of,
)
from marketplace.catalog.schema.offers import AssortmentType, OrderQuantityRuleType
from marketplace.catalog.schema.types import (
    AttributeType,
    BrandType,
    CategoryType,
    ProductType,
    UnitOfMeasureType,
)
from marketplace.catalog.taxonomy import (
    brand_create,
    brand_delete,
    brand_update,
    category_create,
    category_delete,
    category_update,
)
from marketplace.catalog.units import unit_by_code, unit_create
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, raise_all
from marketplace.graphql import BaseMutation, Field, from_global_id, ids_of


class ListingWrite(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """List or delist many products at once, now or by date."""

    class Arguments:
        input = ListingInput(required=True, description="What, and when.")

    products = Field(graphene.List(graphene.NonNull(ProductType)), description="The products concerned.")

    @classmethod
    def perform(cls, actor: Actor, input: ListingInput) -> Self:
        products = ids_of(input.get("products") or [], "Product", "products")
        variants = ids_of(input.get("variants") or [], "Variant", "variants")
        start, end = input.get("start"), input.get("end")
        done = listing_write(actor, products, variants, input["listed"], start, end)
        return cls(products=list(Product.objects.visible_to(actor).filter(pk__in=done).order_by("pk")))


class OrderQuantityRuleWrite(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Write order quantity rules: one for each variant, unit and audience."""

    class Arguments:
        rules = list_of(OrderQuantityRuleInput, "The rules.", required=True)

    rules = Field(graphene.List(graphene.NonNull(OrderQuantityRuleType)), description="Those that hold now.")

    @classmethod
    def perform(cls, actor: Actor, rules: list[OrderQuantityRuleInput]) -> Self:
        drafts = [rule.to_draft(index) for index, rule in enumerate(rules)]
        return cls(rules=quantity_rules_write(actor, drafts))


class AssortmentWrite(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Make an assortment, or replace one: which of your goods an audience may see and order."""

    class Arguments:
        id = graphene.ID(description="The assortment to replace.")
        input = AssortmentInput(required=True, description="The assortment.")

    assortment = Field(AssortmentType, description="The assortment.")

    @classmethod
    def perform(cls, actor: Actor, input: AssortmentInput, id: str | None = None) -> Self:
        pk = None if id is None else from_global_id(id, "Assortment")
        return cls(assortment=assortment_write(actor, input.to_draft(), pk))


class AssortmentVoid(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Void an assortment: it holds no more."""

    class Arguments:
        id = the_id("The assortment.")

    assortment = Field(AssortmentType, description="The assortment.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(assortment=assortment_end(actor, from_global_id(id, "Assortment")))


class BrandWrite(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Make a brand, or change one."""

    class Arguments:
        id = graphene.ID(description="The brand to change.")
        input = BrandInput(required=True, description="The brand.")

    brand = Field(BrandType, description="The brand.")

    @classmethod
    def perform(cls, actor: Actor, input: BrandInput, id: str | None = None) -> Self:
        fields = input.to_fields()
        if id is None:
            return cls(brand=brand_create(actor, fields))
        return cls(brand=brand_update(actor, from_global_id(id, "Brand"), fields))


class BrandDelete(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Delete a brand that no product has."""

    class Arguments:
        id = the_id("The brand.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        brand_delete(actor, from_global_id(id, "Brand"))
        return cls()


class CategoryWrite(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Make a category, or change or move one with all below it."""

    class Arguments:
        id = graphene.ID(description="The category to change.")
        input = CategoryInput(required=True, description="The category.")

    category = Field(CategoryType, description="The category.")

    @classmethod
    def perform(cls, actor: Actor, input: CategoryInput, id: str | None = None) -> Self:
        fields = input.to_fields()
        if id is None:
            return cls(category=category_create(actor, fields))
        return cls(category=category_update(actor, from_global_id(id, "Category"), fields))


class CategoryDelete(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Delete a category with nothing in it and nothing below it."""

    class Arguments:
        id = the_id("The category.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        category_delete(actor, from_global_id(id, "Category"))
        return cls()


class AttributeWrite(BaseMutation, permission=MANAGE, codes=CatalogErrorCode):
    """Define an attribute, or change one."""

    class Arguments:
        id = graphene.ID(description="The attribute to change.")
        input = AttributeInput(required=True, description="The attribute.")

    attribute = Field(AttributeType, description="The attribute.")

    @classmethod
    def perform(cls, actor: Actor, input: AttributeInput, id: str | None = None) -> Self:
        fields = input.to_fields()
        problems: list[DomainError] = []
        if fields.get("uom"):
            fields["uom"] = unit_by_code(fields["uom"], "uom", problems)
        raise_all(problems)
        if id is None:
            return cls(attribute=attribute_create(actor, fields))
        return cls(attribute=attribute_update(actor, from_global_id(id, "Attribute"), fields))


class AttributeDelete(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Delete an attribute that no goods use."""

    class Arguments:
        id = the_id("The attribute.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        attribute_delete(actor, from_global_id(id, "Attribute"))
        return cls()


class UnitOfMeasureCreate(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Make a unit of measure, for everybody and for good."""

    class Arguments:
        code = graphene.String(required=True, description="Such as PCS.")
        name_zh = graphene.String(description="In Chinese.")
        name_en = graphene.String(description="In English.")
        exponent = graphene.Int(description="Decimals a quantity in it may have, 0 unless told.")

    unit_of_measure = Field(UnitOfMeasureType, description="The unit.")

    @classmethod
    def perform(
        cls,
        actor: Actor,
        code: str,
        name_zh: str | None = None,
        name_en: str | None = None,
        exponent: int | None = None,
    ) -> Self:
        return cls(unit_of_measure=unit_create(actor, code, name_zh or "", name_en or "", exponent or 0))


class OfferMutations:
    """What can be done with what one offers, and with its order."""

    listing_write = ListingWrite.Field()
    order_quantity_rule_write = OrderQuantityRuleWrite.Field()
    assortment_write = AssortmentWrite.Field()
    assortment_void = AssortmentVoid.Field()
    brand_write = BrandWrite.Field()
    brand_delete = BrandDelete.Field()
    category_write = CategoryWrite.Field()
    category_delete = CategoryDelete.Field()
    attribute_write = AttributeWrite.Field()
    attribute_delete = AttributeDelete.Field()
    unit_of_measure_create = UnitOfMeasureCreate.Field()
