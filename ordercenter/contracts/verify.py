"""What contract lines, call-offs and quotas say, recomputed from what they were made of (contracts §9)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db import connection

from marketplace.core.verify import Difference, check
from ordercenter.contracts.models import ContractText

LINES = """
SELECT c.number, l.seq, l.called_quantity, l.called_amount, coalesce(sum(o.quantity - o.freed_quantity), 0),
       coalesce(sum(o.amount - o.freed_amount), 0)
  FROM contracts_contractline l
  JOIN contracts_contract c ON c.id = l.contract_id
  LEFT JOIN contracts_contractcalloff o ON o.contract_line_id = l.id
 GROUP BY c.number, l.id
HAVING (l.called_quantity, l.called_amount)
       <> (coalesce(sum(o.quantity - o.freed_quantity), 0), coalesce(sum(o.amount - o.freed_amount), 0))
 ORDER BY l.id
"""
MOVES = """
SELECT o.id, o.quantity - o.freed_quantity, o.amount - o.freed_amount, coalesce(sum(m.quantity), 0),
       coalesce(sum(m.amount), 0)
  FROM contracts_contractcalloff o LEFT JOIN contracts_contractcalloffmove m ON m.call_off_id = o.id
 GROUP BY o.id
HAVING (o.quantity - o.freed_quantity, o.amount - o.freed_amount)
       <> (coalesce(sum(m.quantity), 0), coalesce(sum(m.amount), 0))
 ORDER BY o.id
"""
# Once no note waits, a call-off is what its order line still takes.
ORDERS = """
SELECT t.number, l.position, o.quantity - o.freed_quantity,
       CASE WHEN t.status IN ('rejected', 'declined', 'cancelled') THEN 0 ELSE l.quantity - l.cancelled END
  FROM contracts_contractcalloff o
  JOIN orders_orderline l ON l.id = o.order_line_id
  JOIN orders_order t ON t.id = o.order_id
 WHERE o.quantity - o.freed_quantity
       <> CASE WHEN t.status IN ('rejected', 'declined', 'cancelled') THEN 0 ELSE l.quantity - l.cancelled END
   AND NOT EXISTS (SELECT FROM core_outboxevent e WHERE e.dispatched_at IS NULL
                    AND e.aggregate IN ('order', 'call_off_order') AND e.aggregate_id = o.order_id)
 ORDER BY o.id
"""
QUOTAS = """
SELECT m.id, m.allocated, coalesce(sum(e.quantity), 0)
  FROM contracts_quotamember m LEFT JOIN contracts_quotaentry e ON e.member_id = m.id
 GROUP BY m.id HAVING m.allocated <> coalesce(sum(e.quantity), 0) ORDER BY m.id
"""
SIGNED = """
SELECT s.id, s.text_hash FROM contracts_contractsignature s
 WHERE s.status = 'signed' AND NOT EXISTS (
       SELECT FROM contracts_contracttext t
        WHERE t.contract_id = s.contract_id AND t.change_id IS NOT DISTINCT FROM s.change_id
          AND t.sha256 = s.text_hash)
 ORDER BY s.id
"""


@check("contracts: lines")
def lines_called() -> Iterator[Difference]:
    """What a line says is called is the sum of its call-offs less what was given back."""
    for number, seq, quantity, amount, live, worth in _rows(LINES):
        yield Difference(f"{number} / {seq}", (live, worth), (quantity, amount))


@check("contracts: call-offs")
def call_offs() -> Iterator[Difference]:
    """A call-off is the sum of its movements, and what its order line takes."""
    for key, quantity, amount, moved, worth in _rows(MOVES):
        yield Difference(f"call-off {key}", (moved, worth), (quantity, amount))
    for number, position, quantity, expected in _rows(ORDERS):
        yield Difference(f"{number} / {position}", expected, quantity)


@check("contracts: quotas")
def allocated() -> Iterator[Difference]:
    """What a member was given is the sum of its entries."""
    for key, stored, expected in _rows(QUOTAS):
        yield Difference(f"quota member {key}", expected, stored)


@check("contracts: signed texts")
def texts() -> Iterator[Difference]:
    """The bytes of each document have its hash, and every signature names that of a document of its contract."""
    for row in ContractText.objects.order_by("pk").iterator(chunk_size=20):
        found = hashlib.sha256(bytes(row.pdf)).hexdigest()
        if found != row.sha256:
            yield Difference(f"contract {row.contract_id}, text {row.pk}", row.sha256, found)
    for key, digest in _rows(SIGNED):
        yield Difference(f"signature {key}", "a document of its contract", digest)


def _rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()
