"""Fund transfers: from one fund account to another, of one partner or of two, with what the money is bound to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import created
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record, record_all
from marketplace.core.numbering import next_numbers
from marketplace.parties.models import Partnership
from ordercenter.ledger.accounts import AccountKey, lock_accounts
from ordercenter.ledger.funds.checks import currency_problems, long_texts, partner
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.events import fund_event
from ordercenter.ledger.funds.grants import facts_of
from ordercenter.ledger.funds.kinds import MONEY, FundCause, FundKind
from ordercenter.ledger.funds.models import FundGrant, FundTransfer
from ordercenter.ledger.funds.outflow import HeldGrant, Outflow, take_out
from ordercenter.ledger.funds.shares import amount_problem
from ordercenter.ledger.funds.top_ups import STATES
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.ledger.models import LedgerEntry


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """A transfer to be; `currency` '': that of the partnership it comes from."""

    source_id: int
    source_kind: FundKind
    target_id: int
    target_kind: FundKind
    amount: Decimal
    currency: str = ""
    note: str = ""


def create_transfer(actor: Actor, draft: TransferDraft, submit: bool = False) -> FundTransfer:
    """Write a transfer; nothing moves before it is submitted, which may be at once.

    Raises all problems at once: INVALID (the same account twice), AMOUNT_PRECISION, NOT_FOUND, FUND_NOT_ALLOWED for
    what was promised as a benefit and would become money.
    """
    actor.require("funds.manage")
    source, target = partner(actor, draft.source_id, "source"), partner(actor, draft.target_id, "target")
    currency = draft.currency or source.currency
    raise_all([*_problems(draft, currency)])
    with transaction.atomic():
        row = FundTransfer(
            organization_id=actor.own_id,
            source=source,
            source_kind=draft.source_kind,
            target=target,
            target_kind=draft.target_kind,
            currency=currency,
            amount=draft.amount,
            note=draft.note.strip(),
            created_by=actor.user,
        )
        (row.number,) = next_numbers(actor.own_id, "fund_transfer", "FX")
        row.save(force_insert=True)
        record(actor, fund_event("fund.transfer_created", row, (row.organization_id,), created(row)))
        return submit_transfer(actor, row.pk) if submit else row


def _problems(draft: TransferDraft, currency: str) -> Iterator[DomainError]:
    yield from currency_problems(currency)
    if problem := amount_problem(draft.amount, currency):
        yield problem
    yield from long_texts(FundTransfer, note=draft.note)
    if (draft.source_id, draft.source_kind) == (draft.target_id, draft.target_kind):
        yield DomainError(CoreErrorCode.INVALID, _("Choose another account to transfer to."), "target_kind")
    if draft.target_kind in MONEY and draft.source_kind not in MONEY:
        text = _("Only money that was paid in can become money.")
        yield DomainError(FundErrorCode.FUND_NOT_ALLOWED, text, "target_kind")


def submit_transfer(actor: Actor, transfer_id: int) -> FundTransfer:
    """Move the money: Dr the one account, Cr the other. What it was bound to goes with it.

    Each grant that gives makes one on the other side with the same end and goods; its rule goes along within a kind.
    Raises NOT_FOUND, INVALID_TRANSITION, FUND_INSUFFICIENT for more than is free.
    """
    actor.require("funds.manage")
    with transaction.atomic():
        rows = FundTransfer.objects.filter(organization=actor.own_id, pk=transfer_id)
        row = rows.select_for_update(of=("self",), no_key=True).order_by("pk").first()
        if row is None:
            raise not_found("id")
        row.status = STATES.target("submit", row.status)
        row.posted_at = database_now()
        _move(actor, row)
        row.save(update_fields=["status", "posted_at"])
        record(actor, fund_event("fund.transfer_posted", row, (row.organization_id,)))
    return row


def _move(actor: Actor, row: FundTransfer) -> None:
    owner = row.organization_id
    source = AccountKey(owner, row.source_kind, row.currency, row.source_id)
    target = AccountKey(owner, row.target_kind, row.currency, row.target_id)
    account = lock_accounts([source, target])[target]
    kind, entry = FundCause.TRANSFER, LedgerEntryKind.TRANSFER
    flow = Outflow(source, target, row.amount, kind, row.pk, entry, number=row.number, memo=row.note[:255])
    (drawn,) = take_out(actor, [flow])
    credits = LedgerEntry.objects.filter(account=account, posting__source_kind=kind, posting__source_id=row.pk)
    where = Partnership.objects.get(pk=row.target_id)
    made = FundGrant.objects.bulk_create(_grants(row, where, drawn, account.pk, credits.get().pk))
    heard = (owner, where.downstream_id)
    record_all(actor, [DomainEvent("fund.granted", "fund_grant", one.pk, heard, facts_of(one)) for one in made])


def _grants(
    row: FundTransfer, where: Partnership, drawn: Mapping[HeldGrant, Decimal], account_id: int, entry_id: int
) -> Iterator[FundGrant]:
    for seq, (grant, amount) in enumerate(drawn.items(), 1):
        yield FundGrant(
            seller_id=row.organization_id,
            buyer_id=where.downstream_id,
            partnership=where,
            account_id=account_id,
            kind=row.target_kind,
            currency=row.currency,
            source_kind=FundCause.TRANSFER,
            source_id=row.pk,
            seq=seq,
            number=row.number,
            amount=amount,
            remaining=amount,
            valid_from=grant.valid_from,
            valid_to=grant.usable_to,
            use_rule_id=grant.use_rule_id if row.source_kind == row.target_kind else None,
            variant_ids=list(grant.variant_ids),
            cost_kind=grant.cost_kind,
            entry_id=entry_id,
        )
