"""The numbers of shipments and receipts in the schema."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field
from marketplace.parties.schema.types import text
from ordercenter.fulfilment.numbers import SERIES, change_prefixes, number_prefixes
from ordercenter.orders.errors import OrderErrorCode

PERMISSION = "organization.manage"


class NumberPrefixesType(graphene.ObjectType):
    """What the numbers of your documents begin with."""

    class Meta:
        name = "NumberPrefixes"

    shipment_prefix = text("Of your shipments.")
    receipt_prefix = text("Of your receipts.")


class NumberPrefixesUpdate(BaseMutation, permission=PERMISSION, codes=OrderErrorCode, atomic=False):
    """Let the numbers of new shipments and receipts begin differently; the count goes on."""

    class Arguments:
        shipment_prefix = graphene.String(description="Of your shipments: 1 to 8 capital letters or digits.")
        receipt_prefix = graphene.String(description="Of your receipts: 1 to 8 capital letters or digits.")

    number_prefixes = Field(NumberPrefixesType, description="The prefixes as they are now.")

    @classmethod
    def perform(cls, actor: Actor, **values: str | None) -> Self:
        return cls(number_prefixes=change_prefixes(actor, {name: values.get(name) for name in SERIES}))


class NumberQueries:
    """What can be asked about numbers."""

    number_prefixes = Field(
        NumberPrefixesType,
        required=True,
        permission=PERMISSION,
        description="What the numbers of your documents begin with.",
    )

    def resolve_number_prefixes(root: Any, info: Any) -> dict[str, str]:
        return number_prefixes(info.context.actor.own_id)


class NumberMutations:
    """Changing them."""

    number_prefixes_update = NumberPrefixesUpdate.Field()
