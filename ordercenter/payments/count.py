"""What of payments has gone back, counted anew from its refunds and chargebacks, and told to their orders."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from ordercenter.orders.money import refunds_moved
from ordercenter.payments.arrive import is_here
from ordercenter.payments.enums import PaymentStatus, RefundStatus
from ordercenter.payments.models import Chargeback, Payment, PaymentTarget, Refund

ZERO = Decimal(0)
#: Money that went back, or is about to.
COUNTED = (RefundStatus.PENDING, RefundStatus.PROCESSING, RefundStatus.SUCCEEDED)


def count(payment: Payment) -> None:
    """Set the payment's figures and status, and what its orders gave back; the payment is locked."""
    refunds = Refund.objects.filter(status__in=COUNTED)
    payment.refunded = refunds.filter(payment=payment).aggregate(whole=Sum("amount"))["whole"] or ZERO
    taken = Chargeback.objects.filter(payment=payment).aggregate(whole=Sum("taken"))["whole"]
    payment.charged_back = taken or ZERO
    if is_here(payment):
        payment.status = _status(payment)
    payment.save(update_fields=["refunded", "charged_back", "status"])
    orders = list(Refund.objects.filter(payment=payment, order__isnull=False).values_list("order", flat=True))
    if orders:
        back = refunds.filter(order__in=orders).order_by().values_list("order").annotate(whole=Sum("amount"))
        refunds_moved(dict.fromkeys(orders, ZERO) | dict(back))


def _status(payment: Payment) -> PaymentStatus:
    if not payment.refunded:
        return PaymentStatus.SUCCEEDED
    whole = payment.refunded >= payment.amount
    return PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED


def order_of(payment: Payment) -> int | None:
    """The order a payment was for: the one it names, or the only one that its open items are of."""
    if payment.order_id:
        return payment.order_id
    targets = PaymentTarget.objects.filter(payment=payment).values_list("open_item__order_id", flat=True)
    orders = set(targets.distinct())
    return orders.pop() if len(orders) == 1 else None
