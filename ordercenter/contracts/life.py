"""Pause, resume, close, void and renew contracts: the side that keeps them, with a reason (contracts §3)."""

from __future__ import annotations

import calendar
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.clock import today_of
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.events import record
from ordercenter.contracts.call_offs import hold_contract
from ordercenter.contracts.compose import kept
from ordercenter.contracts.enums import (
    ContractChangeKind,
    ContractChangeStatus,
    ContractSignatureStatus,
    ContractStatus,
    Renewal,
)
from ordercenter.contracts.events import contract_event
from ordercenter.contracts.models import Contract, ContractCallOff, ContractChange, ContractSignature
from ordercenter.contracts.states import move
from ordercenter.contracts.submit import said_why
from ordercenter.orders.enums import OrderStatus

#: Orders in these are on their way.
LIVE = (OrderStatus.DRAFT, OrderStatus.PENDING_APPROVAL, OrderStatus.PLACED, OrderStatus.CONFIRMED)


def void_contract(actor: Actor, contract_id: int, reason: str) -> Contract:
    """Give up a contract that is not in effect; signatures that wait are asked for no longer."""
    contract = _move(actor, contract_id, "void", "voided", said_why(reason))
    waiting = ContractSignature.objects.filter(contract=contract, change=None)
    waiting.filter(status=ContractSignatureStatus.PENDING_SIGNATURE).update(status=ContractSignatureStatus.EXPIRED)
    return contract


def pause_contract(actor: Actor, contract_id: int, reason: str) -> Contract:
    """Let nothing be called off for a while; open orders go on."""
    return _move(actor, contract_id, "pause", "paused", said_why(reason))


def resume_contract(actor: Actor, contract_id: int) -> Contract:
    """Let a paused contract be called off again."""
    return _move(actor, contract_id, "resume", "resumed", "")


def close_contract(actor: Actor, contract_id: int) -> Contract:
    """Everything is settled: IN_USE while an order under it is on its way."""
    actor.require("contracts.manage")
    with transaction.atomic():
        hold_contract(contract_id)
        contract = kept(actor, contract_id)
        calls = ContractCallOff.objects.filter(contract_line__contract=contract, order__status__in=LIVE)
        if calls.exists():
            text = _("Orders under %(number)s are on their way.") % {"number": contract.number}
            raise DomainError(CoreErrorCode.IN_USE, text, "id")
        return _moved(actor, contract, "close", "closed", "")


def renew_contract(actor: Actor, contract_id: int) -> Contract:
    """Renew a contract by what was agreed: so many months, so many times. A logged change of its end."""
    actor.require("contracts.manage")
    with transaction.atomic():
        hold_contract(contract_id)
        contract = kept(actor, contract_id)
        if contract.renewal == Renewal.NONE or not contract.times_left or contract.ends_on is None:
            text = _("%(number)s cannot be renewed any more.") % {"number": contract.number}
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "id")
        if contract.status not in (ContractStatus.EFFECTIVE, ContractStatus.PAUSED):
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("Only a contract in effect is renewed."), "status")
        return renew(actor, contract)


def stop_renewal(actor: Actor, contract_id: int) -> Contract:
    """Object to the next renewal, by either side; the contract ends on its last day."""
    actor.require("contracts.manage")
    with transaction.atomic():
        rows = Contract.objects.visible_to(actor).filter(pk=contract_id)
        contract = rows.select_for_update(no_key=True, of=("self",)).first()
        if contract is None or actor.on_behalf_of is not None:
            raise not_found("id")
        if contract.renewal != Renewal.AUTO or contract.renewal_stopped:
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("It does not renew by itself."), "id")
        contract.renewal_stopped = True
        contract.save(update_fields=["renewal_stopped"])
        record(actor, contract_event("renewal_stopped", contract))
    return contract


def renew(actor: Actor, contract: Contract) -> Contract:
    """Write the renewal of a locked contract."""
    assert contract.ends_on is not None
    before = facts(contract)
    contract.ends_on = months_later(contract.ends_on, contract.renewal_months)
    contract.renewed += 1
    contract.version += 1
    contract.save(update_fields=["ends_on", "renewed", "version"])
    last = contract.changes.aggregate(last=Max("seq"))["last"] or 0
    ContractChange.objects.create(
        seller_id=contract.seller_id,
        buyer_id=contract.buyer_id,
        contract=contract,
        seq=last + 1,
        base_version=contract.version - 1,
        kind=ContractChangeKind.TERM,
        diff={"ends_on": contract.ends_on.isoformat()},
        reason=_("Renewal %(count)s of %(times)s") % {"count": contract.renewed, "times": contract.renewal_times},
        effective_from=today_of(contract.buyer),
        status=ContractChangeStatus.EFFECTIVE,
        made_by=actor.user,
        made_for_id=contract.owner_id,
        effective_at=Now(),
    )
    record(actor, contract_event("renewed", contract, difference(before, facts(contract))))
    return contract


def months_later(day: date, months: int) -> date:
    """The same day of a later month; the last of a month stays the last."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    last = calendar.monthrange(year, month)[1]
    was_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month, last if was_last else min(day.day, last))


def _move(actor: Actor, contract_id: int, verb: str, event: str, reason: str) -> Contract:
    actor.require("contracts.manage")
    with transaction.atomic():
        hold_contract(contract_id)
        return _moved(actor, kept(actor, contract_id), verb, event, reason)


def _moved(actor: Actor, contract: Contract, verb: str, event: str, reason: str) -> Contract:
    move(contract, verb)
    contract.reason = reason
    fields = ["status", "reason"]
    if verb in ("void", "close"):
        contract.ended_at = Now()
        fields.append("ended_at")
    contract.save(update_fields=fields)
    contract.refresh_from_db(fields=["ended_at"])
    record(actor, contract_event(event, contract, reason=reason))
    return contract
