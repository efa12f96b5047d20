"""Promise again what closing an order freed, as it is taken up again (credit-and-ledger §6, orders §7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.errors import DomainError, raise_all
from marketplace.core.money import round_money
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.moving import GrantMove, lock_orders, move_grants
from ordercenter.ledger.funds.parts import to_promise_again
from ordercenter.ledger.funds.promises import READ_SHARES, FundMoved, FundUsePart, Moving, Purse, Share
from ordercenter.ledger.funds.reserve import COUNT, RESERVATIONS
from ordercenter.ledger.funds.terms import ZERO

#: What may be promised now of the accounts of these orders: grants that had been promised to the order first, and of
#: those that had not, the ones that any order may use. In the order in which grants are taken.
FREE = """
SELECT g.account_id, g.id, g.remaining - g.reserved, r.id, r.order_id, r.treatment, r.freed
FROM funds_fundgrant g
LEFT JOIN funds_fundreservation r ON r.grant_id = g.id AND r.order_id = ANY(%(orders)s::bigint[]) AND r.freed > 0
WHERE g.account_id = ANY(%(accounts)s::bigint[]) AND g.remaining > g.reserved
  AND g.valid_from <= now() AND g.usable_to > now()
  AND (r.id IS NOT NULL OR (g.use_rule_id IS NULL AND g.variant_ids = '{}'))
ORDER BY r.id IS NULL, g.usable_to, g.valid_from, g.id, r.id DESC
"""


@dataclass(slots=True)
class _Promised:
    """What is promised again: of which reservations, and of which grants that had promised nothing to the order."""

    kept: list[tuple[int, Decimal]] = field(default_factory=list)
    new: list[tuple[Share, int, Decimal]] = field(default_factory=list)
    moves: list[GrantMove] = field(default_factory=list)


def promise_again_all(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    """Promise again what was freed of the units that are no longer cancelled; each order once, six statements.

    `end` of a line: what of it stays cancelled. The grants that had promised it come first, then others of the account
    that any order may use. Raises FUND_INSUFFICIENT for each account that holds too little now; nothing is promised
    then. The same again promises nothing.
    """
    with transaction.atomic():
        shares = _shares(parts)
        if not shares:
            return []
        moving = Moving(shares, [], {part.order_id: part for part in parts})
        moved = moving.moved()
        free = _free(moved.values())
        promised = _Promised()
        by_purse = {share.purse: share for share, _amount in shares}
        raise_all(problem for one in moved.values() for problem in _draw(one, by_purse[_purse(one)], free, promised))
        _write(shares, promised)
    return list(moved.values())


def _purse(moved: FundMoved) -> Purse:
    return moved.order_id, moved.account_id, moved.treatment


def _shares(parts: Sequence[FundUsePart]) -> list[tuple[Share, Decimal]]:
    """What each share promises again, under the locks of the accounts.

    Of the shares of a line in one account only the last counts: those before it were freed by a change of the order.
    """
    if not parts or not lock_orders(part.order_id for part in parts):
        return []
    values = {
        "orders": numbers(part.order_id for part in parts),
        "lines": numbers(line.order_line_id for part in parts for line in part.lines),
    }
    with connection.cursor() as cursor:
        cursor.execute(READ_SHARES, values)
        rows = [Share(row) for row in cursor.fetchall()]
    last = {(share.line_id, share.purse): share for share in rows}
    lines = {line.order_line_id: line for part in parts for line in part.lines}
    found = []
    for share in last.values():
        line = lines[share.line_id]
        amount = to_promise_again(share, line.end, line.quantity, share.currency)
        if amount > 0:
            found.append((share, amount))
    return found


def _free(moved: Iterable[FundMoved]) -> dict[int, list[tuple[Any, ...]]]:
    """By account: what its grants may promise."""
    wanted = list(moved)
    values = {
        "orders": numbers(one.order_id for one in wanted),
        "accounts": numbers(sorted({one.account_id for one in wanted})),
    }
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(FREE, values)
        for row in cursor.fetchall():
            found[row[0]].append(row)
    return found


def _draw(
    one: FundMoved, share: Share, free: Mapping[int, Sequence[tuple[Any, ...]]], promised: _Promised
) -> Iterable[DomainError]:
    """Take what an account promises to an order from its grants; FUND_INSUFFICIENT where they hold too little."""
    left = one.amount
    taken: dict[int, Decimal] = defaultdict(Decimal)
    for move in promised.moves:
        taken[move.grant_id] += move.reserved
    held = ZERO
    for _account, grant_id, available, reservation_id, order_id, treatment, freed in free.get(one.account_id, ()):
        own = reservation_id is not None and (order_id, treatment) == (one.order_id, one.treatment)
        most = available - taken[grant_id]
        part = max(min(left, most, freed) if own else min(left, most), ZERO)
        if not part or (reservation_id is not None and not own):
            continue
        if own:
            promised.kept.append((reservation_id, part))
        else:
            promised.new.append((share, grant_id, part))
        promised.moves.append(GrantMove(grant_id, reserved=part))
        taken[grant_id] += part
        held += part
        left -= part
    if left > 0:
        values = {"fund": one.kind.label, "currency": one.currency}
        values |= {"needed": round_money(one.amount, one.currency), "held": round_money(held, one.currency)}
        text = _("%(fund)s had paid %(needed)s %(currency)s of what is taken up again; %(held)s are free now.")
        yield DomainError(FundErrorCode.FUND_INSUFFICIENT, text % values, "funds")


def _write(shares: Sequence[tuple[Share, Decimal]], promised: _Promised) -> None:
    tables = (("funds_fundshare", [(share.id, amount) for share, amount in shares]),)
    for table, rows in (*tables, ("funds_fundreservation", promised.kept)):
        if rows:
            with connection.cursor() as cursor:
                columns = [numbers(key for key, _amount in rows), numbers(-amount for _key, amount in rows)]
                cursor.execute(COUNT.format(table=table, column="freed"), columns)
    RESERVATIONS.run(
        [
            (
                share.order_id,
                share.seller_id,
                share.buyer_id,
                share.account_id,
                str(share.kind),
                str(share.treatment),
                grant_id,
                amount,
            )
            for share, grant_id, amount in promised.new
        ]
    )
    move_grants(promised.moves)
