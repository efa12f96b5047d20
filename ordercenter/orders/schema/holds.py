"""Holds in the schema: why an order may not move, the hold queue, and letting go (orders §7, credit-and-ledger §5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import graphene
from django.db.models import F, Q, QuerySet

from marketplace.core import money
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, DomainErrors, not_found
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    ConnectionField,
    DateTime,
    Deferred,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    ModelType,
    Money,
    Related,
    Sort,
    SortKey,
    Subscribe,
    enum_of,
    from_global_id,
    grouped,
    ids_of,
    label_field,
)
from marketplace.graphql.extending import extend
from marketplace.parties.schema.documents import actor_name
from marketplace.parties.schema.types import text
from ordercenter.credit.check import sentence
from ordercenter.credit.enums import Checkpoint, CreditRuleKind
from ordercenter.credit.schema import CreditAccountType, CreditMovementType
from ordercenter.orders.enums import HoldReason, OrderHoldStatus
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.holds import hold_place, hold_reject, hold_release, may_answer
from ordercenter.orders.live import holds_topic
from ordercenter.orders.models import OrderHold
from ordercenter.orders.schema.moves import THE_ORDER, order_key, read_again
from ordercenter.orders.schema.types import OrderLineType, OrderType, readable

MOST = 100


class OrderHoldType(ModelType, model=OrderHold, name="OrderHold"):
    """One reason why an order, or a line of it, does not move."""

    order = Related(OrderType, "order", required=True, description="The order.")
    line = Related(OrderLineType, "line", description="The line; null: the whole order.")
    reason = Field(enum_of(HoldReason), required=True, description="Why.")
    reason_label = label_field("reason")
    rule_kind = Field(enum_of(CreditRuleKind), description="The kind of the credit rule that holds it; null: no rule.")
    rule_label = Field(graphene.String, description="The label of the rule's kind.")
    checkpoint = Field(enum_of(Checkpoint), description="Where the rule fired.")
    checkpoint_label = Field(graphene.String, description="The label of the checkpoint.")
    explanation = text("Why and by how much, in a sentence.")
    over = Field(Money, required=True, description="By how much a rule of money is passed; 0 for other rules.")
    value = Field(Money, required=True, description="What of the order credit counted; once released, then.")
    status = Field(enum_of(OrderHoldStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    since = Field(DateTime, required=True, description="Since when.")
    placed_by_name = Field(graphene.String, description="Who held it; null: a rule.")
    answer = Field(graphene.String, description="What was said when it was answered.")
    answered_at = Field(DateTime, description="When it was answered.")
    answered_by_name = Field(graphene.String, description="Who answered; null: a rule, or nobody yet.")
    note = Field(graphene.String, description="What the person who held it wrote.")
    can_release = Field(graphene.Boolean, required=True, description="You may let the order go.")
    can_reject = Field(graphene.Boolean, required=True, description="You may refuse to.")
    account = Field(CreditAccountType, description="The credit account it stands under; null for holds of no rule.")

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[Any]:
        return readable(actor, OrderHold.objects.all()).select_related("order")

    def resolve_rule_kind(root: Any, _info: Any) -> str | None:
        return root.rule_kind or None

    def resolve_rule_label(root: Any, _info: Any) -> str | None:
        return str(CreditRuleKind(root.rule_kind).label) if root.rule_kind else None

    def resolve_checkpoint(root: Any, _info: Any) -> str | None:
        return root.checkpoint or None

    def resolve_checkpoint_label(root: Any, _info: Any) -> str | None:
        return str(Checkpoint(root.checkpoint).label) if root.checkpoint else None

    def resolve_explanation(root: Any, _info: Any) -> str:
        return sentence(root.rule_kind, root.figures) if root.rule_kind and root.figures else root.note

    def resolve_over(root: Any, _info: Any) -> money.Money:
        return money.Money(root.over, root.order.currency)

    def resolve_value(root: Any, _info: Any) -> money.Money:
        return money.Money(root.value, root.order.currency)

    def resolve_placed_by_name(root: Any, info: Any) -> Any:
        return actor_name(info, root.placed_by_id, root.seller_id) if root.placed_by_id else None

    def resolve_answer(root: Any, _info: Any) -> str | None:
        return root.answer or None

    def resolve_answered_by_name(root: Any, info: Any) -> Any:
        return actor_name(info, root.answered_by_id, root.seller_id) if root.answered_by_id else None

    def resolve_note(root: Any, _info: Any) -> str | None:
        return root.note or None

    def resolve_can_release(root: Any, info: Any) -> bool:
        actor = info.context.actor
        return answerable(actor, root) and not (root.order.placed_by_id and root.order.placed_by_id == actor.user_id)

    def resolve_can_reject(root: Any, info: Any) -> bool:
        return answerable(info.context.actor, root)

    def resolve_account(root: Any, info: Any) -> Deferred | None:
        if not root.rule_kind:
            return None
        return AccountOfOrder.of(info).load((root.order.partnership_id, root.order.currency))


def answerable(actor: Actor, hold: OrderHold) -> bool:
    """True while it stands, for those who answer holds of its kind."""
    return hold.status == OrderHoldStatus.HELD and may_answer(actor, hold)


class AccountOfOrder(BatchLoader):
    """Credit accounts by (partnership id, currency), as far as the reader may see them."""

    def batch(self, keys: list[tuple[int, str]]) -> list[Any]:
        if not (self.actor.may("credit.view") or self.actor.is_system):
            return [None] * len(keys)
        rows = CreditAccountType.visible(self.actor).filter(members__partnership__in={key[0] for key in keys})
        rows = rows.annotate(partnership=F("members__partnership"))
        found = {(row.partnership, row.currency): row for row in rows}
        return [found.get(key) for key in keys]


class HoldsOfOrder(BatchLoader):
    """Holds of orders, those that stand first, then the latest answered."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        rows = OrderHoldType.visible(self.actor).filter(order__in=keys)
        return grouped(rows.order_by(F("answered_at").desc(nulls_first=True), "pk"), by="order_id", keys=keys)


