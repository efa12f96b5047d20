"""What was paid for an order before it was invoiced clears its invoices as they are issued."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.models import OutboxEvent
from ordercenter.ledger.accounts import AccountKey, AccountKind, lock_accounts
from ordercenter.ledger.clearing import ClearingDraft, clear_all
from ordercenter.ledger.funds.models import FundGrant
from ordercenter.ledger.models import OpenItem
from ordercenter.payments.arrive import SOURCE
from ordercenter.payments.enums import ARRIVED
from ordercenter.payments.models import Payment


def invoice_heard(event: OutboxEvent) -> None:
    """An invoice was issued: money that came for its orders is theirs."""
    orders = [int(order) for order in event.payload.get("orders") or ()]
    payments = list(
        Payment.objects.filter(order__in=orders, status__in=ARRIVED).select_related("seller").order_by("pk")
    )
    if not payments:
        return
    with transaction.atomic():
        lock_accounts(
            AccountKey(row.seller_id, kind, row.currency, row.partnership_id)
            for row in payments
            for kind in (AccountKind.CASH, AccountKind.RECEIVABLE)
        )
        clear_all(Actor.system(payments[0].seller), list(_clearings(payments, orders)))


def _clearings(payments: list[Payment], orders: list[int]) -> Iterator[ClearingDraft]:
    """From each payment what is free of its grant, to the items of its order by due date."""
    grants = FundGrant.objects.filter(source_kind=SOURCE, source_id__in=[row.pk for row in payments])
    free = {grant.source_id: (grant.entry_id, grant.available) for grant in grants}
    items = list(OpenItem.objects.filter(order__in=orders, open__gt=0, disputed=False).order_by("due_on", "pk"))
    left = {item.pk: item.open for item in items}
    for payment in payments:
        entry, available = free.get(payment.pk, (None, Decimal(0)))
        for item in items:
            part = min(available, left[item.pk])
            if item.order_id != payment.order_id or item.currency != payment.currency or part <= 0:
                continue
            left[item.pk] -= part
            available -= part
            yield ClearingDraft(item.pk, part, entry, key=f"{SOURCE}:{payment.pk}:{item.pk}")
