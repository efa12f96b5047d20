"""What past orders add to goods: when one bought them, and what is bought with them."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.catalog.models import Product
from marketplace.catalog.schema import ProductType, UnitOfMeasureType, VariantType
from marketplace.catalog.schema.loaders import UnitById, seller_of
from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    BatchLoader,
    DateTime,
    Deferred,
    Field,
    Money,
    Quantity,
    from_global_id,
    to_global_id,
)
from marketplace.graphql.extending import extend
from marketplace.parties.schema.types import listed, text
from ordercenter.orders.bought import Purchase, purchases_of
from ordercenter.orders.together import bought_with

MOST = 12
SELLER = graphene.ID(description="Of this seller; of who offers it to you unless told.")


class PurchasesOf(BatchLoader):
    """By variant: the latest lines in which the reader's organization bought it of a seller (the parameter, or any)."""

    def batch(self, keys: list[int]) -> list[list[Purchase]]:
        seller_id: Any = self.params[0]
        found = purchases_of(self.actor, keys, seller_id, MOST)
        return [found.get(key, []) for key in keys]


class BoughtWith(BatchLoader):
    """By product: what is bought with it of a seller (the parameter), as far as the reader may order it."""

    def batch(self, keys: list[int]) -> list[list[Product]]:
        seller_id: Any = self.params[0]
        found = bought_with(self.actor, seller_id, keys)
        return [found.get(key, []) for key in keys]


class PurchaseType(graphene.ObjectType):
    """A line in which your organization bought a variant."""

    class Meta:
        name = "Purchase"

    order = graphene.Field(graphene.ID, required=True, description="The global id of the order.")
    number = text("The seller's number of the order.")
    ordered_at = Field(DateTime, required=True, description="When it was placed.")
    quantity = Field(Quantity, required=True, description="How much was ordered.")
    uom = Field(UnitOfMeasureType, required=True, description="In what it was counted.")
    unit_price = Field(Money, required=True, description="What one cost.")

    def resolve_order(root: Purchase, _info: Any) -> str:
        return to_global_id("Order", root.order_id)

    def resolve_ordered_at(root: Purchase, _info: Any) -> Any:
        return root.placed_at

    def resolve_uom(root: Purchase, info: Any) -> Deferred:
        return UnitById.of(info).load(root.uom_id)

    def resolve_unit_price(root: Purchase, _info: Any) -> Amount:
        return Amount(root.unit_price, root.currency)


def _key(seller: str | None) -> int | None:
    return None if seller is None else from_global_id(seller, "Organization", "seller")


@extend(VariantType)
class VariantPurchases:
    """What one's organization bought of a variant."""

    purchases = listed(
        PurchaseType,
        "The latest lines in which your organization bought it, latest first; none without `orders.purchases`.",
        seller=graphene.ID(description="Of this seller; of any unless told."),
        first=graphene.Int(description=f"How many, 5 unless told, {MOST} at most."),
        size=5,
    )
    purchase_count = Field(
        graphene.Int,
        required=True,
        seller=graphene.ID(description="Of this seller; of any unless told."),
        description="In how many lines of its latest orders your organization bought it.",
    )

    def resolve_purchases(root: Any, info: Any, seller: str | None = None, first: int = 5) -> Any:
        if not info.context.actor.may("orders.purchases"):
            return []
        most = max(0, min(first, MOST))
        return PurchasesOf.of(info, _key(seller)).load(root.pk).then(lambda rows: rows[:most])

    def resolve_purchase_count(root: Any, info: Any, seller: str | None = None) -> Any:
        if not info.context.actor.may("orders.purchases"):
            return 0
        return PurchasesOf.of(info, _key(seller)).load(root.pk).then(lambda rows: rows[0].times if rows else 0)


@extend(ProductType)
class ProductCompany:
    """What goes with a product."""

    bought_together = listed(
        ProductType,
        "What the seller's buyers order with it, most often first; only what you may order.",
        seller=SELLER,
        first=graphene.Int(description=f"How many, 6 unless told, {MOST} at most."),
        size=6,
    )

    def resolve_bought_together(root: Any, info: Any, seller: str | None = None, first: int = 6) -> Any:
        actor, most = info.context.actor, max(0, min(first, MOST))
        if actor.buyer is None or not actor.may("catalog.browse"):
            return []
        asked = Deferred.of(_key(seller)) if seller else seller_of(info, root)
        return asked.then(
            lambda seller_id: (
                BoughtWith.of(info, seller_id).load(root.pk).then(lambda rows: rows[:most]) if seller_id else []
            )
        )
