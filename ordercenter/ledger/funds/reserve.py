"""Promise funds to orders, use them by documents, and free them (credit-and-ledger §6).

Each takes lists and answers what moved, by order and account: who keeps credit is told of CASH by the caller, as
funds know nothing of credit. Running the same event again changes nothing and answers nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.clock import database_now
from marketplace.core.columns import RowInsert
from ordercenter.ledger.funds.kinds import FundTreatment
from ordercenter.ledger.funds.moving import GrantMove, move_grants
from ordercenter.ledger.funds.outflow import end_now
from ordercenter.ledger.funds.parts import to_free, to_use
from ordercenter.ledger.funds.promises import FundMoved, FundPart, FundUsePart, Moving, Share, read_moving
from ordercenter.ledger.funds.terms import ZERO, FundTake
from ordercenter.ledger.funds.uses import post_uses
from ordercenter.ledger.kinds import LedgerEntryKind

__all__ = [
    "FundMoved",
    "FundPart",
    "FundReserve",
    "FundUsePart",
    "free_all",
    "reserve_all",
    "use_all",
]


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


def use_all(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    """Use what is promised for the units that a document bills: Dr fund account, Cr RECEIVABLE, or Cr REVENUE for what
    lowered the price. Grants are used in the order in which they were taken.

    Fourteen statements at most, for any number of orders and lines. The accounts of the partners are locked first
    (level 2), so call it before orders and documents are locked, or lock the partners by `take.lock_funds` before.
    """
    return [moved for batch in rounds(parts) for moved in _use(actor, batch)]


def _use(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    with transaction.atomic():
        moving = read_moving(parts, _used, lambda promise: promise.open)
        if moving is None:
            return []
        count(moving, "used")
        move_grants(GrantMove(r.grant_id, remaining=-amount, reserved=-amount) for r, amount in moving.reservations)
        return post_uses(actor, moving, Decimal(1), LedgerEntryKind.USE)


def free_all(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    """Free what is promised for units that were cancelled, the last grant taken first; without lines all that is left.

    What goes back to a grant that has ended may be used for `restore_days` from now. Seven statements at most.
    """
    return [moved for batch in rounds(parts) for moved in _free(actor, batch)]


def _free(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    with transaction.atomic():
        moving = read_moving(parts, _freed, lambda promise: promise.open, backwards=True)
        if moving is None:
            return []
        count(moving, "freed")
        restored = restored_until(actor, moving)
        move_grants(
            GrantMove(r.grant_id, reserved=-amount, restored_to=restored.get(r.grant_id))
            for r, amount in moving.reservations
        )
        return list(moving.moved().values())


def rounds(parts: Sequence[FundUsePart]) -> Iterator[list[FundUsePart]]:
    """Parts in batches with each order once: two documents of one order follow each other."""
    waiting = list(parts)
    while waiting:
        batch = {part.order_id: part for part in reversed(waiting)}
        yield list(batch.values())
        waiting = [part for part in waiting if batch[part.order_id] is not part]


def _used(share: Share, part: FundPart) -> Decimal:
    return to_use(share, part.end, part.quantity, share.currency)


def _freed(share: Share, part: FundPart) -> Decimal:
    return to_free(share, part.end, part.quantity, share.currency)


COUNT = """
UPDATE {table} p SET {column} = p.{column} + g.amount
FROM unnest(%s::bigint[], %s::numeric[]) AS g(id, amount) WHERE p.id = g.id
"""


def count(moving: Moving, column: str, sign: int = 1) -> None:
    """Count what moves on shares and reservations, or take it off (sign −1): two statements."""
    for table, rows in (("funds_fundshare", moving.shares), ("funds_fundreservation", moving.reservations)):
        with connection.cursor() as cursor:
            columns = [numbers(one.id for one, _amount in rows), numbers(sign * amount for _one, amount in rows)]
            cursor.execute(COUNT.format(table=table, column=column), columns)


RESTORE_DAYS = """
SELECT o.id, coalesce(s.restore_days, 30) FROM parties_organization o
LEFT JOIN funds_fundsettings s ON s.organization_id = o.id WHERE o.id = ANY(%s::bigint[])
"""


def restored_until(actor: Actor, moving: Moving) -> dict[int, datetime]:
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
