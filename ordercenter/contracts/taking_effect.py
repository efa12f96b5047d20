"""What a change does when all have signed it; the contract's lines and the contract are locked (contracts §3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.clock import today_of
from marketplace.core.errors import DomainError, raise_all
from marketplace.core.events import record
from ordercenter.contracts.compose import set_limits
from ordercenter.contracts.enums import ContractChangeKind, LimitBasis
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.events import contract_event
from ordercenter.contracts.models import Contract, ContractChange, ContractLine, ContractPrice


def apply_change(actor: Actor, contract: Contract, change: ContractChange) -> None:
    """Make the change: prices by day, limits, the last day. The contract's version goes on.

    Raises CHANGE_STALE where another one took effect on its base, BELOW_CALLED. What was signed late holds from today.
    """
    raise_all([*stale_problems(contract, change), *called_problems(contract, change.kind, change.diff)])
    before = facts(contract)
    day = max(change.effective_from, today_of(contract.buyer))
    if change.kind == ContractChangeKind.PRICE:
        _new_prices(contract, change, day)
    elif change.kind == ContractChangeKind.QUANTITY:
        _new_limits(contract, change)
    else:
        contract.ends_on = date.fromisoformat(change.diff["ends_on"])
    contract.version += 1
    contract.save(update_fields=["ends_on", "version"])
    change.effective_from, change.effective_at = day, Now()
    change.save(update_fields=["status", "effective_from", "effective_at"])
    payload = {"change": change.pk, "kind": change.kind}
    record(actor, contract_event("changed", contract, difference(before, facts(contract)), **payload))


def stale_problems(contract: Contract, change: ContractChange) -> Iterator[DomainError]:
    """CHANGE_STALE where the contract is no longer the one that was to be changed."""
    if change.base_version != contract.version:
        text = _("%(number)s has changed meanwhile. Draft the change anew on version %(version)s.")
        values = {"number": contract.number, "version": contract.version}
        yield DomainError(ContractErrorCode.CHANGE_STALE, text % values, "base_version")


def called_problems(contract: Contract, kind: str, diff: dict[str, Any]) -> Iterator[DomainError]:
    """BELOW_CALLED for each line that would allow less than was called off."""
    if kind != ContractChangeKind.QUANTITY:
        return
    lines = _lines(contract, diff)
    for index, one in enumerate(diff["lines"]):
        line = lines.get(int(one["line"]))
        if line is None:
            continue
        _set(line, one)
        limits = ((line.call_limit, line.called_quantity), (line.amount_limit, line.called_amount))
        if any(limit is not None and limit < called for limit, called in limits):
            text = _("Line %(seq)s: more than that has been called off.") % {"seq": line.seq}
            yield DomainError(ContractErrorCode.BELOW_CALLED, text, "quantity", index)


def _lines(contract: Contract, diff: dict[str, Any]) -> dict[int, ContractLine]:
    rows = ContractLine.objects.filter(contract=contract).select_related("uom")
    return rows.in_bulk([int(one["line"]) for one in diff["lines"]])


def _set(line: ContractLine, one: dict[str, Any]) -> None:
    name = "amount" if line.basis == LimitBasis.AMOUNT else "quantity"
    setattr(line, name, Decimal(one[name]))
    set_limits(line, line.uom.exponent if line.uom else 6)


def _new_limits(contract: Contract, change: ContractChange) -> None:
    lines = _lines(contract, change.diff)
    for one in change.diff["lines"]:
        _set(lines[int(one["line"])], one)
    ContractLine.objects.bulk_update(lines.values(), ["quantity", "amount", "call_limit", "amount_limit"])


def _new_prices(contract: Contract, change: ContractChange, day: date) -> None:
    ContractPrice.objects.bulk_create(
        ContractPrice(
            seller_id=contract.seller_id,
            buyer_id=contract.buyer_id,
            line_id=int(one["line"]),
            effective_from=day,
            price=Decimal(one["price"]),
            tiers=one.get("tiers") or [],
            change=change,
        )
        for one in change.diff["lines"]
    )
