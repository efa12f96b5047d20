"""Give stock that has come to the lines that wait for it (stock §4). What waits is asked of the room of orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.parties.models import ShortPolicy
from ordercenter.stock.allocation import serve
from ordercenter.stock.locking import lock_balances
from ordercenter.stock.models import StockBalance
from ordercenter.stock.reservations import sweep
from ordercenter.stock.terms import Allocated, Demand, OrderSide


class NoOrders:
    """Where no room of orders is installed: nothing waits, and nobody need be told."""

    def waiting(self, seller_id: int, variant_ids: Sequence[int] | None) -> Sequence[Demand]:
        return ()

    def allocation_changed(self, actor: Actor, changes: Mapping[int, Decimal], shed: bool) -> None:
        return None


_side: OrderSide = NoOrders()


def register_order_side(side: OrderSide) -> None:
    """The room of orders says who it is, from its AppConfig.ready."""
    global _side
    _side = side


def order_side() -> OrderSide:
    """The room of orders, as far as stock knows it."""
    return _side


def fill(actor: Actor, seller_id: int, variant_ids: Sequence[int] | None = None) -> Allocated:
    """Allocate what there is of these variants (None: all in stock) to the lines that wait, first come first served.

    Each line by its own order's policy: a complete order in the queue keeps its place until all of it is there.
    """
    if variant_ids is None:
        stocked = StockBalance.objects.filter(organization=seller_id, on_hand__gt=0)
        variant_ids = list(stocked.values_list("variant_id", flat=True).distinct())
    with transaction.atomic():
        held = lock_balances(seller_id, variant_ids)
        if any(balance.reserved for balance in held):
            sweep([balance.id for balance in held])
        waiting = order_side().waiting(seller_id, variant_ids)
        if not waiting:
            return Allocated()
        allocated = serve(seller_id, waiting, ShortPolicy.PARTIAL, None, held)
        if allocated.by_line:
            order_side().allocation_changed(actor, allocated.by_line, shed=False)
    return allocated
