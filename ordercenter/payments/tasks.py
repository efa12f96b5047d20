"""What has to go outside, or came from there and waits; harmless twice, late or never: the next run does it."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db.models.functions import Now

from marketplace.core.errors import DomainError
from ordercenter.payments import inbox, online
from ordercenter.payments.enums import PaymentStatus, RefundStatus
from ordercenter.payments.models import Payment, Refund
from ordercenter.payments.refunds import check_refund, send_refund

log = logging.getLogger(__name__)

#: A payer gets this long before the provider is asked what became of it, and is asked no more after so many days.
PATIENCE, LIMIT = timedelta(minutes=2), timedelta(days=3)
UNDER_WAY = (PaymentStatus.PENDING, PaymentStatus.PROCESSING, PaymentStatus.FAILED)


@shared_task(acks_late=True)
def send_one_refund(refund_id: int) -> None:
    """Right after the refund was written; where the provider does not answer, `follow_providers` sends it."""
    try:
        send_refund(refund_id)
    except DomainError as problem:
        log.warning("Refund %s waits: %s", refund_id, problem.message)


@shared_task(acks_late=True)
def follow_providers() -> int:
    """Send refunds that wait, act on messages that wait, and ask after payments of which nobody has told."""
    return inbox.handle_waiting() + send_waiting_refunds() + check_waiting_payments()


def send_waiting_refunds(limit: int = 100) -> int:
    """Refunds whose provider did not answer; how many have moved on."""
    under_way = Refund.objects.filter(status__in=(RefundStatus.PENDING, RefundStatus.PROCESSING))
    rows = under_way.exclude(payment__provider="bank").order_by("pk").values_list("pk", "provider_reference")
    return sum(_tried(check_refund if reference else send_refund, pk) for pk, reference in rows[:limit])


def check_waiting_payments(limit: int = 100) -> int:
    """Payments begun a while ago whose end nobody has told; how many were asked after."""
    rows = Payment.objects.filter(
        status__in=UNDER_WAY, created_at__lt=Now() - PATIENCE, created_at__gt=Now() - LIMIT
    ).exclude(provider="bank")
    return sum(_tried(online.check, row) for row in rows.order_by("pk")[:limit])


def _tried(function: object, subject: object) -> bool:
    try:
        function(subject)  # type: ignore[operator]
    except DomainError as problem:
        log.warning("%s waits: %s", subject, problem.message)
        return False
    return True