@extend(OrderType)
class OrderHolds:
    """What stops it."""

    holds = Field(
        graphene.NonNull(graphene.List(graphene.NonNull(OrderHoldType))),
        size=3,
        description="Its holds: those that stand first, then those that were answered.",
    )

    def resolve_holds(root: Any, info: Any) -> Deferred:
        return HoldsOfOrder.of(info).load(root.pk)


@extend(CreditMovementType)
class MovementOrder:
    """Which order moved value."""

    order = Field(OrderType, description="The order it is about.")

    def resolve_order(root: Any, info: Any) -> Any:
        return OrderType.load(info, root.order_id) if root.order_id else None


class OrderHoldFilter(FilterInput):
    """Narrows holds."""

    status = ListFilter(enum_of(OrderHoldStatus), lookup="status", description="In any of these states.")
    reason = ListFilter(enum_of(HoldReason), lookup="reason", description="For any of these reasons.")
    order = IdFilter("Order", lookup="order", description="Of these orders.")
    partner = IdFilter("Partnership", lookup="order__partnership", description="Of these partners.")
    account = Filter(graphene.ID, description="Under this credit account.")

    @staticmethod
    def filter_account(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        try:
            pk = from_global_id(value, "CreditAccount")
        except DomainError:
            return rows.none()
        return rows.filter(order__partnership__in=_members(pk))


def _members(account_id: int) -> QuerySet[Any]:
    from ordercenter.credit.models import CreditMember

    return CreditMember.objects.filter(account=account_id).values("partnership")


class OrderHoldSort(Sort, default="PLACED"):
    """Keys that holds are sorted by."""

    PLACED = SortKey.of("order__placed_at", description="When the order was placed, oldest first.")
    SINCE = SortKey.of("since", description="Since when it is held.")
    OVER = SortKey.of("over", description="By how much.")


class HoldQueries:
    """What can be asked about holds."""

    order_holds = ConnectionField(
        OrderHoldType,
        filter=OrderHoldFilter,
        sort=OrderHoldSort,
        description="What stops orders in which you are a side.",
    )
    credit_holds = ConnectionField(
        OrderHoldType,
        filter=OrderHoldFilter,
        sort=OrderHoldSort,
        account=graphene.ID(description="Under this credit account alone."),
        permission="credit.view",
        description="The hold queue: orders that credit rules hold now, oldest placing first.",
    )

    def resolve_order_holds(root: Any, info: Any) -> QuerySet[Any]:
        return OrderHoldType.visible(info.context.actor)

    def resolve_credit_holds(root: Any, info: Any, account: str | None = None) -> QuerySet[Any]:
        rows = OrderHoldType.visible(info.context.actor).filter(status=OrderHoldStatus.HELD)
        rows = rows.exclude(Q(rule_kind="") | Q(rule__isnull=True))
        return rows if account is None else OrderHoldFilter.filter_account(rows, account, info)


class OrderHoldPlace(BaseMutation, permission="orders.confirm", codes=OrderErrorCode, atomic=False):
    """Stop an order, or one line of it, by hand."""

    class Arguments:
        id = THE_ORDER
        reason = graphene.String(required=True, description="Why.")
        line = graphene.ID(description="This line alone.")

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str, line: str | None = None) -> Self:
        key = order_key(id)
        hold_place(actor, key, reason, from_global_id(line, "OrderLine", "line") if line else None)
        return cls(order=read_again(actor, [key])[0])


