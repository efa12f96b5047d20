"""What was used of a contract, from its documents: called off, shipped, received, invoiced, by line and month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from marketplace.core.arrays import numbers

# An order line stands for its whole quantity with its whole net; what is a part of it has that part of the net.
USED = """
SELECT call.contract_line_id, date_trunc('month', call.called_at AT TIME ZONE buyer.time_zone)::date AS month,
       sum(call.quantity - call.freed_quantity), sum(call.amount - call.freed_amount),
       sum(line.shipped), sum(line.received), sum(line.invoiced),
       sum(round(line.net * line.received / line.quantity, 4)), sum(round(line.net * line.invoiced / line.quantity, 4)),
       count(DISTINCT call.order_id)
  FROM contracts_contractcalloff AS call
  JOIN orders_orderline AS line ON line.id = call.order_line_id
  JOIN parties_organization AS buyer ON buyer.id = call.buyer_id
 WHERE call.contract_line_id = ANY(%s::bigint[])
 GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of a contract line in a month; quantities in its uom, amounts net in its currency."""

    line_id: int
    month: date
    called: Decimal
    called_amount: Decimal
    shipped: Decimal
    received: Decimal
    invoiced: Decimal
    received_amount: Decimal
    invoiced_amount: Decimal
    orders: int


def used_of(line_ids: Iterable[int]) -> list[Used]:
    """Usage of contract lines by month of the call-off; one statement. Who may see them is asked by the caller."""
    with connection.cursor() as cursor:
        cursor.execute(USED, [numbers(line_ids)])
        return [Used(*row) for row in cursor.fetchall()]
