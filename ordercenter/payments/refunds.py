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
from ordercenter.ledger.accounts import AccountKey, AccountKind, lock_accounts
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.outflow import Outflow, take_out
from ordercenter.ledger.funds.shares import amount_problem
from ordercenter.ledger.kinds import FundKind, LedgerEntryKind
from ordercenter.orders.models import Order
from ordercenter.orders.money import lock_orders
from ordercenter.payments.arrive import accounts_of, bank_of, is_here
from ordercenter.payments.count import count, order_of
from ordercenter.payments.enums import RefundStatus
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.events import payment_event
from ordercenter.payments.models import Payment, Refund
from ordercenter.payments.providers import RefundState, goes_outside, provider_of
from ordercenter.payments.recall import Gone, lock_what_it_cleared, recall

PREFIX = "RF"
SOURCE = "refund"
FAILED = (RefundStatus.FAILED, RefundStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class RefundDraft:
    """So much of a payment goes back, and why. `key`: the caller's own; the same key refunds once.

    `order_id`: the order whose price it gives back; None: the one the payment was for, where it was for one.
    """

    payment_id: int
    amount: Decimal
    reason: str
    key: str = ""
    order_id: int | None = None


def payment_refund(actor: Actor, draft: RefundDraft) -> Refund:
    """Take the amount from the buyer's free CASH (Dr CASH, Cr BANK) and send it back.

    By bank a person sends it, and it is done when this returns; through a provider it is PENDING until that has it,
    which is asked once this is committed. Raises NOT_FOUND (payment, order), INVALID_TRANSITION (nothing has come yet),
    REQUIRED (reason), INVALID, AMOUNT_PRECISION, REFUND_EXCEEDS (more than is left of the payment), FUND_INSUFFICIENT
    (it was cleared: undo that first).
    """
    actor.require("payments.manage")
    with transaction.atomic():
        payment = _locked(actor, draft.payment_id)
        known = Refund.objects.filter(key=draft.key, payment=payment).first() if draft.key else None
        if known is not None:
            return known
        raise_all(_problems(payment, draft))
        outside = goes_outside(payment.provider)
        _lock(payment, draft.order_id or order_of(payment))
        refund = _write(
            payment,
            key=draft.key or uuid4().hex,
            amount=draft.amount,
            status=RefundStatus.PENDING if outside else RefundStatus.SUCCEEDED,
            reason=draft.reason.strip(),
            order_id=draft.order_id or order_of(payment),
            created_by_id=actor.user_id,
        )
        take_out(actor, [_flow(payment, refund)])
        count(payment)
        record(actor, payment_event("payment.refunded", payment, refund))
        if outside:
            transaction.on_commit(lambda: _send_soon(refund.pk), robust=True)
    return refund


def send_refund(refund_id: int) -> None:
    """Ask the provider to send a refund that waits; again and again it is the same refund. Outside of a transaction.

    Raises PROVIDER_UNAVAILABLE: it still waits then. What the provider refuses has failed: the buyer has it again.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.status != RefundStatus.PENDING:
        return
    try:
        state = provider_of(refund.payment.provider).refund(refund)
    except DomainError as problem:
        if problem.code != PaymentErrorCode.PROVIDER_REFUSED:
            raise
        why = getattr(problem, "why", str(problem.message))
        payment = refund.payment
        state = RefundState(
            "", refund.key, payment.provider_reference, RefundStatus.FAILED, refund.amount, refund.currency, why
        )
    with transaction.atomic():
        refund_told(Payment.objects.select_for_update(no_key=True).get(pk=refund.payment_id), state)


def check_refund(refund_id: int) -> None:
    """Ask the provider how far a refund has come that it has; outside of a transaction."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    state = provider_of(refund.payment.provider).find_refund(refund)
    if state is not None:
        with transaction.atomic():
            refund_told(Payment.objects.select_for_update(no_key=True).get(pk=refund.payment_id), state)


def refund_told(payment: Payment, state: RefundState) -> None:
    """Bring a provider's refund into the books; the payment is locked. One made past this program is written down.

    What failed stays failed, even where the provider had called it done before: the money is the buyer's again, once.
    """
    own = Refund.objects.filter(payment=payment)
    refund = own.filter(provider_reference=state.reference).first() if state.reference else None
    refund = refund or (own.filter(key=state.key).first() if state.key else None)
    if refund is None:
        if state.status not in FAILED and is_here(payment):
            _made_outside(payment, state)
        return
    if refund.status in (*FAILED, state.status) and refund.provider_reference:
        return
    if state.status in FAILED and refund.status not in FAILED:
        _give_back(payment, refund)
    if refund.status not in FAILED and not (
        refund.status == RefundStatus.SUCCEEDED and state.status in (RefundStatus.PENDING, RefundStatus.PROCESSING)
    ):
        refund.status, refund.failure = state.status, state.failure[:255]
    refund.provider_reference = refund.provider_reference or state.reference
    refund.ended_at = refund.ended_at or (
        database_now() if refund.status in (*FAILED, RefundStatus.SUCCEEDED) else None
    )
    refund.save(update_fields=["status", "failure", "provider_reference", "ended_at"])
    if refund.status in FAILED:
        count(payment)
        record(Actor.system(payment.seller), payment_event("payment.refund_failed", payment, refund))


def _made_outside(payment: Payment, state: RefundState) -> None:
    """The seller sent it back at the provider: the money is gone, whatever it had been used for."""
    lock_accounts(accounts_of(payment))
    lock_what_it_cleared(payment)
    _lock(payment, order_of(payment))
    done = state.status == RefundStatus.SUCCEEDED
    refund = _write(
        payment,
        key=f"{payment.provider}:{state.reference}",
        amount=state.amount,
        status=state.status,
        reason=_("Made at the payment provider"),
        provider_reference=state.reference,
        order_id=order_of(payment),
        ended_at=database_now() if done else None,
    )
    refund.charged = recall(Gone(payment, refund.amount, SOURCE, refund.pk, refund.number))
    refund.save(update_fields=["charged"])
    count(payment)
    record(Actor.system(payment.seller), payment_event("payment.refunded", payment, refund))


def _give_back(payment: Payment, refund: Refund) -> None:
    """What was taken for it is a grant on CASH again (Dr BANK, Cr CASH)."""
    lock_accounts(accounts_of(payment))
    back = GrantDraft(
        payment.partnership_id,
        FundKind.CASH,
        payment.currency,
        refund.amount,
        SOURCE,
        refund.pk,
        bank_of(payment),
        number=refund.number,
    )
    grant_all(Actor.system(payment.seller), [back])


def _send_soon(refund_id: int) -> None:
    from ordercenter.payments import tasks

    tasks.send_one_refund.delay(refund_id)


def _locked(actor: Actor, payment_id: int) -> Payment:
    rows = Payment.objects.filter(seller=actor.own_id, pk=payment_id).select_related("seller")
    found = rows.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise not_found("payment")
    return found


def _lock(payment: Payment, order_id: int | None) -> None:
    """Accounts and order before the number (credit-and-ledger §8)."""
    lock_accounts(accounts_of(payment))
    if order_id:
        lock_orders([order_id])


def _write(payment: Payment, **fields: object) -> Refund:
    return Refund.objects.create(
        seller_id=payment.seller_id,
        buyer_id=payment.buyer_id,
        payment=payment,
        number=next_numbers(payment.seller_id, "refund", PREFIX)[0],
        currency=payment.currency,
        **({"ended_at": database_now()} if fields["status"] == RefundStatus.SUCCEEDED else {}) | fields,
    )


def _problems(payment: Payment, draft: RefundDraft) -> list[DomainError]:
    problems = []
    if not is_here(payment):
        text = _("This payment has not come in.")
        problems.append(DomainError(CoreErrorCode.INVALID_TRANSITION, text, "payment"))
    left = payment.amount - payment.refunded - payment.charged_back
    if problem := amount_problem(draft.amount, payment.currency):
        problems.append(problem)
    elif draft.amount > left:
        text = _("Only %(left)s %(currency)s of it are left.") % {
            "left": round_money(max(left, Decimal(0)), payment.currency),
            "currency": payment.currency,
        }
        problems.append(DomainError(PaymentErrorCode.REFUND_EXCEEDS, text, "amount"))
    if not draft.reason.strip():
        problems.append(DomainError(CoreErrorCode.REQUIRED, _("Say why."), "reason"))
    if draft.order_id:
        orders = Order.objects.filter(pk=draft.order_id, seller=payment.seller_id, buyer=payment.buyer_id)
        if not orders.filter(currency=payment.currency).exists():
            problems.append(not_found("order"))
    return problems


def _flow(payment: Payment, refund: Refund) -> Outflow:
    cash = AccountKey(payment.seller_id, AccountKind.CASH, payment.currency, payment.partnership_id)
    kind = LedgerEntryKind.REFUND
    return Outflow(
        cash, bank_of(payment), refund.amount, SOURCE, refund.pk, kind, number=refund.number, memo=refund.reason
    )
