"""How far orders are paid: told by the ledger, whose clearings say which order each amount is for (orders §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from marketplace.core.arrays import numbers
from marketplace.core.models import OutboxEvent
from ordercenter.orders.statuses import PAYMENT_STATUS
from ordercenter.orders.store import rows_of

#: After these, what is paid or credited of an order has changed.
CLEARED = ("ledger.cleared", "ledger.uncleared", "ledger.written_off")

# What a credit note cleared was not paid; what was written off was given up; an invoice that was taken back was never
# owed. Undone clearings count against theirs.
CLEARINGS = """cleared AS (
    SELECT item.order_id, sum(signed.amount) FILTER (WHERE entry.kind NOT IN ('credit_note', 'reverse')) AS paid,
           sum(signed.amount) FILTER (WHERE entry.kind = 'credit_note') AS credited
      FROM ledger_openitem AS item
      JOIN ledger_clearing AS clearing ON clearing.open_item_id = item.id AND NOT clearing.write_off
      LEFT JOIN ledger_clearing AS undone ON undone.id = clearing.reverses_id
      JOIN ledger_ledgerentry AS entry ON entry.id = coalesce(undone.entry_id, clearing.entry_id)
     CROSS JOIN LATERAL (
        SELECT CASE WHEN clearing.reverses_id IS NULL THEN clearing.amount ELSE -clearing.amount END AS amount
     ) AS signed
     WHERE item.order_id IS NOT NULL AND (%s::bigint[] IS NULL OR item.order_id = ANY(%s::bigint[]))
     GROUP BY item.order_id
)"""

MOVED = f"""
WITH {CLEARINGS}, held AS (
    SELECT stored.id, stored.refunded, stored.gross - stored.cancelled_gross AS payable, stored.gross,
           coalesce(cleared.paid, 0) AS paid, coalesce(cleared.credited, 0) AS credited
      FROM orders_order AS stored LEFT JOIN cleared ON cleared.order_id = stored.id
     WHERE stored.id = ANY(%s::bigint[])
)
UPDATE orders_order AS stored
   SET paid = held.paid, credited = held.credited,
       payment_status = {PAYMENT_STATUS.format("held", "held.payable", "held.gross")}
  FROM held
 WHERE stored.id = held.id AND (stored.paid, stored.credited) IS DISTINCT FROM (held.paid, held.credited)
RETURNING stored.id
"""

LOCK = "SELECT id FROM orders_order WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"


def payment_moved(order_ids: Iterable[int]) -> None:
    """Read anew what was paid and credited of orders; two statements. The version of an order stays: nobody changed it.

    Called by itself after every clearing; a room that wants it in its own transaction calls it there.
    """
    ids = numbers(sorted(set(order_ids)))
    if ids != "{}":
        rows_of(LOCK, [ids])
        rows_of(MOVED, [ids, ids, ids])


REFUNDED = f"""
WITH held AS (
    SELECT stored.id, stored.paid, stored.credited, told.refunded, stored.gross,
           stored.gross - stored.cancelled_gross AS payable
      FROM orders_order AS stored
      JOIN unnest(%s::bigint[], %s::numeric[]) AS told(id, refunded) ON told.id = stored.id
)
UPDATE orders_order AS stored
   SET refunded = held.refunded, payment_status = {PAYMENT_STATUS.format("held", "held.payable", "held.gross")}
  FROM held
 WHERE stored.id = held.id AND stored.refunded <> held.refunded
RETURNING stored.id
"""


def lock_orders(order_ids: Iterable[int]) -> None:
    """Lock orders by id, for who moves their money and takes a number after it."""
    rows_of(LOCK, [numbers(sorted(set(order_ids)))])


def refunds_moved(refunded: Mapping[int, Decimal]) -> None:
    """Set what of orders' price has gone back, by order, as payments count it; two statements."""
    orders = sorted(refunded)
    if orders:
        lock_orders(orders)
        rows_of(REFUNDED, [numbers(orders), numbers(refunded[order] for order in orders)])


def clearing_heard(event: OutboxEvent) -> None:
    """An open item was cleared, or no longer is."""
    order = event.payload.get("order")
    if order:
        payment_moved([int(order)])
