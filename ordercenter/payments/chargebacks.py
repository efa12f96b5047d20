"""Payments that the payer's bank calls back: gone from the books while the provider keeps the money, back when won."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.events import record
from ordercenter.ledger.accounts import lock_accounts
from ordercenter.ledger.clearing import clear_all, oldest_first
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.kinds import FundKind
from ordercenter.payments.arrive import accounts_of, bank_of, is_here
from ordercenter.payments.count import ZERO, count
from ordercenter.payments.enums import ChargebackStatus
from ordercenter.payments.events import payment_event
from ordercenter.payments.models import Chargeback, Payment
from ordercenter.payments.providers import ChargebackState
from ordercenter.payments.recall import Gone, recall

SOURCE = "chargeback"


def chargeback_told(payment: Payment, state: ChargebackState) -> None:
    """Bring what the provider says of a call-back into the books; the payment is locked.

    Taken: as `recall` does. Won after that: Dr BANK, Cr CASH as a grant, which clears the oldest that is owed. One that
    has ended stays so, but for a lost one that is won after all.
    """
    if not is_here(payment):
        return
    row, new = Chargeback.objects.get_or_create(
        payment=payment,
        provider_reference=state.reference,
        defaults={
            "seller_id": payment.seller_id,
            "buyer_id": payment.buyer_id,
            "currency": payment.currency,
            "amount": state.amount,
            "reason": state.reason[:64],
        },
    )
    if row.status == ChargebackStatus.WON or (row.status == ChargebackStatus.LOST != state.status and not _won(state)):
        return
    taken = row.taken
    if state.taken and not row.taken:
        row.taken = min(row.amount, payment.amount)
        row.charged = recall(Gone(payment, row.taken, SOURCE, row.pk, payment.number, row.reason))
    elif not state.taken and row.taken and _won(state):
        _give_back(payment, row)
        row.taken = row.charged = ZERO
    ended = state.status != row.status and state.status != ChargebackStatus.OPEN
    row.status = state.status
    row.ended_at = database_now() if ended else row.ended_at
    row.save(update_fields=["taken", "charged", "status", "ended_at"])
    if taken != row.taken:
        count(payment)
    actor = Actor.system(payment.seller)
    if new or (row.taken and not taken):
        record(actor, payment_event("payment.charged_back", payment, row))
    if ended:
        record(actor, payment_event("payment.chargeback_ended", payment, row))


def _won(state: ChargebackState) -> bool:
    return state.status == ChargebackStatus.WON


def _give_back(payment: Payment, row: Chargeback) -> None:
    actor = Actor.system(payment.seller)
    lock_accounts(accounts_of(payment))
    draft = GrantDraft(
        payment.partnership_id,
        FundKind.CASH,
        payment.currency,
        row.taken,
        SOURCE,
        row.pk,
        bank_of(payment),
        number=payment.number,
    )
    grant = grant_all(actor, [draft])[0]
    clear_all(actor, oldest_first(payment.partnership_id, payment.currency, row.taken, (), grant.entry_id))
