"""What changes of many goods at once: the rows of a sheet."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.catalog.models import ProductStatus
from marketplace.catalog.schema.inputs import AttributeValueInput, PackInput, key, list_of, texts
from marketplace.catalog.sheet import ProductChange, VariantChange
from marketplace.graphql import Decimal, enum_of, from_global_id


class ProductChangeInput(graphene.InputObjectType):
    """What changes of a product; what is left out stays as it is, a null brand or category empties."""

    id = graphene.ID(required=True, description="The product.")
    name_zh = graphene.String(description="In Chinese.")
    name_en = graphene.String(description="In English.")
    slug = graphene.String(description="For addresses.")
    description_zh = graphene.String(description="In Chinese.")
    description_en = graphene.String(description="In English.")
    brand = graphene.ID(description="Its maker's mark.")
    category = graphene.ID(description="Where it stands in the tree.")
    status = graphene.Argument(enum_of(ProductStatus), description="Whether it takes part in trade.")
    tax_rate = Decimal(description='As a fraction: "0.13" for 13 %.')
    tax_percent = Decimal(description='The tax rate in percent: "13". Give one of the two.')
    tax_category = graphene.ID(description="Whose rate holds for it; null for a rate of its own.")
    attributes = list_of(AttributeValueInput, "Written over those it has.")

    def to_change(self, index: int) -> ProductChange:
        given = texts(dict(self), "name", "description")
        pk = from_global_id(given.pop("id"), "Product", "products", index)
        for name, kind in (("brand", "Brand"), ("category", "Category"), ("tax_category", "TaxCategory")):
            if name in given:
                given[f"{name}_id"] = key(given.pop(name), kind, f"products.{name}", index)
        percent = given.pop("tax_percent", None)
        if percent is not None:
            given["tax_rate"] = percent / 100
        return ProductChange(pk, _fields(given, "slug"))


class VariantChangeInput(graphene.InputObjectType):
    """What changes of a variant; what is left out stays as it is."""

    id = graphene.ID(required=True, description="The variant.")
    sku = graphene.String(description="Its code.")
    name_zh = graphene.String(description="Its own name in Chinese.")
    name_en = graphene.String(description="Its own name in English.")
    barcode = graphene.String(description="Of its base unit.")
    status = graphene.Argument(enum_of(ProductStatus), description="Whether it takes part in trade.")
    attributes = list_of(AttributeValueInput, "Written over those it has.")
    packs = list_of(PackInput, "Packs to add, change or remove; which is the default stays.")

    def to_change(self, index: int) -> VariantChange:
        given = texts(dict(self), "name")
        pk = from_global_id(given.pop("id"), "Variant", "variants", index)
        barcode = given.pop("barcode", None)
        packs = [pack.to_draft() for pack in given.pop("packs", None) or ()]
        return VariantChange(pk, _fields(given), barcode, packs)


def _fields(given: dict[str, Any], *never_empty: str) -> dict[str, Any]:
    """As `goods_write` takes them."""
    if "attributes" in given:
        given["attributes"] = {one["code"]: one["value"] for one in given["attributes"] or ()}
    kept = {name: value for name, value in given.items() if value is not None or name.endswith("_id")}
    return {name: value for name, value in kept.items() if name not in never_empty or value}
