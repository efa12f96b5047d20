"""Set a fund account right by hand, or pay money of it out; each is posted at once, with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import record
from marketplace.core.numbering import next_numbers
from ordercenter.ledger.accounts import AccountKey, lock_accounts
from ordercenter.ledger.funds.checks import currency_problems, long_texts, partner, reason_problems
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.events import fund_event
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.kinds import CONTRA, MONEY, FundCause, FundKind
from ordercenter.ledger.funds.models import FundAdjustment
from ordercenter.ledger.funds.outflow import Outflow, take_out
from ordercenter.ledger.funds.shares import amount_problem
from ordercenter.ledger.kinds import AccountKind, LedgerEntryKind


@dataclass(frozen=True, slots=True)
class AdjustDraft:
    """So much more (above 0) or less of a fund account; `currency` '': the partnership's."""

    partnership_id: int
    kind: FundKind
    amount: Decimal
    reason: str
    currency: str = ""


def adjust(actor: Actor, draft: AdjustDraft) -> FundAdjustment:
    """Set an account right: what comes in is a grant without an end, what goes out is taken from its grants in order.

    The other side is the cost the kind is paid from, for money WRITE_OFF. Raises REQUIRED (no reason), INVALID,
    AMOUNT_PRECISION, NOT_FOUND, FUND_INSUFFICIENT for more than is free.
    """
    return _write(actor, draft, FundCause.ADJUSTMENT)


def refund(actor: Actor, draft: AdjustDraft) -> FundAdjustment:
    """Pay out of prepaid cash or a deposit what is free: Dr the account, Cr BANK; the amount is above 0.

    Raises as `adjust`, and FUND_NOT_ALLOWED for a kind that is no money.
    """
    return _write(actor, draft, FundCause.REFUND)


def _write(actor: Actor, draft: AdjustDraft, cause: FundCause) -> FundAdjustment:
    actor.require("funds.manage")
    where = partner(actor, draft.partnership_id)
    currency = draft.currency or where.currency
    raise_all([*_problems(draft, currency, cause)])
    sign = -1 if cause == FundCause.REFUND else 1
    with transaction.atomic():
        fund, contra = keys = _keys(actor, draft, currency, cause)
        lock_accounts(keys)
        row = FundAdjustment(
            seller_id=where.upstream_id,
            buyer_id=where.downstream_id,
            partnership=where,
            cause=cause,
            kind=draft.kind,
            currency=currency,
            amount=sign * draft.amount,
            reason=draft.reason.strip(),
            created_by=actor.user,
        )
        (row.number,) = next_numbers(actor.own_id, "fund_adjustment", "FA")
        row.save(force_insert=True)
        _post(actor, row, fund, contra)
        kind = "fund.refunded" if cause == FundCause.REFUND else "fund.adjusted"
        record(actor, fund_event(kind, row, (row.seller_id, row.buyer_id)))
    return row


def _problems(draft: AdjustDraft, currency: str, cause: FundCause) -> Iterator[DomainError]:
    yield from currency_problems(currency)
    paid_out = cause == FundCause.REFUND
    if not draft.amount.is_finite() or (paid_out and draft.amount < 0):
        yield DomainError(CoreErrorCode.INVALID, _("An amount above 0 is needed."), "amount")
    elif problem := amount_problem(abs(draft.amount), currency):
        yield problem
    yield from reason_problems(draft.reason)
    yield from long_texts(FundAdjustment, reason=draft.reason)
    if paid_out and draft.kind not in MONEY:
        text = _("Only money that was paid in can be paid out.")
        yield DomainError(FundErrorCode.FUND_NOT_ALLOWED, text, "kind")


def _keys(actor: Actor, draft: AdjustDraft, currency: str, cause: FundCause) -> tuple[AccountKey, AccountKey]:
    contra = CONTRA[draft.kind]
    if contra == AccountKind.BANK and cause == FundCause.ADJUSTMENT:
        contra = AccountKind.WRITE_OFF
    fund = AccountKey(actor.own_id, str(draft.kind), currency, draft.partnership_id)
    return fund, AccountKey(actor.own_id, contra, currency)


def _post(actor: Actor, row: FundAdjustment, fund: AccountKey, contra: AccountKey) -> None:
    cause = FundCause(row.cause)
    entry = LedgerEntryKind.REFUND if cause == FundCause.REFUND else LedgerEntryKind.ADJUST
    memo = row.reason[:255]
    if row.amount > 0:
        where, kind = row.partnership_id, FundKind(row.kind)
        draft = GrantDraft(
            where, kind, row.currency, row.amount, cause, row.pk, contra, number=row.number, entry_kind=entry, memo=memo
        )
        grant_all(actor, [draft])
    else:
        take_out(actor, [Outflow(fund, contra, -row.amount, cause, row.pk, entry, number=row.number, memo=memo)])
