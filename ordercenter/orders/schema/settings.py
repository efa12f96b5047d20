"""A seller's settings for orders, as the schema shows them."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Decimal, Field
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.policy import FIELDS, settings_of, update_settings

PERMISSION = "orders.settings"


class OrderSettingsType(graphene.ObjectType):
    """How your organization takes orders."""

    class Meta:
        name = "OrderSettings"

    auto_confirm = Field(graphene.Boolean, required=True, description="Orders are confirmed by themselves.")
    takes_backorders = Field(graphene.Boolean, required=True, description="What is short waits; else it is cancelled.")
    buyer_may_cancel = Field(graphene.Boolean, required=True, description="Buyers cancel confirmed orders themselves.")
    minimum_value = Field(Decimal, required=True, description="Orders begin at this list value, in their currency.")
    reopen_days = Field(graphene.Int, required=True, description="For so many days a closed order can be reopened.")
    number_prefix = Field(graphene.String, required=True, description="What order numbers begin with.")

    def resolve_minimum_value(root: Any, _info: Any) -> str:
        return f"{root.minimum_value.normalize():f}"


class OrderSettingsInput(graphene.InputObjectType):
    """What is to be different; what is left out stays."""

    auto_confirm = graphene.Boolean(description="Orders are confirmed by themselves.")
    takes_backorders = graphene.Boolean(description="What is short waits; else it is cancelled.")
    buyer_may_cancel = graphene.Boolean(description="Buyers cancel confirmed orders themselves.")
    minimum_value = Decimal(description="Orders begin at this list value.")
    reopen_days = graphene.Int(description="For so many days a closed order can be reopened.")
    number_prefix = graphene.String(description="What the numbers of new orders begin with: 1 to 8 letters or digits.")


class OrderSettingsUpdate(BaseMutation, permission=PERMISSION, codes=OrderErrorCode, atomic=False):
    """Change how your organization takes orders, from now on."""

    class Arguments:
        input = OrderSettingsInput(required=True, description="What is to be different.")

    order_settings = Field(OrderSettingsType, description="The settings as they are now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(order_settings=update_settings(actor, {name: input.get(name) for name in FIELDS}))


class SettingsQueries:
    """Settings."""

    order_settings = Field(
        OrderSettingsType, required=True, permission=PERMISSION, description="How your organization takes orders."
    )

    def resolve_order_settings(root: Any, info: Any) -> Any:
        return settings_of(info.context.actor)


class SettingsMutations:
    """Changing them."""

    order_settings_update = OrderSettingsUpdate.Field()
