"""Mutations of stock: parse, call one function, answer."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.catalog.models import Variant
from marketplace.core.actor import Actor
from marketplace.core.errors import not_found, raise_all
from marketplace.graphql import BaseMutation, DateTime, Field, Quantity, from_global_id, ids_of
from ordercenter.stock.backorders import fill
from ordercenter.stock.entries import Paper, change_condition, post_count, receive_stock, transfer
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.goods import adjust_named, stock_lines
from ordercenter.stock.keeping import write_safety_stock, write_settings
from ordercenter.stock.models import Reservation, StockEntry, Warehouse
from ordercenter.stock.reservations import free_carts, reserve
from ordercenter.stock.schema.inputs import (
    SafetyStockInput,
    StockAdjustInput,
    StockConditionChangeInput,
    StockCountInput,
    StockReceiveInput,
    StockReserveLineInput,
    StockTransferInput,
    StockVisibilityInput,
    WarehouseInput,
    listed,
)
from ordercenter.stock.schema.promising import SupplyPlanWrite
from ordercenter.stock.schema.types import (
    StockBalanceType,
    StockEntryType,
    StockMoveType,
    StockSettingsType,
    StockVisibilityType,
    WarehouseType,
)
from ordercenter.stock.visibility import end_visibility, write_visibility
from ordercenter.stock.warehouses import write_warehouse

MANAGE = "stock.manage"


def warehouse_of(actor: Actor, gid: str, field: str = "warehouse") -> Warehouse:
    """The warehouse of an id; NOT_FOUND for what is not the actor's."""
    found = Warehouse.objects.visible_to(actor).filter(pk=from_global_id(gid, "Warehouse", field)).first()
    if found is None:
        raise not_found(field)
    return found