class OrderHoldRelease(BaseMutation, codes=OrderErrorCode, atomic=False):
    """Let an order go as far as this hold stops it; nobody releases an order of their own."""

    class Arguments:
        id = graphene.ID(required=True, description="The hold.")
        reason = graphene.String(required=True, description="Why.")

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        order = hold_release(actor, from_global_id(id, "OrderHold", "id"), reason)
        return cls(order=read_again(actor, [order.pk])[0])


class OrderHoldReject(BaseMutation, codes=OrderErrorCode, atomic=False):
    """Refuse to let an order go: it is declined, or the open rest of a confirmed one cancelled."""

    class Arguments:
        id = graphene.ID(required=True, description="The hold.")
        reason = graphene.String(required=True, description="Why; the buyer reads it.")

    order = Field(OrderType, description="The order as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        order = hold_reject(actor, from_global_id(id, "OrderHold", "id"), reason)
        return cls(order=read_again(actor, [order.pk])[0])


class HoldRefusalType(graphene.ObjectType):
    """A hold of a list that could not be answered."""

    class Meta:
        name = "HoldRefusal"

    id = Field(graphene.ID, required=True, description="The hold.")
    message = text("Why not.")


class OrderHoldsAnswer(BaseMutation, codes=OrderErrorCode, atomic=False):
    """Release or reject many holds, 100 at most, each by itself: one that cannot be answered stops no other."""

    class Arguments:
        ids = graphene.List(graphene.NonNull(graphene.ID), required=True, description="The holds.")
        reason = graphene.String(required=True, description="Why.")
        reject = graphene.Boolean(description="Reject them; released unless told.")

    answered = Field(graphene.Int, description="How many were answered.")
    refused = Field(graphene.List(graphene.NonNull(HoldRefusalType)), description="Those that were not, and why.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str], reason: str, reject: bool = False) -> Self:
        answer: Callable[..., Any] = hold_reject if reject else hold_release
        refused: list[dict[str, str]] = []
        given = ids[:MOST]
        for gid, pk in zip(given, ids_of(given, "OrderHold", "ids"), strict=True):
            try:
                answer(actor, pk, reason)
            except DomainError as error:
                refused.append({"id": gid, "message": str(error.message)})
            except DomainErrors as errors:
                refused.append({"id": gid, "message": " ".join(str(error.message) for error in errors.errors)})
        return cls(answered=len(given) - len(refused), refused=refused)


class OrderHoldChanged(Subscribe):
    """An order of your organization was held or let go."""

    class Arguments:
        pass

    order = Field(OrderType, required=True, description="The order as it is now.")

    @classmethod
    def topic(cls, actor: Actor) -> str:
        if actor.organization_id is None:
            raise not_found("order")
        return holds_topic(actor.organization_id)

    @classmethod
    def event(cls, actor: Actor, payload: dict[str, Any]) -> Self | None:
        found = OrderType.get_node(actor, payload["order"])
        return cls(order=found) if found else None


class HoldMutations:
    """What can be done with holds."""

    order_hold_place = OrderHoldPlace.Field()
    order_hold_release = OrderHoldRelease.Field()
    order_hold_reject = OrderHoldReject.Field()
    order_holds_answer = OrderHoldsAnswer.Field()
