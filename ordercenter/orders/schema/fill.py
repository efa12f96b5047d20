"""Filling an order before it exists: carts, pasted lines, saved lists, goods bought before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import graphene
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType, VariantType
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, DomainErrors
from marketplace.graphql import (
    BaseMutation,
    ConnectionField,
    DateTime,
    Field,
    Quantity,
    Upload,
    enum_of,
    from_global_id,
    ids_of,
)
from marketplace.graphql.failure import PermissionDenied
from marketplace.graphql.mutations import ErrorRow
from marketplace.parties.schema.types import OrganizationType, listed, text
from ordercenter.orders.bought import bought_variants
from ordercenter.orders.carts import discard_cart, paste_into_cart, reprice_cart, snap_cart, write_cart
from ordercenter.orders.entries import parse_entries
from ordercenter.orders.enums import CartWriteMode
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Cart, CartLine, ChosenCart
from ordercenter.orders.paste import RawLine, read_text, read_typed
from ordercenter.orders.reorder import reorder
from ordercenter.orders.schema.check import Check, OrderEntryCheckType
from ordercenter.orders.schema.entry import CartType
from ordercenter.orders.schema.lines import CartLineInput, wishes_of
from ordercenter.orders.schema.moves import order_key
from ordercenter.orders.sheet import read_sheet
from ordercenter.orders.sources import cart_lines, list_lines, order_lines

SELLER = graphene.ID(required=True, description="Who sells.")
TEXT = graphene.String(description="Lines as they were pasted: code, quantity and perhaps unit.")
FILE = Upload(description="A CSV or XLSX file with the same columns.")


class OrderEntryInput(graphene.InputObjectType):
    """One line that was typed."""

    code = graphene.String(required=True, description="SKU, your own code for it, or barcode.")
    quantity = graphene.String(required=True, description="The quantity as it was typed.")
    uom = graphene.String(description="The unit by code or name; the order unit unless told.")


LINES = graphene.List(graphene.NonNull(OrderEntryInput), description="Lines that were typed.")


class BoughtVariantType(graphene.ObjectType):
    """Goods that your organization has bought."""

    class Meta:
        name = "BoughtVariant"

    variant = Field(VariantType, description="The goods; null where you may no longer see them.")
    seller = Field(OrganizationType, required=True, description="Of whom.")
    last_quantity = Field(Quantity, required=True, description="How much the last time.")
    last_uom = Field(UnitOfMeasureType, required=True, description="In what it was counted.")
    last_ordered_at = Field(DateTime, required=True, description="When that was.")
    order_count = Field(graphene.Int, required=True, description="How often, in the latest orders.")

    def resolve_variant(root: Any, info: Any) -> Any:
        return VariantType.load(info, root.variant_id)

    def resolve_seller(root: Any, info: Any) -> Any:
        return OrganizationType.load(info, root.seller_id)

    def resolve_last_quantity(root: Any, _info: Any) -> Any:
        return root.quantity

    def resolve_last_uom(root: Any, info: Any) -> Any:
        return UnitById.of(info).load(root.uom_id)

    def resolve_last_ordered_at(root: Any, _info: Any) -> Any:
        return root.placed_at

    def resolve_order_count(root: Any, _info: Any) -> int:
        return root.times


def may_buy(actor: Actor) -> bool:
    """True for those who see what their organization buys."""
    return actor.may("orders.purchases") or actor.may("orders.place")


def raw_lines(
    actor: Actor,
    *,
    text: str | None = None,
    file: Any = None,
    lines: Sequence[Any] | None = None,
    order: str | None = None,
    saved_list: str | None = None,
    cart: str | None = None,
) -> list[RawLine]:
    """Lines from the one place that is given."""
    if sum(given is not None for given in (text, file, lines, order, saved_list, cart)) != 1:
        message = OrderErrorCode.ORDER_EMPTY.label
        raise DomainError(CoreErrorCode.REQUIRED, message, "text")
    if file is not None:
        return read_sheet(file)
    if lines is not None:
        return read_typed((line.code, line.quantity, line.get("uom") or "") for line in lines)
    if order is not None:
        return order_lines(actor, order_key(order, "order"))
    if saved_list is not None:
        return list_lines(actor, from_global_id(saved_list, "SavedList", "savedList"))
    if cart is not None:
        return cart_lines(actor, from_global_id(cart, "Cart", "cart"))
    return read_text(text or "")


def filled_carts(actor: Actor) -> QuerySet[Cart]:
    """Carts the actor may use, without those that are there by themselves and hold nothing."""
    filled = Exists(CartLine.objects.filter(cart=OuterRef("pk")))
    usable = Cart.objects.visible_to(actor)
    choices = ChosenCart.objects.visible_to(actor).filter(user=actor.user_id, cart__in=usable)
    chosen = Subquery(choices.filter(seller=OuterRef("seller")).values("cart")[:1])
    return usable.filter(filled | ~Q(name="")).select_related("seller").annotate(chosen_there=chosen)


class FillQueries:
    """What can be asked before an order exists."""

    carts = listed(
        CartType,
        "Your carts and those colleagues share with you; of yours without a name, empty ones are left out.",
        seller=graphene.ID(description="Of this seller only."),
        size=5,
    )
    cart = Field(CartType, id=graphene.ID(required=True, description="Its id."), description="One of your carts.")
    cart_open = Field(
        CartType,
        id=graphene.ID(description="This one, where you may see it."),
        description="The cart to go on with: the one named, else that which was written last.",
    )
    order_paste_parse = Field(
        OrderEntryCheckType,
        required=True,
        cost=20,
        seller=SELLER,
        buyer=graphene.ID(description="For a seller's people: for which dealer. Yourself unless told."),
        text=TEXT,
        file=FILE,
        lines=LINES,
        order=graphene.ID(description="The lines of this order; what is no longer sold comes back as a wrong line."),
        saved_list=graphene.ID(description="The lines of this saved list."),
        cart=graphene.ID(description="The lines of this cart of yours."),
        description="Reads lines without writing anything, from the one place that is given. Prices take all lines"
        " together. Requires `orders.place`, `orders.purchases` or, for a dealer, `orders.confirm`.",
    )
    previously_bought = ConnectionField(
        BoughtVariantType,
        seller=graphene.ID(description="Of this seller; of all unless told."),
        search=graphene.String(description="Words of code or name."),
        description="What your organization bought in its latest orders, latest first."
        " Requires `orders.place` or `orders.purchases`.",
    )

    def resolve_carts(root: Any, info: Any, seller: str | None = None) -> Any:
        actor = info.context.actor
        if not actor.may("orders.place"):
            return []
        rows = filled_carts(actor)
        if seller:
            rows = rows.filter(seller=from_global_id(seller, "Organization", "seller"))
        return list(rows.order_by("seller__name", "seller", "name", "pk"))

    def resolve_cart(root: Any, info: Any, id: str) -> Any:
        return CartType.by_id(info, id)

    def resolve_cart_open(root: Any, info: Any, id: str | None = None) -> Any:
        if id:
            return CartType.by_id(info, id)
        actor = info.context.actor
        return filled_carts(actor).order_by("-updated_at", "pk").first() if actor.may("orders.place") else None

    def resolve_order_paste_parse(root: Any, info: Any, seller: str, buyer: str | None = None, **given: Any) -> Check:
        actor = info.context.actor
        if not (may_buy(actor) or (buyer is not None and actor.may("orders.confirm"))):
            raise PermissionDenied(str(CoreErrorCode.PERMISSION_DENIED.label), permission="orders.place")
        try:
            seller_id = from_global_id(seller, "Organization", "seller")
            buyer_id = from_global_id(buyer, "Organization", "buyer") if buyer else None
            return Check(parse_entries(actor, seller_id, raw_lines(actor, **given), buyer_id), [])
        except DomainError as error:
            return Check(None, [ErrorRow(error)])
        except DomainErrors as found:
            return Check(None, [ErrorRow(error) for error in found.errors])

    def resolve_previously_bought(root: Any, info: Any, seller: str | None = None, search: str | None = None) -> Any:
        actor = info.context.actor
        if not may_buy(actor):
            raise PermissionDenied(str(CoreErrorCode.PERMISSION_DENIED.label), permission="orders.purchases")
        seller_id = from_global_id(seller, "Organization", "seller") if seller else None
        return bought_variants(actor, seller_id, search or "")


class CartLinesInput(graphene.InputObjectType):
    """Lines for the cart at one seller."""

    seller = graphene.ID(required=True, description="Who sells.")
    mode = graphene.Argument(
        enum_of(CartWriteMode), required=True, description="ADD to what is there, or SET in its place."
    )
    lines = graphene.List(graphene.NonNull(CartLineInput), required=True, description="The lines.")
    cart = graphene.ID(description="Into this cart of the seller; into the one you chose unless told.")
    version = graphene.Int(description="The version of the cart you saw: another one now fails CONFLICT.")


class CartLinesWrite(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Write lines into a cart at a seller; one is made where there is none. Nothing happens if one line is wrong."""

    class Arguments:
        input = CartLinesInput(required=True, description="The lines.")

    cart = Field(CartType, description="The cart as it is now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        seller_id = from_global_id(input.seller, "Organization", "seller")
        add = CartWriteMode(input.mode) is CartWriteMode.ADD
        cart_id = from_global_id(input.cart, "Cart", "cart") if input.get("cart") else None
        wishes = wishes_of(input.lines)
        return cls(cart=write_cart(actor, seller_id, wishes, add, cart_id, input.get("version")))


class CartLinesPaste(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Read pasted, uploaded or typed lines; the good ones go into the cart, the bad ones come back in `check`."""

    class Arguments:
        seller = SELLER
        text = TEXT
        file = FILE
        lines = LINES
        into = graphene.ID(description="Into this cart of the seller; into the one you chose unless told.")

    cart = Field(CartType, description="The cart as it is now; null where no line was good.")
    check = Field(OrderEntryCheckType, description="What reading the lines found.")

    @classmethod
    def perform(cls, actor: Actor, seller: str, into: str | None = None, **given: Any) -> Self:
        raw = raw_lines(actor, **given)
        cart_id = from_global_id(into, "Cart", "into") if into else None
        cart, check = paste_into_cart(actor, from_global_id(seller, "Organization", "seller"), raw, cart_id)
        return cls(cart=cart, check=Check(check, []))


class CartDiscard(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Throw a cart away."""

    class Arguments:
        id = graphene.ID(required=True, description="The cart.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        discard_cart(actor, from_global_id(id, "Cart", "id"))
        return cls()


class OrderLinesSnap(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Raise quantities that are off their rule to the next allowed ones, because you say so."""

    class Arguments:
        cart = graphene.ID(required=True, description="The cart.")
        lines = graphene.List(graphene.NonNull(graphene.ID), description="These lines only.")

    cart = Field(CartType, description="The cart as it is now.")

    @classmethod
    def perform(cls, actor: Actor, cart: str, lines: list[str] | None = None) -> Self:
        keys = None if lines is None else ids_of(lines, "CartLine", "lines")
        return cls(cart=snap_cart(actor, from_global_id(cart, "Cart", "cart"), keys))


class CartReprice(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Take the prices of now in the place of those the seller holds for your cart."""

    class Arguments:
        cart = graphene.ID(required=True, description="The cart.")
        lines = graphene.List(graphene.NonNull(graphene.ID), description="These lines only.")

    cart = Field(CartType, description="The cart as it is now.")

    @classmethod
    def perform(cls, actor: Actor, cart: str, lines: list[str] | None = None) -> Self:
        keys = None if lines is None else ids_of(lines, "CartLine", "lines")
        return cls(cart=reprice_cart(actor, from_global_id(cart, "Cart", "cart"), keys))


class SkippedLineType(graphene.ObjectType):
    """A line of an old order that cannot be ordered any more."""

    class Meta:
        name = "SkippedLine"

    sku = text("Its code.")
    name = text("Its name, as it was then.")
    reason = text("Why not.")


class OrderReorder(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Add the lines of an order to the cart of its seller; what is no longer sold is listed in `skipped`."""

    class Arguments:
        id = graphene.ID(required=True, description="The order.")

    cart = Field(CartType, description="The cart as it is now; null where nothing is sold any more.")
    skipped = Field(graphene.List(graphene.NonNull(SkippedLineType)), description="What is not in it, and why.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        cart, skipped = reorder(actor, order_key(id))
        return cls(cart=cart, skipped=skipped)


class FillMutations:
    """What can be done before an order exists."""

    cart_lines_write = CartLinesWrite.Field()
    cart_lines_paste = CartLinesPaste.Field(cost=30)
    cart_discard = CartDiscard.Field()
    cart_reprice = CartReprice.Field()
    order_lines_snap = OrderLinesSnap.Field()
    order_reorder = OrderReorder.Field()
