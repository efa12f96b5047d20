"""Money that is here: into the ledger, onto the CASH account, and against what is owed (credit-and-ledger §2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.events import record_all
from ordercenter.ledger.accounts import AccountKey, AccountKind, lock_accounts
from ordercenter.ledger.clearing import ClearingDraft, clear_all
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.kinds import FundKind
from ordercenter.ledger.models import OpenItem
from ordercenter.payments.enums import PaymentStatus
from ordercenter.payments.events import payment_event
from ordercenter.payments.models import Payment, PaymentTarget

#: What the ledger calls a payment as the source of a posting.
SOURCE = "payment"
ZERO = Decimal(0)


def arrive(payments: Sequence[Payment]) -> None:
    """Post payments of one seller that are locked or new, and clear with them: first what they name, then the oldest.

    Dr BANK, Cr CASH as a grant without an end; then for each open item Dr CASH, Cr RECEIVABLE. What nothing takes stays
    on CASH. A payment that was posted before is posted and cleared no second time. A constant number of statements.
    """
    if not payments:
        return
    actor = Actor.system(payments[0].seller)
    with transaction.atomic():
        # The accounts first: who pays the same partner's debts at the same time waits here, and sees what is left.
        lock_accounts(key for payment in payments for key in accounts_of(payment))
        grants = grant_all(actor, [_grant(payment) for payment in payments])
        entries = {grant.source_id: grant.entry_id for grant in grants}
        clear_all(actor, list(_clearings(payments, entries)))
        record_all(actor, [payment_event("payment.succeeded", payment) for payment in payments])


def accounts_of(payment: Payment) -> tuple[AccountKey, ...]:
    """The accounts a payment moves."""
    seller, currency, partner = payment.seller_id, payment.currency, payment.partnership_id
    return (
        bank_of(payment),
        AccountKey(seller, AccountKind.CASH, currency, partner),
        AccountKey(seller, AccountKind.RECEIVABLE, currency, partner),
    )


def bank_of(payment: Payment) -> AccountKey:
    """Where the money lies."""
    return AccountKey(payment.seller_id, AccountKind.BANK, payment.currency)


def _grant(payment: Payment) -> GrantDraft:
    return GrantDraft(
        payment.partnership_id,
        FundKind.CASH,
        payment.currency,
        payment.amount,
        SOURCE,
        payment.pk,
        bank_of(payment),
        number=payment.number,
        value_date=payment.value_date,
        memo=payment.reference,
    )


@dataclass(slots=True)
class _Owed:
    """An open item, and how much of it the payments before have left."""

    pk: int
    left: Decimal
    disputed: bool
    order_id: int | None


@dataclass(slots=True)
class _Debts:
    """Open items of one partner in one currency, oldest due date first."""

    items: dict[int, _Owed] = field(default_factory=dict)

    def for_payment(self, payment: Payment, named: Sequence[int]) -> Iterator[_Owed]:
        """Those it names, in its order; else those of the order it is for; else all that nobody disputes."""
        yield from (self.items[pk] for pk in named if pk in self.items)
        if named:
            return
        if payment.order_id:
            yield from (item for item in self.items.values() if item.order_id == payment.order_id)
        else:
            yield from (item for item in self.items.values() if not item.disputed)


def _clearings(payments: Sequence[Payment], entries: dict[int, int | None]) -> Iterator[ClearingDraft]:
    debts = _debts(payments)
    named = _named(payments)
    for payment in payments:
        left = payment.amount
        for item in debts[payment.partnership_id, payment.currency].for_payment(payment, named[payment.pk]):
            part = min(left, item.left)
            if part <= 0:
                continue
            item.left -= part
            left -= part
            yield ClearingDraft(item.pk, part, entries[payment.pk], key=f"{SOURCE}:{payment.pk}:{item.pk}")
            if not left:
                break


def _debts(payments: Sequence[Payment]) -> dict[tuple[int, str], _Debts]:
    """By partner and currency; one statement."""
    rows = OpenItem.objects.filter(partnership__in={payment.partnership_id for payment in payments}, open__gt=0)
    rows = rows.order_by("due_on", "entry__posting_id", "pk")
    found: dict[tuple[int, str], _Debts] = defaultdict(_Debts)
    for pk, partnership, currency, left, disputed, order in rows.values_list(
        "pk", "partnership_id", "currency", "open", "disputed", "order_id"
    ):
        found[partnership, currency].items[pk] = _Owed(pk, left, disputed, order)
    return found


def _named(payments: Sequence[Payment]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    targets = PaymentTarget.objects.filter(payment__in=[payment.pk for payment in payments]).order_by("position")
    for payment, item in targets.values_list("payment_id", "open_item_id"):
        found[payment].append(item)
    return found


def is_here(payment: Payment) -> bool:
    """Whether the money stands in the ledger."""
    return payment.status in (PaymentStatus.SUCCEEDED, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)
