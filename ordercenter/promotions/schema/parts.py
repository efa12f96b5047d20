"""The parts of a promotion in the schema: audience, goods, tiers, components, gifts, funding."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils.translation import gettext as _

from marketplace.graphql import Decimal, Field, Quantity, enum_of, to_global_id
from marketplace.parties.schema.types import listed, text
from ordercenter.promotions.enums import GiftShort, RewardKind


class PromotionAudienceRowType(graphene.ObjectType):
    """For whom, or through which channel; or for whom not."""

    class Meta:
        name = "PromotionAudienceRow"

    excludes = Field(graphene.Boolean, required=True, description="Leaves these out, whatever else is said.")
    level = text("PARTNER, GROUP, GRADE, CHANNEL or EVERYONE.")
    label = text("Its name.")
    value = Field(graphene.ID, description="The id of the partnership, group or grade.")
    channel = text("The order channel, or empty.")

    def resolve_excludes(root: Any, _info: Any) -> bool:
        return root.exclude

    def resolve_level(root: Any, _info: Any) -> str:
        return "CHANNEL" if root.channel else root.level.name

    def resolve_label(root: Any, _info: Any) -> str:
        if root.partnership_id:
            return root.partnership.downstream.name
        if root.group_id or root.grade_id:
            return (root.group or root.grade).name
        return channel_label(root.channel) if root.channel else _("Everyone")

    def resolve_value(root: Any, _info: Any) -> str | None:
        kinds = {"Partnership": root.partnership_id, "PartnerGroup": root.group_id, "PartnerGrade": root.grade_id}
        return next((to_global_id(kind, key) for kind, key in kinds.items() if key), None)


def channel_label(code: str) -> str:
    """An order channel in words; orders has them, which stands above this room."""
    from django.apps import apps

    field = apps.get_model("orders", "Order")._meta.get_field("channel")
    return str(dict(field.flatchoices).get(code, code))


class GoodsScopeType(graphene.ObjectType):
    """Which goods."""

    class Meta:
        name = "PromotionScopeRow"

    excludes = Field(graphene.Boolean, required=True, description="Leaves these out, whatever else is said.")
    level = text("VARIANT, PRODUCT, CATEGORY, BRAND or ALL.")
    label = text("Its name.")
    value = Field(graphene.ID, description="The id of the variant, product, category or brand.")

    def resolve_excludes(root: Any, _info: Any) -> bool:
        return getattr(root, "exclude", False)

    def resolve_level(root: Any, _info: Any) -> str:
        return root.scope.level.name

    def resolve_label(root: Any, _info: Any) -> str:
        return scope_label(root)

    def resolve_value(root: Any, _info: Any) -> str | None:
        kinds = {
            "Variant": root.variant_id,
            "Product": root.product_id,
            "Category": root.category_id,
            "Brand": root.brand_id,
        }
        return next((to_global_id(kind, key) for kind, key in kinds.items() if key), None)


def scope_label(row: Any) -> str:
    """The name of what a scope row is about; its relations were fetched along."""
    if row.variant_id:
        return variant_label(row.variant)
    found = row.product or row.category or row.brand
    return found.name if found else _("All goods")


def variant_label(variant: Any) -> str:
    """A variant by its code and name."""
    return " ".join(part for part in (variant.sku, variant.product.name, variant.name) if part)


class GiftPoolItemType(graphene.ObjectType):
    """A gift, or an add-on with its price."""

    class Meta:
        name = "GiftPoolItem"

    id = Field(graphene.ID, required=True, description="Its id, by which it is chosen.")
    variant = Field(graphene.ID, required=True, description="The id of the variant.")
    label = text("Code and name of the variant.")
    uom = text("Code of the unit.")
    uom_id = Field(graphene.ID, required=True, description="The id of the unit.")
    quantity = Field(Quantity, required=True, description="How much one award is.")
    price = Field(Decimal, description="What one unit of an add-on costs.")

    def resolve_id(root: Any, _info: Any) -> str:
        return to_global_id("GiftPoolItem", root.pk)

    def resolve_variant(root: Any, _info: Any) -> str:
        return to_global_id("Variant", root.variant_id)

    def resolve_label(root: Any, _info: Any) -> str:
        return variant_label(root.variant)

    def resolve_uom(root: Any, _info: Any) -> str:
        return root.uom.code

    def resolve_uom_id(root: Any, _info: Any) -> str:
        return to_global_id("UnitOfMeasure", root.uom_id)


class GiftPoolType(graphene.ObjectType):
    """Gifts to choose from."""

    class Meta:
        name = "GiftPool"

    choose = Field(graphene.Int, required=True, description="How many may be chosen for each award.")
    on_short = Field(enum_of(GiftShort), required=True, description="What happens where a gift is short of stock.")
    items = listed(GiftPoolItemType, "What there is.", size=10)

    def resolve_items(root: Any, _info: Any) -> Any:
        return sorted(root.items.all(), key=lambda item: item.position)


class PromotionTierType(graphene.ObjectType):
    """From a threshold on, a reward; the highest one reached counts alone."""

    class Meta:
        name = "PromotionTier"

    threshold = Field(Decimal, required=True, description="From when on, in money or in pieces.")
    reward = Field(enum_of(RewardKind), required=True, description="What the value means.")
    value = Field(Decimal, description="Percent or amount.")
    pool = Field(GiftPoolType, description="The gifts of a tier that gives gifts.")

    def resolve_pool(root: Any, _info: Any) -> Any:
        return next((pool for pool in root.promotion.pools.all() if pool.tier_id == root.pk), None)


class PromotionComponentType(graphene.ObjectType):
    """A part of a combination."""

    class Meta:
        name = "PromotionComponent"

    quantity = Field(Quantity, required=True, description="How much of it makes one set.")
    goods = Field(GoodsScopeType, required=True, description="Which goods.")

    def resolve_goods(root: Any, _info: Any) -> Any:
        return root


class PromotionFundingType(graphene.ObjectType):
    """Who bears what percent of what a promotion costs."""

    class Meta:
        name = "PromotionFunding"

    organization = Field(graphene.ID, required=True, description="The id of the organization.")
    name = text("Its name.")
    share = Field(Decimal, required=True, description="Percent.")

    def resolve_organization(root: Any, _info: Any) -> str:
        return to_global_id("Organization", root.bearer_id)

    def resolve_name(root: Any, _info: Any) -> str:
        return root.bearer.name
