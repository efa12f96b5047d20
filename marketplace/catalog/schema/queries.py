"""What can be asked of one's own catalogue, and of single goods."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from marketplace.catalog.models import (
    Assortment,
    Attribute,
    Brand,
    Category,
    Listing,
    ListingStatus,
    OrderQuantityRule,
    Product,
    ProductImage,
    ProductStatus,
    UnitOfMeasure,
    Variant,
)
from marketplace.catalog.priced import has_price
from marketplace.catalog.schema.offers import AssortmentType, OrderQuantityRuleType
from marketplace.catalog.schema.types import (
    AttributeType,
    BrandType,
    ProductType,
    UnitOfMeasureType,
    VariantType,
)
from marketplace.catalog.visibility import offered_product, own
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.graphql import (
    ConnectionField,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
)
from marketplace.graphql.failure import PermissionDenied
from marketplace.parties.schema.types import listed
from marketplace.parties.sides import TradeSide

THE_ID = graphene.ID(required=True, description="Its id.")


def require_goods(actor: Actor) -> None:
    """Raise PERMISSION_DENIED unless the actor may look at goods, as a buyer or as a seller."""
    if not (actor.may("catalog.browse") or actor.may("catalog.view")):
        raise PermissionDenied("You need the permission catalog.browse.", permission="catalog.browse")


class ProductFilter(FilterInput):
    """Narrows one's own products."""

    status = ListFilter(enum_of(ProductStatus), lookup="status", description="In any of these states.")
    listing_status = Filter(
        graphene.List(graphene.NonNull(enum_of(ListingStatus))), description="With a variant in any of these states."
    )
    category = Filter(graphene.ID, description="In this category or below it.")
    brand = IdFilter("Brand", lookup="brand", description="Of any of these brands.")
    ids = IdFilter("Product", lookup="id", description="These products.")
    has_picture = Filter(graphene.Boolean, description="With a picture, or without one.")
    has_price = Filter(graphene.Boolean, description="With a price that holds now in one of your lists, or without.")

    @staticmethod
    def filter_has_picture(queryset: Any, value: bool, info: Any) -> Any:
        with_one = Exists(ProductImage.objects.filter(product=OuterRef("pk")))
        return queryset.filter(with_one if value else ~with_one)

    @staticmethod
    def filter_has_price(queryset: Any, value: bool, info: Any) -> Any:
        priced = has_price(info.context.actor)
        return queryset.filter(priced if value else ~priced)

    @staticmethod
    def filter_category(queryset: Any, value: str, info: Any) -> Any:
        try:
            pk = from_global_id(value, "Category")
        except DomainError:
            return queryset.none().cleared()
        return queryset.filter(category__ancestors__contains=[pk])

    @staticmethod
    def filter_listing_status(queryset: Any, value: list[Any], info: Any) -> Any:
        now = timezone.now()
        listings = Listing.objects.filter(
            variant__product=OuterRef("pk"), organization=info.context.actor.organization_id
        )
        listed_rows = Q(status=ListingStatus.LISTED)
        conditions = {
            ListingStatus.SCHEDULED: listed_rows & Q(valid_from__gt=now),
            ListingStatus.LISTED: listed_rows & Q(valid_from__lte=now, valid_to__gt=now),
            ListingStatus.DELISTED: Q(status=ListingStatus.DELISTED) | (listed_rows & Q(valid_to__lte=now)),
        }
        wanted = Q(pk__in=[])
        for status in value:
            wanted |= conditions.get(ListingStatus(status), Q(status=status))
        return queryset.filter(Exists(listings.filter(wanted)))


class ProductSort(Sort, default="-UPDATED_AT"):
    """Keys that products are sorted by."""

    NAME = SortKey.of("name_en", "name_zh", description="The English name, then the Chinese one.")
    SKU = SortKey.of("first_sku", description="The code of the first variant.", nullable=True)
    UPDATED_AT = SortKey.of("updated_at", description="When it was last changed.")


class VariantFilter(FilterInput):
    """Narrows variants."""

    sku = ListFilter(graphene.String, lookup="sku", description="With any of these codes.")
    product = IdFilter("Product", lookup="product", description="Of these products.")
    status = ListFilter(enum_of(ProductStatus), lookup="status", description="In any of these states.")


class VariantSort(Sort, default="SKU"):
    """Keys that variants are sorted by."""

    SKU = SortKey.of("sku", description="The code.")


