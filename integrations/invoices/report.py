"""What became of every line, and the proof that the orders are worth what the invoices were."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from integrations.invoices.buckets import InvoiceBucket, RejectReason
from integrations.invoices.statements import rows_of
from integrations.invoices.stock import INTEGRATION
from marketplace.parties.models import Organization

BY_BUCKET = """
SELECT bucket, reason, count(*), count(DISTINCT invoice_number), coalesce(sum(quantity * unit_price), 0)
FROM invoices_invoiceline WHERE organization_id = %(seller)s
GROUP BY bucket, reason ORDER BY bucket, reason
"""

# Of each invoice what its order is worth, and what its lines are, each rounded to pence as an order's are (orders §3);
# only those that differ, or have no completed order.
DIFFERING = """
SELECT l.invoice_number, sum(round(l.quantity * l.unit_price, 2)), max(o.gross)
FROM invoices_invoiceline l
LEFT JOIN orders_order o ON o.seller_id = l.organization_id AND o.integration = %(integration)s
    AND o.external_number = l.invoice_number AND o.status = 'completed'
WHERE l.organization_id = %(seller)s AND l.bucket = 'sale'
GROUP BY l.invoice_number
HAVING sum(round(l.quantity * l.unit_price, 2)) IS DISTINCT FROM max(o.gross)
ORDER BY l.invoice_number
"""

ORDERED = """
SELECT count(*), coalesce(sum(line_count), 0), coalesce(sum(gross), 0) FROM orders_order
WHERE seller_id = %(seller)s AND integration = %(integration)s AND status = 'completed'
"""


@dataclass(frozen=True, slots=True)
class BucketTotal:
    """One bucket (of rejected lines one for each reason): lines, invoices they stand on, and their sum."""

    bucket: InvoiceBucket
    reason: RejectReason | None
    lines: int
    invoices: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """An invoice whose order is worth something else, or that has no completed order (`ordered` None)."""

    invoice: str
    invoiced: Decimal
    ordered: Decimal | None


@dataclass(frozen=True, slots=True)
class Report:
    """All buckets, what the orders of the import hold, and every invoice on which the two disagree."""

    buckets: list[BucketTotal]
    orders: int
    order_lines: int
    ordered: Decimal
    differences: list[Difference]

    @property
    def lines(self) -> int:
        return sum(total.lines for total in self.buckets)

    @property
    def amount(self) -> Decimal:
        return sum((total.amount for total in self.buckets), Decimal(0))

    def of(self, bucket: InvoiceBucket) -> BucketTotal:
        """One bucket as a whole; the number of invoices of the rejected ones is that of all reasons added up."""
        parts = [total for total in self.buckets if total.bucket == bucket]
        amount = sum((part.amount for part in parts), Decimal(0))
        return BucketTotal(bucket, None, sum(p.lines for p in parts), sum(p.invoices for p in parts), amount)


def report_of(seller: Organization) -> Report:
    """The report of a seller's imported invoices, from what is stored."""
    values = {"seller": seller.pk, "integration": INTEGRATION}
    buckets = [
        BucketTotal(InvoiceBucket(bucket), RejectReason(reason) if reason else None, *figures)
        for bucket, reason, *figures in rows_of(BY_BUCKET, values)
    ]
    (orders, lines, ordered) = rows_of(ORDERED, values)[0]
    return Report(buckets, orders, lines, ordered, [Difference(*row) for row in rows_of(DIFFERING, values)])
