"""From the file into the table of lines: one pass, by COPY, memory flat; lines that are there already stay."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from integrations.invoices.buckets import InvoiceFile, InvoiceRow

TELL_EVERY = 1000

TEMPORARY = """
CREATE TEMPORARY TABLE invoices_incoming (
    number bigint, invoice_number text, sku text, description text, quantity numeric, unit_price numeric,
    invoiced_at timestamptz, customer text, country text, bucket text, reason text, raw jsonb
) ON COMMIT DROP
"""

COPY = "COPY invoices_incoming FROM STDIN"

# An invoice's lines are told apart by their place in it: the same file, or a longer one, says nothing twice.
PLACED = """
WITH placed AS (
    SELECT *, row_number() OVER (PARTITION BY invoice_number ORDER BY number) AS position FROM invoices_incoming
)
"""

KEEP = f"""{PLACED}
INSERT INTO invoices_invoiceline (organization_id, invoice_number, position, sku, description, quantity, unit_price,
                                  invoiced_at, customer, country, bucket, reason, detail, raw)
SELECT %(seller)s, invoice_number, position, sku, description, quantity, unit_price, invoiced_at, customer, country,
       bucket, reason, '', raw
FROM placed ORDER BY invoice_number, position
ON CONFLICT (organization_id, invoice_number, position) DO NOTHING
"""

DIFFERING = f"""{PLACED}
SELECT count(*) FROM placed p
JOIN invoices_invoiceline l ON l.organization_id = %(seller)s AND l.invoice_number = p.invoice_number
    AND l.position = p.position
WHERE (l.sku, l.quantity, l.unit_price, l.customer) IS DISTINCT FROM (p.sku, p.quantity, p.unit_price, p.customer)
"""


@dataclass(frozen=True, slots=True)
class Staged:
    """What reading a file did: its lines, those that were new, and those that say something else than before."""

    lines: int
    new: int
    differing: int


def stage(seller_id: int, file: InvoiceFile, tell: Callable[[int, int], None]) -> Staged:
    """Read the file into the table of lines; `tell(bytes read, bytes in all)` from time to time.

    All or nothing. A line that is there already is left as it is, also where the file now says something else: what was
    imported from it happened; such lines are counted.
    """
    lines = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TEMPORARY)
        with cursor.copy(COPY) as copy:
            for row in file.rows():
                copy.write_row(columns_of(row))
                lines += 1
                if lines % TELL_EVERY == 0:
                    tell(file.read, file.size)
        cursor.execute(DIFFERING, {"seller": seller_id})
        differing = cursor.fetchone()[0]
        cursor.execute(KEEP, {"seller": seller_id})
        new = cursor.rowcount
        cursor.execute("DROP TABLE invoices_incoming")
        cursor.execute("ANALYZE invoices_invoiceline")
    tell(file.size, file.size)
    return Staged(lines, new, differing)


def columns_of(row: InvoiceRow) -> tuple[Any, ...]:
    """A row in the order of the temporary table."""
    return (
        row.number,
        row.invoice,
        row.sku,
        row.description,
        row.quantity,
        row.price,
        row.at,
        row.customer,
        row.country,
        row.bucket,
        row.reason,
        None if row.raw is None else json.dumps(row.raw, ensure_ascii=False),
    )
