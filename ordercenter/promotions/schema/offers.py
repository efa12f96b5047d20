"""What is on for a buyer, what a basket would get, and what stands on an order."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.core.instants import or_none
from marketplace.graphql import DateTime, Decimal, Field, Quantity, enum_of, from_global_id, label_field, to_global_id
from marketplace.parties.schema.types import OrganizationType, listed, text
from ordercenter.promotions.describe import described
from ordercenter.promotions.enums import PromotionEffect
from ordercenter.promotions.evaluate import evaluate_all
from ordercenter.promotions.offers import offers_for
from ordercenter.promotions.quoting import basket_of
from ordercenter.promotions.schema.loaders import AppliedOf, PartsOfOffer
from ordercenter.promotions.schema.parts import GiftPoolType, scope_label
from ordercenter.promotions.schema.results import AppliedPromotionType, PromotionHintType


class PromotionOfferType(graphene.ObjectType):
    """A promotion as its buyer sees it."""

    class Meta:
        name = "PromotionOffer"

    id = Field(graphene.ID, required=True, description="Its id.")
    seller = Field(OrganizationType, required=True, description="Whose it is.")
    label = text("What it is called.")
    sentence = text("What it does.")
    effect = Field(enum_of(PromotionEffect), required=True, description="What it does.")
    effect_label = label_field("effect")
    value = Field(Decimal, description="Percent, amount or price.")
    reward = text("Percent, amount, price or gifts.")
    currency = text("ISO 4217 code.")
    coupon_required = Field(graphene.Boolean, required=True, description="Holds only with a coupon.")
    valid_from = Field(DateTime, description="From when it holds.")
    valid_to = Field(DateTime, description="Until when it holds; null: for good.")
    goods = listed(graphene.String, "Which goods, by name; none: all.", size=5)
    category = Field(graphene.ID, description="The one category it is about, to look at its goods.")
    pool = Field(GiftPoolType, description="The gifts to choose from.")
    text = text("Its small print, or empty.")

    def resolve_id(root: Any, _info: Any) -> str:
        return to_global_id("PromotionOffer", root.promotion.pk)

    def resolve_sentence(root: Any, _info: Any) -> str:
        return described(root.promotion.configuration)

    def resolve_valid_from(root: Any, _info: Any) -> Any:
        return or_none(root.promotion.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> Any:
        return or_none(root.promotion.valid_to)

    def resolve_goods(root: Any, info: Any) -> Any:
        return PartsOfOffer.of(info).load(root.promotion.pk).then(_goods)

    def resolve_category(root: Any, info: Any) -> Any:
        return PartsOfOffer.of(info).load(root.promotion.pk).then(_category)

    def resolve_pool(root: Any, info: Any) -> Any:
        return PartsOfOffer.of(info).load(root.promotion.pk).then(lambda row: next(iter(row.pools.all()), None))


for _name in ("label", "text", "effect", "value", "reward", "currency", "coupon_required"):
    _field = PromotionOfferType._meta.fields[_name]
    _field.resolver = lambda root, _info, _name=_name: getattr(root.promotion, _name)
PromotionOfferType._meta.fields["effect_label"].resolver = lambda root, _info: str(
    PromotionEffect(root.promotion.effect).label
)


def _goods(row: Any) -> list[str]:
    rows = [one for one in row.scope.all() if not one.exclude] or list(row.components.all())
    return [scope_label(one) for one in sorted(rows, key=lambda one: one.pk)]


def _category(row: Any) -> str | None:
    rows = [one for one in row.scope.all() if not one.exclude]
    return to_global_id("Category", rows[0].category_id) if len(rows) == 1 and rows[0].category_id else None


class PromotionLineInput(graphene.InputObjectType):
    """Goods and a quantity."""

    variant = graphene.InputField(graphene.ID, required=True, description="The SKU.")
    uom = graphene.InputField(graphene.ID, description="The unit; the usual one unless told.")
    quantity = graphene.InputField(Quantity, required=True, description="How much.")


class OfferQueries:
    """Mounted by the package."""

    promotion_offers = listed(
        PromotionOfferType,
        "What is on for you now.",
        seller=graphene.ID(description="Of this seller only."),
        permission="catalog.browse",
        size=20,
    )
    promotion_hints = listed(
        PromotionHintType,
        "What you would still have to add to goods of a seller for the next reward.",
        seller=graphene.ID(required=True, description="The seller."),
        lines=graphene.List(graphene.NonNull(PromotionLineInput), required=True, description="The goods."),
        permission="catalog.browse",
        size=5,
    )
    applied_promotions = listed(
        AppliedPromotionType,
        "The promotions on an order in which you are a side.",
        order=graphene.ID(required=True, description="The order."),
        permission="promotions.view",
        size=5,
    )

    def resolve_promotion_offers(root: Any, info: Any, seller: str | None = None) -> Any:
        key = from_global_id(seller, "Organization", "seller") if seller else None
        return offers_for(info.context.actor, key)

    def resolve_promotion_hints(root: Any, info: Any, seller: str, lines: list[Any]) -> Any:
        actor = info.context.actor
        wanted = [
            (
                from_global_id(line["variant"], "Variant", "lines", index),
                from_global_id(line["uom"], "UnitOfMeasure", "lines", index) if line.get("uom") else None,
                line["quantity"],
            )
            for index, line in enumerate(lines[:2000])
        ]
        basket = basket_of(actor, from_global_id(seller, "Organization", "seller"), wanted)
        return evaluate_all(actor, [basket])[0].hints

    def resolve_applied_promotions(root: Any, info: Any, order: str) -> Any:
        return AppliedOf.of(info).load(from_global_id(order, "Order", "order"))
