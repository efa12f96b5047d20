"""What is stored with invoices, held against their lines, their notes, the ledger and the orders."""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.core.money import EXPONENTS
from marketplace.core.verify import Difference, check
from ordercenter.credit.enums import UNSHIPPED, Bucket
from ordercenter.orders.store import rows_of

UNBILLED = ", ".join(f"'{bucket.value}'" for bucket in (*UNSHIPPED, Bucket.UNBILLED))
PLACES = " ".join(f"WHEN '{currency}' THEN {places}" for currency, places in sorted(EXPONENTS.items()))

SUMS = """
SELECT coalesce(nullif(invoice.number, ''), 'draft ' || invoice.id), told.name, told.expected, told.found
  FROM invoicing_invoice invoice
  JOIN (SELECT invoice_id, count(*) AS lines, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross,
               sum(credited_net) AS credited_net, sum(credited_tax) AS credited_tax
          FROM invoicing_invoiceline GROUP BY 1) AS line ON line.invoice_id = invoice.id
  JOIN (SELECT invoice_id, sum(gross) AS gross, sum(credited_gross) AS credited_gross
          FROM invoicing_invoiceorder GROUP BY 1) AS part ON part.invoice_id = invoice.id
  LEFT JOIN (SELECT invoice_id, sum(gross) AS gross FROM invoicing_creditnote GROUP BY 1) AS note
         ON note.invoice_id = invoice.id
 CROSS JOIN LATERAL (VALUES ('lines', line.lines::numeric, invoice.line_count::numeric),
        ('net', line.net, invoice.net), ('tax', line.tax, invoice.tax), ('gross', line.gross, invoice.gross),
        ('gross of orders', part.gross, invoice.gross),
        ('credited net', line.credited_net, invoice.credited_net),
        ('credited tax', line.credited_tax, invoice.credited_tax),
        ('credited gross of orders', part.credited_gross, invoice.credited_gross),
        ('credit notes', coalesce(note.gross, 0), invoice.credited_gross)) AS told(name, expected, found)
 WHERE told.expected <> told.found
"""

NOTES = """
SELECT note.number, told.name, told.expected, told.found
  FROM invoicing_creditnote note
  JOIN (SELECT credit_note_id, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross
          FROM invoicing_creditnoteline GROUP BY 1) AS line ON line.credit_note_id = note.id
 CROSS JOIN LATERAL (VALUES ('net', line.net, note.net), ('tax', line.tax, note.tax),
        ('gross', line.gross, note.gross)) AS told(name, expected, found)
 WHERE told.expected <> told.found
"""

COUNTERS = """
SELECT line.id, coalesce(taken.quantity, 0), line.invoiced
  FROM orders_orderline line
  LEFT JOIN (SELECT order_line_id, sum(upto - start) AS quantity FROM invoicing_invoiceline
              WHERE is_issued GROUP BY 1) AS taken ON taken.order_line_id = line.id
 WHERE coalesce(taken.quantity, 0) <> line.invoiced
"""

# Parts of a line follow each other from 0, so what is fully invoiced sums to the line.
PARTS = """
SELECT line.id, line.gross, sum(part.gross)
  FROM orders_orderline line JOIN invoicing_invoiceline part ON part.order_line_id = line.id AND part.is_issued
 GROUP BY line.id, line.gross, line.quantity HAVING sum(part.upto - part.start) = line.quantity
    AND sum(part.gross) <> line.gross
"""

OPEN_ITEMS = """
SELECT invoice.number, part.gross, coalesce(item.amount, 0)
  FROM invoicing_invoiceorder part
  JOIN invoicing_invoice invoice ON invoice.id = part.invoice_id AND invoice.number <> ''
  LEFT JOIN ledger_openitem item ON item.document_kind = 'invoice' AND item.document_id = invoice.id
        AND item.order_id = part.order_id
 WHERE part.gross <> coalesce(item.amount, 0)
"""

POSTED = """
SELECT document.number, document.gross, coalesce(posted.amount, 0)
  FROM (SELECT 'invoice' AS kind, id, number, gross FROM invoicing_invoice WHERE number <> ''
        UNION ALL SELECT 'credit_note', id, number, gross FROM invoicing_creditnote) AS document
  LEFT JOIN (SELECT posting.source_kind, posting.source_id, sum(abs(entry.amount)) AS amount
               FROM ledger_ledgerposting posting JOIN ledger_ledgerentry entry ON entry.posting_id = posting.id
               JOIN ledger_ledgeraccount account ON account.id = entry.account_id AND account.kind = 'receivable'
              WHERE posting.purpose = 'issue' AND posting.source_kind IN ('invoice', 'credit_note') GROUP BY 1, 2)
         AS posted ON posted.source_kind = document.kind AND posted.source_id = document.id
 WHERE document.gross <> coalesce(posted.amount, 0)
"""

