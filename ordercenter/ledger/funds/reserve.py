"""Promise funds to orders, use them by documents, free them, give them back (credit-and-ledger §6).

Each takes lists and answers what moved, by order and account: who keeps credit is told of CASH by the caller, as
funds know nothing of credit. Running the same event again changes nothing and answers nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers, texts
from marketplace.core.clock import database_now
from marketplace.core.columns import RowInsert
from ordercenter.ledger.accounts import AccountKey
from ordercenter.ledger.funds.kinds import FundKind, FundTreatment
from ordercenter.ledger.funds.moving import GrantMove, lock_orders, move_grants
from ordercenter.ledger.funds.outflow import end_now
from ordercenter.ledger.funds.parts import Promise, drawn, to_free, to_return, to_use
from ordercenter.ledger.funds.terms import ZERO, FundTake
from ordercenter.ledger.kinds import AccountKind, LedgerEntryKind
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all


@dataclass(frozen=True, slots=True)
class FundReserve:
    """What was taken for an order (`take.reductions`, `take.payments`). `line_ids`: the order line of each key."""

    order_id: int
    seller_id: int
    buyer_id: int
    partnership_id: int
    currency: str
    takes: Sequence[FundTake]
    line_ids: Mapping[Hashable, int]


@dataclass(frozen=True, slots=True)
class FundPart:
    """The units of an order line from `start` to `end`, cumulative, of its `quantity`.

    Used: invoiced so far. Freed: cancelled so far, from the end of the line. Given back: returned so far.
    """

    order_line_id: int
    start: Decimal
    end: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class FundUsePart:
    """What a document does with the funds of one order. The same order, document and seq happen once."""

    order_id: int
    lines: Sequence[FundPart]
    document_kind: str = ""
    document_id: int = 0
    seq: int = 1
    number: str = ""


@dataclass(slots=True)
class FundMoved:
    """What moved between an order and one fund account, in the account's currency; always above 0.

    `entry_id`: of a use or a return, the entry on RECEIVABLE (of treatment PAYMENT) that clears the document's open
    item, with `use_ids` behind it.
    """

    order_id: int
    partnership_id: int
    currency: str
    kind: FundKind
    treatment: FundTreatment
    account_id: int
    amount: Decimal
    entry_id: int | None = None
    use_ids: list[int] = field(default_factory=list)
    lines: dict[int, Decimal] = field(default_factory=dict)


RESERVATIONS = RowInsert(
    "funds_fundreservation",
    (
        ("order_id", "bigint"),
        ("seller_id", "bigint"),
        ("buyer_id", "bigint"),
        ("account_id", "bigint"),
        ("kind", "text"),
        ("treatment", "text"),
        ("grant_id", "bigint"),
        ("amount", "numeric"),
    ),
    (("used", "0"), ("freed", "0"), ("returned", "0")),
)
SHARES = RowInsert(
    "funds_fundshare",
    (
        ("order_id", "bigint"),
        ("seller_id", "bigint"),
        ("buyer_id", "bigint"),
        ("account_id", "bigint"),
        ("kind", "text"),
        ("treatment", "text"),
        ("order_line_id", "bigint"),
        ("rule_id", "bigint"),
        ("amount", "numeric"),
    ),
    (("used", "0"), ("freed", "0"), ("returned", "0")),
)


def reserve_all(actor: Actor, drafts: Sequence[FundReserve]) -> list[FundMoved]:
    """Promise to each order what was taken for it, in the transaction in which the book was locked; three statements.

    The order and its lines have to be written (or the constraints deferred) by the end of the transaction.
    """
    reservations: list[tuple[Any, ...]] = []
    shares: list[tuple[Any, ...]] = []
    moves: list[GrantMove] = []
    moved: list[FundMoved] = []
    for draft in drafts:
        for one in _by_account(draft.takes):
            head = (draft.order_id, draft.seller_id, draft.buyer_id, one.account_id, str(one.kind), str(one.treatment))
            reservations += [(*head, grant_id, amount) for grant_id, amount in one.grants.items()]
            moves += [GrantMove(grant_id, reserved=amount) for grant_id, amount in one.grants.items()]
            lines = {draft.line_ids[key]: amount for key, amount in one.lines.items()}
            shares += [(*head, line_id, one.rule_id, amount) for line_id, amount in lines.items()]
            who = (draft.order_id, draft.partnership_id, draft.currency, one.kind, one.treatment, one.account_id)
            moved.append(FundMoved(*who, one.amount, lines=lines))
    with transaction.atomic():
        RESERVATIONS.run(reservations)
        SHARES.run(shares)
        move_grants(moves)
    return moved


def _by_account(takes: Iterable[FundTake]) -> Iterator[FundTake]:
    """Takes of one account and treatment as one, whichever rules they were made by."""
    groups: dict[tuple[int, FundTreatment], list[FundTake]] = defaultdict(list)
    for take in takes:
        groups[take.account_id, take.treatment].append(take)
    for same in groups.values():
        lines: dict[Hashable, Decimal] = defaultdict(Decimal)
        grants: dict[int, Decimal] = defaultdict(Decimal)
        for take in same:
            for key, amount in take.lines.items():
                lines[key] += amount
            for grant_id, amount in take.grants.items():
                grants[grant_id] += amount
        first, amount = same[0], sum((take.amount for take in same), ZERO)
        rule_id = first.rule_id if len({take.rule_id for take in same}) == 1 else None
        yield FundTake(
            first.kind, rule_id, first.treatment, first.account_id, first.base, first.cap, amount, lines, grants
        )


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
class _Moving:
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
                one = found[share.purse] = FundMoved(*who, share.account_id, ZERO)
            one.amount += amount
            one.lines[share.line_id] = one.lines.get(share.line_id, ZERO) + amount
        return found


def use_all(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    """Use what is promised for the units that a document bills: Dr fund account, Cr RECEIVABLE, or Cr REVENUE for what
    lowered the price. Grants are used in the order in which they were taken.

    Fourteen statements at most, for any number of orders and lines. The accounts of the partners are locked first
    (level 2), so call it before orders and documents are locked, or lock the partners by `take.lock_funds` before.
    """
    return [moved for batch in _rounds(parts) for moved in _use(actor, batch)]


def _use(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    with transaction.atomic():
        moving = _read(parts, _used, lambda promise: promise.open)
        if moving is None:
            return []
        _count(moving, "used")
        move_grants(GrantMove(r.grant_id, remaining=-amount, reserved=-amount) for r, amount in moving.reservations)
        return _post(actor, moving, Decimal(1), LedgerEntryKind.USE)


def free_all(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    """Free what is promised for units that were cancelled, the last grant taken first; without lines all that is left.

    What goes back to a grant that has ended may be used for `restore_days` from now. Seven statements at most.
    """
    return [moved for batch in _rounds(parts) for moved in _free(actor, batch)]


def _free(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    with transaction.atomic():
        moving = _read(parts, _freed, lambda promise: promise.open, backwards=True)
        if moving is None:
            return []
        _count(moving, "freed")
        restored = _restored(actor, moving)
        move_grants(
            GrantMove(r.grant_id, reserved=-amount, restored_to=restored.get(r.grant_id))
            for r, amount in moving.reservations
        )
        return list(moving.moved().values())


def give_back_all(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    """Give back what was used for units that are returned, last used grant first: Dr RECEIVABLE or REVENUE, Cr fund.

    What goes back to a grant that has ended may be used for `restore_days` from now.
    """
    return [moved for batch in _rounds(parts) for moved in _give_back(actor, batch)]


def _give_back(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    with transaction.atomic():
        moving = _read(parts, _returned, lambda promise: promise.kept, by_use=True)
        if moving is None:
            return []
        _count(moving, "returned")
        restored = _restored(actor, moving)
        move_grants(
            GrantMove(r.grant_id, remaining=amount, restored_to=restored.get(r.grant_id))
            for r, amount in moving.reservations
        )
        return _post(actor, moving, Decimal(-1), LedgerEntryKind.REVERSE)


def _rounds(parts: Sequence[FundUsePart]) -> Iterator[list[FundUsePart]]:
    """Parts in batches with each order once: two documents of one order follow each other."""
    waiting = list(parts)
    while waiting:
        batch = {part.order_id: part for part in reversed(waiting)}
        yield list(batch.values())
        waiting = [part for part in waiting if batch[part.order_id] is not part]


def _used(share: Share, part: FundPart) -> Decimal:
    return to_use(share, part.end, part.quantity, share.currency)


def _freed(share: Share, part: FundPart) -> Decimal:
    return max(to_free(share, part.end, part.quantity, share.currency), ZERO)


def _returned(share: Share, part: FundPart) -> Decimal:
    return to_return(share, part.end, part.quantity, share.currency)


def _read(
    parts: Sequence[FundUsePart],
    amount_of: Amount,
    most: Callable[[Promise], Decimal],
    backwards: bool = False,
    by_use: bool = False,
) -> _Moving | None:
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
    return _Moving(moving, list(_draw(moving, reservations, most)), by_order)


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


COUNT = """
UPDATE {table} p SET {column} = p.{column} + g.amount
FROM unnest(%s::bigint[], %s::numeric[]) AS g(id, amount) WHERE p.id = g.id
"""


def _count(moving: _Moving, column: str) -> None:
    """Count what moves on shares and reservations: two statements."""
    for table, rows in (("funds_fundshare", moving.shares), ("funds_fundreservation", moving.reservations)):
        with connection.cursor() as cursor:
            columns = [numbers(one.id for one, _amount in rows), numbers(amount for _one, amount in rows)]
            cursor.execute(COUNT.format(table=table, column=column), columns)


RESTORE_DAYS = """
SELECT o.id, coalesce(s.restore_days, 30) FROM parties_organization o
LEFT JOIN funds_fundsettings s ON s.organization_id = o.id WHERE o.id = ANY(%s::bigint[])
"""


def _restored(actor: Actor, moving: _Moving) -> dict[int, datetime]:
    """Until when what comes back to grants that have ended may be used; what had ended before ends for good now."""
    now = database_now()
    ended = {one.grant_id for one, _amount in moving.reservations if one.usable_to <= now}
    if not ended:
        return {}
    end_now(actor, ended)
    sellers = {share.order_id: share.seller_id for share, _amount in moving.shares}
    with connection.cursor() as cursor:
        cursor.execute(RESTORE_DAYS, [numbers(set(sellers.values()))])
        days = dict(cursor.fetchall())
    return {
        one.grant_id: now + timedelta(days=days[sellers[one.order_id]])
        for one, _amount in moving.reservations
        if one.grant_id in ended
    }


USES = """
INSERT INTO funds_funduse (seller_id, buyer_id, grant_id, account_id, reservation_id, order_id, kind, treatment, amount,
                           document_kind, document_id, seq, number, posting_id)
