"""Goods leave the warehouse into the seller's TRANSIT, and arrive at the buyer's door out of it (stock §3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers, texts
from marketplace.core.errors import DomainError, raise_all
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.locking import lock_lines
from ordercenter.stock.terms import DocumentRef, ReceiveLine, ShipLine

DOCUMENTS = """documents AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(documents)s::bigint[], %(numbers)s::text[], %(ats)s::timestamptz[])
        WITH ORDINALITY AS d(document_kind, document_id, document_number, at, number)
)"""

# What was posted for the documents before. OFFSET 0 keeps it a look into the index for each document: left to itself
# the planner reads the whole ledger as soon as there are a few thousand lines.
POSTED = """posted AS (
    SELECT w.place, -sum(m.quantity) AS quantity
    FROM documents d
    JOIN LATERAL (
        SELECT * FROM stock_stockmove
        WHERE document_kind = d.document_kind AND document_id = d.document_id AND quantity < 0 OFFSET 0
    ) m ON true
    JOIN wanted w ON w.document_kind = m.document_kind AND w.document_id = m.document_id AND w.line = m.line
    GROUP BY w.place
)"""

# `fresh` leaves out what an earlier call posted: the same document again is answered as before. A demand that is not
# served in full, or was posted with another quantity, comes back as a problem and the caller's transaction ends.
SHIP = f"""
WITH {DOCUMENTS}, wanted AS (
    SELECT w.*, d.* FROM unnest(%(document_of)s::bigint[], %(places)s::bigint[], %(lines)s::bigint[],
                                %(quantities)s::numeric[], %(warehouses)s::bigint[]) WITH ORDINALITY
         AS w(document, line, line_id, quantity, warehouse_id, place)
    JOIN documents d ON d.number = w.document
), {POSTED}, fresh AS (
    SELECT w.*, sum(w.quantity) OVER (PARTITION BY w.line_id, w.warehouse_id ORDER BY w.place) AS d1
    FROM wanted w LEFT JOIN posted p USING (place) WHERE p.place IS NULL
), held AS (
    SELECT k.line_id, k.warehouse_id, a.id, a.balance_id, a.quantity - a.shipped - a.freed AS open,
           sum(a.quantity - a.shipped - a.freed) OVER (PARTITION BY k.line_id, k.warehouse_id ORDER BY a.id) AS s1
    FROM (SELECT DISTINCT line_id, warehouse_id FROM fresh) k
    JOIN stock_allocation a ON a.order_line_id = k.line_id AND a.quantity > a.shipped + a.freed
    JOIN stock_stockbalance b ON b.id = a.balance_id AND (k.warehouse_id IS NULL OR k.warehouse_id = b.warehouse_id)
), taken AS (
    SELECT f.place, h.id, h.balance_id, least(f.d1, h.s1) - greatest(f.d1 - f.quantity, h.s1 - h.open) AS quantity
    FROM fresh f JOIN held h ON h.line_id = f.line_id AND h.warehouse_id IS NOT DISTINCT FROM f.warehouse_id
    WHERE f.d1 - f.quantity < h.s1 AND h.s1 - h.open < f.d1
), shipped AS (
    UPDATE stock_allocation a SET shipped = a.shipped + t.quantity
    FROM (SELECT id, sum(quantity) AS quantity FROM taken GROUP BY id) t WHERE a.id = t.id
), moves AS (
    SELECT place, balance_id, -quantity AS quantity FROM taken
    UNION ALL
    SELECT t.place, i.id, sum(t.quantity)
    FROM taken t
    JOIN stock_stockbalance b ON b.id = t.balance_id
    JOIN stock_warehouse v ON v.organization_id = b.organization_id AND v.kind = 'transit'
    JOIN stock_stockbalance i ON i.variant_id = b.variant_id AND i.organization_id = b.organization_id
        AND i.warehouse_id = v.id AND i.batch = b.batch AND i.condition = b.condition
    GROUP BY t.place, i.id
), moved AS (
    INSERT INTO stock_stockmove (organization_id, balance_id, quantity, kind, document_kind, document_id,
                                 document_number, line, seq, reason, occurred_at, posted_by_id)
    SELECT b.organization_id, m.balance_id, m.quantity, 'shipment', w.document_kind, w.document_id,
           w.document_number, w.line, 0, '', coalesce(w.at, now()), %(user)s::bigint
    FROM moves m JOIN wanted w USING (place) JOIN stock_stockbalance b ON b.id = m.balance_id
), booked AS (
    UPDATE stock_stockbalance b
    SET on_hand = b.on_hand + m.quantity, allocated = b.allocated + least(m.left_here, 0), updated_at = now()
    FROM (SELECT balance_id, sum(quantity) AS quantity, sum(least(quantity, 0)) AS left_here
          FROM moves GROUP BY balance_id) m
    WHERE b.id = m.balance_id
)
SELECT w.place, w.quantity, coalesce(p.quantity, t.quantity, 0), p.place IS NOT NULL
FROM wanted w
LEFT JOIN posted p USING (place)
LEFT JOIN (SELECT place, sum(quantity) AS quantity FROM taken GROUP BY place) t USING (place)
WHERE w.quantity <> coalesce(p.quantity, t.quantity, 0)
"""

ARRIVING = """
WITH wanted AS (
    SELECT DISTINCT * FROM unnest(%(sellers)s::bigint[], %(buyers)s::bigint[], %(variants)s::bigint[])
         AS w(seller_id, buyer_id, variant_id)
)"""

PREPARE_ARRIVAL = f"""{ARRIVING}
INSERT INTO stock_stockbalance
    (organization_id, warehouse_id, variant_id, batch, condition, on_hand, allocated, reserved)
