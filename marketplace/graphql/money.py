"""Money in the schema: decimal strings with at least the places of their currency."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.core.money import exponent
from marketplace.graphql.fields import Field
from marketplace.graphql.scalars import Decimal


def money_text(amount: Number, currency: str) -> str:
    """`12.3400 CNY` as `12.34`, `12.3450` as `12.345`, `100 JPY` as `100`: more places only where they are not zero."""
    whole, _dot, places = format(amount, "f").partition(".")
    least = exponent(currency)
    places = places[:least].ljust(least, "0") + places[least:].rstrip("0")
    return f"{whole}.{places}" if places else whole


class Money(graphene.ObjectType):
    """An amount in one currency."""

    amount = Field(Decimal, required=True, description='The amount as a decimal string, such as "12.50".')
    currency = Field(graphene.String, required=True, description="ISO 4217 code, such as CNY.")

    def resolve_amount(root: Any, _info: Any) -> str:
        return money_text(root.amount, root.currency)


class TaxedMoney(graphene.ObjectType):
    """The net, the tax and the gross of one thing; gross is net plus tax."""

    net = Field(Money, required=True, description="Without tax.")
    tax = Field(Money, required=True, description="The tax.")
    gross = Field(Money, required=True, description="With tax.")


class MoneyInput(graphene.InputObjectType):
    """An amount in one currency."""

    amount = graphene.InputField(Decimal, required=True, description="The amount as a decimal string.")
    currency = graphene.InputField(graphene.String, required=True, description="ISO 4217 code.")
