"""What somebody may do with an order now: state, side, permission and the seller's settings considered."""

from __future__ import annotations

from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from ordercenter.orders.cancel_request import ask_problems, may_answer
from ordercenter.orders.change import may_change
from ordercenter.orders.close import too_late
from ordercenter.orders.enums import OrderFulfilmentStatus, OrderStatus, OrderWait
from ordercenter.orders.hold import SellerTerms
from ordercenter.orders.models import Order
from ordercenter.orders.states import CHANGEABLE, is_buyer, is_seller, move_problems


class OrderAction(TextChoices):
    """What can be done with an order."""

    CONFIRM = "confirm", _("Confirm")
    DECLINE = "decline", _("Decline")
    CHANGE = "change", _("Change")
    CANCEL = "cancel", _("Cancel")
    CANCEL_REQUEST = "cancel_request", _("Ask to cancel")
    CANCEL_WITHDRAW = "cancel_withdraw", _("Withdraw the request to cancel")
    CANCEL_GRANT = "cancel_grant", _("Grant the cancellation")
    CANCEL_DECLINE = "cancel_decline", _("Decline the cancellation")
    SHIP = "ship", _("Ship")
    RECEIVE = "receive", _("Receive")
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Reopen")
    REORDER = "reorder", _("Order again")


ANSWERS = (OrderAction.CANCEL_WITHDRAW, OrderAction.CANCEL_GRANT, OrderAction.CANCEL_DECLINE)


def allowed_actions(actor: Actor, order: Order, terms: SellerTerms, now: datetime) -> list[OrderAction]:
    """The actions in the order in which they are offered; `terms` are those of the order's seller."""
    return [action for action in OrderAction if _allowed(actor, order, terms, now, action)]


def _allowed(actor: Actor, order: Order, terms: SellerTerms, now: datetime, action: OrderAction) -> bool:
    if action is OrderAction.CHANGE:
        return order.status in CHANGEABLE and may_change(actor, order)
    if action is OrderAction.SHIP:
        return (
            order.status == OrderStatus.CONFIRMED
            and order.waiting_for == OrderWait.SHIPMENT
            and is_seller(actor, order)
            and actor.may("fulfilment.ship")
        )
    if action is OrderAction.RECEIVE:
        open_door = order.status in (OrderStatus.CONFIRMED, OrderStatus.CLOSED) and order.in_transit
        return open_door and is_buyer(actor, order) and actor.may("fulfilment.receive")
    if action is OrderAction.REORDER:
        return is_buyer(actor, order) and actor.may("orders.place")
    if action is OrderAction.REOPEN and any(too_late(order, terms.reopen_days, now)):
        return False
    if action in ANSWERS:
        waits = order.waiting_for == OrderWait.CANCEL_DECISION
        return waits and may_answer(actor, order, by_buyer=action is OrderAction.CANCEL_WITHDRAW)
    if action is OrderAction.CANCEL_REQUEST:
        return _may_ask(actor, order, terms)
    return not any(move_problems(actor, order, action.value, by_grace=terms.buyer_may_cancel))


def _may_ask(actor: Actor, order: Order, terms: SellerTerms) -> bool:
    """A buyer asks where something is left to ship and it cannot cancel by itself."""
    left = order.fulfilment_status in (OrderFulfilmentStatus.NOT_SHIPPED, OrderFulfilmentStatus.PARTIALLY_SHIPPED)
    alone = not any(move_problems(actor, order, "cancel", by_grace=terms.buyer_may_cancel))
    return left and not alone and not any(ask_problems(actor, order))
