"""Follow what clearings take from fund accounts and give back, so that grants sum to their account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from marketplace.core.actor import Actor
from ordercenter.ledger.accounts import lock_accounts
from ordercenter.ledger.clearing import FundMove
from ordercenter.ledger.funds.kinds import FundCause
from ordercenter.ledger.funds.models import FundUse
from ordercenter.ledger.funds.moving import GrantMove, move_grants
from ordercenter.ledger.funds.outflow import HeldGrant, Outflow, held_grants, write_uses
from ordercenter.ledger.funds.parts import drawn
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.ledger.models import LedgerEntry


def take(actor: Actor, moves: Sequence[FundMove]) -> None:
    """Lower the grants of what clearings took: that of the payment first, then the others in their order.

    The accounts are locked by the clearing; what is promised to orders is not touched, as the posting has refused that.
    """
    accounts = lock_accounts(move.account for move in moves)
    held = held_grants(account.pk for account in accounts.values())
    given = [_draw(held[accounts[move.account].pk], move) for move in moves]
    if not any(given):
        return
    entries = LedgerEntry.objects.filter(pk__in={move.clearing.entry_id for move in moves})
    postings = dict(entries.values_list("pk", "posting"))
    write_uses((_flow(move), one, postings[move.clearing.entry_id]) for move, one in zip(moves, given, strict=True))


def _draw(grants: Sequence[HeldGrant], move: FundMove) -> dict[HeldGrant, Decimal]:
    """What each grant gives. Money posted past grants has none: the books stay right, and `verify` tells of it."""
    paid = sorted(grants, key=lambda one: one.entry_id != move.payment_entry_id)
    most = min(move.amount, sum((one.available for one in paid), Decimal(0)))
    by_id = {grant.id: grant for grant in paid}
    given = {by_id[key]: amount for key, amount in drawn(((one.id, one.available) for one in paid), most)}
    for grant, amount in given.items():
        grant.available -= amount
    return given


def _flow(move: FundMove) -> Outflow:
    number, kind = move.clearing.open_item.number, LedgerEntryKind.CLEAR
    return Outflow(move.account, move.account, move.amount, FundCause.CLEARING, move.clearing.pk, kind, number=number)


def give(actor: Actor, moves: Sequence[FundMove]) -> None:
    """Raise the grants from which undone clearings had taken."""
    undone = {move.clearing.reverses_id: move.clearing for move in moves if move.clearing.reverses_id}
    uses = FundUse.objects.filter(document_kind=FundCause.CLEARING, document_id__in=undone, amount__gt=0)
    back: dict[int, Decimal] = defaultdict(Decimal)
    rows = []
    for use in uses:
        back[use.grant_id] += use.amount
        rows.append(
            FundUse(
                seller_id=use.seller_id,
                buyer_id=use.buyer_id,
                grant_id=use.grant_id,
                account_id=use.account_id,
                kind=use.kind,
                amount=-use.amount,
                document_kind=FundCause.CLEARING,
                document_id=undone[use.document_id].pk,
                number=use.number,
            )
        )
    FundUse.objects.bulk_create(rows)
    move_grants(GrantMove(grant_id, remaining=amount) for grant_id, amount in back.items())
