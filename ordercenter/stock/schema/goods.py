"""What stock adds to goods: how much of them a reader may see."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.catalog.schema import UnitOfMeasureType, VariantType
from marketplace.catalog.schema.loaders import is_offered_by
from marketplace.graphql import Date, Deferred, Field, Quantity, enum_of, from_global_id
from marketplace.graphql.extending import extend
from marketplace.parties.schema.types import listed
from ordercenter.stock.availability import AvailabilityLevel, Seen, SeenPlace
from ordercenter.stock.loaders import Availability, DatedOf, PlacesOf, base_uom
from ordercenter.stock.promises import Dated


class Shown:
    """What is seen of a variant, with the variant and, where it is known already, its base uom."""

    __slots__ = ("seen", "uom_id", "variant_id")

    def __init__(self, variant_id: int, seen: Seen, uom_id: int | None) -> None:
        self.variant_id = variant_id
        self.seen = seen
        self.uom_id = uom_id


class AvailabilityType(graphene.ObjectType):
    """How much there is, as exactly as its owner lets the reader see."""

    class Meta:
        name = "Availability"

    level = Field(enum_of(AvailabilityLevel), required=True, description="Enough, low or nothing.")
    label = Field(graphene.String, required=True, description='The whole text: "In stock", "10–49", "120".')
    quantity = Field(Quantity, description="The figure, where one may be seen, in `uom`.")
    uom = Field(UnitOfMeasureType, required=True, description="The base unit of the variant.")

    def resolve_level(root: Shown, _info: Any) -> AvailabilityLevel:
        return root.seen.level

    def resolve_label(root: Shown, info: Any) -> str:
        label = root.seen.label
        if isinstance(label, str):
            return label
        told = info.memo = info.memo or {}  # a page says the few words there are for levels over and over
        found = told.get(root.seen.level)
        if found is None:
            found = told[root.seen.level] = str(label)
        return found

    def resolve_quantity(root: Shown, _info: Any) -> Any:
        return root.seen.quantity

    def resolve_uom(root: Shown, info: Any) -> Deferred:
        return base_uom(info, root.variant_id, root.uom_id)


def shown(info: Any, variant: Any, seller: str | None, uom_id: int | None = None) -> Deferred:
    """A promise of what the reader sees of a variant (or the id of one); None where that is nothing."""
    variant_id = variant if isinstance(variant, int) else variant.pk

    def seen(is_offered: bool) -> Any:
        if not is_offered:
            return None
        found = Availability.of(info, seller_id).load(variant_id)
        return found.then(lambda one: None if one is None else Shown(variant_id, one, uom_id))

    seller_id = None if seller is None else from_global_id(seller, "Organization", "seller")
    return sells(info, variant, seller_id).then(seen)


def sells(info: Any, variant: Any, seller_id: int | None) -> Deferred:
    """A promise whether the seller that was named offers a variant to the reader; one's own stock is one's own."""
    buyer = info.context.actor.buyer
    if seller_id is None or (buyer is not None and buyer.pk == seller_id):
        return Deferred.of(True)
    return is_offered_by(info, variant, seller_id)


class StockPlaceType(graphene.ObjectType):
    """What lies in one place of the seller's, as exactly as it lets the reader see."""

    class Meta:
        name = "StockPlace"

    name = Field(graphene.String, required=True, description="The place in the reader's language.")
    availability = Field(AvailabilityType, required=True, description="How much there is.")


class StockDayType(graphene.ObjectType):
    """What can be had from a day on, without breaking a promise made to somebody else."""

    class Meta:
        name = "StockDay"

    day = Field(Date, required=True, description="The day, where the seller is; the first one is today.")
    availability = Field(AvailabilityType, required=True, description="How much in all.")


SELLER = graphene.ID(
    description="Whose stock; that of who offers it unless told. One that does not offer it to you shows nothing."
)


@extend(VariantType)
class VariantStock:
    """The stock of a variant."""

    availability = Field(
        AvailabilityType,
        seller=SELLER,
        description="What the reader may see of the stock; null where that is nothing.",
    )

    stock_places = listed(
        StockPlaceType,
        "Where it lies, in the order in which the places serve; only places of which the reader may see something.",
        seller=SELLER,
        size=2,
    )

    stock_days = listed(
        StockDayType,
        "What can be had by when: today, and each day on which it becomes more; as exactly as you may see.",
        seller=SELLER,
        size=3,
    )

    def resolve_stock_days(root: Any, info: Any, seller: str | None = None) -> Deferred:
        seller_id = None if seller is None else from_global_id(seller, "Organization", "seller")
        uom_id = getattr(root, "base_uom_id", None)

        def told(dated: Dated | None) -> list[dict[str, Any]]:
            days = dated.shown() if dated else []
            return [{"day": day, "availability": Shown(root.pk, one, uom_id)} for day, one in days]

        def found(is_offered: bool) -> Any:
            return DatedOf.of(info, seller_id).load(root.pk).then(told) if is_offered else []

        return sells(info, root, seller_id).then(found)

    def resolve_stock_places(root: Any, info: Any, seller: str | None = None) -> Deferred:
        seller_id = None if seller is None else from_global_id(seller, "Organization", "seller")
        uom_id = getattr(root, "base_uom_id", None)

        def told(places: list[SeenPlace]) -> list[dict[str, Any]]:
            return [{"name": one.name, "availability": Shown(root.pk, one.seen, uom_id)} for one in places]

        def found(is_offered: bool) -> Any:
            return PlacesOf.of(info, seller_id).load(root.pk).then(told) if is_offered else []

        return sells(info, root, seller_id).then(found)

    def resolve_availability(root: Any, info: Any, seller: str | None = None) -> Deferred:
        return shown(info, root, seller, getattr(root, "base_uom_id", None))
