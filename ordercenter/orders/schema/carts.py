"""What can be done with carts as such: made, chosen, named, shared, handed on, copied, put together."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field, from_global_id, ids_of
from marketplace.parties.schema.types import UserType, listed
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.named_carts import (
    change_cart,
    choose_cart,
    colleagues,
    copy_cart,
    hand_cart,
    make_cart,
    merge_carts,
    move_lines,
)
from ordercenter.orders.schema.entry import CartType

THE_CART = graphene.ID(required=True, description="The cart.")
VERSION = graphene.Int(description="The version you saw: another one now fails CONFLICT.")
AS_IT_IS = Field(CartType, description="The cart as it is now.")


def cart_key(gid: str, field: str = "id") -> int:
    """The key in the id of a cart; raises NOT_FOUND."""
    return from_global_id(gid, "Cart", field)


class CartMake(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Make another cart at a seller; what you add there goes into it from here on."""

    class Arguments:
        seller = graphene.ID(required=True, description="Who sells.")
        name = graphene.String(required=True, description="Its name, yours only once at the seller.")
        shared = graphene.Boolean(description="Colleagues who order see it and write in it.")

    cart = AS_IT_IS

    @classmethod
    def perform(cls, actor: Actor, seller: str, name: str, shared: bool | None = None) -> Self:
        seller_id = from_global_id(seller, "Organization", "seller")
        return cls(cart=make_cart(actor, seller_id, name, bool(shared)))


class CartChoose(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Choose the cart that what you add at its seller goes into."""

    class Arguments:
        id = THE_CART

    cart = AS_IT_IS

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(cart=choose_cart(actor, cart_key(id)))


class CartChange(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Name a cart, or, as its owner, share it with colleagues or not any more. What is left out stays."""

    class Arguments:
        id = THE_CART
        name = graphene.String(description="Its name.")
        shared = graphene.Boolean(description="Colleagues who order see it and write in it.")
        version = VERSION

    cart = AS_IT_IS

    @classmethod
    def perform(
        cls, actor: Actor, id: str, name: str | None = None, shared: bool | None = None, version: int | None = None
    ) -> Self:
        return cls(cart=change_cart(actor, cart_key(id), name, shared, version))


class CartHand(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Hand a cart of yours to a colleague who orders; it is theirs then, and they are told."""

    class Arguments:
        id = THE_CART
        user = graphene.ID(required=True, description="The colleague, one of `cartColleagues`.")
        note = graphene.String(description="Words that come with it, 500 characters at most.")
        version = VERSION

    cart = Field(CartType, description="The cart, where you may still see it.")

    @classmethod
    def perform(cls, actor: Actor, id: str, user: str, note: str = "", version: int | None = None) -> Self:
        cart = hand_cart(actor, cart_key(id), from_global_id(user, "User", "user"), note or "", version)
        return cls(cart=cart if cart.is_shared else None)


class CartCopy(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Make a cart of your own with the lines of one you see."""

    class Arguments:
        id = THE_CART
        name = graphene.String(description="Its name; that of the other with a number unless told.")

    cart = Field(CartType, description="The new cart.")

    @classmethod
    def perform(cls, actor: Actor, id: str, name: str | None = None) -> Self:
        return cls(cart=copy_cart(actor, cart_key(id), name or ""))


class CartMerge(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Put the lines of carts of yours into one at the same seller, equal lines added up; the others are gone then."""

    class Arguments:
        into = graphene.ID(required=True, description="The cart that stays.")
        carts = graphene.List(graphene.NonNull(graphene.ID), required=True, description="Those that are emptied.")

    cart = AS_IT_IS

    @classmethod
    def perform(cls, actor: Actor, into: str, carts: list[str]) -> Self:
        return cls(cart=merge_carts(actor, cart_key(into, "into"), ids_of(carts, "Cart", "carts")))


class CartLinesMove(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Move lines to another cart of the seller, or to a new one; equal lines are added up there."""

    class Arguments:
        cart = graphene.ID(required=True, description="The cart in which they are.")
        lines = graphene.List(graphene.NonNull(graphene.ID), required=True, description="The lines.")
        to = graphene.ID(description="The other cart; a new one unless given.")
        name = graphene.String(description="The name of the new cart.")

    cart = Field(CartType, description="The cart in which they are now.")

    @classmethod
    def perform(cls, actor: Actor, cart: str, lines: list[str], to: str | None = None, name: str | None = None) -> Self:
        goal = cart_key(to, "to") if to else None
        return cls(cart=move_lines(actor, cart_key(cart, "cart"), ids_of(lines, "CartLine", "lines"), goal, name or ""))


class CartQueries:
    """Whom one shares carts with."""

    cart_colleagues = listed(
        UserType,
        "The other members of your organization who place orders, by name; none for who does not order.",
        size=20,
    )

    def resolve_cart_colleagues(root: Any, info: Any) -> Any:
        actor = info.context.actor
        known = colleagues(actor) if actor.may("orders.place") and not actor.is_read_only else []
        return UserType.visible(actor).filter(pk__in=known).order_by("name", "pk")


class CartMutations:
    """What can be done with carts."""

    cart_make = CartMake.Field()
    cart_choose = CartChoose.Field()
    cart_change = CartChange.Field()
    cart_hand = CartHand.Field()
    cart_copy = CartCopy.Field()
    cart_merge = CartMerge.Field()
    cart_lines_move = CartLinesMove.Field()
