"""What prices add to partnerships: the lists that answer a partner."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.graphql import BatchLoader, Field, enum_of
from marketplace.graphql.extending import extend
from marketplace.parties.audience import AudienceLevel
from marketplace.parties.schema.trade_types import PartnershipType, is_upstream
from ordercenter.pricing.in_force import lists_in_force
from ordercenter.pricing.schema.lists import VIEW, PriceListType


class ListsInForce(BatchLoader):
    """By downstream partnership of the reader's organization: the lists in force."""

    def batch(self, keys: list[Any]) -> list[Any]:
        found = lists_in_force(self.actor.own_id, keys)
        return [found[key] for key in keys]


class PartnershipPriceListType(graphene.ObjectType):
    """A price list that answers a partner now."""

    class Meta:
        name = "PartnershipPriceList"

    price_list = Field(PriceListType, description="The list.")
    level = Field(enum_of(AudienceLevel), required=True, description="By which kind of audience it is assigned.")
    level_label = Field(graphene.String, required=True, description="The label of `level`.")
    priority = Field(graphene.Int, required=True, description="Lower ones come first among those of one level.")
    merge = Field(graphene.Boolean, required=True, description="Its tiers count with those of other merging lists.")

    def resolve_price_list(root: Any, info: Any) -> Any:
        return PriceListType.load(info, root.price_list_id)

    def resolve_level_label(root: Any, _info: Any) -> str:
        return str(root.level.label)


@extend(PartnershipType)
class PartnershipPrices:
    """The prices of a partnership."""

    price_lists_in_force = Field(
        graphene.List(graphene.NonNull(PartnershipPriceListType)),
        size=3,
        description="The lists that answer the partner now, the first asked first. For its seller with `prices.view`.",
    )

    def resolve_price_lists_in_force(root: Any, info: Any) -> Any:
        actor = info.context.actor
        return ListsInForce.of(info).load(root.pk) if is_upstream(root, actor) and actor.may(VIEW) else None
