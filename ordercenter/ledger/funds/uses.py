"""Post what documents use of funds, or give back, and write the uses of each grant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import connection

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers, texts
from ordercenter.ledger.accounts import AccountKey
from ordercenter.ledger.funds.kinds import FundTreatment
from ordercenter.ledger.funds.promises import FundMoved, FundUsePart, Moving, Purse
from ordercenter.ledger.kinds import AccountKind, LedgerEntryKind
from ordercenter.ledger.models import LedgerPosting
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all

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


def post_uses(actor: Actor, moving: Moving, sign: Decimal, kind: LedgerEntryKind) -> list[FundMoved]:
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
                one.open_item_id = postings[order_id].open_item_ids[2 * place + 1]
    _write(moving, postings, moved, sign)
    return list(moved.values())


def _write(
    moving: Moving, postings: Mapping[int, LedgerPosting], moved: Mapping[Purse, FundMoved], sign: Decimal
) -> None:
    """One row for each reservation; their ids go to what moved."""
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
        # What comes back opens an item of no order: it was not charged for anything, and is cleared at once.
        due = {"due_on": part.on} if part.on else {"order_id": one.order_id}
        entries.append(EntryDraft(other, -sign * one.amount, kind, **due))
    where = (seller_id, part.document_kind, part.document_id, f"fund.{kind.value}.{part.order_id}")
    return PostingDraft(*where, entries, part.seq, value_date=part.on, number=part.number)
