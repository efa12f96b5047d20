"""Tax categories and rates in the schema."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any, Self

import graphene
from django.db.models import Count
from django.utils import timezone

from marketplace.catalog.errors import CatalogErrorCode
from marketplace.catalog.models import Product, TaxCategory, TaxCategoryKind, TaxRate
from marketplace.catalog.schema.inputs import NAME, texts
from marketplace.catalog.schema.loaders import RateNow
from marketplace.catalog.schema.types import ProductType
from marketplace.catalog.tax import (
    tax_category_create,
    tax_category_delete,
    tax_category_update,
    tax_preset_apply,
    tax_rate_remove,
    tax_rate_write,
)
from marketplace.core.actor import Actor
from marketplace.core.instants import or_none
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    Date,
    DateTime,
    Decimal,
    Field,
    ModelType,
    Quantity,
    enum_of,
    from_global_id,
    grouped,
    label_field,
    one_each,
)
from marketplace.graphql.extending import extend
from marketplace.parties.schema.types import listed, text

MANAGE = "tax.manage"
THE_ID = graphene.ID(required=True, description="The tax category.")


class RatesOfCategory(BatchLoader):
    """By tax category: all its rates, the latest first."""

    def batch(self, keys: list[int]) -> list[list[TaxRate]]:
        rows = TaxRate.objects.visible_to(self.actor).filter(category__in=keys).order_by("-valid_from")
        return grouped(rows, by="category_id", keys=keys)


class ProductsOfTaxCategory(BatchLoader):
    """By tax category: how many of the reader's products have it."""

    def batch(self, keys: list[int]) -> list[int]:
        rows = Product.objects.filter(organization=self.actor.organization_id, tax_category__in=keys)
        found = dict(rows.order_by().values_list("tax_category").annotate(Count("pk")))
        return [found.get(key, 0) for key in keys]


class TaxCategoryById(BatchLoader):
    """Tax categories of the reader's own organization."""

    def batch(self, keys: list[int]) -> list[TaxCategory | None]:
        return one_each(TaxCategory.objects.visible_to(self.actor).filter(pk__in=keys), keys)


