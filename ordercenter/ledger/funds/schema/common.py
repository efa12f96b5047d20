"""Small words of the schema of funds."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.core import money
from marketplace.graphql import Field, Money

PARTNERSHIP = "marketplace.parties.schema.PartnershipType"
ORGANIZATION = "marketplace.parties.schema.OrganizationType"


def listed(type_: Any, description: str, **options: Any) -> Field:
    """A list that is never null, of things that are not."""
    return Field(graphene.NonNull(graphene.List(graphene.NonNull(type_))), description=description, **options)


def text(description: str) -> Field:
    """A text that is never null."""
    return Field(graphene.String, required=True, description=description)


def money_of(attribute: str, description: str) -> Field:
    """An attribute of the row in the row's currency."""

    def resolve(root: Any, _info: Any) -> money.Money:
        return money.Money(getattr(root, attribute), root.currency)

    return Field(Money, required=True, resolver=resolve, description=description)
