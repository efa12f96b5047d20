"""Sources: lines of the documents of a basis, as they stand now, one statement for any number of orders (rebates §3).

A source is read whole, after what was cancelled and brought back of it since. What accruing writes is its difference to
what has been accrued of it, in the period of its own day: so a return lands in the period of what it undoes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.catalog.scope import NOWHERE, ScopeKeys
from marketplace.core.arrays import numbers
from marketplace.core.money import EXPONENTS
from ordercenter.rebates.enums import BasisTax, RebateBasis
from ordercenter.rebates.models import RebatePolicy

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Source:
    """A line of a document that counts. Amounts by (tax, after promotions); quantity in base uoms.

    With a `seq` it is a difference that counts once, under that number. Without, it is the whole source as it stands
    now, and what differs from what was accrued of it is written. Below 0 it takes back: `occurred_at` is then that of
    what it undoes. `quantities`: the quantity by uom, where packs say what a uom holds.
    """

    kind: str
    id: int
    basis: RebateBasis
    seller_id: int
    partnership_id: int
    currency: str
    occurred_at: datetime
    net: Decimal
    gross: Decimal
    list_net: Decimal
    list_gross: Decimal
    base_quantity: Decimal
    keys: ScopeKeys = NOWHERE
    order_id: int | None = None
    seq: int | None = None
    order_line_id: int | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Which document line it is."""
        return (self.kind, self.id)

    def amount(self, policy: RebatePolicy) -> Decimal:
        """The amount that counts for a policy."""
        if policy.basis_tax == BasisTax.NET:
            return self.net if policy.after_promotions else self.list_net
        return self.gross if policy.after_promotions else self.list_gross


def places(currency: str) -> str:
    """The currency's exponent as an SQL expression."""
    cases = " ".join(f"WHEN '{code}' THEN {digits}" for code, digits in sorted(EXPONENTS.items()))
    return f"CASE {currency} {cases} ELSE 2 END"


#: What each document contributes: its line, the instant, and from where to where it takes the order line (part value).
DOCUMENTS = {
    RebateBasis.ORDERED: """
        SELECT 'order_line'::text AS kind, line.id, o.confirmed_at AS at, line.id AS line_id,
               0::numeric AS a, line.quantity - line.cancelled AS b, 0 AS less, 0 AS off_net, 0 AS off_gross
          FROM orders_order o JOIN orders_orderline line ON line.order_id = o.id
         WHERE o.confirmed_at IS NOT NULL AND line.kind = 'goods' AND {orders}""",
    RebateBasis.SHIPPED: """
        SELECT 'shipment_line'::text AS kind, part.id, s.shipped_at AS at, part.order_line_id AS line_id,
               sum(part.quantity) OVER before - part.quantity AS a, sum(part.quantity) OVER before AS b,
               0 AS less, 0 AS off_net, 0 AS off_gross
          FROM orders_order o JOIN fulfilment_shipment s ON s.order_id = o.id
          JOIN fulfilment_shipmentline part ON part.shipment_id = s.id
         WHERE {orders} WINDOW before AS (PARTITION BY part.order_line_id ORDER BY part.id)""",
    RebateBasis.RECEIVED: """
        SELECT 'receipt_line'::text AS kind, part.id, r.received_at AS at, sent.order_line_id AS line_id,
               sum(part.received) OVER before - part.received AS a, sum(part.received) OVER before AS b,
               0 AS less, 0 AS off_net, 0 AS off_gross
          FROM orders_order o JOIN fulfilment_receipt r ON r.order_id = o.id
          JOIN fulfilment_receiptline part ON part.receipt_id = r.id
          JOIN fulfilment_shipmentline sent ON sent.id = part.shipment_line_id
         WHERE {orders} WINDOW before AS (PARTITION BY sent.order_line_id ORDER BY part.id)""",
    RebateBasis.INVOICED: """
        SELECT 'invoice_line'::text AS kind, part.id,
               (invoice.issued_on + time '12:00') AT TIME ZONE grantor.time_zone AS at, part.order_line_id AS line_id,
               part.start AS a, part.upto AS b, part.credited_quantity AS less, part.credited_net AS off_net,
               part.credited_net + part.credited_tax AS off_gross
          FROM orders_order o JOIN parties_organization grantor ON grantor.id = o.seller_id
          JOIN invoicing_invoiceline part ON part.order_id = o.id
          JOIN invoicing_invoice invoice ON invoice.id = part.invoice_id
         WHERE (part.is_issued OR part.credited_quantity > 0) AND part.kind = 'goods' AND {orders}""",
    # What is not, or no longer, wholly paid counts nothing: it is read, so that what was counted is taken off again.
    RebateBasis.PAID: """
        SELECT 'paid_invoice_line'::text AS kind, part.id, paid.at, part.order_line_id AS line_id, part.start AS a,
               CASE WHEN paid.whole THEN part.upto ELSE part.start END AS b,
               CASE WHEN paid.whole THEN part.credited_quantity ELSE 0 END AS less,
               CASE WHEN paid.whole THEN part.credited_net ELSE 0 END AS off_net,
               CASE WHEN paid.whole THEN part.credited_net + part.credited_tax ELSE 0 END AS off_gross
          FROM orders_order o JOIN invoicing_invoiceline part ON part.order_id = o.id
          CROSS JOIN LATERAL (
               SELECT bool_and(item.open = 0 AND item.written_off = 0) AS whole, max(clearing.cleared_at) AS at
                 FROM ledger_openitem item LEFT JOIN ledger_clearing clearing ON clearing.open_item_id = item.id
                WHERE item.document_kind = 'invoice' AND item.document_id = part.invoice_id) AS paid
         WHERE (part.is_issued OR part.credited_quantity > 0) AND part.kind = 'goods' AND paid.at IS NOT NULL
           AND {orders}""",
}

