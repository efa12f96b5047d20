"""Take from fund accounts what no order takes: transfers, adjustments, payouts, clearings, and what ends unused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.columns import RowInsert
from marketplace.core.errors import DomainError, raise_all
from marketplace.core.events import DomainEvent, record_all
from marketplace.core.money import round_money
from ordercenter.ledger.accounts import AccountKey, lock_accounts
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.kinds import FundCause, FundKind
from ordercenter.ledger.funds.moving import GrantMove, move_grants
from ordercenter.ledger.funds.terms import ZERO
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all


@dataclass(frozen=True, slots=True)
class Outflow:
    """So much out of a fund account, to `contra`, for a document. The same document and seq take once."""

    account: AccountKey
    contra: AccountKey
    amount: Decimal
    document_kind: str
    document_id: int
    entry_kind: str
    seq: int = 1
    number: str = ""
    memo: str = ""


@dataclass(slots=True, eq=False)
class HeldGrant:
    """A grant under lock, with what its document keeps of it."""

    id: int
    account_id: int
    seller_id: int
    buyer_id: int
    kind: FundKind
    available: Decimal
    valid_from: datetime
    usable_to: datetime
    use_rule_id: int | None
    variant_ids: tuple[int, ...]
    cost_kind: str
    entry_id: int | None


HELD = """
SELECT g.id, g.account_id, g.seller_id, g.buyer_id, g.kind, g.remaining - g.reserved, g.valid_from, g.usable_to,
       g.use_rule_id, g.variant_ids, g.cost_kind, g.entry_id
FROM funds_fundgrant g
WHERE g.account_id = ANY(%s::bigint[]) AND g.remaining > g.reserved
ORDER BY g.usable_to, g.valid_from, g.id
"""

USES = RowInsert(
    "funds_funduse",
    (
        ("seller_id", "bigint"),
        ("buyer_id", "bigint"),
        ("grant_id", "bigint"),
        ("account_id", "bigint"),
        ("kind", "text"),
        ("amount", "numeric"),
        ("document_kind", "text"),
        ("document_id", "bigint"),
        ("seq", "integer"),
        ("number", "text"),
        ("posting_id", "bigint"),
    ),
    (("treatment", "''"),),
)


def held_grants(account_ids: Iterable[int]) -> dict[int, list[HeldGrant]]:
    """By account, whose lock is held: the grants that have something free, in the order in which they are taken."""
    found: dict[int, list[HeldGrant]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(HELD, [numbers(account_ids)])
        for row in cursor.fetchall():
            found[row[1]].append(_held(row))
    return found


def _held(row: tuple[Any, ...]) -> HeldGrant:
    """A grant from the columns that HELD and ENDED begin with."""
    return HeldGrant(*row[:4], FundKind(row[4]), *row[5:9], tuple(row[9]), *row[10:12])  # type: ignore[call-arg]


def take_out(actor: Actor, flows: Sequence[Outflow]) -> list[dict[HeldGrant, Decimal]]:
    """Take from each account, its grants in their order; what each gave, in the order of the flows.

    Ended grants and those that have not begun give, too: this moves money, it does not pay an order. Raises all
    problems at once: FUND_INSUFFICIENT for more than is free.
    """
    with transaction.atomic():
        accounts = lock_accounts(key for flow in flows for key in (flow.account, flow.contra))
        held = held_grants(accounts[flow.account].pk for flow in flows)
        drawn = [dict(_draw(held[accounts[flow.account].pk], flow.amount)) for flow in flows]
        raise_all(_short(flows, drawn))
        postings = post_all(actor, [_posting(flow) for flow in flows])
        write_uses(zip(flows, drawn, (posting.pk for posting in postings), strict=True))
    return drawn


def write_uses(taken: Iterable[tuple[Outflow, Mapping[Any, Decimal], int]]) -> None:
    """Write what grants gave, and lower them by it: two statements."""
    rows: list[tuple[Any, ...]] = []
    for flow, drawn, posting_id in taken:
        for grant, amount in drawn.items():
            who = (grant.seller_id, grant.buyer_id, grant.id, grant.account_id, str(grant.kind), amount)
            rows.append((*who, str(flow.document_kind), flow.document_id, flow.seq, flow.number, posting_id))
    USES.run(rows)
    move_grants(GrantMove(row[2], remaining=-row[5]) for row in rows)


def _draw(grants: Sequence[HeldGrant], amount: Decimal) -> Iterator[tuple[HeldGrant, Decimal]]:
    for grant in grants:
        part = min(amount, grant.available)
        if part > 0:
            grant.available -= part
            amount -= part
            yield grant, part


def _short(flows: Sequence[Outflow], drawn: Sequence[Mapping[Any, Decimal]]) -> Iterator[DomainError]:
    for index, (flow, given) in enumerate(zip(flows, drawn, strict=True)):
        free = sum(given.values(), ZERO)
        if free < flow.amount:
            values = {"available": round_money(free, flow.account.currency), "currency": flow.account.currency}
            text = _("%(available)s %(currency)s are free on this account.") % values
            yield DomainError(FundErrorCode.FUND_INSUFFICIENT, text, "amount", index)


def _posting(flow: Outflow) -> PostingDraft:
    entries = (
        EntryDraft(flow.account, flow.amount, flow.entry_kind),
        EntryDraft(flow.contra, -flow.amount, flow.entry_kind),
    )
    owner, purpose = flow.account.organization_id, "fund.out"
    return PostingDraft(
        owner, str(flow.document_kind), flow.document_id, purpose, entries, flow.seq, memo=flow.memo, number=flow.number
    )


#: Grants that have ended with something free; under the lock of their accounts, which is taken first.
ENDED = """
SELECT g.id, g.account_id, g.seller_id, g.buyer_id, g.kind, g.remaining - g.reserved, g.valid_from, g.usable_to,
       g.use_rule_id, g.variant_ids, g.cost_kind, g.entry_id, g.partnership_id, g.currency,
       (SELECT count(*) FROM funds_funduse u WHERE u.grant_id = g.id AND u.document_kind = 'fund_expiry')
