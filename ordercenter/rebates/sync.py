"""Bring accruals up to what documents say now: after an event, for the orders it touched (rebates §3, §5)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from marketplace.core.actor import Actor
from ordercenter.orders.models import Order
from ordercenter.rebates.accrue import Accrued, accrue_all
from ordercenter.rebates.enums import RebateBasis
from ordercenter.rebates.models import RebatePolicy
from ordercenter.rebates.sources import sources_of

SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"
SOLE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def sync_orders(actor: Actor, order_ids: Iterable[int]) -> Accrued:
    """Count orders and their documents as they stand; counting again changes nothing.

    What is read must not be older than what another has counted meanwhile: so those of one partnership wait for each
    other, and all of a seller for a recalculation.
    """
    with transaction.atomic():
        orders = Order.objects.filter(pk__in=list(order_ids))
        rows = sorted(set(orders.values_list("seller_id", "partnership_id")))
        if not rows:
            return Accrued(0, ())
        hold_shared(sorted({seller for seller, _partnership in rows}), [partnership for _seller, partnership in rows])
        bases = RebatePolicy.objects.filter(organization__in={seller for seller, _partnership in rows})
        wanted = {RebateBasis(basis) for basis in bases.values_list("basis", flat=True).distinct()}
        return accrue_all(actor, sources_of(order_ids, wanted))


def hold_shared(sellers: Iterable[int], partnerships: Iterable[int]) -> None:
    """Wait until nobody recalculates these sellers' policies or counts for these partnerships (lock level 0)."""
    with connection.cursor() as cursor:
        for seller in sellers:
            cursor.execute(SHARED, [f"rebates:seller:{seller}"])
        for partnership in partnerships:
            cursor.execute(SOLE, [f"rebates:partnership:{partnership}"])


def hold_seller(seller_id: int) -> None:
    """Wait until nobody counts for any partner of a seller, and let nobody begin (lock level 0)."""
    with connection.cursor() as cursor:
        cursor.execute(SOLE, [f"rebates:seller:{seller_id}"])
