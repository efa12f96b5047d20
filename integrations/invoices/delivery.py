"""Imported orders are shipped and received beside the placing of the next ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import islice
from typing import Any, Self

from django.db import connection

from integrations.invoices.stock import INTEGRATION
from marketplace.core.actor import Actor
from marketplace.parties.models import Organization
from ordercenter.fulfilment.models import Shipment, ShipmentStatus
from ordercenter.fulfilment.receive import ReceiptDraft, receive_all
from ordercenter.fulfilment.ship import ShipmentDraft, ship_all
from ordercenter.orders.enums import OrderFulfilmentStatus, OrderStatus
from ordercenter.orders.models import Order

AT_ONCE = 200
#: Chunks under way when another one is handed over: with fewer, placing waits for receiving, which it never meets.
WAITING = 2

#: An order or a shipment by id, and the instant at which it goes on.
Due = tuple[int, datetime | None]


class Deliverer:
    """Ships orders in one thread and receives them in another, each behind the one before it and with own connections.

    So Python and PostgreSQL work on three chunks at a time and the cores have work. Placing and shipping wait for each
    other's balances of the warehouse, shipping and receiving for those of goods on their way; all lock them by id.
    Within a caller's transaction, which no other connection sees into, it delivers at once instead.
    """

    def __init__(self) -> None:
        names = () if connection.in_atomic_block else ("shipping", "receiving")
        self.threads = [ThreadPoolExecutor(1, thread_name_prefix=name) for name in names]
        self.running: deque[Future[None]] = deque()

    def deliver(self, orders: Sequence[Due]) -> None:
        """Have these shipped and received; waits while more than WAITING are under way, and raises their errors."""
        if not self.threads:
            receive_chunk(ship_chunk(orders))
            return
        self.wait(WAITING)
        shipping, receiving = self.threads
        shipped = shipping.submit(ship_chunk, orders)
        self.running.append(receiving.submit(lambda: receive_chunk(shipped.result())))

    def wait(self, most: int = 0) -> None:
        """Wait until so many chunks at most are under way."""
        while len(self.running) > most:
            self.running.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _at: Any) -> None:
        try:
            if error is None:
                self.wait()
        finally:
            for thread in self.threads:
                thread.submit(close_own_connection)
                thread.shutdown()


def close_own_connection() -> None:
    """Close the connection of the thread that runs this: `connection` is another object in each."""
    connection.close()


def ship_chunk(orders: Sequence[Due]) -> list[Due]:
    """Ship all that is promised to orders, each at its instant, all or none; the shipments, with the same instants."""
    shipments = ship_all(Actor.system(), [ShipmentDraft(pk, at=at) for pk, at in orders])
    return [(shipment.pk, shipment.shipped_at) for shipment in shipments]


def receive_chunk(shipments: Sequence[Due]) -> None:
    """Receive shipments as they were sent, each at its instant, all or none."""
    receive_all(Actor.system(), [ReceiptDraft(pk, at=at) for pk, at in shipments])


def deliver_rest(seller: Organization) -> None:
    """Ship what a run that was broken off had placed and not shipped, receive what it had shipped and not received."""
    placed = Order.objects.filter(
        seller=seller,
        integration=INTEGRATION,
        status=OrderStatus.CONFIRMED,
        fulfilment_status=OrderFulfilmentStatus.NOT_SHIPPED,
    )
    _in_parts(ship_chunk, placed.order_by("pk").values_list("pk", "placed_at"))
    shipped = Shipment.objects.filter(
        seller=seller,
        order__integration=INTEGRATION,
        order__status=OrderStatus.CONFIRMED,
        status=ShipmentStatus.SHIPPED,
    )
    _in_parts(receive_chunk, shipped.order_by("pk").values_list("pk", "shipped_at"))


def _in_parts(do: Callable[[list[Due]], Any], rows: Iterable[Due]) -> None:
    waiting = iter(rows)
    while part := list(islice(waiting, AT_ONCE)):
        do(part)
