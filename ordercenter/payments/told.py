"""What providers tell, brought into the books: the same told twice, late or out of order ends in the same place.

A state is that of the provider's object, so the order of messages does not matter; each is applied under the lock of
its payment, and money that has come or gone is never taken for not having done so by an older word.
"""

from __future__ import annotations

from functools import singledispatch

from django.db import transaction
from django.db.models import Q

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.events import record
from ordercenter.payments.arrive import arrive, is_here
from ordercenter.payments.chargebacks import chargeback_told
from ordercenter.payments.enums import PaymentStatus
from ordercenter.payments.events import payment_event
from ordercenter.payments.models import Payment
from ordercenter.payments.providers import ChargebackState, IntentState, RefundState, State
from ordercenter.payments.refunds import refund_told

#: What a payment that has not come may be told, with the event that says so.
EVENTS = {PaymentStatus.FAILED: "payment.failed", PaymentStatus.CANCELLED: "payment.cancelled"}


@singledispatch
def tell(state: State, seller_id: int, provider: str) -> None:
    """Bring a state of a seller's account into the books; what is none of ours is left alone."""
    raise TypeError(type(state))


@tell.register
def _(state: IntentState, seller_id: int, provider: str) -> None:
    with transaction.atomic():
        payment = locked_payment(seller_id, provider, state.reference, state.key)
        if payment is not None:
            _payment_told(payment, state)


@tell.register
def _(state: RefundState, seller_id: int, provider: str) -> None:
    with transaction.atomic():
        payment = locked_payment(seller_id, provider, state.payment_reference)
        if payment is not None:
            refund_told(payment, state)


@tell.register
def _(state: ChargebackState, seller_id: int, provider: str) -> None:
    with transaction.atomic():
        payment = locked_payment(seller_id, provider, state.payment_reference)
        if payment is not None:
            chargeback_told(payment, state)


def locked_payment(seller_id: int, provider: str, reference: str, key: str = "") -> Payment | None:
    """The payment of a seller's account by what the provider calls it or by our key, locked; None: none of ours."""
    found = (
        Q(provider_reference=reference) | Q(key=key, provider_reference="") if key else Q(provider_reference=reference)
    )
    rows = Payment.objects.filter(found, seller=seller_id, provider=provider).select_related("seller")
    return rows.select_for_update(of=("self",), no_key=True).order_by("pk").first()


def _payment_told(payment: Payment, state: IntentState) -> None:
    """Move a locked payment on; what has come stays, and what was given up is not taken up again but by money."""
    if is_here(payment):
        return
    if not payment.provider_reference:
        payment.provider_reference = state.reference
        payment.save(update_fields=["provider_reference"])
    if state.status == PaymentStatus.SUCCEEDED:
        _come(payment, state)
    elif payment.status not in (PaymentStatus.CANCELLED, state.status):
        payment.status, payment.failure = state.status, state.failure[:255]
        payment.save(update_fields=["status", "failure"])
        if kind := EVENTS.get(state.status):
            record(Actor.system(payment.seller), payment_event(kind, payment))


def _come(payment: Payment, state: IntentState) -> None:
    # What came is what counts: the seller may have captured less of it at the provider.
    payment.status, payment.amount, payment.failure = PaymentStatus.SUCCEEDED, state.amount, ""
    payment.arrived_at = database_now()
    payment.save(update_fields=["status", "amount", "failure", "arrived_at"])
    arrive([payment])
