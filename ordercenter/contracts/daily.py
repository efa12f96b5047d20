"""What a day brings: contracts that end, reminders, renewals, time to sign that is over (contracts §3.5).

Tidying only where it is about call-offs: a contract that is over is refused by its window, whether this ran or not.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from marketplace.core.events import record
from ordercenter.contracts.call_offs import hold_contract
from ordercenter.contracts.enums import (
    ContractChangeKind,
    ContractChangeStatus,
    ContractSignatureStatus,
    ContractStatus,
    Renewal,
)
from ordercenter.contracts.events import contract_event
from ordercenter.contracts.life import renew
from ordercenter.contracts.models import Contract, ContractSignature
from ordercenter.contracts.states import move

#: Days before the end on which both sides hear of it, once each.
REMINDERS = (90, 60, 30, 7)


def bring_day(actor: Actor, contract_id: int, today: date | None = None) -> None:
    """Bring a contract up to a day; running again changes nothing. Locks its lines, then the contract."""
    with transaction.atomic():
        hold_contract(contract_id)
        rows = Contract.objects.select_for_update(no_key=True, of=("self",)).select_related("buyer", "seller")
        contract = rows.get(pk=contract_id)
        today = today or today_of(contract.buyer)
        if contract.status == ContractStatus.PENDING_SIGNATURE:
            _signing(actor, contract, today)
        elif contract.status in (ContractStatus.EFFECTIVE, ContractStatus.PAUSED) and contract.ends_on is not None:
            _renew_or_end(actor, contract, today)


def run_daily(actor: Actor) -> int:
    """Every contract that may have something due, each in a transaction of its own; how many."""
    live = (ContractStatus.EFFECTIVE, ContractStatus.PAUSED)
    soon = today_of(None) + timedelta(days=366)
    ids = set(Contract.objects.filter(status__in=live, ends_on__lte=soon).values_list("pk", flat=True))
    waiting = Contract.objects.filter(status=ContractStatus.PENDING_SIGNATURE, sign_by__isnull=False)
    ids |= set(waiting.values_list("pk", flat=True))
    for pk in sorted(ids):
        bring_day(actor, pk)
    return len(ids)


def _renew_or_end(actor: Actor, contract: Contract, today: date) -> None:
    assert contract.ends_on is not None
    notice = contract.ends_on - timedelta(days=contract.notice_days)
    renews = contract.renewal == Renewal.AUTO and contract.times_left > 0 and not contract.renewal_stopped
    if renews and today > notice:
        renew(actor, contract)
        return
    if today > contract.ends_on:
        _end(actor, contract)
        return
    _remind(actor, contract, today, notice if renews else None)


def _end(actor: Actor, contract: Contract) -> None:
    last = contract.changes.filter(status=ContractChangeStatus.EFFECTIVE).order_by("-seq").first()
    terminated = last is not None and last.kind == ContractChangeKind.END
    move(contract, "terminate" if terminated else "expire")
    contract.save(update_fields=["status"])
    record(actor, contract_event("expired", contract, terminated=terminated))


def _remind(actor: Actor, contract: Contract, today: date, notice: date | None) -> None:
    """The nearest reminder that is due and was not given for this end."""
    assert contract.ends_on is not None
    left = (contract.ends_on - today).days
    due = [days for days in REMINDERS if left <= days]
    keys = [f"{contract.ends_on}:{due[-1]}"] if due else []
    if notice is not None and today == notice:
        keys.append(f"{contract.ends_on}:notice")
    fresh = [key for key in keys if key not in contract.reminded]
    if fresh:
        # The ones before it are over, too: who was not reminded in time is not reminded of all at once.
        passed = [f"{contract.ends_on}:{days}" for days in due]
        contract.reminded = sorted({*contract.reminded, *passed, *fresh})
        contract.save(update_fields=["reminded"])
        renews = notice.isoformat() if notice else ""
        record(actor, contract_event("expires_soon", contract, days=left, renews=renews))


def _signing(actor: Actor, contract: Contract, today: date) -> None:
    """Remind at half time and a day before; after the last day nobody is asked any more."""
    if contract.sign_by is None:
        return
    waiting = ContractSignature.objects.filter(
        contract=contract, change=None, status=ContractSignatureStatus.PENDING_SIGNATURE
    )
    if today > contract.sign_by:
        if waiting.update(status=ContractSignatureStatus.EXPIRED):
            record(actor, contract_event("signature_expired", contract))
        return
    first = waiting.order_by("position").first()
    if first is None or first.asked_at is None:
        return
    asked = first.asked_at.date()
    stage = (
        2
        if today >= contract.sign_by - timedelta(days=1)
        else 1
        if (today - asked) * 2 >= contract.sign_by - asked
        else 0
    )
    if stage and waiting.filter(reminded__lt=stage).update(reminded=stage):
        record(actor, contract_event("signature_reminded", contract, until=contract.sign_by.isoformat()))
