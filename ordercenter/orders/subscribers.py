"""What orders do when something has happened: backorders are filled, and whoever watches an order is told."""

from marketplace.core.actor import Actor
from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.parties.models import Organization
from ordercenter.credit.models import CreditMember
from ordercenter.credit.queue import evaluate
from ordercenter.orders.backorders import fill_complete, fill_freed
from ordercenter.orders.confirm import confirm_all
from ordercenter.orders.enums import OrderStatus
from ordercenter.orders.models import Order, OrderEvent, OrderLine, OrderSettings
from ordercenter.orders.money import CLEARED, clearing_heard

#: After these, stock lies there that somebody may wait for.
SUPPLY = ("stock.received", "stock.adjusted", "stock.counted", "stock.condition_changed", "stock.transferred")
#: After these, stock that was promised is free again.
FREED = ("order.cancelled", "order.closed")


def stock_came(event: OutboxEvent) -> None:
    """Goods have come, or been found: a complete order may have all it waits for."""
    for seller in Organization.objects.filter(pk__in=event.organizations):
        fill_complete(Actor.system(seller), seller.pk, event.payload.get("variants", ()))


def stock_was_freed(event: OutboxEvent) -> None:
    """What one order gave back may be what another waits for."""
    told = OrderEvent.objects.filter(order=event.aggregate_id, dedupe_key=event.payload["key"]).first()
    freed = [int(pk) for pk in told.data["moves"].get("allocated", ())] if told else []
    if told and freed:
        variants = OrderLine.objects.filter(pk__in=freed).values_list("variant", flat=True).distinct()
        seller = Organization.objects.get(pk=told.seller_id)
        fill_freed(Actor.system(seller), seller.pk, sorted(variants))


def hold_was_released(event: OutboxEvent) -> None:
    """The last hold of an order is gone: it is confirmed where its seller does so by itself, or gets its stock."""
    order = Order.objects.filter(pk=event.aggregate_id, open_holds=0).first()
    if order is None:
        return
    seller = Actor.system(Organization.objects.get(pk=order.seller_id))
    if order.status == OrderStatus.PLACED:
        settings = OrderSettings.objects.filter(organization=order.seller_id).first()
        if settings and settings.auto_confirm:
            confirm_all(seller, [order.pk], each_by_itself=True)
    elif order.status == OrderStatus.CONFIRMED:
        variants = OrderLine.objects.filter(order=order, variant__isnull=False).values_list("variant", flat=True)
        fill_freed(seller, order.seller_id, sorted(set(variants)))


def credit_was_freed(event: OutboxEvent) -> None:
    """An order that gives credit back may let another one go that its account holds."""
    order = Order.objects.filter(pk=event.aggregate_id).values("partnership", "currency", "seller").first()
    if order is None:
        return
    members = CreditMember.objects.filter(partnership=order["partnership"], currency=order["currency"])
    held = list(members.filter(account__held__gt=0).values_list("account", flat=True))
    for account_id in held:
        evaluate(Actor.system(Organization.objects.get(pk=order["seller"])), account_id)


def register() -> None:
    """Called once, when the program starts."""
    for kind in SUPPLY:
        subscribe(kind, "orders.backorders")(stock_came)
    for kind in FREED:
        subscribe(kind, "orders.backorders")(stock_was_freed)
    for kind in (*FREED, "order.declined", "order.changed"):
        subscribe(kind, "orders.credit_freed")(credit_was_freed)
    for kind in CLEARED:
        subscribe(kind, "orders.payments")(clearing_heard)
    subscribe("order.hold_released", "orders.go_on")(hold_was_released)
