"""What documents do to rebates: whatever happens to an order is noted, and counted in a transaction of its own.

Other subscribers of the same events lock stock. Counting locks accounts and positions, which come before stock in the
one lock order, so it cannot share their transaction: the note is an event itself, in one row for each partnership.
"""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.core.events import DomainEvent, record, subscribe
from marketplace.core.models import OutboxEvent, PolicyStatus
from marketplace.parties.models import Partnership
from ordercenter.invoicing.models import InvoiceLine
from ordercenter.ledger.models import OpenItem
from ordercenter.orders.models import Order
from ordercenter.rebates.accrue import Accrued
from ordercenter.rebates.models import RebatePolicy
from ordercenter.rebates.sync import sync_orders

ORDER_EVENTS = (
    "order.confirmed",
    "order.changed",
    "order.cancelled",
    "order.shipped",
    "order.received",
    "order.closed",
    "order.reopened",
    "order.invoiced",
    "order.credited",
)
#: After these an invoice may be wholly paid, or no longer so.
PAYMENT_EVENTS = ("ledger.cleared", "ledger.uncleared", "ledger.written_off")
DUE = "rebates.sources_due"


def order_moved(event: OutboxEvent) -> None:
    """Note an order whose seller has a policy in effect."""
    _note([event.aggregate_id])


def item_moved(event: OutboxEvent) -> None:
    """Note all orders of the invoice behind an open item: it counts once all of it is paid."""
    item = OpenItem.objects.filter(pk=event.aggregate_id, document_kind="invoice").first()
    if item is not None:
        _note(list(InvoiceLine.objects.filter(invoice=item.document_id).values_list("order_id", flat=True).distinct()))


def _note(order_ids: list[int]) -> None:
    sellers = RebatePolicy.objects.filter(status=PolicyStatus.EFFECTIVE).values("organization")
    orders = Order.objects.filter(pk__in=order_ids, seller__in=sellers, confirmed_at__isnull=False)
    by_partnership: dict[int, list[int]] = {}
    for pk, partnership in orders.order_by("pk").values_list("pk", "partnership_id"):
        by_partnership.setdefault(partnership, []).append(pk)
    if by_partnership:
        record(
            Actor.system(),
            *(DomainEvent(DUE, "rebates_of", key, (), {"orders": pks}) for key, pks in by_partnership.items()),
        )


def count_due(event: OutboxEvent) -> Accrued:
    """Count what the noted orders contribute now."""
    partnership = Partnership.objects.select_related("upstream").get(pk=event.aggregate_id)
    return sync_orders(Actor.system(partnership.upstream), event.payload["orders"])


def listen() -> None:
    """Called once, when the program starts."""
    for kind in ORDER_EVENTS:
        subscribe(kind, "rebates")(order_moved)
    for kind in PAYMENT_EVENTS:
        subscribe(kind, "rebates")(item_moved)
    subscribe(DUE, "rebates")(count_due)  # type: ignore[arg-type]
