"""Put money into fund accounts, and take a grant back that nobody has used (credit-and-ledger §2, §6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record_all
from marketplace.core.money import round_money
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from ordercenter.ledger.accounts import AccountKey, lock_accounts
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.kinds import CONTRA, MONEY, FundCause, FundKind
from ordercenter.ledger.funds.models import FundGrant, FundUse, FundUseRule
from ordercenter.ledger.funds.moving import GrantMove, move_grants
from ordercenter.ledger.funds.shares import amount_problem
from ordercenter.ledger.kinds import AccountKind, LedgerEntryKind
from ordercenter.ledger.models import LedgerAccount, LedgerPosting
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all, reverse

#: What ends unused goes back to the cost; an accrual that paid it is settled and stays so.
COST_OF = {
    AccountKind.REBATE_ACCRUAL: AccountKind.REBATE_COST,
    AccountKind.EXPENSE_ACCRUAL: AccountKind.EXPENSE_COST,
    AccountKind.REBATE_COST: AccountKind.REBATE_COST,
    AccountKind.EXPENSE_COST: AccountKind.EXPENSE_COST,
    AccountKind.INTEREST_COST: AccountKind.INTEREST_COST,
}


@dataclass(frozen=True, slots=True)
class GrantDraft:
    """An amount that comes into a fund account, from `contra` (whose organization keeps the books).

    Source, seq and account are its key: the same again answers the grant that is there. `valid_from`, `valid_to`: None
    is open; money does not end. `use_rule_id`: it is used by this rule alone; `variant_ids`: it pays these alone.
    `contra_due_on`: a contra on RECEIVABLE opens an item due then, which the caller clears.
    """

    partnership_id: int
    kind: FundKind
    currency: str
    amount: Decimal
    source_kind: str
    source_id: int
    contra: AccountKey
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    use_rule_id: int | None = None
    variant_ids: Sequence[int] = ()
    seq: int = 1
    number: str = ""
    entry_kind: str = LedgerEntryKind.TOP_UP
    value_date: date | None = None
    contra_due_on: date | None = None
    memo: str = ""

    @property
    def account(self) -> AccountKey:
        """The fund account it comes into."""
        return AccountKey(self.contra.organization_id, str(self.kind), self.currency, self.partnership_id)


Key = tuple[int, str, int, int]


def grant_all(actor: Actor, drafts: Sequence[GrantDraft]) -> list[FundGrant]:
    """Post Dr contra, Cr fund account for each draft, and keep it as a grant; twelve statements at most.

    Answers the grants in the order of the drafts, those that were there before among them. Raises all problems at once,
    each with its index: INVALID, AMOUNT_PRECISION, NOT_FOUND (partnership or rule), FUND_NOT_ALLOWED (money that ends).
    """
    raise_all(_problems(drafts))
    if not drafts:
        return []
    with transaction.atomic():
        accounts = lock_accounts(key for draft in drafts for key in (draft.account, draft.contra))
        keys = [_key(draft, accounts) for draft in drafts]
        known = _known(drafts, accounts)
        fresh = {key: draft for key, draft in zip(keys, drafts, strict=True) if key not in known}
        postings = post_all(actor, [_posting(draft) for draft in fresh.values()])
        rows = [
            _grant(draft, accounts[draft.account], posting)
            for draft, posting in zip(fresh.values(), postings, strict=True)
        ]
        made = dict(zip(fresh, FundGrant.objects.bulk_create(rows), strict=True))
        record_all(actor, [_granted(grant) for grant in made.values()])
    return [made[key] if key in made else known[key] for key in keys]


def _problems(drafts: Sequence[GrantDraft]) -> Iterator[DomainError]:
    owners = {(draft.use_rule_id, draft.contra.organization_id) for draft in drafts if draft.use_rule_id}
    rules = set(
        FundUseRule.objects.filter(pk__in=[pk for pk, _owner in owners]).values_list("pk", "organization_id", "kind")
        if owners
        else ()
    )
    for index, draft in enumerate(drafts):
        problem = amount_problem(draft.amount, draft.currency, index=index)
        if problem:
            yield problem
        yield from window_problems(draft.kind, draft.valid_from, draft.valid_to, index)
        named = (draft.use_rule_id, draft.contra.organization_id, str(draft.kind))
        if draft.use_rule_id and named not in rules:
            yield not_found("use_rule", index)


def window_problems(
    kind: FundKind, valid_from: datetime | None, valid_to: datetime | None, index: int | None = None
) -> Iterator[DomainError]:
    """INVALID for an end before the start; FUND_NOT_ALLOWED for money that would end: it is the buyer's own."""
    if valid_to and valid_from and valid_to <= valid_from:
        yield DomainError(CoreErrorCode.INVALID, _("The end must be after the start."), "valid_to", index)
    if valid_to and kind in MONEY:
        text = _("Money that was paid in does not end.")
        yield DomainError(FundErrorCode.FUND_NOT_ALLOWED, text, "valid_to", index)


