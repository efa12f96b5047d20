"""What is derived: statuses, sums and what an order waits for, for all touched orders by one statement (orders §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from marketplace.core.arrays import numbers, texts
from marketplace.core.money import EXPONENTS
from ordercenter.orders.enums import OrderStatus
from ordercenter.orders.store import rows_of

PLACES = (
    "CASE held.currency "
    + " ".join(f"WHEN '{currency}' THEN {places}" for currency, places in sorted(EXPONENTS.items()))
    + " ELSE 2 END"
)

#: What `paid`, `refunded` and `credited` of an order come to, against what is payable of it (orders §4).
PAYMENT_STATUS = """CASE WHEN {0}.refunded > 0 THEN
                     CASE WHEN {0}.refunded >= {0}.paid THEN 'refunded' ELSE 'partially_refunded' END
                WHEN {0}.paid = 0 AND ({1} > {0}.credited OR {1} = 0 AND {2} > 0) THEN 'unpaid'
                WHEN {0}.paid >= {1} - {0}.credited THEN 'paid' ELSE 'partially_paid' END"""

#: Facts of each order of `held`, from its lines alone. Charges and lines with nothing open have no part in progress.
FACTS = f"""facts AS (
    SELECT line.order_id, count(*) AS line_count, sum(list_amount) AS list_amount, sum(discount) AS discount,
           sum(reduction) AS reduction, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross,
           sum(tax - round(tax * open / quantity, places)) AS cancelled_tax,
           sum(gross - round(gross * open / quantity, places)) AS cancelled_gross,
           sum(round(funded * open / quantity, places)) AS funded,
           count(*) FILTER (WHERE live) AS live,
           coalesce(bool_or(shipped > 0) FILTER (WHERE live), false) AS some_shipped,
           coalesce(bool_and(shipped >= open) FILTER (WHERE live), false) AS all_shipped,
           coalesce(bool_or(counted > 0) FILTER (WHERE live), false) AS some_counted,
           coalesce(bool_and(counted >= open) FILTER (WHERE live), false) AS all_counted,
           coalesce(bool_or(stocked > 0) FILTER (WHERE live), false) AS some_stocked,
           coalesce(bool_and(stocked >= received) FILTER (WHERE live), false) AS all_stocked,
           coalesce(bool_or(invoiced > 0) FILTER (WHERE live), false) AS some_invoiced,
           coalesce(bool_and(invoiced >= open) FILTER (WHERE live), false) AS all_invoiced,
           coalesce(bool_or(returned > 0) FILTER (WHERE live), false) AS some_returned,
           coalesce(bool_and(returned >= received) FILTER (WHERE live), false) AS all_returned,
           coalesce(bool_or(allocated > 0) FILTER (WHERE live), false) AS some_allocated,
           coalesce(bool_or(shipped > counted), false) AS in_transit,
           (SELECT count(*) FROM orders_orderhold AS hold
             WHERE hold.order_id = line.order_id AND hold.status = 'held') AS open_holds
      FROM (SELECT line.*, line.quantity - line.cancelled AS open, line.received + line.differed AS counted,
                   line.kind <> 'charge' AND line.cancelled < line.quantity AS live, {PLACES} AS places
              FROM held JOIN orders_orderline AS line ON line.order_id = held.id) AS line
     GROUP BY line.order_id
)"""

#: Statuses from those facts; `held.status` is the status that people and rules have given.
DERIVED = f"""derived AS (
    SELECT held.id, held.status_before, facts.*,
           CASE WHEN held.status = 'confirmed' AND live > 0 AND all_counted AND open_holds = 0 THEN 'completed'
                ELSE held.status END
               AS status_now,
           CASE WHEN NOT all_shipped THEN CASE WHEN some_shipped THEN 'partially_shipped' ELSE 'not_shipped' END
                WHEN NOT some_counted THEN 'shipped'
                WHEN NOT all_counted THEN 'partially_received'
                WHEN NOT some_stocked THEN 'received'
                WHEN all_stocked THEN 'stocked' ELSE 'partially_stocked' END AS fulfilment_status,
           CASE WHEN all_invoiced THEN 'invoiced' WHEN some_invoiced THEN 'partially_invoiced'
                ELSE 'not_invoiced' END AS billing_status,
           CASE WHEN NOT some_returned THEN 'not_returned' WHEN all_returned THEN 'returned'
                ELSE 'partially_returned' END AS return_status,
           {PAYMENT_STATUS.format("held", "(gross - cancelled_gross)", "gross")} AS payment_status,
           CASE WHEN held.status = 'placed' AND open_holds > 0 THEN 'release'
                WHEN held.status = 'placed' THEN 'seller_confirmation'
                WHEN held.status = 'confirmed' AND NOT all_shipped AND EXISTS (
                         SELECT FROM orders_ordercancelrequest AS asked
                          WHERE asked.order_id = held.id AND asked.status = 'pending') THEN 'cancel_decision'
                WHEN held.status = 'confirmed' AND open_holds > 0 AND NOT all_shipped THEN 'release'
                WHEN held.status = 'confirmed' AND some_allocated THEN 'shipment'
                WHEN held.status = 'confirmed' AND live > 0 AND NOT all_shipped THEN 'stock'
                WHEN held.status IN ('confirmed', 'closed') AND in_transit THEN 'receipt'
                ELSE 'nothing' END AS waiting_for
      FROM held JOIN facts ON facts.order_id = held.id
)"""

SQL = f"""
WITH given AS (
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[]) AS given(id, status, reason, at)
), held AS (
    SELECT stored.id, stored.currency, stored.status AS status_before, stored.paid, stored.refunded, stored.credited,
           coalesce(given.status, stored.status) AS status
      FROM given JOIN orders_order AS stored USING (id)
), {FACTS}, {DERIVED}
UPDATE orders_order AS stored
   SET status = derived.status_now, fulfilment_status = derived.fulfilment_status,
       billing_status = derived.billing_status, return_status = derived.return_status,
       payment_status = derived.payment_status, open_holds = derived.open_holds, funded = derived.funded,
       waiting_for = derived.waiting_for, in_transit = derived.in_transit, line_count = derived.line_count,
       list_amount = derived.list_amount, discount = derived.discount, reduction = derived.reduction,
       net = derived.net, tax = derived.tax, gross = derived.gross,
       cancelled_tax = derived.cancelled_tax, cancelled_gross = derived.cancelled_gross,
       version = stored.version + 1, reason = coalesce(given.reason, stored.reason),
       confirmed_at = CASE WHEN given.status = 'confirmed' THEN coalesce(stored.confirmed_at, given.at)
                           ELSE stored.confirmed_at END,
       ended_at = CASE WHEN derived.status_now = ANY(%s::text[]) THEN coalesce(stored.ended_at, given.at) END
  FROM derived JOIN given ON given.id = derived.id
 WHERE stored.id = derived.id
