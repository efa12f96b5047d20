"""What is stored with deliveries, held against their documents."""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.core.verify import Difference, check
from ordercenter.orders.store import rows_of
from ordercenter.orders.verify import number_gaps

LINES = """
SELECT line.id, told.name, told.expected, told.found
  FROM orders_orderline AS line
  LEFT JOIN (SELECT order_line_id, sum(quantity) AS shipped, sum(received) AS received, sum(differed) AS differed
               FROM fulfilment_shipmentline GROUP BY 1) AS sent ON sent.order_line_id = line.id
 CROSS JOIN LATERAL (VALUES ('shipped', coalesce(sent.shipped, 0), line.shipped),
                            ('received', coalesce(sent.received, 0), line.received),
                            ('differed', coalesce(sent.differed, 0), line.differed)) AS told(name, expected, found)
 WHERE told.expected <> told.found AND line.kind <> 'charge'
"""

COUNTS = """
SELECT line.id, told.name, told.expected, told.found
  FROM fulfilment_shipmentline AS line
  LEFT JOIN (SELECT shipment_line_id, sum(received) AS received, sum(differed) AS differed
               FROM fulfilment_receiptline GROUP BY 1) AS counted ON counted.shipment_line_id = line.id
 CROSS JOIN LATERAL (VALUES ('received', coalesce(counted.received, 0), line.received),
                            ('differed', coalesce(counted.differed, 0), line.differed)) AS told(name, expected, found)
 WHERE told.expected <> told.found
"""

PROGRESS = """
SELECT shipment.number, progress.expected, shipment.status
  FROM fulfilment_shipment AS shipment
  JOIN (SELECT shipment_id,
               CASE WHEN bool_and(received + differed >= quantity) THEN 'received'
                    WHEN bool_or(received + differed > 0) THEN 'partially_received' ELSE 'shipped' END AS expected
          FROM fulfilment_shipmentline GROUP BY 1) AS progress ON progress.shipment_id = shipment.id
 WHERE shipment.status <> progress.expected
"""


@check("fulfilment: order lines agree with shipments")
def order_lines() -> Iterator[Difference]:
    """Shipped, received and differed of every order line, from the lines of its shipments."""
    for line_id, name, expected, found in rows_of(LINES, None):
        yield Difference(f"order line {line_id} {name}", expected, found)


@check("fulfilment: shipments agree with receipts")
def shipment_lines() -> Iterator[Difference]:
    """Received and differed of every shipment line, from the receipts."""
    for line_id, name, expected, found in rows_of(COUNTS, None):
        yield Difference(f"shipment line {line_id} {name}", expected, found)


@check("fulfilment: shipment statuses follow from quantities")
def shipment_statuses() -> Iterator[Difference]:
    """How far every shipment has come, from its lines."""
    for number, expected, found in rows_of(PROGRESS, None):
        yield Difference(f"shipment {number} status", expected, found)


@check("fulfilment: numbers have no gaps")
def delivery_numbers() -> Iterator[Difference]:
    """Shipments are numbered by the seller, receipts by the buyer."""
    yield from number_gaps("fulfilment_shipment", "seller_id", "shipment")
    yield from number_gaps("fulfilment_receipt", "buyer_id", "receipt")
