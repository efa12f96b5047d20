"""The buyer's wish to cancel a confirmed order, and the seller's answer."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.db.models import QuerySet

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, BatchLoader, DateTime, Field, ModelType, Quantity, enum_of, label_field
from marketplace.graphql.extending import extend
from marketplace.parties.schema.documents import actor_name
from marketplace.parties.schema.types import text
from ordercenter.orders.cancel_request import decline_cancel, grant_cancel, request_cancel, withdraw_cancel
from ordercenter.orders.enums import OrderCancelRequestStatus
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import OrderCancelRequest as Asked
from ordercenter.orders.schema.moves import REASON, THE_ORDER, OrderChangeLineInput, order_key, parts_of, read_again
from ordercenter.orders.schema.types import OrderLineType, OrderType, readable


class OrderCancellationRequestLineType(graphene.ObjectType):
    """A quantity of a line that the buyer asks to cancel."""

    class Meta:
        name = "OrderCancellationRequestLine"

    line = Field(OrderLineType, description="The line.")
    quantity = Field(Quantity, required=True, description="How much, in the line's unit.")

    def resolve_line(root: Any, info: Any) -> Any:
        return OrderLineType.load(info, int(root[0]))

    def resolve_quantity(root: Any, _info: Any) -> Any:
        return root[1]


class OrderCancellationRequestType(ModelType, model=Asked, name="OrderCancellationRequest"):
    """The buyer's wish to cancel an order that the seller has confirmed. While it is pending nothing is shipped."""

    status = Field(enum_of(OrderCancelRequestStatus), required=True, description="What became of it.")
    status_label = label_field("status")
    reason = text("Why the buyer asks.")
    lines = Field(
        graphene.List(graphene.NonNull(OrderCancellationRequestLineType)),
        size=5,
        description="The quantities asked for; null: whatever is not shipped.",
    )
    asked_at = Field(DateTime, required=True, description="When the buyer asked.")
    asked_by_name = text("Who asked: a colleague by name, the other side by its organization.")
    answer = Field(graphene.String, description="What the seller said to it.")
    answered_at = Field(DateTime, description="When it was answered or taken back.")

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[Any]:
        return readable(actor, Asked.objects.all())

    def resolve_lines(root: Any, _info: Any) -> Any:
        return None if root.lines is None else list(root.lines.items())

    def resolve_asked_by_name(root: Any, info: Any) -> Any:
        return actor_name(info, root.asked_by_id, root.buyer_id)

    def resolve_answer(root: Any, _info: Any) -> str | None:
        return root.answer or None


class RequestOfOrder(BatchLoader):
    """The last request to cancel each order."""

    def batch(self, keys: list[int]) -> list[Any]:
        rows = OrderCancellationRequestType.visible(self.actor).filter(order__in=keys)
        found = {row.order_id: row for row in rows.order_by("pk")}
        return [found.get(key) for key in keys]


@extend(OrderType)
class OrderCancelling:
    """Whether the buyer wants out."""

    cancel_request = Field(OrderCancellationRequestType, description="The buyer's last request to cancel it.")

    def resolve_cancel_request(root: Any, info: Any) -> Any:
        return RequestOfOrder.of(info).load(root.pk)


class OrderCancelRequest(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Ask the seller to cancel an order, or quantities of it. Where you may cancel alone, it is cancelled at once."""

    class Arguments:
        id = THE_ORDER
        reason = REASON
        lines = graphene.List(
            graphene.NonNull(OrderChangeLineInput), description="Quantities to cancel; what is not shipped unless told."
        )

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str, lines: Any = None) -> Self:
        key = order_key(id)
        request_cancel(actor, key, reason, parts_of(lines))
        return cls(order=read_again(actor, [key])[0])


class OrderCancelGrant(BaseMutation, permission="orders.confirm", codes=OrderErrorCode, atomic=False):
    """Cancel what the buyer has asked to cancel; its stock is free again."""

    class Arguments:
        id = THE_ORDER
        note = graphene.String(description="A word to the buyer.")

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, note: str | None = None) -> Self:
        key = order_key(id)
        grant_cancel(actor, key, note or "")
        return cls(order=read_again(actor, [key])[0])


class OrderCancelDecline(BaseMutation, permission="orders.confirm", codes=OrderErrorCode, atomic=False):
    """Go on with an order that the buyer has asked to cancel."""

    class Arguments:
        id = THE_ORDER
        reason = REASON

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        key = order_key(id)
        decline_cancel(actor, key, reason)
        return cls(order=read_again(actor, [key])[0])


class OrderCancelWithdraw(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Take back the request to cancel an order, before the seller has answered."""

    class Arguments:
        id = THE_ORDER

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        key = order_key(id)
        withdraw_cancel(actor, key)
        return cls(order=read_again(actor, [key])[0])


class CancellingMutations:
    """What can be done about it."""

    order_cancel_request = OrderCancelRequest.Field()
    order_cancel_grant = OrderCancelGrant.Field()
    order_cancel_decline = OrderCancelDecline.Field()
    order_cancel_withdraw = OrderCancelWithdraw.Field()