RETURNING stored.id, stored.seller_id, stored.buyer_id, stored.number, stored.version, stored.status,
          stored.status = 'completed' AND derived.status_before <> 'completed'
"""

ENDED = tuple(
    status.value
    for status in (
        OrderStatus.DECLINED,
        OrderStatus.CANCELLED,
        OrderStatus.CLOSED,
        OrderStatus.COMPLETED,
        OrderStatus.REJECTED,
    )
)


@dataclass(frozen=True, slots=True)
class Touched:
    """An order whose lines or status this transaction has changed, under lock; None leaves status or reason alone."""

    order_id: int
    at: datetime
    status: OrderStatus | None = None
    reason: str | None = None


class Derived(NamedTuple):
    """Where an order stands after its derived columns were computed; `completed`: by this very change."""

    order_id: int
    seller_id: int
    buyer_id: int
    number: str
    version: int
    status: str
    completed: bool


def recompute(touched: Sequence[Touched]) -> dict[int, Derived]:
    """Set statuses and derive everything else anew; the version of each order rises by one. One statement."""
    if not touched:
        return {}
    parameters = [
        numbers(one.order_id for one in touched),
        texts(one.status and one.status.value for one in touched),
        texts(one.reason for one in touched),
        texts(one.at for one in touched),
        list(ENDED),
    ]
    return {row[0]: Derived(*row) for row in rows_of(SQL, parameters)}
