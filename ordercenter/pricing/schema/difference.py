"""What a list would change, in the schema."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType, VariantType
from marketplace.core.errors import not_found
from marketplace.core.money import Money as Amount
from marketplace.graphql import Decimal, Deferred, Field, Money, Quantity, from_global_id
from marketplace.parties.schema.trade_types import PartnershipType
from marketplace.parties.schema.types import listed
from ordercenter.pricing.difference import ListDifference, SlotChange, difference_of
from ordercenter.pricing.schema.lists import THE_ID, VIEW, PriceListType

MOST_SHOWN = 200


class SlotChangeType(graphene.ObjectType):
    """What one SKU costs a partner in one unit from a quantity on, before and after."""

    class Meta:
        name = "PriceSlotChange"

    variant = Field(VariantType, required=True, description="What is priced.")
    uom = Field(UnitOfMeasureType, required=True, description="The unit.")
    quantity = Field(Quantity, required=True, description="The least quantity that reaches this price.")
    old = Field(Money, description="The price as it is; null: none.")
    new = Field(Money, description="The price with the list; null: none.")
    percent = Field(Decimal, description="By how much it rises or, below 0, falls.")
    answers = Field(graphene.Boolean, required=True, description="The list answers; else another one stands above it.")

    def resolve_variant(root: tuple[SlotChange, str], info: Any) -> Any:
        return VariantType.load(info, root[0].variant_id)

    def resolve_uom(root: tuple[SlotChange, str], info: Any) -> Deferred:
        return UnitById.of(info).load(root[0].uom_id)

    def resolve_quantity(root: tuple[SlotChange, str], _info: Any) -> Number:
        return root[0].quantity

    def resolve_old(root: tuple[SlotChange, str], _info: Any) -> Amount | None:
        return None if root[0].old is None else Amount(root[0].old, root[1])

    def resolve_new(root: tuple[SlotChange, str], _info: Any) -> Amount | None:
        return None if root[0].new is None else Amount(root[0].new, root[1])

    def resolve_percent(root: tuple[SlotChange, str], _info: Any) -> Number | None:
        return root[0].percent

    def resolve_answers(root: tuple[SlotChange, str], _info: Any) -> bool:
        return root[0].answers


class ListDifferenceType(graphene.ObjectType):
    """What a list would change for one of the partners it is for."""

    class Meta:
        name = "PriceListDifference"

    price_list = Field(PriceListType, required=True, description="The list.")
    partnership = Field(PartnershipType, description="The partner; null: the list is for nobody yet.")
    partners = listed(PartnershipType, "Whom the list is for, 50 at most.", size=10)
    dearer = Field(graphene.Int, required=True, description="Prices that rise.")
    cheaper = Field(graphene.Int, required=True, description="Prices that fall.")
    new = Field(graphene.Int, required=True, description="Prices where there was none.")
    same = Field(graphene.Int, required=True, description="Prices that stay.")
    covered = Field(graphene.Int, required=True, description="Prices that another list stands above.")
    is_cut = Field(graphene.Boolean, required=True, description="The list has more prices than were compared.")
    changes = listed(SlotChangeType, f"The largest first; {MOST_SHOWN} at most.", size=50)

    def resolve_dearer(root: ListDifference, _info: Any) -> int:
        return sum((one.percent or 0) > 0 for one in root.changes)

    def resolve_cheaper(root: ListDifference, _info: Any) -> int:
        return sum((one.percent or 0) < 0 for one in root.changes)

    def resolve_new(root: ListDifference, _info: Any) -> int:
        return sum(one.old is None and one.new is not None for one in root.changes)

    def resolve_same(root: ListDifference, _info: Any) -> int:
        return sum(one.old == one.new for one in root.changes)

    def resolve_covered(root: ListDifference, _info: Any) -> int:
        return sum(not one.answers for one in root.changes)

    def resolve_changes(root: ListDifference, _info: Any) -> list[tuple[SlotChange, str]]:
        moved = [one for one in root.changes if one.old != one.new]
        return [(one, root.price_list.currency) for one in moved[:MOST_SHOWN]]


class DifferenceQueries:
    """Mounted by the package."""

    price_list_difference = Field(
        ListDifferenceType,
        required=True,
        id=THE_ID,
        partnership=graphene.ID(description="For which partner; the first the list is for unless told."),
        permission=VIEW,
        cost=20,
        description="What putting a list in effect would change against the prices in force, for one partner.",
    )

    def resolve_price_list_difference(root: Any, info: Any, id: str, partnership: str | None = None) -> ListDifference:
        actor = info.context.actor
        found = PriceListType.visible(actor).filter(pk=from_global_id(id, PriceListType)).first()
        if found is None:
            raise not_found("id")
        key = None if not partnership else from_global_id(partnership, PartnershipType, "partnership")
        return difference_of(actor, found, key)
