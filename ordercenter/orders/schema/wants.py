"""What a cart would come to with what it asks for beside its lines: promotions, gifts, funds, credit left."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType, VariantType
from marketplace.core.money import Money as Amount
from marketplace.core.names import localized
from marketplace.graphql import (
    Field,
    Money,
    Quantity,
    enum_of,
    label_field,
    to_global_id,
)
from marketplace.parties.schema.types import listed, text
from ordercenter.ledger.funds.kinds import FundKind, FundTreatment
from ordercenter.orders.offer import DraftOffer
from ordercenter.orders.outlook import Outlook, outlook_of
from ordercenter.orders.schema.outlook import CartCreditType
from ordercenter.promotions.hinting import hint_text
from ordercenter.promotions.terms import Applied, Award, Hint

ITEM = "GiftPoolItem"


@dataclass(frozen=True, slots=True)
class Of:
    """A part of what was worked out for a cart, with its currency."""

    part: Any
    currency: str
    about: Any = None


class CartPromotionType(graphene.ObjectType):
    """A promotion that would apply."""

    class Meta:
        name = "CartPromotion"

    label = text("What it is called.")
    coupon = Field(graphene.String, description="The coupon it is claimed with.")
    amount = Field(Money, required=True, description="What it takes off.")

    def resolve_label(root: Of, _info: Any) -> str:
        return promotion_label(root.part)

    def resolve_coupon(root: Of, _info: Any) -> str | None:
        return root.part.coupon_code or None

    def resolve_amount(root: Of, _info: Any) -> Amount:
        return Amount(root.part.amount, root.currency)


class CartGiftType(graphene.ObjectType):
    """A gift or add-on that may be chosen."""

    class Meta:
        name = "CartGift"

    item = Field(graphene.ID, required=True, description="Names it where gifts are chosen.")
    variant = Field(VariantType, description="The goods.")
    quantity = Field(Quantity, required=True, description="How much of it one choice gives.")
    uom = Field(UnitOfMeasureType, description="In what it is counted.")
    price = Field(Money, description="What one unit of an add-on costs; null: a gift.")
    count = Field(graphene.Int, required=True, description="How often it is chosen.")
    room = Field(graphene.Int, description="How often it can be chosen at most; null: any number.")

    def resolve_item(root: Of, _info: Any) -> str:
        return to_global_id(ITEM, root.part.item_id)

    def resolve_variant(root: Of, info: Any) -> Any:
        return VariantType.load(info, root.part.variant_id)

    def resolve_quantity(root: Of, _info: Any) -> Number:
        return root.part.quantity

    def resolve_uom(root: Of, info: Any) -> Any:
        return UnitById.of(info).load(root.part.uom_id)

    def resolve_price(root: Of, _info: Any) -> Amount | None:
        return None if root.part.price is None else Amount(root.part.price, root.currency)

    def resolve_count(root: Of, _info: Any) -> int:
        return root.part.count

    def resolve_room(root: Of, _info: Any) -> int | None:
        return root.part.room


class CartAwardType(graphene.ObjectType):
    """Gifts the cart has earned, or add-ons it may take."""

    class Meta:
        name = "CartAward"

    promotion = Field(graphene.ID, required=True, description="Names the promotion where gifts are chosen.")
    label = text("What the promotion is called.")
    add_on = Field(graphene.Boolean, required=True, description="They are add-ons at a price, not gifts.")
    automatic = Field(graphene.Boolean, required=True, description="There is nothing to choose.")
    choose = Field(graphene.Int, required=True, description="How many may be taken in all.")
    left = Field(graphene.Int, required=True, description="How many may still be taken.")
    gifts = listed(CartGiftType, "What may be chosen.", size=5)

    def resolve_promotion(root: Of, _info: Any) -> str:
        return to_global_id("Promotion", root.part.promotion_id)

    def resolve_label(root: Of, _info: Any) -> str:
        return promotion_label(root.part)

    def resolve_add_on(root: Of, _info: Any) -> bool:
        return root.part.add_on

    def resolve_automatic(root: Of, _info: Any) -> bool:
        return root.part.automatic

    def resolve_choose(root: Of, _info: Any) -> int:
        return root.part.choose

    def resolve_left(root: Of, _info: Any) -> int:
        return max(root.part.open, 0)

    def resolve_gifts(root: Of, _info: Any) -> list[Of]:
        return [Of(gift, root.currency, root.part) for gift in root.part.gifts]


class CartGiftLineType(graphene.ObjectType):
    """A gift or add-on line that the order would have."""

    class Meta:
        name = "CartGiftLine"

    variant = Field(VariantType, description="The goods.")
    name = text("What it is called.")
    sku = text("The seller's code.")
    quantity = Field(Quantity, required=True, description="How much.")
    uom = Field(UnitOfMeasureType, description="In what it is counted.")
    total = Field(Money, required=True, description="What it costs with tax; 0 for a gift that is free.")

    def resolve_variant(root: Of, info: Any) -> Any:
        return VariantType.load(info, root.part.goods.variant_id)

    def resolve_name(root: Of, _info: Any) -> str:
        return root.part.goods.name

    def resolve_sku(root: Of, _info: Any) -> str:
        return root.part.goods.sku

    def resolve_quantity(root: Of, _info: Any) -> Number:
        return root.part.given.quantity

    def resolve_uom(root: Of, info: Any) -> Any:
        return UnitById.of(info).load(root.part.goods.uom_id)

    def resolve_total(root: Of, _info: Any) -> Amount:
        return Amount(root.part.amounts.gross, root.currency)


class CartHintType(graphene.ObjectType):
    """A near miss: what is still to be put in, and what it would bring."""

    class Meta:
        name = "CartHint"

    label = text("What the promotion is called.")
    message = text("One sentence for the buyer.")
    gap = Field(Money, description="The money that is missing; null where a quantity is.")
    benefit = Field(Money, required=True, description="What it would take off.")

    def resolve_label(root: Of, _info: Any) -> str:
        return promotion_label(root.part)

    def resolve_message(root: Of, _info: Any) -> str:
        return hint_text(root.part)

    def resolve_gap(root: Of, _info: Any) -> Amount | None:
        return None if root.part.quantity else Amount(root.part.gap, root.currency)

    def resolve_benefit(root: Of, _info: Any) -> Amount:
        return Amount(root.part.benefit, root.currency)


class CartFundType(graphene.ObjectType):
    """What a fund account holds for the buyer, and what the order would use of it."""

    class Meta:
        name = "CartFund"

    kind = Field(enum_of(FundKind), required=True, description="The kind of account.")
    kind_label = label_field("kind")
    treatment = Field(enum_of(FundTreatment), description="Whether it lowers the price or pays; null: it is not used.")
    treatment_label = Field(graphene.String, description="The treatment in the reader's language.")
    available = Field(Money, required=True, description="What is there and not promised.")
    asked = Field(Money, description="What was asked for; null: the seller's rule decides.")
    used = Field(Money, required=True, description="What the order would use.")

    def resolve_treatment_label(root: FundUse, _info: Any) -> str | None:
        return str(FundTreatment(root.treatment).label) if root.treatment else None


@dataclass(slots=True)
class FundUse:
    """One kind of fund beside a cart."""

    kind: FundKind
    treatment: str | None
    available: Amount
    asked: Amount | None
    used: Amount


class CartOfferType(graphene.ObjectType):
    """What a cart would come to as an order of now, where its seller has promotions, funds or credit."""

    class Meta:
        name = "CartOffer"

    list_total = Field(Money, required=True, description="Lines at their prices, before discounts.")
    discount = Field(Money, required=True, description="What promotions take off.")
    reduction = Field(Money, required=True, description="What funds take off before tax.")
    funded = Field(Money, required=True, description="What of the total fund accounts would pay.")
    to_pay = Field(Money, required=True, description="What is left to be paid otherwise.")
    promotions = listed(CartPromotionType, "Promotions that apply.", size=5)
    awards = listed(CartAwardType, "Gifts and add-ons to choose from.", size=3)
    gift_lines = listed(CartGiftLineType, "Gift and add-on lines the order would have.", size=3)
    hints = listed(CartHintType, "What is nearly earned.", size=3)
    funds = listed(CartFundType, "Fund accounts.", size=3)
    problems = Field(
        graphene.List(graphene.NonNull(graphene.String)),
        required=True,
        description="Coupons and choices that do not hold.",
    )
    credit = Field(CartCreditType, cost=2, description="Credit left; null where the seller controls none.")

    def resolve_list_total(root: Of, _info: Any) -> Amount:
        return Amount(root.part.totals.list_amount, root.currency)

    def resolve_discount(root: Of, _info: Any) -> Amount:
        return Amount(root.part.totals.discount, root.currency)

    def resolve_reduction(root: Of, _info: Any) -> Amount:
        return Amount(root.part.totals.reduction, root.currency)

    def resolve_funded(root: Of, _info: Any) -> Amount:
        return Amount(root.part.funded, root.currency)

    def resolve_to_pay(root: Of, _info: Any) -> Amount:
        return Amount(root.part.totals.gross - root.part.funded, root.currency)

    def resolve_promotions(root: Of, _info: Any) -> list[Of]:
        return [Of(one, root.currency) for one in evaluated(root, "applied")]

    def resolve_awards(root: Of, _info: Any) -> list[Of]:
        return [Of(one, root.currency) for one in evaluated(root, "awards")]

    def resolve_gift_lines(root: Of, _info: Any) -> list[Of]:
        return [Of(line, root.currency) for line in root.part.gifts]

    def resolve_hints(root: Of, _info: Any) -> list[Of]:
        return [Of(one, root.currency) for one in evaluated(root, "hints")]

    def resolve_funds(root: Of, _info: Any) -> list[FundUse]:
        return fund_uses(root.part, root.currency)

    def resolve_problems(root: Of, _info: Any) -> list[str]:
        return [str(problem.message) for problem in root.part.problems]

    def resolve_credit(root: Of, _info: Any) -> Outlook | None:
        return outlook_of(root.part, root.currency)


def evaluated(root: Of, name: str) -> list[Any]:
    """A list of what the promotions said; empty where none were asked."""
    found = root.part.draft.evaluated
    return getattr(found, name) if found else []


def promotion_label(part: Applied | Award | Hint) -> str:
    """What buyers read, in the active language."""
    return localized(part.label_zh, part.label_en)


def fund_uses(offer: DraftOffer, currency: str) -> list[FundUse]:
    """Each kind of fund that holds something or was asked for."""
    uses: list[FundUse] = []
    takes = [take for taken in (offer.draft.reductions, offer.draft.payments) if taken for take in taken.takes]
    asked = offer.draft.draft.funds
    for kind in FundKind:
        mine = [take for take in takes if take.kind == kind]
        held = (offer.purses or {}).get(kind.value, Number(0))
        if held or mine or asked.get(kind.value):
            used = sum((take.amount for take in mine), Number(0))
            wanted = asked.get(kind.value)
            told = None if wanted is None else Amount(wanted, currency)
            treatment = mine[0].treatment.value if mine else None
            uses.append(FundUse(kind, treatment, Amount(held, currency), told, Amount(used, currency)))
    return uses
