"""Changes of contracts: drafted on a version, approved and signed like the contract (contracts §3.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from ordercenter.contracts.compose import kept
from ordercenter.contracts.enums import ContractChangeKind, LimitBasis
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.events import contract_event
from ordercenter.contracts.models import Contract, ContractChange, ContractLine
from ordercenter.contracts.problems import LAST_YEAR
from ordercenter.contracts.render import body_of_change, keep_text
from ordercenter.contracts.shapes import PriceTier, tier_problems
from ordercenter.contracts.states import CONTRACT, move
from ordercenter.contracts.submit import APPROVE, ask_for_signatures, said_why, second_person
from ordercenter.contracts.taking_effect import called_problems, stale_problems

MOST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a line will be: a price or tiers, a quantity, or an amount."""

    line_id: int
    price: Decimal | None = None
    tiers: Sequence[PriceTier] = ()
    quantity: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """A change on the version one saw. TERM and END say the last day, the others what becomes of lines."""

    base_version: int
    kind: ContractChangeKind
    reason: str
    effective_from: date
    lines: Sequence[LineChange] = ()
    ends_on: date | None = None


def create_change(actor: Actor, contract_id: int, draft: ChangeDraft) -> ContractChange:
    """Draft a change of a contract in effect, by the side that keeps it.

    Raises all at once: CHANGE_STALE, RETROACTIVE, BELOW_CALLED, NOT_FOUND for a line, REASON_REQUIRED, WINDOW_EMPTY.
    """
    actor.require("contracts.manage")
    reason = said_why(draft.reason)
    with transaction.atomic():
        contract = kept(actor, contract_id)
        if not CONTRACT.allows("change", contract.status):
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("Only a contract in effect is changed."), "status")
        change = ContractChange(
            seller_id=contract.seller_id,
            buyer_id=contract.buyer_id,
            contract=contract,
            seq=(contract.changes.aggregate(last=Max("seq"))["last"] or 0) + 1,
            base_version=draft.base_version,
            kind=draft.kind,
            diff=_diff(draft),
            reason=reason,
            effective_from=draft.effective_from,
            made_by=actor.user,
            made_for_id=actor.own_id,
        )
        problems = list(_problems(contract, draft))
        if not problems:
            problems = list(called_problems(contract, draft.kind, change.diff))
        raise_all([*stale_problems(contract, change), *problems])
        change.save()
        record(actor, contract_event("change_created", contract, change=change.pk, kind=change.kind))
    return change


def submit_change(actor: Actor, change_id: int) -> ContractChange:
    """Hand a change in: its text is rendered once. Raises CHANGE_STALE, RETROACTIVE, BELOW_CALLED."""
    actor.require("contracts.manage")
    with transaction.atomic():
        change = kept_change(actor, change_id)
        contract = change.contract
        raise_all(
            [
                *stale_problems(contract, change),
                *_day_problems(contract, change.effective_from),
                *called_problems(contract, change.kind, change.diff),
            ]
        )
        move(change, "submit")
        change.text_hash = keep_text(contract, body_of_change(change), change).sha256
        change.save()
        record(actor, contract_event("change_submitted", contract, change=change.pk, kind=change.kind))
    return change


def approve_change(actor: Actor, change_id: int) -> ContractChange:
    """Let a change be signed. SELF_APPROVAL for who drafted it."""
    actor.require(APPROVE)
    with transaction.atomic():
        change = kept_change(actor, change_id)
        move(change, "approve")
        second_person(actor, change.made_by_id)
        change.approved_by = actor.user
        change.save(update_fields=["status", "approved_by"])
        ask_for_signatures(change.contract, change)
        record(actor, contract_event("change_approved", change.contract, change=change.pk, kind=change.kind))
    return change


def reject_change(actor: Actor, change_id: int, reason: str) -> ContractChange:
    """Refuse a change that was handed in; a new one may be drafted."""
    actor.require(APPROVE)
    return _end(actor, change_id, "reject", "change_rejected", said_why(reason))


