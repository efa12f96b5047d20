"""Mutations that move an order: place, confirm, decline, change, cancel, close, reopen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal as Number
from typing import Any, Self

import graphene
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.graphql import BaseMutation, Date, Decimal, Field, Quantity, Upload, from_global_id, ids_of
from marketplace.graphql.mutations import ErrorRow
from ordercenter.orders.cancel import cancel, decline
from ordercenter.orders.carts import Checkout, enter_lines, place_cart, place_lines
from ordercenter.orders.change import Change, change
from ordercenter.orders.checkpoints import hold_problems
from ordercenter.orders.close import close, reopen
from ordercenter.orders.confirm import confirm, confirm_each
from ordercenter.orders.delivery_days import Part
from ordercenter.orders.drafts import Charge
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Order
from ordercenter.orders.schema.asking import FundAskInput, GiftChoiceInput, asked_of, choices_of
from ordercenter.orders.schema.lines import CartLineInput, keys_once, wishes_of
from ordercenter.orders.schema.types import OrderType

THE_ORDER = graphene.ID(required=True, description="The order.")
REASON = graphene.String(required=True, description="Why; the other side reads it.")


def order_key(gid: str, field: str = "id") -> int:
    """The key in the id of an order; raises NOT_FOUND."""
    return from_global_id(gid, "Order", field)


def read_again(actor: Actor, keys: Sequence[int]) -> list[Order]:
    """Orders as they are now, in the order of their keys."""
    found = {row.pk: row for row in OrderType.visible(actor).filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


class CartLinePartInput(graphene.InputObjectType):
    """So much of a line of a cart, for one day."""

    line = graphene.ID(required=True, description="The line of the cart.")
    quantity = Quantity(required=True, description="How much of it; all parts of a line come to its quantity.")
    requested_on = Date(description="The wished day of this part; that of the order unless told.")


class OrderPlaceInput(graphene.InputObjectType):
    """A cart to place as an order; or, for programs that keep no cart, a seller and lines."""

    cart = graphene.ID(description="The cart; it is emptied. Left out where lines are given.")
    seller = graphene.ID(description="Who sells; with lines.")
    lines = graphene.List(graphene.NonNull(CartLineInput), description="What is ordered, 2,000 lines at most.")
    address = graphene.ID(description="Where the goods go; the default address unless told.")
    requested_on = Date(description="The wished day.")
    buyer_reference = graphene.String(description="Your own number for it.")
    note = graphene.String(description="A message for the seller.")
    accepted_total = Decimal(
        description="The gross total you saw: another one now fails PRICE_CHANGED, or PROMOTION_CHANGED."
    )
    coupons = graphene.List(
        graphene.NonNull(graphene.String), description="Codes of coupons, beside those of the cart."
    )
    gifts = graphene.List(graphene.NonNull(GiftChoiceInput), description="Gifts and add-ons; else those of the cart.")
    funds = graphene.List(graphene.NonNull(FundAskInput), description="What is asked of fund accounts.")
    parts = graphene.List(
        graphene.NonNull(CartLinePartInput),
        description="Lines of the cart that are wished for several days: each part is a line of the order.",
    )
    files = graphene.List(
        graphene.NonNull(Upload), description="Files for the order, 10 at most; both sides read them. With a cart."
    )


class OrderPlace(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Place a cart as an order with its seller. From here on its prices are frozen."""

    class Arguments:
        input = OrderPlaceInput(required=True, description="The cart and what goes with it.")

    order = Field(OrderType, description="The order.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        checkout = checkout_of(input)
        if input.get("lines") is not None:
            seller_id = from_global_id(input.get("seller") or "", "Organization", "seller")
            return cls(order=place_lines(actor, seller_id, wishes_of(input.lines), checkout))
        return cls(order=place_cart(actor, from_global_id(input.get("cart") or "", "Cart", "cart"), checkout))


def checkout_of(input: Any) -> Checkout:
    """What an input says of an order beside its lines."""
    address = input.get("address")
    return Checkout(
        address_id=from_global_id(address, "Address", "address") if address else None,
        requested_on=input.get("requested_on"),
        buyer_reference=input.get("buyer_reference") or "",
        note=input.get("note") or "",
        accepted_total=input.get("accepted_total"),
        parts=parts_by_line(input.get("parts") or ()),
        files=files_of(input.get("files") or ()),
        coupons=[code.strip() for code in input.get("coupons") or ()],
        gifts=choices_of(input.get("gifts")),
        funds=asked_of(input.get("funds")),
        charges=charges_of(input.get("charges")),
    )


MOST_FILES = 10
HUNDRED = Number(100)


def files_of(files: Sequence[Any]) -> list[Any]:
    """The files that come with an order; a form's empty field is none."""
    found = [file for file in files if file]
    if len(found) > MOST_FILES:
        text = _("At most %(limit)s files at once.") % {"limit": MOST_FILES}
        raise DomainError(CoreErrorCode.INVALID, text, "files")
    return found


def parts_by_line(given: Sequence[Any]) -> dict[int, list[Part]]:
    """Parts by the key of their line; raises NOT_FOUND for an id that is none, with its index."""
    found: dict[int, list[Part]] = {}
    for key, one in zip(ids_of([one.line for one in given], "CartLine", "parts"), given, strict=True):
        found.setdefault(key, []).append(Part(one.quantity, one.get("requested_on")))
    return found


class OrderChargeInput(graphene.InputObjectType):
    """What is charged beside the goods: freight, handling, a fee."""

    name = graphene.String(required=True, description="What it is called on the order.")
    amount = Decimal(required=True, description="How much, in the order's tax mode.")
    tax_percent = Decimal(description="Its tax in percent; none unless told.")
    is_freight = graphene.Boolean(description="Promotions of freight lower it; so unless told.")


def charges_of(given: Any) -> list[Charge]:
    """Charges as placing takes them."""
    return [
        Charge(
            one.amount,
            one.name.strip()[:128],
            one.name.strip()[:128],
            (one.get("tax_percent") or 0) / HUNDRED,
            one.get("is_freight") is not False,
        )
        for one in given or ()
    ]


class OrderEnterInput(graphene.InputObjectType):
    """An order that a dealer of yours has told you."""

    buyer = graphene.ID(required=True, description="The dealer.")
    lines = graphene.List(
        graphene.NonNull(CartLineInput), required=True, description="What is ordered, 2,000 lines at most."
    )
    address = graphene.ID(description="Where the goods go; the dealer's default address unless told.")
    requested_on = Date(description="The wished day.")
    buyer_reference = graphene.String(description="The dealer's own number for it.")
    note = graphene.String(description="What the dealer wants to be known.")
    accepted_total = Decimal(description="The gross total the dealer agreed to: another one fails PRICE_CHANGED.")
    coupons = graphene.List(graphene.NonNull(graphene.String), description="Codes of coupons.")
    gifts = graphene.List(graphene.NonNull(GiftChoiceInput), description="Gifts and add-ons.")
    funds = graphene.List(graphene.NonNull(FundAskInput), description="What is asked of fund accounts.")
    charges = graphene.List(graphene.NonNull(OrderChargeInput), description="What is charged beside the goods.")


class OrderEnter(BaseMutation, permission="orders.confirm", codes=OrderErrorCode, atomic=False):
    """Place an order for one of your dealers, as at the telephone; its timeline tells who entered it."""

    class Arguments:
        input = OrderEnterInput(required=True, description="The order.")

    order = Field(OrderType, description="The order.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        buyer_id = from_global_id(input.buyer, "Organization", "buyer")
        return cls(order=enter_lines(actor, buyer_id, wishes_of(input.lines), checkout_of(input)))


class OrderConfirm(BaseMutation, permission="orders.confirm", codes=OrderErrorCode, atomic=False):
    """Confirm an order and promise it stock by its short policy.

    Where a credit rule stops it, it stays as it is: holds are laid, and ORDER_HELD tells so.
    """

    class Arguments:
        id = THE_ORDER
        promised_on = Date(description="The day you promise.")

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, promised_on: Any = None) -> Self:
        key = order_key(id)
        outcome = confirm(actor, key, promised_on)
        order = read_again(actor, [key])[0]
        # A credit rule has stopped it: the holds stand, and the caller is told.
        errors = [ErrorRow(problem) for problem in hold_problems(order)] if outcome.held else []
        return cls(order=order, errors=errors)


class OrderBulkConfirm(BaseMutation, permission="orders.confirm", codes=OrderErrorCode, atomic=False):
    """Confirm many orders: those that can be are confirmed, the others come back as errors with the index of their id.

    Atomic is each order: it is confirmed whole or not at all. One that cannot be confirmed, that is named twice or is
    unknown (`NOT_FOUND`) does not hold the others back.
    """

    class Arguments:
        ids = graphene.List(graphene.NonNull(graphene.ID), required=True, description="The orders, 200 at most.")

    orders = Field(graphene.List(graphene.NonNull(OrderType)), description="Those that were confirmed.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str]) -> Self:
        if not 1 <= len(ids) <= LARGEST_BULK:
            message = OrderErrorCode.ORDER_TOO_LARGE.label if ids else OrderErrorCode.ORDER_EMPTY.label
            raise DomainError(CoreErrorCode.INVALID, message, "ids")
        keys = [key_or_none(gid) for gid in ids]
        outcome = confirm_each(actor, keys)
        errors = [ErrorRow(error) for error in outcome.refused]
        for order in read_again(actor, outcome.held):
            errors += [ErrorRow(problem) for problem in hold_problems(order, index=keys.index(order.pk))]
        return cls(orders=read_again(actor, outcome.done), errors=errors)


LARGEST_BULK = 200


def key_or_none(gid: str) -> int | None:
    """The key of an order; None for what is no id of one."""
    try:
        return from_global_id(gid, "Order")
    except DomainError:
        return None


class OrderDecline(BaseMutation, permission="orders.confirm", codes=OrderErrorCode, atomic=False):
    """Refuse an order that awaits confirmation."""

    class Arguments:
        id = THE_ORDER
        reason = REASON

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        key = order_key(id)
        decline(actor, key, reason)
        return cls(order=read_again(actor, [key])[0])


class OrderChangeLineInput(graphene.InputObjectType):
    """A line of an order and the quantity it shall have."""

    line = graphene.ID(required=True, description="The line.")
    quantity = Quantity(required=True, description="What is to be open of it; 0 takes the line out.")


class OrderChangeInput(graphene.InputObjectType):
    """What is to be different about an order. What is left out stays."""

    order = graphene.ID(required=True, description="The order.")
    base_version = graphene.Int(required=True, description="The version you saw: another one now fails CHANGE_STALE.")
    lines = graphene.List(graphene.NonNull(OrderChangeLineInput), description="Lines with other quantities.")
    added = graphene.List(graphene.NonNull(CartLineInput), description="New lines, priced at the order's own instant.")
    requested_on = Date(description="The wished day.")
    buyer_reference = graphene.String(description="The buyer's own number.")
    note = graphene.String(description="The message for the seller.")


class OrderChangePropose(BaseMutation, codes=OrderErrorCode, atomic=False):
    """Change an order that awaits confirmation; in force at once. Requires `orders.place` or `orders.confirm`."""

    class Arguments:
        input = OrderChangeInput(required=True, description="What is to be different.")

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        key = order_key(input.order, "order")
        given = input.get("lines") or []
        keys = keys_once([line.line for line in given], "OrderLine", "line")
        wanted = Change(
            base_version=input.base_version,
            quantities=dict(zip(keys, (line.quantity for line in given), strict=True)),
            added=wishes_of(input.get("added") or [], "added"),
            requested_on=input.get("requested_on"),
            buyer_reference=input.get("buyer_reference"),
            note=input.get("note"),
        )
        change(actor, key, wanted)
        return cls(order=read_again(actor, [key])[0])


class OrderCancel(BaseMutation, codes=OrderErrorCode, atomic=False):
    """Cancel an order, or quantities of it, before anything of them was shipped.

    Requires `orders.place` or `orders.confirm`.
    """

    class Arguments:
        id = THE_ORDER
        reason = REASON
        lines = graphene.List(
            graphene.NonNull(OrderChangeLineInput), description="Quantities to cancel; everything unless told."
        )

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str, lines: Any = None) -> Self:
        key = order_key(id)
        cancel(actor, key, reason, parts_of(lines))
        return cls(order=read_again(actor, [key])[0])


def parts_of(lines: Any) -> dict[int, Any] | None:
    """Quantities by line, None where no line is named."""
    if lines is None:
        return None
    keys = keys_once([line.line for line in lines], "OrderLine", "lines")
    return dict(zip(keys, (line.quantity for line in lines), strict=True))


class OrderClose(BaseMutation, permission="orders.confirm", codes=OrderErrorCode, atomic=False):
    """Drop the open rest of an order that was shipped in part."""

    class Arguments:
        id = THE_ORDER
        reason = REASON

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        key = order_key(id)
        close(actor, key, reason)
        return cls(order=read_again(actor, [key])[0])


class OrderReopen(BaseMutation, permission="orders.confirm", codes=OrderErrorCode, atomic=False):
    """Restore exactly what closing an order has dropped."""

    class Arguments:
        id = THE_ORDER

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        key = order_key(id)
        reopen(actor, key)
        return cls(order=read_again(actor, [key])[0])


class MoveMutations:
    """What can be done to an order."""

    order_enter = OrderEnter.Field(cost=30)
    order_place = OrderPlace.Field()
    order_confirm = OrderConfirm.Field()
    order_bulk_confirm = OrderBulkConfirm.Field()
    order_decline = OrderDecline.Field()
    order_change_propose = OrderChangePropose.Field()
    order_cancel = OrderCancel.Field()
    order_close = OrderClose.Field()
    order_reopen = OrderReopen.Field()
