"""What promotions make of a basket, in the schema: other rooms show these beside carts and orders."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.catalog.models import UnitOfMeasure, Variant
from marketplace.core.money import Money as Amount
from marketplace.core.names import localized
from marketplace.graphql import BatchLoader, Decimal, Field, ModelType, Money, Quantity, enum_of, to_global_id
from marketplace.parties.schema.types import listed, text
from ordercenter.promotions.describe import described
from ordercenter.promotions.enums import PromotionEffect, RewardKind
from ordercenter.promotions.hinting import hint_text
from ordercenter.promotions.models import AppliedPromotion
from ordercenter.promotions.schema.loaders import SharesOf


class PromotionHintType(graphene.ObjectType):
    """A near miss: what is still to be put in for a reward. Made of a terms.Hint; `currency` is set on it."""

    class Meta:
        name = "PromotionHint"

    promotion = Field(graphene.ID, required=True, description="Which promotion.")
    label = text("What it is called.")
    effect = Field(enum_of(PromotionEffect), required=True, description="What it does.")
    by_quantity = Field(graphene.Boolean, required=True, description="Gap and threshold are quantities, not money.")
    gap = Field(Decimal, required=True, description="What is missing.")
    threshold = Field(Decimal, required=True, description="What is to be reached.")
    progress = Field(graphene.Int, required=True, description="How far one is, in percent.")
    reward = Field(enum_of(RewardKind), required=True, description="What the value means.")
    value = Field(Decimal, description="Percent or amount.")
    benefit = Field(Decimal, required=True, description="What it would take off, about; 0 where goods decide.")
    next_tier = Field(graphene.Boolean, required=True, description="One reward of it is reached already.")
    text = text("The hint in one sentence.")

    def resolve_promotion(root: Any, _info: Any) -> str:
        return to_global_id("Promotion", root.promotion_id)

    def resolve_label(root: Any, _info: Any) -> str:
        return localized(root.label_zh, root.label_en)

    def resolve_text(root: Any, _info: Any) -> str:
        return hint_text(root)

    def resolve_by_quantity(root: Any, _info: Any) -> bool:
        return root.quantity

    def resolve_progress(root: Any, _info: Any) -> int:
        return int((root.threshold - root.gap) * 100 / root.threshold) if root.threshold else 0


class NamesOfGifts(BatchLoader):
    """By variant: code and name, for gifts that the reader is offered."""

    def batch(self, keys: list[int]) -> list[tuple[str, str]]:

        rows = Variant.objects.filter(pk__in=keys).select_related("product")
        names = {row.pk: (row.sku, " ".join(part for part in (row.product.name, row.name) if part)) for row in rows}
        return [names.get(key, ("?", "?")) for key in keys]


class CodesOfUnits(BatchLoader):
    """By unit: its code."""

    def batch(self, keys: list[int]) -> list[str]:

        codes = dict(UnitOfMeasure.objects.filter(pk__in=keys).values_list("pk", "code"))
        return [codes.get(key, "?") for key in keys]


class PromotionGiftType(graphene.ObjectType):
    """A gift or add-on as it stands for one basket."""

    class Meta:
        name = "PromotionGift"

    item = Field(graphene.ID, required=True, description="By this it is chosen.")
    variant = Field(graphene.ID, required=True, description="The id of the variant.")
    sku = text("Its code.")
    name = text("Its name.")
    uom = text("The code of its unit.")
    quantity = Field(Quantity, required=True, description="How much one award is.")
    unit_price = Field(Decimal, required=True, description="What one unit is worth.")
    price = Field(Decimal, description="What one unit of an add-on costs.")
    count = Field(graphene.Int, required=True, description="How many awards were chosen.")
    room = Field(graphene.Int, description="How many awards there still are; null: any number.")

    def resolve_item(root: Any, _info: Any) -> str:
        return to_global_id("GiftPoolItem", root.item_id)

    def resolve_variant(root: Any, _info: Any) -> str:
        return to_global_id("Variant", root.variant_id)

    def resolve_sku(root: Any, info: Any) -> Any:
        return NamesOfGifts.of(info).load(root.variant_id).then(lambda names: names[0])

    def resolve_name(root: Any, info: Any) -> Any:
        return NamesOfGifts.of(info).load(root.variant_id).then(lambda names: names[1])

    def resolve_uom(root: Any, info: Any) -> Any:
        return CodesOfUnits.of(info).load(root.uom_id)


class PromotionAwardType(graphene.ObjectType):
    """Gifts that an order earns, or add-ons it may have. Made of a terms.Award."""

    class Meta:
        name = "PromotionAward"

    promotion = Field(graphene.ID, required=True, description="Which promotion.")
    label = text("What it is called.")
    add_on = Field(graphene.Boolean, required=True, description="Add-ons, which cost something.")
    choose = Field(graphene.Int, required=True, description="How many awards there are in all.")
    open = Field(graphene.Int, required=True, description="How many of them are still to be chosen.")
    automatic = Field(graphene.Boolean, required=True, description="There is nothing to choose.")
    gifts = listed(PromotionGiftType, "What there is to choose from.", size=10)

    def resolve_promotion(root: Any, _info: Any) -> str:
        return to_global_id("Promotion", root.promotion_id)

    def resolve_label(root: Any, _info: Any) -> str:
        return localized(root.label_zh, root.label_en)


class PromotionOutcomeType(graphene.ObjectType):
    """A promotion as it applies to a basket. Made of a terms.Applied."""

    class Meta:
        name = "PromotionOutcome"

    promotion = Field(graphene.ID, required=True, description="Which promotion.")
    code = text("Its code.")
    label = text("What it is called.")
    sentence = text("What it does.")
    level = text("Line, order or freight.")
    coupon = text("The coupon that unlocked it, or empty.")
    amount = Field(Decimal, required=True, description="What it takes off.")

    def resolve_promotion(root: Any, _info: Any) -> str:
        return to_global_id("Promotion", root.promotion_id)

    def resolve_label(root: Any, _info: Any) -> str:
        return localized(root.label_zh, root.label_en)

    def resolve_sentence(root: Any, _info: Any) -> str:
        return described(root.configuration)

    def resolve_coupon(root: Any, _info: Any) -> str:
        return root.coupon_code


class AppliedShareType(graphene.ObjectType):
    """What an applied promotion takes off one line."""

    class Meta:
        name = "AppliedShare"

    line = Field(graphene.ID, required=True, description="The order line.")
    position = Field(graphene.Int, required=True, description="Its place in the order.")
    sku = text("Its SKU.")
    amount = Field(Decimal, required=True, description="What is taken off it.")
    free_quantity = Field(Quantity, required=True, description="Base units of it that this made free.")

    def resolve_line(root: Any, _info: Any) -> str:
        return to_global_id("OrderLine", root.order_line_id)

    def resolve_position(root: Any, _info: Any) -> int:
        return root.order_line.position

    def resolve_sku(root: Any, _info: Any) -> str:
        return root.order_line.sku


class AppliedPromotionType(ModelType, model=AppliedPromotion, name="AppliedPromotion"):
    """A promotion on an order, frozen as it was; both sides see it."""

    code = text("Its code.")
    label = text("What it was called.")
    sentence = text("What it did.")
    version = Field(graphene.Int, required=True, description="Which version of it.")
    level = text("Line, order or freight.")
    basis = Field(Money, required=True, description="What it was worked out on.")
    amount = Field(Money, required=True, description="What it took off.")
    coupon = text("The coupon that unlocked it, or empty.")
    shares = listed(AppliedShareType, "What it took off each line.", size=20)

    def resolve_code(root: Any, _info: Any) -> str:
        return root.configuration["code"]

    def resolve_sentence(root: Any, _info: Any) -> str:
        return described(root.configuration)

    def resolve_level(root: Any, _info: Any) -> str:
        return root.configuration["level"]

    def resolve_basis(root: Any, _info: Any) -> Amount:
        return Amount(root.basis, root.currency)

    def resolve_amount(root: Any, _info: Any) -> Amount:
        return Amount(root.amount, root.currency)

    def resolve_coupon(root: Any, _info: Any) -> str:
        return root.coupon.code if root.coupon_id else ""

    def resolve_shares(root: Any, info: Any) -> Any:
        return SharesOf.of(info).load(root.pk)