FROM funds_fundgrant g
WHERE g.id = ANY(%s::bigint[]) AND g.usable_to <= now() AND g.remaining > g.reserved
ORDER BY g.id
"""


def end_now(actor: Actor, grant_ids: Iterable[int]) -> int:
    """Give back to the cost it came from what is free of grants that have ended; the accounts' locks are held.

    Answers how many grants gave something. What is promised to orders stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(ENDED, [numbers(sorted(set(grant_ids)))])
        rows = cursor.fetchall()
    flows, drawn = [], []
    for row in rows:
        grant = _held(row)
        partnership_id, currency, times = row[12:]
        fund = AccountKey(grant.seller_id, str(grant.kind), currency, partnership_id)
        contra = AccountKey(grant.seller_id, grant.cost_kind, currency)
        entry = LedgerEntryKind.EXPIRE
        flows.append(Outflow(fund, contra, grant.available, FundCause.EXPIRY, grant.id, entry, times + 1))
        drawn.append({grant: grant.available})
    if not flows:
        return 0
    postings = post_all(actor, [_posting(flow) for flow in flows])
    write_uses(zip(flows, drawn, (posting.pk for posting in postings), strict=True))
    record_all(actor, [_expired(flow, grant) for flow, given in zip(flows, drawn, strict=True) for grant in given])
    return len(flows)


def _expired(flow: Outflow, grant: HeldGrant) -> DomainEvent:
    payload = {"kind": str(grant.kind), "amount": str(flow.amount), "currency": flow.account.currency}
    return DomainEvent("fund.expired", "fund_grant", grant.id, (grant.seller_id, grant.buyer_id), payload)
