"""Every move an order can make: one table of verbs, each with who may say it, its guard and its event (orders §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.states import Transition, TransitionTable
from ordercenter.orders.enums import OrderFulfilmentStatus, OrderStatus
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Order

Guard = Callable[[Order], Iterator[DomainError]]


def free_to_go(order: Order) -> Iterator[DomainError]:
    """No guard beyond the table itself."""
    yield from ()


def nothing_held(order: Order) -> Iterator[DomainError]:
    """An order does not move forward while a hold stands."""
    if order.open_holds:
        text = _("%(number)s is on hold: release it first.") % {"number": order.number}
        yield DomainError(OrderErrorCode.ORDER_HELD, text)


def nothing_shipped(order: Order) -> Iterator[DomainError]:
    """Shipped goods only come back by a return."""
    if order.fulfilment_status != OrderFulfilmentStatus.NOT_SHIPPED:
        text = _("%(number)s has been shipped in part: close it to drop the rest.") % {"number": order.number}
        yield DomainError(OrderErrorCode.ALREADY_SHIPPED, text)


def part_shipped(order: Order) -> Iterator[DomainError]:
    """Closing drops the rest of an order of which something was shipped and something is open."""
    if order.fulfilment_status != OrderFulfilmentStatus.PARTIALLY_SHIPPED:
        text = _("Only an order shipped in part is closed; %(number)s is not.") % {"number": order.number}
        yield DomainError(CoreErrorCode.INVALID_TRANSITION, text, "status")


@dataclass(frozen=True, slots=True)
class Move:
    """A verb of the trade: the permission that lets each side say it (None: not that side), guard and event.

    `by_grace` are statuses from which the buyer may only where the seller's settings let it.
    """

    verb: str
    sources: tuple[OrderStatus, ...]
    target: OrderStatus
    event: str
    seller: str | None = None
    buyer: str | None = None
    guard: Guard = free_to_go
    by_grace: tuple[OrderStatus, ...] = ()


MOVES = {
    move.verb: move
    for move in (
        Move(
            "confirm",
            (OrderStatus.PLACED,),
            OrderStatus.CONFIRMED,
            "order.confirmed",
            seller="orders.confirm",
            guard=nothing_held,
        ),
        Move("decline", (OrderStatus.PLACED,), OrderStatus.DECLINED, "order.declined", seller="orders.confirm"),
        Move(
            "cancel",
            (OrderStatus.PLACED, OrderStatus.CONFIRMED),
            OrderStatus.CANCELLED,
            "order.cancelled",
            seller="orders.confirm",
            buyer="orders.place",
            guard=nothing_shipped,
            by_grace=(OrderStatus.CONFIRMED,),
        ),
        Move(
            "close",
            (OrderStatus.CONFIRMED,),
            OrderStatus.CLOSED,
            "order.closed",
            seller="orders.confirm",
            guard=part_shipped,
        ),
        Move("reopen", (OrderStatus.CLOSED,), OrderStatus.CONFIRMED, "order.reopened", seller="orders.confirm"),
        Move("complete", (OrderStatus.CONFIRMED,), OrderStatus.COMPLETED, "order.completed"),
    )
}

TABLE = TransitionTable(
    Transition(move.verb, source, move.target) for move in MOVES.values() for source in move.sources
)

#: A buyer changes what is not confirmed; so does its seller. The status stays.
CHANGEABLE = (OrderStatus.PLACED,)


def is_seller(actor: Actor, order: Order) -> bool:
    """True for the seller's people (not while they look with a partner's eyes) and for the program."""
    if actor.on_behalf_of is not None:
        return False
    return actor.organization_id == order.seller_id or (actor.is_system and actor.organization is None)


def is_buyer(actor: Actor, order: Order) -> bool:
    """True for the buyer's people and for the program."""
    if actor.on_behalf_of is not None:
        return False
    return actor.organization_id == order.buyer_id or (actor.is_system and actor.organization is None)


def may(actor: Actor, order: Order, verb: str, by_grace: bool = False) -> bool:
    """True where the actor's side and permission let it say the verb; `by_grace`: the seller's setting lets buyers."""
    move = MOVES[verb]
    if move.seller and is_seller(actor, order) and actor.may(move.seller):
        return True
    if move.buyer is None or not is_buyer(actor, order) or not actor.may(move.buyer):
        return False
    return by_grace or order.status not in move.by_grace


def move_problems(
    actor: Actor, order: Order, verb: str, index: int | None = None, by_grace: bool = False
) -> Iterator[DomainError]:
    """Why this order cannot make this move for this actor now."""
    move = MOVES[verb]
    if not TABLE.allows(verb, order.status):
        text = _("%(number)s is %(status)s: this is not possible now.")
        values = {"number": order.number, "status": OrderStatus(order.status).label}
        yield DomainError(CoreErrorCode.INVALID_TRANSITION, text % values, "status", index)
    elif not may(actor, order, verb, by_grace):
        text = _("You may not do this with %(number)s.") % {"number": order.number}
        yield DomainError(CoreErrorCode.PERMISSION_DENIED, text, None, index)
    else:
        for problem in move.guard(order):
            problem.index = index
            yield problem