#: List amounts are those before promotions, with what fund accounts take off the price already taken.
LIST = {
    "list_net": "CASE WHEN o.tax_included THEN round(pre / (1 + line.tax_rate), places) ELSE pre END",
    "list_gross": "CASE WHEN o.tax_included THEN pre ELSE pre + round(pre * line.tax_rate, places) END",
}
VALUES = {"net": "line.net", "gross": "line.gross", **LIST}


#: What credit notes take off the amounts of a document; of list amounts the quantity they take back.
OFF = {"net": "doc.off_net", "gross": "doc.off_gross"}


def part(name: str) -> str:
    """Part value of a money column, from a to b of the line (orders §1), less what was credited of it."""
    value, end = VALUES[name], "doc.b" if name in OFF else "(doc.b - doc.less)"
    cut = f"round({value} * {end} / line.quantity, places) - round({value} * doc.a / line.quantity, places)"
    return f"{cut} - {OFF[name]}" if name in OFF else cut


def column_of(policy: RebatePolicy) -> str:
    """The name of the amount that counts for a policy."""
    return ("" if policy.after_promotions else "list_") + policy.basis_tax


def statement(basis: RebateBasis, orders: str, columns: Sequence[str] = tuple(VALUES)) -> str:
    """The sources of orders that a condition on `o` picks, with the named amounts."""
    return valued(DOCUMENTS[basis].format(orders=orders), columns)


def valued(documents: str, columns: Sequence[str] = tuple(VALUES)) -> str:
    """Lines of documents, as `DOCUMENTS` has them, with the named amounts."""
    amounts = ", ".join(f"{part(name)} AS {name}" for name in columns)
    return f"""
    SELECT doc.kind, doc.id, o.seller_id, o.partnership_id, o.currency, doc.at, line.variant_id, o.id AS order_id,
           line.id AS order_line_id,
           line.base_quantity * (doc.b - doc.a - doc.less) / line.quantity AS base_quantity, {amounts}
      FROM ({documents}) AS doc
      JOIN orders_orderline line ON line.id = doc.line_id AND line.kind = 'goods'
      JOIN orders_order o ON o.id = line.order_id
     CROSS JOIN LATERAL (SELECT {places("o.currency")} AS places, line.list_amount - line.reduction AS pre) AS money
    """


KEYED = """
SELECT source.*, v.product_id, coalesce(c.ancestors, '{{}}'), p.brand_id
  FROM ({sources}) AS source
  JOIN catalog_variant v ON v.id = source.variant_id
  JOIN catalog_product p ON p.id = v.product_id
  LEFT JOIN catalog_category c ON c.id = p.category_id
 ORDER BY source.at, source.kind, source.id
"""


def sources_of(order_ids: Iterable[int], bases: Iterable[RebateBasis]) -> list[Source]:
    """What orders and their documents contribute to each basis now; one statement for each basis."""
    ids = numbers(sorted(set(order_ids)))
    found: list[Source] = []
    for basis in sorted(set(bases)):
        if basis not in DOCUMENTS:
            continue
        found += read_sources(basis, statement(basis, "o.id = ANY(%s::bigint[])"), [ids])
    return found


def read_sources(basis: RebateBasis, sources: str, values: Sequence[Any]) -> list[Source]:
    """What a statement of sources finds, with the keys of its goods."""
    with connection.cursor() as cursor:
        cursor.execute(KEYED.format(sources=sources), values)
        return [_source(basis, row) for row in cursor.fetchall()]


def _source(basis: RebateBasis, row: tuple[Any, ...]) -> Source:
    kind, pk, seller, partnership, currency, at, variant, order, order_line, quantity, *rest = row
    net, gross, list_net, list_gross, product, categories, brand = rest
    keys = ScopeKeys(variant, product, tuple(categories), brand)
    amounts = (net, gross, list_net, list_gross)
    source = Source(kind, pk, basis, seller, partnership, currency, at, *amounts, quantity, keys, order)
    return replace(source, order_line_id=order_line)
