"""What credit asks of orders: which are held by its rules, and where the value of all stands (credit-and-ledger §5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from django.db.models import Q

from marketplace.core.actor import Actor
from ordercenter.credit.enums import Bucket, Checkpoint, CreditRuleKind
from ordercenter.credit.queue import HeldOrder, HeldRule, Standpoint
from ordercenter.orders.enums import OrderHoldStatus, OrderStatus
from ordercenter.orders.models import Order, OrderHold, OrderLine

LIVE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)
OVER = (OrderStatus.DECLINED, OrderStatus.CANCELLED)


class CreditSide:
    """The order side of credit (queue.OrderSide)."""

    def held(self, partnership_ids: Sequence[int], currency: str) -> list[HeldOrder]:
        """Orders with holds of credit rules, oldest placing first; two statements, one where nothing is held."""
        from ordercenter.orders.checkpoints import graces_of

        holds = OrderHold.objects.filter(
            order__partnership__in=partnership_ids,
            order__currency=currency,
            order__status__in=LIVE,
            status=OrderHoldStatus.HELD,
            rule__isnull=False,
        ).exclude(rule_kind="")
        by_order: dict[int, list[OrderHold]] = {}
        orders: dict[int, Order] = {}
        for hold in holds.select_related("order").order_by("order__placed_at", "order", "pk"):
            by_order.setdefault(hold.order_id, []).append(hold)
            orders[hold.order_id] = hold.order
        graces = graces_of(list(orders.values())) if orders else {}
        return [
            HeldOrder(
                order_id=pk,
                partnership_id=order.partnership_id,
                currency=order.currency,
                value=order.value,
                payment_days=order.payment_days,
                placed_at=order.placed_at,
                holds=tuple(_rule_of(hold) for hold in by_order[pk]),
                graces=graces.get(pk, ()),
            )
            for pk, order in orders.items()
        ]

    def released(self, actor: Actor, hold_ids: Sequence[int]) -> None:
        """Let these holds go; orders whose last hold it was go on."""
        from ordercenter.orders.holds import released_by_rules

        released_by_rules(actor, hold_ids)

    def standpoints(self, seller_id: int, known: Collection[int]) -> list[Standpoint]:
        """Where the value of a seller's live orders stands, and of those known to the books; two statements.

        What was completed or closed before the books were opened is taken as settled elsewhere.
        """
        rows = Order.objects.filter(seller=seller_id).filter(Q(status__in=LIVE) | Q(pk__in=known))
        orders = {order.pk: order for order in rows.exclude(status__in=OVER)}
        held = set(
            OrderHold.objects.filter(order__in=orders, status=OrderHoldStatus.HELD, rule__isnull=False)
            .exclude(Q(rule_kind="") | Q(checkpoint=Checkpoint.SHIP))
            .values_list("order", flat=True)
        )
        lines = OrderLine.objects.filter(order__in=orders).order_by("order_id", "position")
        return [point for line in lines for point in _points(orders[line.order_id], line, line.order_id in held)]


def _rule_of(hold: OrderHold) -> HeldRule:
    return HeldRule(hold.pk, CreditRuleKind(hold.rule_kind), Checkpoint(hold.checkpoint), hold.rule)


def _points(order: Order, line: OrderLine, held: bool) -> Iterator[Standpoint]:
    """The parts of a line by where they stand: to be shipped, and shipped but not invoiced."""
    from ordercenter.orders.arithmetic import LineCalculator
    from ordercenter.orders.following import value_between

    calculator = LineCalculator(order.currency, order.tax_included)
    open_from, open_to = max(line.shipped, line.invoiced), line.quantity - line.cancelled
    spans = (
        (Bucket.HELD if held else Bucket.OPEN_ORDERS, open_from, open_to),
        (Bucket.UNBILLED, line.invoiced, line.shipped),
    )
    for bucket, start, end in spans:
        amount = value_between(line, start, end, calculator) if end > start else Decimal(0)
        if amount > 0:
            yield Standpoint(order.pk, line.pk, order.partnership_id, order.currency, bucket, amount)
