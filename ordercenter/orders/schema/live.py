"""What open pages hear: every step of an order, as it is taken."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.core.models import OutboxEvent
from marketplace.graphql import Field, Subscribe, from_global_id
from ordercenter.orders.live import trade_topic
from ordercenter.orders.schema.types import OrderEventType, OrderType

#: Steps that are told again at most; who was away for longer reads the story.
MISSED = 100


class OrderTimelineAppended(Subscribe):
    """A step was added to the story of an order, and your side may read it."""

    class Arguments:
        order = graphene.ID(required=True, description="The order.")
        after = graphene.Int(description="The last step you have seen: those since then come first.")

    seq = Field(graphene.Int, required=True, description="The place of the step in the story.")
    kind = Field(graphene.String, required=True, description="Such as order.shipped.")
    step = Field(OrderEventType, required=True, description="The step.")
    order = Field(OrderType, required=True, description="The order as it is now.")

    @classmethod
    def topic(cls, actor: Actor, order: str, **_seen: Any) -> str:
        found = OrderType.get_node(actor, from_global_id(order, "Order", "order"))
        if found is None:
            raise not_found("order")
        return f"order:{found.pk}"

    @classmethod
    def missed(  # type: ignore[override]
        cls, actor: Actor, order: str, after: int | None = None
    ) -> list[dict[str, Any]]:
        if after is None:
            return []
        pk = from_global_id(order, "Order", "order")
        steps = OrderEventType.visible(actor).filter(order=pk, seq__gt=after).order_by("seq")
        return [{"order": pk, "key": key} for key in steps.values_list("dedupe_key", flat=True)[:MISSED]]

    @classmethod
    def event(cls, actor: Actor, payload: dict[str, Any], order: str, **_seen: Any) -> Self | None:
        if "event" in payload:
            told = OutboxEvent.objects.filter(pk=payload["event"], aggregate="order").first()
            if told is None:
                return None
            payload = {"order": told.aggregate_id, "key": told.payload["key"]}
        steps = OrderEventType.visible(actor).select_related("order")
        step = steps.filter(order=payload["order"], dedupe_key=payload["key"]).first()
        return cls(seq=step.seq, kind=step.kind, step=step, order=step.order) if step else None


class OrderChanged(Subscribe):
    """Something happened to one of your organization's orders."""

    class Arguments:
        pass

    order = Field(OrderType, required=True, description="The order as it is now.")

    @classmethod
    def topic(cls, actor: Actor) -> str:
        if actor.organization_id is None:
            raise not_found("order")
        return trade_topic(actor.organization_id)

    @classmethod
    def event(cls, actor: Actor, payload: dict[str, Any]) -> Self | None:
        found = OrderType.get_node(actor, payload["order"])
        return cls(order=found) if found else None
