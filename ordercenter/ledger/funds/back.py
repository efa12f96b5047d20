"""Undo what documents used of funds: give it back to its grants, or promise it to the order again."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from marketplace.core.actor import Actor
from ordercenter.ledger.funds.kinds import FundTreatment
from ordercenter.ledger.funds.moving import GrantMove, move_grants
from ordercenter.ledger.funds.parts import to_return, to_unuse
from ordercenter.ledger.funds.promises import FundMoved, FundPart, FundUsePart, Share, read_moving
from ordercenter.ledger.funds.reserve import count, restored_until, rounds
from ordercenter.ledger.funds.terms import ZERO
from ordercenter.ledger.funds.uses import post_uses
from ordercenter.ledger.kinds import LedgerEntryKind


def give_back_all(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    """Give back what was used for units that are returned, last used grant first: Dr RECEIVABLE or REVENUE, Cr fund.

    What goes back to a grant that has ended may be used for `restore_days` from now.
    """
    return [moved for batch in rounds(parts) for moved in _give_back(actor, batch)]


def _give_back(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    with transaction.atomic():
        moving = read_moving(parts, _Returned(), lambda promise: promise.kept, by_use=True)
        if moving is None:
            return []
        count(moving, "returned")
        restored = restored_until(actor, moving)
        move_grants(
            GrantMove(r.grant_id, remaining=amount, restored_to=restored.get(r.grant_id))
            for r, amount in moving.reservations
        )
        return post_uses(actor, moving, Decimal(-1), LedgerEntryKind.REVERSE)


class _Returned:
    """What of each share comes back; those that paid a line together no more than the most of it."""

    def __init__(self) -> None:
        self.left: dict[int, Decimal] = {}

    def __call__(self, share: Share, part: FundPart) -> Decimal:
        amount = to_return(share, part.end, part.quantity, share.currency)
        if share.treatment == FundTreatment.PAYMENT and part.most is not None:
            left = self.left.get(share.line_id, part.most)
            amount = min(amount, left)
            self.left[share.line_id] = left - amount
        return amount


def unuse_all(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    """Promise to orders again what a document had used that is undone: Dr RECEIVABLE or REVENUE, Cr fund.

    `end` of a line: what of it stays invoiced. The grants have promised it afterwards, as before the document.
    """
    return [moved for batch in rounds(parts) for moved in _unuse(actor, batch)]


def _unuse(actor: Actor, parts: Sequence[FundUsePart]) -> list[FundMoved]:
    with transaction.atomic():
        moving = read_moving(parts, _unused, lambda promise: promise.kept, by_use=True)
        if moving is None:
            return []
        count(moving, "used", -1)
        move_grants(GrantMove(r.grant_id, remaining=amount, reserved=amount) for r, amount in moving.reservations)
        return post_uses(actor, moving, Decimal(-1), LedgerEntryKind.REVERSE)


def _unused(share: Share, part: FundPart) -> Decimal:
    return to_unuse(share, part.end, part.quantity, share.currency) if share.kept else ZERO