class OrderQuantityRuleFilter(FilterInput):
    """Narrows order quantity rules."""

    variant = IdFilter("Variant", lookup="variant", description="Of these variants.")
    product = IdFilter("Product", lookup="variant__product", description="Of the variants of these products.")


class Queries:
    """What can be asked about goods."""

    product = Field(
        ProductType,
        id=THE_ID,
        seller=graphene.ID(description="By whom it is offered; its owner unless told."),
        description="One product, for its owner's people and for those it is offered to."
        " Requires `catalog.view` or `catalog.browse`.",
    )
    product_by_slug = Field(
        ProductType,
        seller=graphene.ID(description="Whose product; your own organization's unless told."),
        slug=graphene.String(required=True, description="Its slug."),
        description="One product by its slug. Requires `catalog.view` or `catalog.browse`.",
    )
    variant = Field(VariantType, id=THE_ID, description="One variant. Requires `catalog.view` or `catalog.browse`.")
    variants = ConnectionField(
        VariantType,
        filter=VariantFilter,
        sort=VariantSort,
        permission="catalog.view",
        description="Variants of your own products.",
    )
    brands = listed(
        BrandType,
        "Brands: of what you may buy, or (`side: SELLER`) your own.",
        side=graphene.Argument(enum_of(TradeSide), description="BUYER unless told."),
        size=40,
    )
    attributes = listed(
        AttributeType,
        "The attributes your products are described by.",
        category=graphene.ID(description="Those of this category and of those above it."),
        permission="catalog.view",
        size=20,
    )
    units_of_measure = listed(UnitOfMeasureType, "All units of measure.", size=20)
    order_quantity_rules = ConnectionField(
        OrderQuantityRuleType,
        filter=OrderQuantityRuleFilter,
        permission="catalog.view",
        description="Your order quantity rules.",
    )
    assortments = ConnectionField(
        AssortmentType, permission="catalog.view", description="Your assortments: who may see and order what."
    )
    assortment = Field(AssortmentType, id=THE_ID, permission="catalog.view", description="One of your assortments.")

    def resolve_product(root: Any, info: Any, id: str, seller: str | None = None) -> Product | None:
        actor = info.context.actor
        require_goods(actor)
        product = ProductType.by_id(info, id)
        if product is None or seller is None:
            return product
        try:
            seller_id = from_global_id(seller, "Organization", "seller")
        except DomainError:
            return None
        if seller_id == product.organization_id == actor.organization_id == actor.buyer.pk:
            return product
        offered = Product.objects.filter(offered_product("pk", actor, seller_id), pk=product.pk)
        if not offered.exists():
            return None
        product.offered_by = seller_id
        return product

    def resolve_product_by_slug(root: Any, info: Any, slug: str, seller: str | None = None) -> Product | None:
        actor = info.context.actor
        require_goods(actor)
        owner = actor.organization_id if seller is None else from_global_id(seller, "Organization", "seller")
        return ProductType.visible(actor).filter(organization=owner, slug=slug).first()

    def resolve_variant(root: Any, info: Any, id: str) -> Variant | None:
        require_goods(info.context.actor)
        return VariantType.by_id(info, id)

    def resolve_variants(root: Any, info: Any) -> Any:
        actor = info.context.actor
        return Variant.objects.visible_to(actor).filter(own(actor)).select_related("product")

    def resolve_brands(root: Any, info: Any, side: Any = None) -> list[Brand]:
        actor = info.context.actor
        rows = Brand.objects.visible_to(actor)
        mine = rows.filter(own(actor)) if side == TradeSide.SELLER else rows.exclude(own(actor))
        return sorted(mine, key=lambda brand: brand.name)

    def resolve_attributes(root: Any, info: Any, category: str | None = None) -> Any:
        rows = Attribute.objects.visible_to(info.context.actor).order_by("position", "pk")
        if category is None:
            return rows
        above = Category.objects.filter(pk=from_global_id(category, "Category", "category")).first()
        return rows.filter(categories__in=above.ancestors if above else []).distinct()

    def resolve_units_of_measure(root: Any, info: Any) -> Any:
        return UnitOfMeasure.objects.visible_to(info.context.actor).order_by("pk")

    def resolve_order_quantity_rules(root: Any, info: Any) -> Any:
        return OrderQuantityRule.objects.visible_to(info.context.actor)

    def resolve_assortments(root: Any, info: Any) -> Any:
        return Assortment.objects.visible_to(info.context.actor)

    def resolve_assortment(root: Any, info: Any, id: str) -> Assortment | None:
        return AssortmentType.by_id(info, id)
