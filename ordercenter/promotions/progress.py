"""How much of each share is reserved and used, by how far its line has come (promotions §5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import connection

from marketplace.core.arrays import numbers
from marketplace.core.money import part_value
from ordercenter.promotions.cap_moves import Holding
from ordercenter.promotions.terms import LinePart

ZERO = Decimal(0)

# Of all lines of the orders: what caps hold is a sum over them. The caller holds the orders' locks.
READ = """
SELECT share.id, share.order_line_id, applied.id, applied.order_id, coalesce(promotion.root_id, promotion.id),
    applied.currency, share.amount, share.free_quantity, share.reserved, share.used, share.pieces_reserved,
    share.pieces_used, line.variant_id, line.uom_id, line.factor, line.kind, line.quantity
FROM promotions_appliedshare AS share
JOIN promotions_appliedpromotion AS applied ON applied.id = share.applied_id AND applied.revoked_at IS NULL
JOIN promotions_promotion AS promotion ON promotion.id = applied.promotion_id
JOIN orders_orderline AS line ON line.id = share.order_line_id
WHERE applied.order_id = ANY (%s::bigint[])
ORDER BY share.id
"""

WRITE = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[])
        AS one(id, applied_id, reserved, used, pieces_reserved, pieces_used)
),
moved AS (
    UPDATE promotions_appliedshare AS share SET reserved = given.reserved, used = given.used,
        pieces_reserved = given.pieces_reserved, pieces_used = given.pieces_used
    FROM given WHERE share.id = given.id
)
UPDATE promotions_appliedpromotion AS applied SET reserved = summed.reserved, used = summed.used
FROM (SELECT applied_id, sum(reserved) AS reserved, sum(used) AS used FROM given GROUP BY applied_id) AS summed
WHERE applied.id = summed.applied_id
"""


@dataclass(slots=True)
class ShareState:
    """One share with what it holds."""

    id: int
    line_id: int
    applied_id: int
    order_id: int
    root: int
    currency: str
    amount: Decimal
    free: Decimal
    reserved: Decimal
    used: Decimal
    pieces_reserved: Decimal
    pieces_used: Decimal
    variant_id: int | None
    uom_id: int | None
    factor: Decimal
    kind: str
    line_quantity: Decimal

    def come_to(self, part: LinePart) -> None:
        """Take over the progress: shipped from the start of the line, cancelled from its end."""
        self.used = self._upto(part.shipped, part) - self._upto(part.returned, part)
        self.reserved = self._upto(part.quantity - part.cancelled, part) - self._upto(part.shipped, part)
        if self.pieces_reserved or self.pieces_used:
            self.pieces_used = part.shipped * self.factor
            self.pieces_reserved = (part.quantity - part.cancelled - part.shipped) * self.factor

    def _upto(self, quantity: Decimal, part: LinePart) -> Decimal:
        return part_value(self.amount, part.quantity, ZERO, quantity, self.currency)

    def nothing(self) -> None:
        """Hold nothing more: the order was wholly cancelled."""
        self.reserved = self.used = self.pieces_reserved = self.pieces_used = ZERO


@dataclass(slots=True)
class Moved:
    """What follows for caps from the lines of some orders. `orders`: those that have promotions at all."""

    shares: list[ShareState]
    orders: set[int] = field(default_factory=set)
    shipped: set[int] = field(default_factory=set)
    whole: frozenset[int] = frozenset()

    def wanted(self, held: Holding) -> Holding:
        """What a cap is to hold for an order now."""
        of_order = [one for one in self.shares if (one.order_id, one.root) == (held.order_id, held.root)]
        if held.order_id in self.whole:
            return replace(held, reserved=ZERO, used=ZERO)
        if held.measure == "amount":
            reserved, used = sum((one.reserved for one in of_order), ZERO), sum((one.used for one in of_order), ZERO)
        elif held.measure == "uses":
            use = held.reserved + held.used
            started = held.order_id in self.shipped or held.used > 0
            reserved, used = (ZERO, use) if started else (use, ZERO)
        else:
            gifts = [one for one in of_order if (one.variant_id, one.uom_id) == (held.variant_id, held.uom_id)]
            reserved = sum((one.pieces_reserved / one.factor for one in gifts), ZERO)
            used = sum((one.pieces_used / one.factor for one in gifts), ZERO)
        return replace(held, reserved=reserved, used=used)


def progressed(parts: Sequence[LinePart], whole: Collection[int]) -> Moved:
    """The shares of orders as their lines have come along; one statement. `keep` writes them."""
    orders = {part.order_id for part in parts} | set(whole)
    with connection.cursor() as cursor:
        cursor.execute(READ, [numbers(orders)])
        shares = [ShareState(*row) for row in cursor.fetchall()]
    moved = Moved(shares, {one.order_id for one in shares}, whole=frozenset(whole))
    moved.shipped = {part.order_id for part in parts if part.shipped > 0} & moved.orders
    by_line = {part.order_line_id: part for part in parts}
    for one in shares:
        if one.order_id in moved.whole:
            one.nothing()
        elif part := by_line.get(one.line_id):
            one.come_to(part)
    return moved


def keep(moved: Moved) -> None:
    """Write what shares and applied promotions hold now; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(WRITE, _columns(moved.shares))


def _columns(shares: Sequence[ShareState]) -> list[str]:
    rows = [(one.id, one.applied_id, one.reserved, one.used, one.pieces_reserved, one.pieces_used) for one in shares]
    return [numbers(column) for column in zip(*rows, strict=True)]