def void_change(actor: Actor, change_id: int, reason: str) -> ContractChange:
    """Give up a change that is not in effect."""
    actor.require("contracts.manage")
    return _end(actor, change_id, "void", "change_voided", said_why(reason))


def _end(actor: Actor, change_id: int, verb: str, event: str, reason: str) -> ContractChange:
    with transaction.atomic():
        change = kept_change(actor, change_id)
        move(change, verb)
        change.save(update_fields=["status"])
        record(actor, contract_event(event, change.contract, change=change.pk, reason=reason))
    return change


def kept_change(actor: Actor, change_id: int) -> ContractChange:
    """A change of a contract that the actor's organization keeps; contract and change locked. Raises NOT_FOUND."""
    rows = ContractChange.objects.visible_to(actor).filter(pk=change_id)
    found = rows.values_list("contract", flat=True).first()
    if found is None:
        raise not_found("id")
    contract = kept(actor, found)
    change = ContractChange.objects.select_for_update(no_key=True).get(pk=change_id)
    change.contract = contract
    return change


def _diff(draft: ChangeDraft) -> dict[str, Any]:
    if draft.kind in (ContractChangeKind.TERM, ContractChangeKind.END):
        return {"ends_on": draft.ends_on.isoformat() if draft.ends_on else ""}
    lines: list[dict[str, Any]] = []
    for one in draft.lines:
        row: dict[str, Any] = {"line": one.line_id}
        if draft.kind == ContractChangeKind.PRICE:
            price = one.tiers[0].price if one.tiers else one.price
            row |= {"price": str(price), "tiers": [tier.stored() for tier in one.tiers]}
        else:
            given = (("quantity", one.quantity), ("amount", one.amount))
            row |= {name: str(value) for name, value in given if value is not None}
        lines.append(row)
    return {"lines": lines}


def _problems(contract: Contract, draft: ChangeDraft) -> Iterator[DomainError]:
    yield from _day_problems(contract, draft.effective_from)
    if draft.kind in (ContractChangeKind.TERM, ContractChangeKind.END):
        today = today_of(contract.buyer)
        if draft.ends_on is None:
            yield DomainError(CoreErrorCode.REQUIRED, _("Say which day is the last."), "ends_on")
        elif draft.ends_on < max(contract.effective_on, today) or draft.ends_on.year > LAST_YEAR:
            text = _("The last day is today or later, and not before the contract begins.")
            yield DomainError(ContractErrorCode.WINDOW_EMPTY, text, "ends_on")
        return
    if not draft.lines:
        yield DomainError(CoreErrorCode.REQUIRED, _("Say which lines change."), "lines")
    known = {line.pk: line for line in ContractLine.objects.filter(contract=contract)}
    seen: set[int] = set()
    for index, one in enumerate(draft.lines):
        line = known.get(one.line_id)
        if line is None or one.line_id in seen:
            yield not_found("lines", index)
            continue
        seen.add(one.line_id)
        yield from _line_problems(line, draft.kind, one, index)


def _line_problems(line: ContractLine, kind: str, one: LineChange, index: int) -> Iterator[DomainError]:
    if kind == ContractChangeKind.PRICE:
        price = one.tiers[0].price if one.tiers else one.price
        if price is None or not (price.is_finite() and 0 <= price < MOST) or price != round(price, 4):
            yield DomainError(CoreErrorCode.INVALID, _("A price has at most 4 decimals."), "price", index)
        yield from tier_problems(one.tiers, index)
        return
    name = "amount" if line.basis == LimitBasis.AMOUNT else "quantity"
    value = getattr(one, name)
    if line.basis == LimitBasis.NONE or value is None or not (value.is_finite() and 0 < value < MOST):
        yield DomainError(CoreErrorCode.INVALID, _("It must be greater than 0."), name, index)


def _day_problems(contract: Contract, day: date) -> Iterator[DomainError]:
    """RETROACTIVE for a day before today: a correction of what was ordered is a document of its own."""
    if day < today_of(contract.buyer):
        text = _("A change holds from today at the earliest.")
        yield DomainError(ContractErrorCode.RETROACTIVE, text, "effective_from")
