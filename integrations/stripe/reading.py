"""Stripe's objects as this product's states."""

from __future__ import annotations

from typing import Any

import stripe

from integrations.stripe.minor import from_minor
from ordercenter.payments.enums import ChargebackStatus, PaymentStatus, RefundStatus
from ordercenter.payments.providers import ChargebackState, IntentState, RefundState

#: Under which our key stands in the metadata of what we make.
KEY = "entrepot"

INTENT = {
    "succeeded": PaymentStatus.SUCCEEDED,
    "processing": PaymentStatus.PROCESSING,
    "requires_capture": PaymentStatus.PROCESSING,
    "canceled": PaymentStatus.CANCELLED,
}
REFUND = {
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.CANCELLED,
}
#: Of a dispute whose money Stripe has taken. Enquiries ("warning_...") have taken none.
TAKEN = ("needs_response", "under_review", "lost", "prevented")
DISPUTE = {"won": ChargebackStatus.WON, "warning_closed": ChargebackStatus.WON, "lost": ChargebackStatus.LOST}


def intent_of(intent: stripe.PaymentIntent) -> IntentState:
    """What came counts once it has succeeded; before that, what was asked for."""
    status = INTENT.get(intent.status, PaymentStatus.PENDING)
    error = getattr(intent, "last_payment_error", None)
    if status == PaymentStatus.PENDING and error:
        status = PaymentStatus.FAILED
    currency = intent.currency.upper()
    received = getattr(intent, "amount_received", None)
    minor = received if status == PaymentStatus.SUCCEEDED and received else intent.amount
    failure = str(getattr(error, "message", None) or "") if status == PaymentStatus.FAILED else ""
    return IntentState(intent.id, key_of(intent), status, from_minor(minor, currency), currency, failure)


def refund_of(refund: stripe.Refund) -> RefundState:
    """A refund that Stripe has accepted is on its way until it says more."""
    currency = refund.currency.upper()
    return RefundState(
        refund.id,
        key_of(refund),
        _id(getattr(refund, "payment_intent", None)),
        REFUND.get(refund.status or "", RefundStatus.PROCESSING),
        from_minor(refund.amount, currency),
        currency,
        str(getattr(refund, "failure_reason", None) or ""),
    )


def chargeback_of(dispute: stripe.Dispute) -> ChargebackState:
    """A dispute is the call-back of a payment."""
    currency = dispute.currency.upper()
    return ChargebackState(
        dispute.id,
        _id(getattr(dispute, "payment_intent", None)),
        DISPUTE.get(dispute.status, ChargebackStatus.OPEN),
        dispute.status in TAKEN,
        from_minor(dispute.amount, currency),
        currency,
        dispute.reason or "",
    )


def key_of(made: Any) -> str:
    """Our key of an object that we have made; '' of others."""
    return str(getattr(made.metadata, KEY, "") or "")


def _id(expandable: Any) -> str:
    return str(getattr(expandable, "id", expandable) or "")
