"""What rebates write into the ledger: accruals as they move, and what becomes of them when they are settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from marketplace.core.actor import Actor
from ordercenter.ledger.accounts import AccountKey, AccountKind, lock_accounts
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all
from ordercenter.rebates.positions import Held

POSITION = "rebate_position"
SETTLEMENT = "rebate_settlement"


def accrual_account(seller_id: int, partnership_id: int, currency: str) -> AccountKey:
    """What the seller owes a partner in rebates, and has not settled."""
    return AccountKey(seller_id, AccountKind.REBATE_ACCRUAL, currency, partnership_id)


def cost_account(seller_id: int, currency: str) -> AccountKey:
    return AccountKey(seller_id, AccountKind.REBATE_COST, currency)


def lock_accrual_accounts(keys: Iterable[tuple[int, int, str]]) -> None:
    """Lock the accrual accounts of (seller, partnership, currency): level 2, before positions."""
    lock_accounts(accrual_account(*key) for key in sorted(set(keys)))


def post_accruals(actor: Actor, held: Sequence[Held], currencies: Mapping[int, str]) -> dict[int, int]:
    """Post what the new rows of each position add: Dr REBATE_COST, Cr REBATE_ACCRUAL; ids of postings by position."""
    drafts = {one.id: accrual_draft(one, currencies[one.line_id]) for one in held if one.touched and one.change}
    posted = post_all(actor, list(drafts.values())) if drafts else []
    return {position: posting.pk for position, posting in zip(drafts, posted, strict=True)}


def accrual_draft(one: Held, currency: str, amount: Decimal | None = None, seq: int | None = None) -> PostingDraft:
    """The posting of a position's new rows; its key is the number of the last of them."""
    amount = one.change if amount is None else amount
    entries = (
        EntryDraft(cost_account(one.seller_id, currency), amount, LedgerEntryKind.ACCRUE),
        EntryDraft(accrual_account(one.seller_id, one.partnership_id, currency), -amount, LedgerEntryKind.ACCRUE),
    )
    last = one.seq + len(one.rows) if seq is None else seq
    return PostingDraft(one.seller_id, POSITION, one.id, "accrue", entries, last)
