"""Subscriptions of stock."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.catalog.schema import VariantType
from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.graphql import Field, Subscribe
from ordercenter.stock.happenings import topic_of
from ordercenter.stock.models import looks_as_partner


class StockChanged(Subscribe, permission="stock.view"):
    """The organization's stock has changed: goods came, went, or were set right."""

    variants = Field(
        graphene.NonNull(graphene.List(graphene.NonNull(VariantType))), size=20, description="Of what, 100 at most."
    )

    @classmethod
    def topic(cls, actor: Actor) -> str:
        if actor.organization_id is None or looks_as_partner(actor):
            raise not_found("organization")
        return topic_of(actor.organization_id)

    @classmethod
    def event(cls, actor: Actor, payload: dict[str, Any]) -> Self:
        rows = VariantType.visible(actor)
        return cls(variants=list(rows.filter(pk__in=payload["variants"][:100])))


class Subscriptions:
    """What can be heard of stock."""

    stock_changed = StockChanged.Field()
