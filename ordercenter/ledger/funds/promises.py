"""What orders have of funds, as it stands under lock, and which of it an event moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.arrays import numbers, texts
from ordercenter.ledger.funds.kinds import FundKind, FundTreatment
from ordercenter.ledger.funds.moving import lock_orders
from ordercenter.ledger.funds.parts import Promise, drawn
from ordercenter.ledger.funds.terms import ZERO


@dataclass(frozen=True, slots=True)
class FundPart:
    """The units of an order line from `start` to `end`, cumulative, of its `quantity`.

    Used: invoiced so far. Freed: cancelled so far, from the end of the line. Given back: returned so far; `most`: what
    had paid the line gets no more back in all.
    """

    order_line_id: int
    start: Decimal
    end: Decimal
    quantity: Decimal
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FundUsePart:
    """What a document does with the funds of one order. The same order, document and seq happen once.

    `on`: the day of what comes back; the debit on RECEIVABLE is then an open item, which the caller clears.
    """

    order_id: int
    lines: Sequence[FundPart]
    document_kind: str = ""
    document_id: int = 0
    seq: int = 1
    number: str = ""
    on: date | None = None


@dataclass(slots=True)
class FundMoved:
    """What moved between an order and one fund account, in the account's currency; always above 0.

    `entry_id`: of a use or a return, the entry on RECEIVABLE (of treatment PAYMENT) that clears the document's open
    item, with `use_ids` behind it; `open_item_id`: the item that a return on a day opened.
    """

    order_id: int
    partnership_id: int
    currency: str
    kind: FundKind
    treatment: FundTreatment
    account_id: int
    amount: Decimal
    entry_id: int | None = None
    open_item_id: int | None = None
    document_id: int = 0
    use_ids: list[int] = field(default_factory=list)
    lines: dict[int, Decimal] = field(default_factory=dict)


#: What orders still have of funds; the lines of some orders, or all of them.
READ_SHARES = """
SELECT s.id, s.amount, s.used, s.freed, s.returned, s.order_id, s.order_line_id, s.account_id, s.kind, s.treatment,
       a.partnership_id, a.currency, s.seller_id, s.buyer_id
FROM funds_fundshare s JOIN ledger_ledgeraccount a ON a.id = s.account_id
WHERE s.order_id = ANY(%(orders)s::bigint[])
  AND (%(lines)s::bigint[] IS NULL OR s.order_line_id = ANY(%(lines)s::bigint[]))
ORDER BY s.order_id, s.order_line_id, s.id
"""
#: In the order in which they were taken; the last use of each, as what comes back goes to the last one used first.
READ_RESERVATIONS = """
SELECT r.id, r.amount, r.used, r.freed, r.returned, r.order_id, r.account_id, r.treatment, r.grant_id, g.usable_to,
       coalesce((SELECT max(u.id) FROM funds_funduse u WHERE u.reservation_id = r.id AND u.amount > 0), 0)
