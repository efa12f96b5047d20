"""Post moves of the stock room's own documents; where goods turn out to be missing, promises give way (stock §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, raise_all
from marketplace.core.events import DomainEvent, record_all
from ordercenter.stock.backorders import order_side
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.locking import Held
from ordercenter.stock.models import StockEntry
from ordercenter.stock.reservations import sweep

# Promises give way in this order: reservations, newest first; allocations, those of the order placed last first.
SHED = """
WITH missing AS (
    SELECT b.id AS balance_id, b.allocated + b.reserved - b.on_hand - c.quantity AS quantity
    FROM unnest(%(balances)s::bigint[], %(quantities)s::numeric[]) AS c(balance_id, quantity)
    JOIN stock_stockbalance b ON b.id = c.balance_id
    WHERE b.on_hand + c.quantity < b.allocated + b.reserved
), kept AS (
    SELECT r.id, r.balance_id, r.quantity AS open, m.quantity AS missing,
           sum(r.quantity) OVER (PARTITION BY r.balance_id ORDER BY r.id DESC) AS k1
    FROM missing m JOIN stock_reservation r USING (balance_id)
), unkept AS (
    SELECT id, balance_id, open, least(open, missing - (k1 - open)) AS quantity FROM kept WHERE k1 - open < missing
), deleted AS (
    DELETE FROM stock_reservation r USING unkept u WHERE r.id = u.id AND u.quantity = u.open
), reduced AS (
    UPDATE stock_reservation r SET quantity = r.quantity - u.quantity
    FROM unkept u WHERE r.id = u.id AND u.quantity < u.open
), unreserved AS (
    SELECT balance_id, sum(quantity) AS quantity FROM unkept GROUP BY balance_id
), held AS (
    SELECT a.id, a.balance_id, a.order_line_id, a.quantity - a.shipped - a.freed AS open,
           m.quantity - coalesce(u.quantity, 0) AS missing,
           sum(a.quantity - a.shipped - a.freed)
               OVER (PARTITION BY a.balance_id ORDER BY a.placed_at DESC, a.id DESC) AS h1
    FROM missing m
    LEFT JOIN unreserved u USING (balance_id)
    JOIN stock_allocation a ON a.balance_id = m.balance_id AND a.quantity > a.shipped + a.freed
), shed AS (
    SELECT id, balance_id, order_line_id, least(open, missing - (h1 - open)) AS quantity
    FROM held WHERE h1 - open < missing
), freed AS (
    UPDATE stock_allocation a SET freed = a.freed + s.quantity FROM shed s WHERE a.id = s.id
), lowered AS (
    UPDATE stock_stockbalance b
    SET reserved = b.reserved - coalesce(u.quantity, 0), allocated = b.allocated - coalesce(s.quantity, 0)
    FROM missing m
    LEFT JOIN unreserved u ON u.balance_id = m.balance_id
    LEFT JOIN (SELECT balance_id, sum(quantity) AS quantity FROM shed GROUP BY balance_id) s
        ON s.balance_id = m.balance_id
    WHERE b.id = m.balance_id
)
SELECT order_line_id, sum(quantity) FROM shed GROUP BY order_line_id
"""

POST = """
WITH moves AS (
    SELECT * FROM unnest(%(balances)s::bigint[], %(quantities)s::numeric[], %(kinds)s::text[], %(places)s::bigint[])
         AS m(balance_id, quantity, kind, line)
), moved AS (
    INSERT INTO stock_stockmove (organization_id, balance_id, quantity, kind, document_kind, document_id,
                                 document_number, line, seq, reason, occurred_at, posted_by_id)
    SELECT b.organization_id, m.balance_id, m.quantity, m.kind, %(document_kind)s, %(document)s::bigint, %(number)s,
           m.line, 0, %(reason)s, %(at)s::timestamptz, %(user)s::bigint
    FROM moves m JOIN stock_stockbalance b ON b.id = m.balance_id WHERE m.quantity <> 0
)
UPDATE stock_stockbalance b SET on_hand = b.on_hand + c.quantity, updated_at = now()
FROM (SELECT balance_id, sum(quantity) AS quantity FROM moves GROUP BY balance_id) c
WHERE b.id = c.balance_id
"""


@dataclass(frozen=True, slots=True)
class Posting:
    """One move to come: so much more or less of a balance, for a line of the document."""

    balance_id: int
    quantity: Decimal
    kind: str
    line: int


def make_room(
    actor: Actor, organization_id: int, postings: Sequence[Posting], held: Sequence[Held]
) -> dict[int, Decimal]:
    """Before moves out of locked balances: promises they would break give way; answers what order lines lost.

    Raises STOCK_NEGATIVE, with the line, where a balance would hold less than nothing. Tells the orders in this
    transaction: their lines wait again, with an event.
    """
    there = {balance.id: balance for balance in held}
    change = _change(postings)
    raise_all(
        negative(there[posting.balance_id].on_hand, posting.line)
        for posting in postings
        if posting.quantity < 0 and there[posting.balance_id].on_hand + change[posting.balance_id] < 0
    )
    if all(b.on_hand + change[b.id] >= b.allocated + b.reserved for b in held if b.id in change):
        return {}
    sweep(list(change))
    with connection.cursor() as cursor:
        cursor.execute(SHED, {"balances": list(change), "quantities": list(change.values())})
        shed = dict(cursor.fetchall())
    if shed:
        give_way(actor, organization_id, shed)
    return shed


def post(actor: Actor, entry: StockEntry, postings: Sequence[Posting]) -> None:
    """Write the moves of an entry and their balances, which are locked and have room."""
    values: dict[str, Any] = {
        "balances": [posting.balance_id for posting in postings],
        "quantities": [posting.quantity for posting in postings],
        "kinds": [str(posting.kind) for posting in postings],
        "places": [posting.line for posting in postings],
        "document_kind": f"stock_{entry.kind}",
        "document": entry.pk,
        "number": entry.number,
        "reason": entry.reason,
        "at": entry.occurred_at,
        "user": actor.user_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(POST, values)


def _change(postings: Sequence[Posting]) -> dict[int, Decimal]:
    """The sum of the postings by balance."""
    change: dict[int, Decimal] = {}
    for posting in postings:
        change[posting.balance_id] = change.get(posting.balance_id, Decimal(0)) + posting.quantity
    return change


def negative(on_hand: Decimal, index: int) -> DomainError:
    """STOCK_NEGATIVE for one line."""
    text = _("Only %(quantity)s on hand.") % {"quantity": f"{on_hand.normalize():f}"}
    return DomainError(StockErrorCode.STOCK_NEGATIVE, text, "quantity", index)


def give_way(actor: Actor, organization_id: int, shed: Mapping[int, Decimal]) -> None:
    """Tell the orders whose promise gave way: their quantity waits again, with an event, in this transaction."""
    order_side().allocation_changed(actor, {line: -quantity for line, quantity in shed.items()}, shed=True)
    record_all(
        actor,
        [
            DomainEvent("stock.shed", "order_line", line, (organization_id,), {"quantity": str(quantity)})
            for line, quantity in sorted(shed.items())
        ],
    )