SELECT DISTINCT w.buyer_id, c.default_warehouse_id, w.variant_id, t.batch, 'sellable', 0, 0, 0
FROM wanted w
JOIN stock_stocksettings c ON c.organization_id = w.buyer_id AND c.default_warehouse_id IS NOT NULL
JOIN stock_warehouse v ON v.organization_id = w.seller_id AND v.kind = 'transit'
JOIN stock_stockbalance t ON t.variant_id = w.variant_id AND t.organization_id = w.seller_id AND t.warehouse_id = v.id
    AND t.condition = 'sellable' AND t.on_hand > 0
LEFT JOIN stock_stockbalance i ON i.variant_id = w.variant_id AND i.organization_id = w.buyer_id
    AND i.warehouse_id = c.default_warehouse_id AND i.batch = t.batch AND i.condition = 'sellable'
WHERE i.id IS NULL
ORDER BY 1, 3, 4
ON CONFLICT DO NOTHING
"""

LOCK_ARRIVAL = f"""{ARRIVING}, moving AS MATERIALIZED (
    SELECT t.id FROM wanted w
    JOIN stock_warehouse v ON v.organization_id = w.seller_id AND v.kind = 'transit'
    JOIN LATERAL (
        SELECT id FROM stock_stockbalance
        WHERE variant_id = w.variant_id AND organization_id = w.seller_id AND warehouse_id = v.id OFFSET 0
    ) t ON true
    UNION
    SELECT t.id FROM wanted w
    JOIN stock_stocksettings c ON c.organization_id = w.buyer_id
    JOIN LATERAL (
        SELECT id FROM stock_stockbalance
        WHERE variant_id = w.variant_id AND organization_id = w.buyer_id AND warehouse_id = c.default_warehouse_id
        OFFSET 0
    ) t ON true
)
SELECT b.id FROM stock_stockbalance b JOIN moving ON moving.id = b.id
ORDER BY b.id FOR NO KEY UPDATE OF b
"""

RECEIVE = f"""
WITH {DOCUMENTS}, wanted AS (
    SELECT w.*, d.* FROM unnest(%(document_of)s::bigint[], %(places)s::bigint[], %(sellers)s::bigint[],
                                %(buyers)s::bigint[], %(variants)s::bigint[], %(quantities)s::numeric[])
         WITH ORDINALITY AS w(document, line, seller_id, buyer_id, variant_id, quantity, place)
    JOIN documents d ON d.number = w.document
), {POSTED}, fresh AS (
    SELECT w.*, sum(w.quantity) OVER (PARTITION BY w.seller_id, w.variant_id ORDER BY w.place) AS d1
    FROM wanted w LEFT JOIN posted p USING (place) WHERE p.place IS NULL
), held AS (
    SELECT k.seller_id, k.variant_id, t.id AS balance_id, t.batch, t.on_hand AS there,
           sum(t.on_hand) OVER (PARTITION BY k.seller_id, k.variant_id ORDER BY t.id) AS s1
    FROM (SELECT DISTINCT seller_id, variant_id FROM fresh) k
    JOIN stock_warehouse v ON v.organization_id = k.seller_id AND v.kind = 'transit'
    JOIN stock_stockbalance t ON t.variant_id = k.variant_id AND t.organization_id = k.seller_id
        AND t.warehouse_id = v.id AND t.condition = 'sellable' AND t.on_hand > 0
), taken AS (
    SELECT f.place, f.buyer_id, f.variant_id, h.balance_id, h.batch,
           least(f.d1, h.s1) - greatest(f.d1 - f.quantity, h.s1 - h.there) AS quantity
    FROM fresh f JOIN held h USING (seller_id, variant_id)
    WHERE f.d1 - f.quantity < h.s1 AND h.s1 - h.there < f.d1
), moves AS (
    SELECT place, balance_id, -quantity AS quantity FROM taken
    UNION ALL
    SELECT t.place, i.id, sum(t.quantity)
    FROM taken t
    JOIN stock_stocksettings c ON c.organization_id = t.buyer_id
    JOIN stock_stockbalance i ON i.variant_id = t.variant_id AND i.organization_id = t.buyer_id
        AND i.warehouse_id = c.default_warehouse_id AND i.batch = t.batch AND i.condition = 'sellable'
    GROUP BY t.place, i.id
), moved AS (
    INSERT INTO stock_stockmove (organization_id, balance_id, quantity, kind, document_kind, document_id,
                                 document_number, line, seq, reason, occurred_at, posted_by_id)
    SELECT b.organization_id, m.balance_id, m.quantity, 'receipt', w.document_kind, w.document_id,
           w.document_number, w.line, 0, '', coalesce(w.at, now()), %(user)s::bigint
    FROM moves m JOIN wanted w USING (place) JOIN stock_stockbalance b ON b.id = m.balance_id
), booked AS (
    UPDATE stock_stockbalance b SET on_hand = b.on_hand + m.quantity, updated_at = now()
    FROM (SELECT balance_id, sum(quantity) AS quantity FROM moves GROUP BY balance_id) m
    WHERE b.id = m.balance_id
)
SELECT w.place, w.quantity, coalesce(p.quantity, t.quantity, 0), p.place IS NOT NULL
FROM wanted w
LEFT JOIN posted p USING (place)
LEFT JOIN (SELECT place, sum(quantity) AS quantity FROM taken GROUP BY place) t USING (place)
WHERE w.quantity <> coalesce(p.quantity, t.quantity, 0)
"""


def ship_out(actor: Actor, lines: Sequence[ShipLine], *, at: datetime | None = None, locked: bool = False) -> None:
    """Take what is allocated to these order lines out of its warehouses, into TRANSIT (stock §3).

    Three statements for any number of lines and documents. A document that was posted before with the same quantities
    changes nothing. `locked`: the caller has called `lock_lines(ids, shipping=True)` for all of them, and locked what
    comes after in the one order since. Raises, with the index of each line: NOT_ALLOCATED for more than the line holds
    (in that warehouse), MOVE_CONFLICT for a document posted before with another quantity.
    """
    if not lines:
        return
    values = {
        **_documents(lines, at),
        "lines": numbers(line.order_line_id for line in lines),
        "warehouses": numbers(line.warehouse_id for line in lines),
        "user": actor.user_id,
    }
    with transaction.atomic(savepoint=False):
        if not locked:
            lock_lines((line.order_line_id for line in lines), shipping=True)
        raise_all(_problems(_run(SHIP, values), StockErrorCode.NOT_ALLOCATED))


def receive_in(actor: Actor, lines: Sequence[ReceiveLine], *, at: datetime | None = None, locked: bool = False) -> None:
    """Take what buyers received out of the sellers' TRANSIT, into the default warehouse of a buyer that has one.

    A buyer without one does not keep stock here: the goods leave the network. What was shipped and not received stays
    in TRANSIT. `locked`: the caller has called `lock_arrival` for these lines. Raises STOCK_NEGATIVE for more than is
    on its way, MOVE_CONFLICT as in `ship_out`.
    """
    if not lines:
        return
    values = {
        **_documents(lines, at),
        "sellers": numbers(line.seller_id for line in lines),
        "buyers": numbers(line.buyer_id for line in lines),
        "variants": numbers(line.variant_id for line in lines),
        "user": actor.user_id,
    }
    with transaction.atomic(savepoint=False):
        if not locked:
            lock_arrival((line.seller_id, line.buyer_id, line.variant_id) for line in lines)
        raise_all(_problems(_run(RECEIVE, values), StockErrorCode.STOCK_NEGATIVE))


def lock_arrival(goods: Iterable[tuple[int, int, int]]) -> None:
    """Lock the balances that `receive_in` will move, making those of the buyers that are not there yet (level 4).

    `goods`: seller, buyer and variant of each line.
    """
    wanted = set(goods)
    values = {
        "sellers": numbers(seller_id for seller_id, _buyer, _variant in wanted),
        "buyers": numbers(buyer_id for _seller, buyer_id, _variant in wanted),
        "variants": numbers(variant_id for _seller, _buyer, variant_id in wanted),
    }
    with connection.cursor() as cursor:
        cursor.execute(PREPARE_ARRIVAL, values)
        cursor.execute(LOCK_ARRIVAL, values)


def _documents(lines: Sequence[ShipLine] | Sequence[ReceiveLine], at: datetime | None) -> dict[str, Any]:
    """The documents of the lines, each once, and what both statements take of every line."""
    order: dict[DocumentRef, int] = {}
    document_of = [order.setdefault(line.document, len(order) + 1) for line in lines]
    return {
        "kinds": texts(document.kind for document in order),
        "documents": numbers(document.id for document in order),
        "numbers": texts(document.number for document in order),
        "ats": texts(document.at or at for document in order),
        "document_of": numbers(document_of),
        "places": numbers(line.line for line in lines),
        "quantities": numbers(line.quantity for line in lines),
    }


def _run(statement: str, values: dict[str, Any]) -> list[tuple[int, Decimal, Decimal, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _problems(rows: list[tuple[int, Decimal, Decimal, bool]], short: StockErrorCode) -> Iterator[DomainError]:
    """Errors from rows of (place from 1, wanted, got, whether it had been posted before)."""
    for place, wanted, got, before in sorted(rows):
        numbers = {"wanted": f"{wanted.normalize():f}", "got": f"{got.normalize():f}"}
        if before:
            text = _("Posted before with %(got)s, not %(wanted)s.") % numbers
            yield DomainError(StockErrorCode.MOVE_CONFLICT, text, "quantity", place - 1)
        elif short is StockErrorCode.NOT_ALLOCATED:
            text = _("%(wanted)s to ship, but only %(got)s allocated.") % numbers
            yield DomainError(short, text, "quantity", place - 1)
        else:
            text = _("%(wanted)s received, but only %(got)s on the way.") % numbers
            yield DomainError(short, text, "quantity", place - 1)
