"""Receipts of imported orders, written beside the placing of the next ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
from ordercenter.orders.enums import OrderStatus

AT_ONCE = 200

Arriving = tuple[int, datetime | None]


class Receiver:
    """Receives shipments in a thread with a connection of its own, one chunk behind those that are placed.

    Receiving locks only the balances of goods on their way, and placing those of the warehouse: the two do not wait for
    each other, and a second core has work. Within a caller's transaction, which no other connection sees into, it
    receives at once instead.
    """

    def __init__(self) -> None:
        self.pool = None if connection.in_atomic_block else ThreadPoolExecutor(1, thread_name_prefix="receipts")
        self.running: Future[None] | None = None

    def receive(self, shipments: Sequence[Shipment]) -> None:
        """Have these received; waits for those of the call before, and raises what went wrong with them."""
        arriving = [(shipment.pk, shipment.shipped_at) for shipment in shipments]
        if self.pool is None:
            receive_chunk(arriving)
            return
        self.wait()
        self.running = self.pool.submit(receive_chunk, arriving)

    def wait(self) -> None:
        """Wait until all is received."""
        running, self.running = self.running, None
        if running is not None:
            running.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _at: Any) -> None:
        try:
            if error is None:
                self.wait()
        finally:
            if self.pool is not None:
                self.pool.submit(close_own_connection)
                self.pool.shutdown()


def close_own_connection() -> None:
    """Close the connection of the thread that runs this: `connection` is another object in each."""
    connection.close()


def receive_chunk(arriving: Sequence[Arriving]) -> None:
    """Receive shipments as they were sent, at the instant they were sent, all or none."""
    if arriving:
        receive_all(Actor.system(), [ReceiptDraft(pk, at=at) for pk, at in arriving])


def receive_rest(seller: Organization) -> None:
    """Receive what a run that was broken off had shipped and not received."""
    left = Shipment.objects.filter(
        seller=seller,
        order__integration=INTEGRATION,
        order__status=OrderStatus.CONFIRMED,
        status=ShipmentStatus.SHIPPED,
    )
    for part in _parts(left.order_by("pk").values_list("pk", "shipped_at")):
        receive_chunk(part)


def _parts(rows: Iterable[Arriving]) -> Iterator[list[Arriving]]:
    waiting = iter(rows)
    while part := list(islice(waiting, AT_ONCE)):
        yield part
