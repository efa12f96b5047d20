"""What is to be invoiced of orders: what has been ordered, shipped or received, less what invoices have taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.money import part_value
from ordercenter.invoicing.enums import InvoicingBasis
from ordercenter.invoicing.models import InvoiceLine
from ordercenter.orders.enums import OrderLineKind, OrderStatus
from ordercenter.orders.models import Order, OrderLine
from ordercenter.orders.store import rows_of

ZERO = Decimal(0)
#: The least that a line counts.
SMALLEST = Decimal("0.000001")
#: Orders that may be invoiced: what left before an order was closed is charged all the same.
INVOICED = (OrderStatus.CONFIRMED, OrderStatus.COMPLETED, OrderStatus.CLOSED)

# A charge is invoiced whole with the first goods of its order, or at once where the order has no goods
# (docs/concepts/invoicing.md, What is invoiced).
LINES = """
WITH reached AS (
    SELECT line.*, o.currency, o.seller_id AS keeper, CASE
            WHEN line.kind = 'charge' OR coalesce(s.basis, 'shipped') = 'ordered' THEN line.quantity - line.cancelled
            WHEN %(until)s::timestamptz IS NOT NULL AND s.basis = 'received' THEN (
                SELECT coalesce(sum(counted.received), 0) FROM fulfilment_shipmentline sent
                  JOIN fulfilment_receiptline counted ON counted.shipment_line_id = sent.id
                  JOIN fulfilment_receipt receipt ON receipt.id = counted.receipt_id
                 WHERE sent.order_line_id = line.id AND receipt.received_at < %(until)s::timestamptz)
            WHEN %(until)s::timestamptz IS NOT NULL THEN (
                SELECT coalesce(sum(sent.quantity), 0) FROM fulfilment_shipmentline sent
                  JOIN fulfilment_shipment shipment ON shipment.id = sent.shipment_id
                 WHERE sent.order_line_id = line.id AND shipment.shipped_at < %(until)s::timestamptz)
            WHEN s.basis = 'received' THEN line.received
            ELSE line.shipped END AS quantity_reached
      FROM orders_orderline line
      JOIN orders_order o ON o.id = line.order_id
      LEFT JOIN invoicing_invoicingsettings s ON s.organization_id = o.seller_id
     WHERE line.order_id = ANY(%(orders)s::bigint[])
), begun AS (
    SELECT order_id, bool_or(quantity_reached > 0) FILTER (WHERE kind <> 'charge') AS goods FROM reached GROUP BY 1
)
SELECT reached.id, reached.order_id, reached.position, reached.kind, reached.sku, reached.name_zh, reached.name_en,
       reached.uom_id, reached.quantity, reached.unit_price, reached.tax_rate,
       coalesce(reached.snapshot ->> 'tax', ''), reached.tax, reached.gross, reached.currency, reached.invoiced,
       coalesce((SELECT sum(taken.upto - taken.start) FROM invoicing_invoiceline taken
                  WHERE taken.order_line_id = reached.id AND taken.is_live), 0),
       CASE WHEN reached.kind <> 'charge' OR begun.goods IS NOT FALSE THEN reached.quantity_reached ELSE 0 END,
       (SELECT array_agg(ARRAY[part.start, part.upto] ORDER BY part.start) FROM invoicing_invoiceline part
         WHERE part.order_line_id = reached.id AND part.is_issued
        HAVING sum(part.upto - part.start) < max(part.upto))
  FROM reached JOIN begun ON begun.order_id = reached.order_id
 ORDER BY reached.order_id, reached.position
"""


@dataclass(frozen=True, slots=True)
class Invoiceable:
    """An order line, how much of it may be invoiced, and how much of that is on invoices and drafts (`claimed`).

    `parts`: those that are issued, where an invoice that was taken back has left a gap between them.
    """

    line_id: int
    order_id: int
    position: int
    kind: str
    sku: str
    name_zh: str
    name_en: str
    uom_id: int
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    tax_treatment: str
    tax: Decimal
    gross: Decimal
    currency: str
    invoiced: Decimal
    claimed: Decimal
    reached: Decimal
    parts: Sequence[tuple[Decimal, Decimal]] | None = None

    @property
    def open(self) -> Decimal:
        """What may be put on one invoice now: a gap is filled before the rest is invoiced."""
        left = max(self.reached - self.claimed, ZERO)
        at = first_fit(self.taken, SMALLEST)
        return min(left, next((start - at for start, _end in self.taken if start > at), left))

    @property
    def taken(self) -> Sequence[tuple[Decimal, Decimal]]:
        """From where to where the line is invoiced."""
        if self.parts is not None:
            return [(start, end) for start, end in self.parts]
        return [(ZERO, self.invoiced)] if self.invoiced else []

    def money(self, start: Decimal, end: Decimal) -> tuple[Decimal, Decimal, Decimal]:
        """Net, tax and gross of the units from `start` to `end`, by part value: net is what gross and tax leave."""
        gross = part_value(self.gross, self.quantity, start, end, self.currency)
        tax = part_value(self.tax, self.quantity, start, end, self.currency)
        return gross - tax, tax, gross


def first_fit(taken: Sequence[tuple[Decimal, Decimal]], quantity: Decimal) -> Decimal:
    """Where a part of so many units begins: in the first gap that holds it, else after all that is taken."""
    at = ZERO
    for start, end in taken:
        if start - at >= quantity:
            return at
        at = max(at, end)
    return at


def lines_of(order_ids: Sequence[int], until: datetime | None = None) -> list[Invoiceable]:
    """All lines of orders by order and position; one statement. `until`: what left or arrived before an instant."""
    values: dict[str, Any] = {"orders": numbers(order_ids), "until": until}
    return [Invoiceable(*row) for row in rows_of(LINES, values)]


def open_orders(actor: Actor, basis: str) -> QuerySet[Order]:
    """Orders that the actor's organization sells and of which goods are to be invoiced."""
    reached: Any = {
        InvoicingBasis.ORDERED: F("quantity") - F("cancelled"),
        InvoicingBasis.SHIPPED: F("shipped"),
        InvoicingBasis.RECEIVED: F("received"),
    }[InvoicingBasis(basis)]
    taken = InvoiceLine.objects.filter(order_line=OuterRef("pk"), is_live=True).order_by().values("order_line")
    claimed = Subquery(taken.annotate(sum=Sum(F("end") - F("start"))).values("sum"))
    number: Any = DecimalField(max_digits=18, decimal_places=6)
    lines = (
        OrderLine.objects.filter(order=OuterRef("pk"))
        .exclude(kind=OrderLineKind.CHARGE)
        .annotate(reached=reached, claimed=Coalesce(claimed, Decimal(0), output_field=number))
        .filter(reached__gt=F("claimed"))
    )
    rows = Order.objects.visible_to(actor).filter(seller=actor.organization_id, status__in=INVOICED)
    return rows.filter(Exists(lines))