class TaxRateType(ModelType, model=TaxRate, name="TaxRate"):
    """The rate of a tax category for a time."""

    rate = Field(Quantity, required=True, description='As a fraction: "0.13" for 13 %.')
    valid_from = Field(DateTime, description="Since when; null: always.")
    valid_to = Field(DateTime, description="Until when; null: for good.")
    has_begun = Field(graphene.Boolean, required=True, description="It holds or has held; else it can be taken back.")
    is_in_force = Field(graphene.Boolean, required=True, description="It holds now.")

    def resolve_valid_from(root: Any, _info: Any) -> Any:
        return or_none(root.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> Any:
        return or_none(root.valid_to)

    def resolve_has_begun(root: Any, _info: Any) -> bool:
        return root.valid_from <= timezone.now()

    def resolve_is_in_force(root: Any, _info: Any) -> bool:
        return root.valid_from <= timezone.now() < root.valid_to


class TaxCategoryType(ModelType, model=TaxCategory, name="TaxCategory"):
    """Goods of your organization that one tax rate holds for."""

    code = text("Unique in the organization; a seller on of your goods takes its own category of that code.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    kind = Field(enum_of(TaxCategoryKind), required=True, description="What a rate of 0 means in it.")
    kind_label = label_field("kind")
    is_default = Field(graphene.Boolean, required=True, description="New products get it unless told otherwise.")
    position = Field(graphene.Int, required=True, description="Its place among the others.")
    rate = Field(Quantity, description="In force now, as a fraction; null where none is.")
    rates = listed(TaxRateType, "All its rates, the latest first.", size=3)
    product_count = Field(graphene.Int, required=True, description="Products of yours that have it.")

    def resolve_rate(root: Any, info: Any) -> Any:
        return RateNow.of(info).load(root.pk)

    def resolve_rates(root: Any, info: Any) -> Any:
        return RatesOfCategory.of(info).load(root.pk)

    def resolve_product_count(root: Any, info: Any) -> Any:
        return ProductsOfTaxCategory.of(info).load(root.pk)


@extend(ProductType)
class ProductTax:
    """How a product is taxed."""

    tax_category = Field(TaxCategoryType, description="Its tax category; null for a rate of its own, and for others'.")

    def resolve_tax_category(root: Any, info: Any) -> Any:
        return TaxCategoryById.of(info).load(root.tax_category_id) if root.tax_category_id else None


class TaxCategoryInput(graphene.InputObjectType):
    """A tax category to make or change; what is left out stays as it is."""

    name = graphene.String(description=NAME)
    name_zh = graphene.String(description="In Chinese.")
    name_en = graphene.String(description="In English.")
    code = graphene.String(description="Unique in the organization; made from the name unless told.")
    kind = graphene.Argument(enum_of(TaxCategoryKind), description="TAXED unless told.")
    is_default = graphene.Boolean(description="New products get it unless told otherwise.")
    position = graphene.Int(description="Its place among the others.")
    percent = Decimal(description='The rate of a new one in percent: "13"; 0 unless told.')

    def to_fields(self) -> dict[str, Any]:
        """As `tax_category_create` and `tax_category_update` take them."""
        given = texts(dict(self), "name")
        given.pop("percent", None)
        return {name: value for name, value in given.items() if value is not None}


class TaxCategoryWrite(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Make a tax category, or change one."""

    class Arguments:
        id = graphene.ID(description="The tax category to change.")
        input = TaxCategoryInput(required=True, description="The tax category.")

    tax_category = Field(TaxCategoryType, description="The tax category.")

    @classmethod
    def perform(cls, actor: Actor, input: TaxCategoryInput, id: str | None = None) -> Self:
        fields = input.to_fields()
        if id is None:
            rate = (input.get("percent") or Number(0)) / 100
            return cls(tax_category=tax_category_create(actor, fields, rate))
        return cls(tax_category=tax_category_update(actor, from_global_id(id, "TaxCategory"), fields))


class TaxCategoryDelete(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Delete a tax category that no product has."""

    class Arguments:
        id = THE_ID

    deleted = Field(graphene.Boolean, description="It is gone.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        tax_category_delete(actor, from_global_id(id, "TaxCategory"))
        return cls(deleted=True)


class TaxRateInput(graphene.InputObjectType):
    """A rate from a day on."""

    category = graphene.ID(required=True, description="The tax category.")
    percent = Decimal(required=True, description='In percent: "13".')
    since = Date(description="From the beginning of this day where your organization is; always so far unless told.")


class TaxRateWrite(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Say the rate of a tax category from a day on. Orders keep the rate they were placed with."""

    class Arguments:
        input = TaxRateInput(required=True, description="The rate.")

    tax_rate = Field(TaxRateType, description="The rate.")
    tax_category = Field(TaxCategoryType, description="Its tax category.")

    @classmethod
    def perform(cls, actor: Actor, input: TaxRateInput) -> Self:
        category = from_global_id(input["category"], "TaxCategory", "category")
        row = tax_rate_write(actor, category, input["percent"] / 100, input.get("since"))
        return cls(tax_rate=row, tax_category=row.category)


class TaxRateRemove(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Take back a rate that has not begun; the one before it holds on."""

    class Arguments:
        id = graphene.ID(required=True, description="The rate.")

    tax_category = Field(TaxCategoryType, description="Its tax category.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(tax_category=tax_rate_remove(actor, from_global_id(id, "TaxRate")))


class TaxPresetApply(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Set up the tax categories of a country with their rates; those whose code is there stay as they are."""

    class Arguments:
        preset = graphene.String(description='"cn": Chinese VAT of 13, 9, 6 and 0 %, and exempt.')

    tax_categories = Field(graphene.List(graphene.NonNull(TaxCategoryType)), description="All tax categories.")

    @classmethod
    def perform(cls, actor: Actor, preset: str = "cn") -> Self:
        return cls(tax_categories=tax_preset_apply(actor, preset))


class TaxQueries:
    """What can be asked about tax."""

    tax_categories = listed(TaxCategoryType, "Your tax categories.", size=10, permission="catalog.view")

    def resolve_tax_categories(root: Any, info: Any) -> Any:
        return list(TaxCategory.objects.visible_to(info.context.actor).order_by("position", "pk"))


class TaxMutations:
    """What can be done with it."""

    tax_category_write = TaxCategoryWrite.Field()
    tax_category_delete = TaxCategoryDelete.Field()
    tax_rate_write = TaxRateWrite.Field()
    tax_rate_remove = TaxRateRemove.Field()
    tax_preset_apply = TaxPresetApply.Field()
