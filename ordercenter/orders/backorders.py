"""What waits for stock, told to the room of stock, and what happens when stock comes or is lost (stock §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.parties.models import ShortPolicy
from ordercenter.orders.arithmetic import EXACT
from ordercenter.orders.confirm import told
from ordercenter.orders.hold import move_lines
from ordercenter.orders.models import Order, OrderLine
from ordercenter.orders.promise import whole
from ordercenter.orders.statuses import Touched, recompute
from ordercenter.orders.store import rows_of
from ordercenter.orders.timeline import Step, append
from ordercenter.stock.allocation import free
from ordercenter.stock.backorders import fill
from ordercenter.stock.terms import Demand

# Which orders have anything that waits; a statement of its own, because one that had to wait for a lock would go on
# with the lines as they were when it began.
LOCK = """
SELECT waiting.id FROM orders_order AS waiting
 WHERE waiting.seller_id = %(seller)s AND waiting.status = 'confirmed' AND waiting.open_holds = 0 AND EXISTS (
       SELECT FROM orders_orderline AS line
        WHERE line.order_id = waiting.id AND line.quantity - line.cancelled - line.shipped > line.allocated
          AND (%(variants)s::bigint[] IS NULL OR line.variant_id = ANY(%(variants)s::bigint[])))
 ORDER BY waiting.id FOR NO KEY UPDATE OF waiting
"""

# A complete order waits as a whole: it is offered only where all it waits for is in the call.
WAITING = """
SELECT line.id, line.variant_id,
       (line.quantity - line.cancelled - line.shipped - line.allocated) * line.factor, line.position, line.order_id,
       waiting.short_policy, waiting.placed_at, line.factor * power(10::numeric, -uom.exponent)
  FROM orders_order AS waiting
  JOIN orders_orderline AS line ON line.order_id = waiting.id
  JOIN catalog_unitofmeasure AS uom ON uom.id = line.uom_id
 WHERE waiting.id = ANY(%(orders)s::bigint[]) AND waiting.status = 'confirmed' AND waiting.open_holds = 0
   AND line.quantity - line.cancelled - line.shipped > line.allocated
   AND (%(variants)s::bigint[] IS NULL OR line.variant_id = ANY(%(variants)s::bigint[]))
   AND (%(variants)s::bigint[] IS NULL OR waiting.short_policy <> 'complete_order' OR NOT EXISTS (
       SELECT FROM orders_orderline AS other
        WHERE other.order_id = waiting.id AND other.variant_id <> ALL(%(variants)s::bigint[])
          AND other.quantity - other.cancelled - other.shipped > other.allocated))
"""

TOGETHER = """
SELECT DISTINCT other.variant_id
  FROM orders_order AS waiting
  JOIN orders_orderline AS line ON line.order_id = waiting.id AND line.variant_id = ANY(%(variants)s::bigint[])
  JOIN orders_orderline AS other ON other.order_id = waiting.id
 WHERE waiting.seller_id = %(seller)s AND waiting.status = 'confirmed' AND waiting.short_policy = %(policy)s
   AND line.quantity - line.cancelled - line.shipped > line.allocated
   AND other.quantity - other.cancelled - other.shipped > other.allocated
"""


class OrdersSide:
    """What the room of stock asks of orders (stock.terms.OrderSide)."""

    def waiting(self, seller_id: int, variant_ids: Sequence[int] | None) -> list[Demand]:
        """Open, confirmed and not promised; orders as they were placed, lines by position. Locks the orders."""
        variants = None if variant_ids is None else list(variant_ids)
        orders = [row[0] for row in rows_of(LOCK, {"seller": seller_id, "variants": variants})]
        rows = rows_of(WAITING, {"orders": orders, "variants": variants}) if orders else []
        demands = [Demand(*row) for row in rows]
        return sorted(demands, key=lambda demand: (demand.placed_at, demand.order_id, demand.position))

    def allocation_changed(self, actor: Actor, changes: Mapping[int, Decimal], shed: bool) -> None:
        """Lines were promised more, or lost what they were promised, in base units; what fills no pack goes back."""
        changed = OrderLine.objects.filter(pk__in=list(changes))
        locked = Order.objects.filter(pk__in=changed.values("order")).order_by("pk").select_for_update(no_key=True)
        orders = {order.pk: order for order in locked}
        lines = list(changed.select_related("uom").order_by("pk"))
        ids = sorted(orders)
        moves: dict[int, dict[int, Decimal]] = {pk: {} for pk in ids}
        excess: dict[int, Decimal | None] = {}
        for line in lines:
            base = EXACT.multiply(line.allocated, line.factor) + changes[line.pk]
            promised = whole(base, line.factor, line.uom.exponent)
            moves[line.order_id][line.pk] = promised - line.allocated
            if (left := base - EXACT.multiply(promised, line.factor)) > 0:
                excess[line.pk] = left
        if excess:
            free(actor, excess)
        move_lines({"allocated": {pk: by for line_moves in moves.values() for pk, by in line_moves.items()}})
        at = timezone.now()
        touched = [pk for pk in ids if any(moves[pk].values())]
        derived = recompute([Touched(pk, at) for pk in touched])
        steps = [_step(orders[pk], moves[pk], derived[pk].version, shed, at) for pk in touched]
        append(actor, steps, at)


def _step(order: Order, moves: dict[int, Decimal], version: int, shed: bool, at: datetime) -> Step:
    kind, key = ("order.freed", "freed") if shed else ("order.allocated", "allocated")
    data: dict[str, object] = {"lines": sum(1 for by in moves.values() if by)}
    return told(order, kind, f"{key}:{version}", {"allocated": moves}, data, at)


def fill_freed(actor: Actor, seller_id: int, variant_ids: Sequence[int]) -> None:
    """Give what an order has given back to those that wait for these variants, first placed first served."""
    fill(actor, seller_id, sorted({*variant_ids, *_together(seller_id, variant_ids)}))


def fill_complete(actor: Actor, seller_id: int, variant_ids: Sequence[int]) -> None:
    """Serve complete orders for which these variants were missing, if all else they wait for is there as well.

    The room of stock fills the others by itself; it does not know what else a complete order needs.
    """
    together = _together(seller_id, variant_ids)
    if together:
        fill(actor, seller_id, sorted({*variant_ids, *together}))


def _together(seller_id: int, variant_ids: Sequence[int]) -> set[int]:
    """Variants of the complete orders that wait for one of these."""
    values = {"seller": seller_id, "variants": list(variant_ids), "policy": ShortPolicy.COMPLETE_ORDER.value}
    return {row[0] for row in rows_of(TOGETHER, values)}
