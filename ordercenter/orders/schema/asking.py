"""What is asked of a cart beside its lines: coupons, gifts and add-ons, amounts of funds."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Decimal, Field, enum_of, from_global_id
from ordercenter.ledger.funds.kinds import FundKind
from ordercenter.orders.cart_wants import coupon_add, coupon_remove, funds_set, gifts_choose
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.schema.wants import ITEM
from ordercenter.promotions.terms import GiftChoice

THE_CART = graphene.ID(required=True, description="The cart.")


def _cart(gid: str) -> int:
    return from_global_id(gid, "Cart", "cart")


class GiftChoiceInput(graphene.InputObjectType):
    """How often one gift or add-on is taken."""

    promotion = graphene.ID(required=True, description="The promotion that offers it.")
    item = graphene.ID(required=True, description="Which of those it offers.")
    count = graphene.Int(description="How often; once unless told, 0 takes it out.")


def choices_of(given: Any) -> list[GiftChoice]:
    """Choices as the promotions know them."""
    return [
        GiftChoice(
            from_global_id(one.promotion, "Promotion", "promotion"),
            from_global_id(one.item, ITEM, "item"),
            1 if one.get("count") is None else max(one.get("count"), 0),
        )
        for one in given or ()
    ]


class FundAskInput(graphene.InputObjectType):
    """How much of one fund account is to be used."""

    kind = graphene.Argument(enum_of(FundKind), required=True, description="The kind of account.")
    amount = Decimal(description="How much; null leaves it to the seller's rule, 0 uses nothing.")


def asked_of(given: Any) -> dict[str, Number | None]:
    """Amounts asked by kind."""
    return {FundKind(one.kind).value: one.get("amount") for one in given or ()}


def _result() -> Any:
    from ordercenter.orders.schema.entry import CartType

    return CartType


class OrderCouponAdd(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Put a coupon into a cart; its promotion applies once the cart earns it."""

    class Arguments:
        cart = THE_CART
        code = graphene.String(required=True, description="The code of the coupon.")

    cart = Field(_result, description="The cart as it is now.")

    @classmethod
    def perform(cls, actor: Actor, cart: str, code: str) -> Self:
        return cls(cart=coupon_add(actor, _cart(cart), code))


class OrderCouponRemove(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Take a coupon out of a cart."""

    class Arguments:
        cart = THE_CART
        code = graphene.String(required=True, description="The code of the coupon.")

    cart = Field(_result, description="The cart as it is now.")

    @classmethod
    def perform(cls, actor: Actor, cart: str, code: str) -> Self:
        return cls(cart=coupon_remove(actor, _cart(cart), code))


class OrderGiftsChoose(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Say which of the gifts a cart has earned are taken; what was chosen before is replaced."""

    class Arguments:
        cart = THE_CART
        choices = graphene.List(
            graphene.NonNull(GiftChoiceInput), required=True, description="All gifts that are taken."
        )

    cart = Field(_result, description="The cart as it is now.")

    @classmethod
    def perform(cls, actor: Actor, cart: str, choices: Any) -> Self:
        return cls(cart=gifts_choose(actor, _cart(cart), choices_of(choices)))


class OrderAddOnsChoose(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Say which of the add-ons that a cart is offered are taken; what was chosen before is replaced."""

    class Arguments:
        cart = THE_CART
        choices = graphene.List(
            graphene.NonNull(GiftChoiceInput), required=True, description="All add-ons that are taken."
        )

    cart = Field(_result, description="The cart as it is now.")

    @classmethod
    def perform(cls, actor: Actor, cart: str, choices: Any) -> Self:
        return cls(cart=gifts_choose(actor, _cart(cart), choices_of(choices), add_ons=True))


class OrderFundsSet(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Say how much of which fund account the order of a cart is to use."""

    class Arguments:
        cart = THE_CART
        funds = graphene.List(graphene.NonNull(FundAskInput), required=True, description="Amounts by account.")

    cart = Field(_result, description="The cart as it is now.")

    @classmethod
    def perform(cls, actor: Actor, cart: str, funds: Any) -> Self:
        return cls(cart=funds_set(actor, _cart(cart), asked_of(funds)))


class WantMutations:
    """What can be asked of a cart beside its lines."""

    order_coupon_add = OrderCouponAdd.Field()
    order_coupon_remove = OrderCouponRemove.Field()
    order_gifts_choose = OrderGiftsChoose.Field()
    order_add_ons_choose = OrderAddOnsChoose.Field()
    order_funds_set = OrderFundsSet.Field()