SELECT r.seller_id, r.buyer_id, r.grant_id, r.account_id, r.id, r.order_id, r.kind, r.treatment, g.amount,
       g.document_kind, g.document_id, g.seq, g.number, g.posting_id
FROM unnest(%s::bigint[], %s::numeric[], %s::text[], %s::bigint[], %s::integer[], %s::text[], %s::bigint[])
     WITH ORDINALITY AS g(reservation_id, amount, document_kind, document_id, seq, number, posting_id, n)
JOIN funds_fundreservation r ON r.id = g.reservation_id
ORDER BY g.n
RETURNING reservation_id, id
"""


def _post(actor: Actor, moving: _Moving, sign: Decimal, kind: LedgerEntryKind) -> list[FundMoved]:
    """Post what was used (sign 1) or came back (−1), one posting for each order, and write the uses."""
    moved = moving.moved()
    sellers = {share.order_id: share.seller_id for share, _amount in moving.shares}
    by_order: dict[int, list[FundMoved]] = defaultdict(list)
    for one in moved.values():
        by_order[one.order_id].append(one)
    drafts = [
        _posting(moving.parts[order_id], sellers[order_id], ones, sign, kind) for order_id, ones in by_order.items()
    ]
    postings = dict(zip(by_order, post_all(actor, drafts), strict=True))
    for order_id, ones in by_order.items():
        for place, one in enumerate(ones):
            if one.treatment == FundTreatment.PAYMENT:
                one.entry_id = postings[order_id].entry_ids[2 * place + 1]
    rows = [(one, sign * amount, moving.parts[one.order_id]) for one, amount in moving.reservations]
    with connection.cursor() as cursor:
        cursor.execute(
            USES,
            [
                numbers(one.id for one, *_rest in rows),
                numbers(amount for _one, amount, _part in rows),
                texts(part.document_kind for *_rest, part in rows),
                numbers(part.document_id for *_rest, part in rows),
                numbers(part.seq for *_rest, part in rows),
                texts(part.number for *_rest, part in rows),
                numbers(postings[one.order_id].pk for one, *_rest in rows),
            ],
        )
        purses = {one.id: one.purse for one, _amount in moving.reservations}
        for reservation_id, use_id in cursor.fetchall():
            moved[purses[reservation_id]].use_ids.append(use_id)
    return list(moved.values())


def _posting(
    part: FundUsePart, seller_id: int, ones: Iterable[FundMoved], sign: Decimal, kind: LedgerEntryKind
) -> PostingDraft:
    entries: list[EntryDraft] = []
    for one in ones:
        fund = AccountKey(seller_id, str(one.kind), one.currency, one.partnership_id)
        if one.treatment == FundTreatment.PAYMENT:
            other = AccountKey(seller_id, AccountKind.RECEIVABLE, one.currency, one.partnership_id)
        else:
            other = AccountKey(seller_id, AccountKind.REVENUE, one.currency)
        entries.append(EntryDraft(fund, sign * one.amount, kind))
        entries.append(EntryDraft(other, -sign * one.amount, kind, order_id=one.order_id))
    purpose = f"fund.{kind.value}.{part.order_id}"
    return PostingDraft(seller_id, part.document_kind, part.document_id, purpose, entries, part.seq, number=part.number)