def _key(draft: GrantDraft, accounts: Mapping[AccountKey, LedgerAccount]) -> Key:
    return accounts[draft.account].pk, str(draft.source_kind), draft.source_id, draft.seq


def _known(drafts: Sequence[GrantDraft], accounts: Mapping[AccountKey, LedgerAccount]) -> dict[Key, FundGrant]:
    rows = FundGrant.objects.filter(
        account__in={accounts[draft.account].pk for draft in drafts},
        source_kind__in={str(draft.source_kind) for draft in drafts},
        source_id__in={draft.source_id for draft in drafts},
    )
    return {(row.account_id, row.source_kind, row.source_id, row.seq): row for row in rows}


def _posting(draft: GrantDraft) -> PostingDraft:
    entries = (
        EntryDraft(draft.contra, draft.amount, draft.entry_kind, due_on=draft.contra_due_on),
        EntryDraft(draft.account, -draft.amount, draft.entry_kind),
    )
    return PostingDraft(
        draft.contra.organization_id,
        str(draft.source_kind),
        draft.source_id,
        f"fund.grant.{draft.kind}.{draft.partnership_id}",
        entries,
        draft.seq,
        value_date=draft.value_date,
        memo=draft.memo,
        number=draft.number,
    )


def _grant(draft: GrantDraft, account: LedgerAccount, posting: LedgerPosting) -> FundGrant:
    contra = AccountKind(draft.contra.kind)
    assert account.partner_id is not None, "a fund account is somebody's"
    return FundGrant(
        seller_id=account.organization_id,
        buyer_id=account.partner_id,
        partnership_id=draft.partnership_id,
        account=account,
        kind=draft.kind,
        currency=draft.currency,
        source_kind=draft.source_kind,
        source_id=draft.source_id,
        seq=draft.seq,
        number=draft.number,
        amount=draft.amount,
        remaining=draft.amount,
        valid_from=draft.valid_from or BEGINNING,
        valid_to=draft.valid_to or FOREVER,
        use_rule_id=draft.use_rule_id,
        variant_ids=sorted(draft.variant_ids),
        cost_kind=COST_OF.get(contra, CONTRA[FundKind(draft.kind)]),
        entry_id=posting.entry_ids[1],
    )


def _granted(grant: FundGrant) -> DomainEvent:
    return DomainEvent("fund.granted", "fund_grant", grant.pk, (grant.seller_id, grant.buyer_id), facts_of(grant))


def facts_of(grant: FundGrant) -> dict[str, Any]:
    """What an event tells of a grant."""
    return {
        "kind": str(grant.kind),
        "currency": grant.currency,
        "amount": str(grant.amount),
        "number": grant.number,
        "partnership": grant.partnership_id,
    }


def take_back(actor: Actor, grant_id: int) -> FundGrant:
    """Undo a grant of one's own books of which nothing is used or promised: its posting is reversed.

    Raises NOT_FOUND; FUND_USED, whose message tells the part that is used or promised; FUND_NOT_ALLOWED for
    what came by a transfer.
    """
    with transaction.atomic():
        rows = FundGrant.objects.filter(pk=grant_id, seller=actor.own_id).select_related("account", "entry")
        found = rows.first()
        if found is None:
            raise not_found("grant")
        account = found.account
        lock_accounts([AccountKey(found.seller_id, account.kind, account.currency, account.partnership_id)])
        grant = rows.get()
        _unused(grant)
        assert grant.entry
        move_grants([GrantMove(grant.pk, remaining=-grant.amount)])
        posting = reverse(actor, grant.entry.posting_id)
        FundUse.objects.create(
            seller_id=grant.seller_id,
            buyer_id=grant.buyer_id,
            grant=grant,
            account=account,
            kind=grant.kind,
            amount=grant.amount,
            document_kind=FundCause.TAKE_BACK,
            document_id=grant.pk,
            number=grant.number,
            posting=posting,
        )
        event = DomainEvent(
            "fund.taken_back", "fund_grant", grant.pk, (grant.seller_id, grant.buyer_id), facts_of(grant)
        )
        record_all(actor, [event])
    grant.remaining = Decimal(0)
    return grant


def _unused(grant: FundGrant) -> None:
    if grant.source_kind == FundCause.TRANSFER:
        text = _("What was moved here is moved back by another transfer.")
        raise DomainError(FundErrorCode.FUND_NOT_ALLOWED, text, "grant")
    used = grant.amount - grant.available
    if used:
        values = {"used": round_money(used, grant.currency), "currency": grant.currency}
        text = _("%(used)s %(currency)s of it are used or promised already.") % values
        raise DomainError(FundErrorCode.FUND_USED, text, "grant")
