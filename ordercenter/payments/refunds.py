"""Money that goes back: taken from what is free of the buyer's CASH account, and sent the way it came."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.money import round_money
from marketplace.core.numbering import next_numbers
from ordercenter.ledger.accounts import AccountKey, AccountKind
from ordercenter.ledger.funds.outflow import Outflow, take_out
from ordercenter.ledger.funds.shares import amount_problem
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.payments.arrive import bank_of, is_here
from ordercenter.payments.enums import PaymentStatus, RefundStatus
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.events import payment_event
from ordercenter.payments.models import Payment, Refund

PREFIX = "RF"
SOURCE = "refund"


@dataclass(frozen=True, slots=True)
class RefundDraft:
    """So much of a payment goes back, and why. `key`: the caller's own; the same key refunds once."""

    payment_id: int
    amount: Decimal
    reason: str
    key: str = ""


def payment_refund(actor: Actor, draft: RefundDraft) -> Refund:
    """Take the amount from the buyer's free CASH (Dr CASH, Cr BANK); a person sends it back by bank.

    Raises NOT_FOUND, INVALID_TRANSITION (nothing has come yet), REQUIRED (reason), INVALID, AMOUNT_PRECISION,
    REFUND_EXCEEDS (more than is left of the payment), FUND_INSUFFICIENT (it was cleared: undo that first).
    """
    actor.require("payments.manage")
    with transaction.atomic():
        payment = _locked(actor, draft.payment_id)
        known = Refund.objects.filter(key=draft.key, payment=payment).first() if draft.key else None
        if known is not None:
            return known
        raise_all(_problems(payment, draft))
        refund = Refund.objects.create(
            seller_id=payment.seller_id,
            buyer_id=payment.buyer_id,
            payment=payment,
            number=next_numbers(payment.seller_id, "refund", PREFIX)[0],
            key=draft.key or uuid4().hex,
            currency=payment.currency,
            amount=draft.amount,
            status=RefundStatus.SUCCEEDED,
            reason=draft.reason.strip(),
            created_by_id=actor.user_id,
            ended_at=database_now(),
        )
        take_out(actor, [_flow(payment, refund)])
        _count(payment, refund.amount)
        record(actor, payment_event("payment.refunded", payment, refund))
    return refund


def _locked(actor: Actor, payment_id: int) -> Payment:
    rows = Payment.objects.filter(seller=actor.own_id, pk=payment_id).select_related("seller")
    found = rows.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise not_found("payment")
    return found


def _problems(payment: Payment, draft: RefundDraft) -> list[DomainError]:
    problems = []
    if not is_here(payment):
        text = _("This payment has not come in.")
        problems.append(DomainError(CoreErrorCode.INVALID_TRANSITION, text, "payment"))
    if problem := amount_problem(draft.amount, payment.currency):
        problems.append(problem)
    elif draft.amount > payment.amount - payment.refunded:
        left = round_money(payment.amount - payment.refunded, payment.currency)
        text = _("Only %(left)s %(currency)s of it are left.") % {"left": left, "currency": payment.currency}
        problems.append(DomainError(PaymentErrorCode.REFUND_EXCEEDS, text, "amount"))
    if not draft.reason.strip():
        problems.append(DomainError(CoreErrorCode.REQUIRED, _("Say why."), "reason"))
    return problems


def _flow(payment: Payment, refund: Refund) -> Outflow:
    cash = AccountKey(payment.seller_id, AccountKind.CASH, payment.currency, payment.partnership_id)
    kind = LedgerEntryKind.ADJUST
    return Outflow(
        cash, bank_of(payment), refund.amount, SOURCE, refund.pk, kind, number=refund.number, memo=refund.reason
    )


def _count(payment: Payment, amount: Decimal) -> None:
    """What of the payment has gone back, and the status that says so."""
    payment.refunded += amount
    whole = payment.refunded == payment.amount
    payment.status = PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED
    payment.save(update_fields=["refunded", "status"])
