"""Finding one's own goods: the product list of the office, and how many products stand in a category."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import OuterRef, Subquery

from marketplace.catalog.models import Product, Variant
from marketplace.catalog.schema.queries import ProductFilter, ProductSort
from marketplace.catalog.schema.types import CategoryType, ProductType
from marketplace.catalog.visibility import own
from marketplace.graphql import ConnectionField, Field
from marketplace.graphql.extending import extend
from marketplace.search.counts import ProductsOfCategory
from marketplace.search.engine import engine


@extend(CategoryType)
class CategoryCounts:
    """What stands in a category."""

    product_count = Field(graphene.Int, required=True, description="Products in it and below that you see.")

    def resolve_product_count(root: Any, info: Any) -> Any:
        known = getattr(root, "product_count", None)
        return known if known is not None else ProductsOfCategory.of(info).load(root.pk)


class OwnGoods:
    """What can be asked of one's own goods."""

    products = ConnectionField(
        ProductType,
        filter=ProductFilter,
        sort=ProductSort,
        search=graphene.String(description="Words of names, brands, categories and properties, or a code."),
        permission="catalog.view",
        description="Your own products, whatever their status.",
    )

    def resolve_products(root: Any, info: Any, search: str | None = None) -> Any:
        actor = info.context.actor
        variants = Variant.objects.filter(product=OuterRef("pk")).order_by("position", "pk")
        rows = Product.objects.visible_to(actor).filter(own(actor)).defer("description_zh", "description_en")
        rows = rows.annotate(first_sku=Subquery(variants.values("sku")[:1]))
        return rows.filter(engine().own_matches(actor, search)) if search and search.strip() else rows
