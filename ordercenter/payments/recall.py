"""Money that has gone from the seller's account past this program: the books follow, whatever it had been used for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from ordercenter.ledger.accounts import AccountKey, lock_accounts
from ordercenter.ledger.clearing import ClearingDraft, clear_all, unclear_all
from ordercenter.ledger.funds.kinds import FundCause
from ordercenter.ledger.funds.models import FundUse
from ordercenter.ledger.funds.outflow import Outflow, take_out
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.ledger.models import Clearing, LedgerAccount, OpenItem
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all
from ordercenter.payments.arrive import SOURCE, accounts_of, bank_of
from ordercenter.payments.models import Payment

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Gone:
    """So much of a payment is gone, by a document of this room (its kind, key and number)."""

    payment: Payment
    amount: Decimal
    kind: str
    pk: int
    number: str
    memo: str = ""


def recall(gone: Gone) -> Decimal:
    """Dr CASH, Cr BANK; what is owed again because CASH has been used up is answered.

    What the payment had cleared is undone, the latest first, as far as it takes: these open items are owed again. What
    orders hold promised of it stays promised: that part becomes an open item of its own, due today (Dr RECEIVABLE, Cr
    BANK). The payment's lock is held by the caller; the same document takes once.
    """
    payment = gone.payment
    actor = Actor.system(payment.seller)
    _bank, cash, receivable = accounts_of(payment)
    accounts = lock_accounts(accounts_of(payment))
    short = gone.amount - _free(accounts[cash])
    if short > 0:
        _undo(actor, payment, short)
    taken = min(gone.amount, max(_free(lock_accounts([cash])[cash]), ZERO))
    if taken:
        kind = LedgerEntryKind.REFUND
        flow = Outflow(cash, bank_of(payment), taken, gone.kind, gone.pk, kind, number=gone.number, memo=gone.memo)
        take_out(actor, [flow])
    if charged := gone.amount - taken:
        post_all(actor, [_charge(gone, receivable, charged)])
    return gone.amount - taken


def lock_what_it_cleared(payment: Payment) -> None:
    """Open items that `recall` may touch, for who takes an order's lock or a number before it calls that."""
    items = OpenItem.objects.filter(pk__in=[clearing.open_item_id for clearing in _clearings_of(payment)])
    list(items.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _free(account: LedgerAccount) -> Decimal:
    return -account.balance - account.reserved


def _undo(actor: Actor, payment: Payment, short: Decimal) -> None:
    """Undo clearings that used this payment, the latest first, and clear again what was undone beyond the need."""
    undone: list[Clearing] = []
    freed = ZERO
    for clearing in _clearings_of(payment):
        if freed >= short:
            break
        undone.append(clearing)
        freed += clearing.amount
    if not undone:
        return
    unclear_all(actor, [clearing.pk for clearing in undone])
    last = undone[-1]
    if freed > short:
        clear_all(actor, [ClearingDraft(last.open_item_id, freed - short, last.payment_entry_id)])


def _clearings_of(payment: Payment) -> Sequence[Clearing]:
    uses = FundUse.objects.filter(
        document_kind=FundCause.CLEARING, grant__source_kind=SOURCE, grant__source_id=payment.pk, amount__gt=0
    )
    live = Clearing.objects.filter(reverses=None, reversal=None, seller=payment.seller_id, write_off=False)
    return list(live.filter(pk__in=uses.values("document_id")).order_by("-pk"))


def _charge(gone: Gone, receivable: AccountKey, amount: Decimal) -> PostingDraft:
    payment, kind = gone.payment, LedgerEntryKind.REFUND
    entries = (
        EntryDraft(receivable, amount, kind, due_on=today_of(payment.seller), number=gone.number),
        EntryDraft(bank_of(payment), -amount, kind),
    )
    return PostingDraft(payment.seller_id, gone.kind, gone.pk, "recall", entries, memo=gone.memo, number=gone.number)