FROM funds_fundreservation r JOIN funds_fundgrant g ON g.id = r.grant_id
WHERE r.order_id = ANY(%(orders)s::bigint[])
ORDER BY g.usable_to, g.valid_from, g.id, r.id
"""


class Share(Promise):
    """What an account pays of a line, and whose it is."""

    __slots__ = (
        "account_id",
        "buyer_id",
        "currency",
        "kind",
        "line_id",
        "order_id",
        "partnership_id",
        "seller_id",
        "treatment",
    )

    def __init__(self, row: tuple[Any, ...]) -> None:
        super().__init__(*row[:5])
        self.order_id, self.line_id, self.account_id = row[5:8]
        self.kind, self.treatment = FundKind(row[8]), FundTreatment(row[9])
        self.partnership_id, self.currency, self.seller_id, self.buyer_id = row[10:14]

    @property
    def purse(self) -> Purse:
        return self.order_id, self.account_id, self.treatment


class Reservation(Promise):
    """What a grant promised."""

    __slots__ = ("account_id", "grant_id", "last_use", "order_id", "treatment", "usable_to")

    def __init__(self, row: tuple[Any, ...]) -> None:
        super().__init__(*row[:5])
        self.order_id, self.account_id = row[5:7]
        self.treatment = FundTreatment(row[7])
        self.grant_id, self.usable_to, self.last_use = row[8:11]

    @property
    def purse(self) -> Purse:
        return self.order_id, self.account_id, self.treatment


Purse = tuple[int, int, FundTreatment]
Amount = Callable[[Share, FundPart], Decimal]


@dataclass(slots=True)
class Moving:
    """One event: which shares it moves by how much, and which reservations."""

    shares: list[tuple[Share, Decimal]]
    reservations: list[tuple[Reservation, Decimal]]
    parts: dict[int, FundUsePart]

    def moved(self) -> dict[Purse, FundMoved]:
        """By order, account and treatment."""
        found: dict[Purse, FundMoved] = {}
        for share, amount in self.shares:
            one = found.get(share.purse)
            if one is None:
                who = (share.order_id, share.partnership_id, share.currency, share.kind, share.treatment)
                document = self.parts[share.order_id].document_id
                one = found[share.purse] = FundMoved(*who, share.account_id, ZERO, document_id=document)
            one.amount += amount
            one.lines[share.line_id] = one.lines.get(share.line_id, ZERO) + amount
        return found


def read_moving(
    parts: Sequence[FundUsePart],
    amount_of: Amount,
    most: Callable[[Promise], Decimal],
    backwards: bool = False,
    by_use: bool = False,
) -> Moving | None:
    """Lock the accounts, read what is promised, and say what moves; None where nothing does."""
    by_order = {part.order_id: part for part in parts}
    if not parts or not lock_orders(by_order):
        return None
    shares, reservations = _promises(parts)
    done = _done(parts)
    wanted = {(p.order_id, line.order_line_id): line for p in parts for line in p.lines}
    moving: list[tuple[Share, Decimal]] = []
    for share in shares:
        part = by_order[share.order_id]
        line = wanted.get((share.order_id, share.line_id))
        amount = ZERO
        if (share.order_id, part.document_kind, part.document_id, part.seq) not in done:
            amount = amount_of(share, line) if line else ZERO if part.lines else most(share)
        if amount:
            moving.append((share, amount))
    if not moving:
        return None
    if backwards:
        reservations.reverse()
    if by_use:
        reservations.sort(key=lambda one: -one.last_use)
    return Moving(moving, list(_draw(moving, reservations, most)), by_order)


def _draw(
    shares: Sequence[tuple[Share, Decimal]],
    reservations: Sequence[Reservation],
    most: Callable[[Promise], Decimal],
) -> Iterator[tuple[Reservation, Decimal]]:
    """What the lines move, taken from the reservations of the same order and account in their order."""
    totals: dict[Purse, Decimal] = defaultdict(Decimal)
    for share, amount in shares:
        totals[share.purse] += amount
    by_purse: dict[Purse, list[Reservation]] = defaultdict(list)
    for one in reservations:
        by_purse[one.purse].append(one)
    for purse, total in totals.items():
        held = {one.id: one for one in by_purse[purse]}
        for key, amount in drawn(((one.id, most(one)) for one in held.values()), total):
            yield held[key], amount


def _promises(parts: Sequence[FundUsePart]) -> tuple[list[Share], list[Reservation]]:
    whole = any(not part.lines for part in parts)
    values = {
        "orders": numbers(part.order_id for part in parts),
        "lines": None if whole else numbers(line.order_line_id for part in parts for line in part.lines),
    }
    with connection.cursor() as cursor:
        cursor.execute(READ_SHARES, values)
        shares = [Share(row) for row in cursor.fetchall()]
        cursor.execute(READ_RESERVATIONS, values)
        return shares, [Reservation(row) for row in cursor.fetchall()]


DONE = """
SELECT DISTINCT u.order_id, u.document_kind, u.document_id, u.seq FROM funds_funduse u
JOIN unnest(%s::bigint[], %s::text[], %s::bigint[], %s::integer[]) AS g(order_id, kind, id, seq)
  ON u.document_kind = g.kind AND u.document_id = g.id AND u.seq = g.seq AND u.order_id = g.order_id
"""


def _done(parts: Sequence[FundUsePart]) -> set[tuple[int, str, int, int]]:
    """The events that have happened before."""
    named = [part for part in parts if part.document_kind]
    if not named:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            DONE,
            [
                numbers(part.order_id for part in named),
                texts(part.document_kind for part in named),
                numbers(part.document_id for part in named),
                numbers(part.seq for part in named),
            ],
        )
        return set(cursor.fetchall())