def balances_of(actor: Actor, ids: list[int]) -> list[Any]:
    """Balances as they are now, in the order asked."""
    found = {row.pk: row for row in StockBalanceType.visible(actor).filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def paper_of(input: Any) -> Paper:
    """What an input says beside its lines."""
    return Paper(
        reference=input.get("reference") or "",
        reason=input.get("reason") or "",
        external_number=input.get("external_number") or "",
        at=input.get("occurred_at"),
    )


def moves_of(actor: Actor, entry: StockEntry) -> list[Any]:
    """The moves of an entry."""
    rows = StockMoveType.visible(actor).filter(document_kind=f"stock_{entry.kind}", document_id=entry.pk)
    return list(rows.order_by("line", "pk"))


class WarehouseWrite(BaseMutation, permission=MANAGE, codes=StockErrorCode, atomic=False):
    """Make a place with stock, or change one."""

    class Arguments:
        input = WarehouseInput(required=True, description="The place.")

    warehouse = Field(WarehouseType, description="The place.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        pk = from_global_id(input["id"], "Warehouse") if input.get("id") else None
        return cls(warehouse=write_warehouse(actor, input.to_draft(), pk))


class StockReceive(BaseMutation, permission=MANAGE, codes=StockErrorCode, atomic=False):
    """Take goods from outside into a warehouse. Orders that wait for them are served right after."""

    class Arguments:
        input = StockReceiveInput(required=True, description="What came, and where it goes.")

    moves = Field(listed(StockMoveType), description="What was written.")
    entry = Field(StockEntryType, description="The document.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        named = [line.to_goods(index) for index, line in enumerate(input["lines"])]
        lines = stock_lines(actor, named)
        entry = receive_stock(actor, warehouse_of(actor, input["warehouse"]), lines, paper_of(input))
        return cls(moves=moves_of(actor, entry), entry=entry)


class StockAdjust(BaseMutation, permission=MANAGE, codes=StockErrorCode, atomic=False):
    """Set balances right by hand. Promises that are no longer covered give way."""

    class Arguments:
        input = StockAdjustInput(required=True, description="What changes, and why.")

    balances = Field(listed(StockBalanceType), description="The balances as they are now.")
    entry = Field(StockEntryType, description="The document.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        lines = [line.to_line(index) for index, line in enumerate(input["lines"])]
        entry = adjust_named(actor, lines, paper_of(input))
        return cls(balances=[move.balance for move in moves_of(actor, entry)], entry=entry)


class StockCountPost(BaseMutation, permission=MANAGE, codes=StockErrorCode, atomic=False):
    """Post what was counted. Promises that are no longer covered give way."""

    class Arguments:
        input = StockCountInput(required=True, description="What was counted.")

    balances = Field(listed(StockBalanceType), description="The balances as they are now.")
    entry = Field(StockEntryType, description="The document.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        lines = [line.to_line(index) for index, line in enumerate(input["lines"])]
        entry = post_count(actor, lines, paper_of(input))
        return cls(balances=balances_of(actor, [line.balance_id for line in lines]), entry=entry)


class StockConditionChange(BaseMutation, permission=MANAGE, codes=StockErrorCode, atomic=False):
    """Move goods to another condition in the same place."""

    class Arguments:
        input = StockConditionChangeInput(required=True, description="What turned out.")

    moves = Field(listed(StockMoveType), description="What was written.")
    entry = Field(StockEntryType, description="The document.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        pk = from_global_id(input["balance"], "StockBalance", "balance")
        entry = change_condition(actor, pk, input["quantity"], input["condition"], paper_of(input))
        return cls(moves=moves_of(actor, entry), entry=entry)


class StockTransferCreate(BaseMutation, permission=MANAGE, codes=StockErrorCode, atomic=False):
    """Move goods to another place of the organization, at once. Only what is promised to nobody goes."""

    class Arguments:
        input = StockTransferInput(required=True, description="What goes where.")

    moves = Field(listed(StockMoveType), description="What was written.")
    entry = Field(StockEntryType, description="The document.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        lines = [line.to_line(index) for index, line in enumerate(input["lines"])]
        entry = transfer(actor, lines, warehouse_of(actor, input["warehouse"]), paper_of(input))
        return cls(moves=moves_of(actor, entry), entry=entry)


class StockReserve(BaseMutation, permission="stock.reserve", codes=StockErrorCode, atomic=False):
    """Keep stock for a cart for some minutes; called again it prolongs. Answers what was kept, line by line.

    Of goods whose exact figure you may not see, a line is kept whole or not at all.
    """

    class Arguments:
        cart = graphene.ID(required=True, description="The cart, with all its lines at once.")
        lines = graphene.Argument(
            graphene.NonNull(listed(StockReserveLineInput)), description="What to keep of each variant."
        )
        minutes = graphene.Int(description="For how long; as the seller has set unless told, 24 hours at most.")

    reserved = Field(listed(Quantity), description="What was kept for each line, in the base unit.")
    expires_at = Field(DateTime, description="Until when.")

    @classmethod
    def perform(cls, actor: Actor, cart: str, lines: list[Any], minutes: int | None = None) -> Self:
        found = cart_of(actor, cart)
        wishes = [line.to_wish(index, found.pk) for index, line in enumerate(lines)]
        offered = Variant.objects.visible_to(actor).filter(pk__in={wish.variant_id for wish in wishes})
        known = set(offered.values_list("pk", flat=True))
        raise_all(not_found("variant", wish.key) for wish in wishes if wish.variant_id not in known)
        got = reserve(actor, found.seller_id, wishes, minutes=minutes)
        return cls(reserved=[got.by_key.get(wish.key, 0) for wish in wishes], expires_at=got.until)


class ReservationFree(BaseMutation, permission="stock.reserve", codes=StockErrorCode, atomic=False):
    """Give back all that a cart keeps."""

    class Arguments:
        cart = graphene.ID(required=True, description="The cart.")

    @classmethod
    def perform(cls, actor: Actor, cart: str) -> Self:
        free_carts(actor, [cart_of(actor, cart).pk])
        return cls()


class BackordersFill(BaseMutation, permission=MANAGE, codes=StockErrorCode, atomic=False):
    """Give what is there to the order lines that wait for it, first come first served."""

    class Arguments:
        variants = graphene.List(graphene.NonNull(graphene.ID), description="Of these variants; all unless told.")

    line_count = Field(graphene.Int, description="Order lines that got something.")

    @classmethod
    def perform(cls, actor: Actor, variants: list[str] | None = None) -> Self:
        if actor.organization_id is None:
            raise not_found("organization")
        ids = None if variants is None else ids_of(variants, "Variant", "variants")
        return cls(line_count=len(fill(actor, actor.organization_id, ids).by_line))


class StockVisibilityWrite(BaseMutation, permission=MANAGE, codes=StockErrorCode):
    """Say who sees one's stock how exactly. A rule for the same audience, goods and places replaces the old one."""

    class Arguments:
        rules = graphene.Argument(listed(StockVisibilityInput), description="Rules to write.")
        remove = graphene.Argument(listed(graphene.ID), description="Rules to drop.")

    visibilities = Field(listed(StockVisibilityType), description="The rules written.")

    @classmethod
    def perform(cls, actor: Actor, rules: list[Any] | None = None, remove: list[str] | None = None) -> Self:
        if remove:
            end_visibility(actor, ids_of(remove, "StockVisibility", "remove"))
        wanted = [rule.to_rule(index) for index, rule in enumerate(rules or [])]
        return cls(visibilities=write_visibility(actor, wanted) if wanted else [])


class SafetyStockWrite(BaseMutation, permission=MANAGE, codes=StockErrorCode, atomic=False):
    """Say what of a variant is never promised out of a place."""

    class Arguments:
        lines = graphene.Argument(graphene.NonNull(listed(SafetyStockInput)), description="What is withheld.")

    @classmethod
    def perform(cls, actor: Actor, lines: list[Any]) -> Self:
        write_safety_stock(actor, [line.to_safety(index) for index, line in enumerate(lines)])
        return cls()


class StockSettingsWrite(BaseMutation, permission=MANAGE, codes=StockErrorCode, atomic=False):
    """Say how the organization keeps stock."""

    class Arguments:
        default_warehouse = graphene.ID(description="Where what it receives goes.")
        reservation_minutes = graphene.Int(description="How long carts keep its stock.")
        look_ahead_days = graphene.Int(description="How many days ahead dates are promised.")

    settings = Field(StockSettingsType, description="The settings.")

    @classmethod
    def perform(
        cls,
        actor: Actor,
        default_warehouse: str | None = None,
        reservation_minutes: int | None = None,
        look_ahead_days: int | None = None,
    ) -> Self:
        place = from_global_id(default_warehouse, "Warehouse", "default_warehouse") if default_warehouse else None
        return cls(settings=write_settings(actor, reservation_minutes, place, look_ahead_days))


def cart_of(actor: Actor, gid: str) -> Any:
    """The actor's cart; carts are a room above, and known here by the key that reservations carry."""
    carts: Any = Reservation._meta.get_field("cart").related_model
    found = carts.objects.visible_to(actor).filter(pk=from_global_id(gid, "Cart", "cart")).first()
    if found is None:
        raise not_found("cart")
    return found


class Mutations:
    """What can be done with stock."""

    warehouse_write = WarehouseWrite.Field()
    stock_receive = StockReceive.Field()
    stock_adjust = StockAdjust.Field()
    stock_count_post = StockCountPost.Field()
    stock_condition_change = StockConditionChange.Field()
    stock_transfer_create = StockTransferCreate.Field()
    stock_reserve = StockReserve.Field()
    reservation_free = ReservationFree.Field()
    backorders_fill = BackordersFill.Field()
    stock_visibility_write = StockVisibilityWrite.Field()
    supply_plan_write = SupplyPlanWrite.Field()
    safety_stock_write = SafetyStockWrite.Field()
    stock_settings_write = StockSettingsWrite.Field()