# What of an order credit counts before its invoice: the value of its open units, less what invoices have taken of it.
# Of a line that several funds pay, parts of it round apart from its whole by a cent until it is done: it is left out.
CREDIT = f"""
WITH stands AS (
    SELECT order_id, sum(CASE WHEN target IN ({UNBILLED}) THEN amount ELSE 0 END)
                   - sum(CASE WHEN source IN ({UNBILLED}) THEN amount ELSE 0 END) AS amount
      FROM credit_creditmovement WHERE order_id IS NOT NULL AND (target IN ({UNBILLED}) OR source IN ({UNBILLED}))
     GROUP BY 1
), billed AS (
    SELECT order_id, sum(gross) AS gross FROM invoicing_invoiceline WHERE is_issued GROUP BY 1
), used AS (
    SELECT order_id, sum(used) AS amount, max(shares) AS shares
      FROM (SELECT share.*, count(*) OVER (PARTITION BY order_line_id) AS shares FROM funds_fundshare share
             WHERE treatment = 'payment' AND amount > freed) AS share GROUP BY 1
)
SELECT o.number, CASE WHEN o.status = 'declined' THEN 0 ELSE worth.amount - coalesce(billed.gross, 0)
                      + coalesce(used.amount, 0) END AS expected, stands.amount
  FROM stands
  JOIN orders_order o ON o.id = stands.order_id
  JOIN credit_creditsettings settings ON settings.organization_id = o.seller_id AND settings.controls
 CROSS JOIN LATERAL (
    SELECT sum(round(line.gross * line.open / line.quantity, line.places)
               - round(line.funded * line.open / line.quantity, line.places)) AS amount
      FROM (SELECT row.*, row.quantity - row.cancelled AS open,
                   CASE o.currency {PLACES} ELSE 2 END AS places
              FROM orders_orderline row WHERE row.order_id = o.id) AS line) AS worth
  LEFT JOIN billed ON billed.order_id = o.id
  LEFT JOIN used ON used.order_id = o.id
 WHERE coalesce(used.shares, 1) = 1
   AND stands.amount <> CASE WHEN o.status = 'declined' THEN 0
       ELSE worth.amount - coalesce(billed.gross, 0) + coalesce(used.amount, 0) END
 ORDER BY o.id
"""

NUMBERS = """
SELECT owner.code, given.kind, coalesce(series.last, 0), given.documents, given.highest
  FROM (SELECT seller_id, 'invoice' AS kind, count(*) AS documents,
               max(substring(number FROM '[0-9]+$')::bigint) AS highest
          FROM invoicing_invoice WHERE number <> '' GROUP BY 1
        UNION ALL
        SELECT seller_id, 'credit_note', count(*), max(substring(number FROM '[0-9]+$')::bigint)
          FROM invoicing_creditnote GROUP BY 1) AS given
  JOIN parties_organization owner ON owner.id = given.seller_id
  LEFT JOIN core_numberseries series ON series.organization_id = given.seller_id AND series.kind = given.kind
 WHERE given.documents <> coalesce(series.last, 0) OR given.highest <> coalesce(series.last, 0)
"""


@check("invoicing: totals are sums of lines")
def totals() -> Iterator[Difference]:
    """Every sum of an invoice and a credit note, from its lines, orders and notes."""
    for number, name, expected, found in rows_of(SUMS, None):
        yield Difference(f"invoice {number} {name}", expected, found)
    for number, name, expected, found in rows_of(NOTES, None):
        yield Difference(f"credit note {number} {name}", expected, found)


@check("invoicing: order lines agree with invoices")
def counters() -> Iterator[Difference]:
    """What is invoiced of every order line, and that parts of a whole line sum to it."""
    for line_id, expected, found in rows_of(COUNTERS, None):
        yield Difference(f"order line {line_id} invoiced", expected, found)
    for line_id, expected, found in rows_of(PARTS, None):
        yield Difference(f"order line {line_id} gross of its invoices", expected, found)


@check("invoicing: the ledger agrees with invoices")
def ledger() -> Iterator[Difference]:
    """An open item for each order of an issued invoice, and a posting for each document."""
    for number, expected, found in rows_of(OPEN_ITEMS, None):
        yield Difference(f"invoice {number} open item", expected, found)
    for number, expected, found in rows_of(POSTED, None):
        yield Difference(f"document {number} posted to receivables", expected, found)


@check("invoicing: credit agrees with orders")
def value_of_orders() -> Iterator[Difference]:
    """What credit counts of an order before its invoice is what the order says (credit-and-ledger §4, §11.3)."""
    for number, expected, found in rows_of(CREDIT, None):
        yield Difference(f"{number} not invoiced", expected, found)


@check("invoicing: numbers have no gaps")
def numbers() -> Iterator[Difference]:
    """Invoices and credit notes are numbered by the seller when they are issued."""
    for code, kind, last, documents, highest in rows_of(NUMBERS, None):
        yield Difference(f"{kind} numbers of {code}", f"1 to {last}", f"{documents} documents up to {highest}")
