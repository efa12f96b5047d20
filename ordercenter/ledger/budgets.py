"""Budgets: set aside, topped up, moved; total = free + reserved + consumed, always (credit-and-ledger §2, §11.9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from marketplace.catalog.models import Category
from marketplace.core.actor import Actor
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.models import ControlMode, PolicyStatus
from marketplace.core.money import round_money
from marketplace.core.numbering import next_numbers
from marketplace.parties.models import Partnership, Unit
from ordercenter.ledger.budget_moves import Short, amount_problems, apply, exceeded, locked, too_fine, write
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.ledger.models import Budget, BudgetEntry, BudgetKind

ZERO = Decimal(0)
BY_HAND = "budget"
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class BudgetDraft:
    """A budget to be written; `total` only for a new one, later it moves by top-ups and transfers."""

    name_zh: str
    name_en: str
    begins_on: date
    ends_on: date
    currency: str = ""
    total: Decimal = ZERO
    kind: str = BudgetKind.FIXED
    control: str = ControlMode.BLOCK
    status: str = PolicyStatus.EFFECTIVE
    parent_id: int | None = None
    rollup: bool = False
    unit_id: int | None = None
    category_id: int | None = None
    partnership_id: int | None = None
    expense_type: str = ""
    includes_tax: bool = True


def write_budget(actor: Actor, draft: BudgetDraft, budget_id: int | None = None) -> Budget:
    """Make a budget or change one; currency, kind and place in the tree of one that was used stay.

    Raises all problems at once: REQUIRED (name), INVALID (period, amount, currency), NOT_FOUND, IN_USE,
    AMOUNT_PRECISION.
    """
    with transaction.atomic():
        row = _existing(actor, budget_id)
        before = facts(row) if row else {}
        parent = _parent(actor, draft)
        raise_all(_budget_problems(actor, draft, row, parent))
        budget = _filled(actor, row or Budget(organization_id=actor.own_id), draft, parent)
        if row is None:
            budget.number = next_numbers(actor.own_id, "budget", "BG")[0]
        budget.save()
        if row is None and draft.total:
            write(actor, [_by_hand(budget, LedgerEntryKind.TOP_UP, draft.total, total=draft.total, cause="opening")])
        changes = difference(before, facts(budget)) if row else created(budget)
        kind = "ledger.budget_changed" if row else "ledger.budget_created"
        if changes:
            record(actor, _event(kind, budget, changes=changes))
    return Budget.objects.get(pk=budget.pk)


def _existing(actor: Actor, budget_id: int | None) -> Budget | None:
    if budget_id is None:
        return None
    found = Budget.objects.select_for_update(no_key=True).filter(pk=budget_id, organization=actor.own_id).first()
    if found is None:
        raise not_found("budget")
    return found


def _parent(actor: Actor, draft: BudgetDraft) -> Budget | None:
    if draft.parent_id is None:
        return None
    found = Budget.objects.filter(pk=draft.parent_id, organization=actor.own_id).first()
    if found is None:
        raise not_found("parent")
    return found


def _filled(actor: Actor, budget: Budget, draft: BudgetDraft, parent: Budget | None) -> Budget:
    names = ("name_zh", "name_en", "expense_type")
    for name in names:
        setattr(budget, name, getattr(draft, name).strip())
    for name in ("begins_on", "ends_on", "control", "status", "rollup", "unit_id", "category_id", "partnership_id"):
        setattr(budget, name, getattr(draft, name))
    budget.includes_tax = draft.includes_tax
    budget.kind = draft.kind
    budget.parent = parent
    budget.ancestors = [*parent.ancestors, parent.pk] if parent else []
    if budget.pk is None:
        budget.currency = draft.currency or (parent.currency if parent else actor.organization.currency)
        budget.total = draft.total
    return budget


def _budget_problems(
    actor: Actor, draft: BudgetDraft, row: Budget | None, parent: Budget | None
) -> Iterator[DomainError]:
    invalid = CoreErrorCode.INVALID
    if not (draft.name_zh.strip() or draft.name_en.strip()):
        yield DomainError(CoreErrorCode.REQUIRED, _("Give it a name."), "name")
    if draft.begins_on > draft.ends_on:
        yield DomainError(invalid, _("It ends before it begins."), "ends_on")
    currency = row.currency if row else draft.currency or (parent.currency if parent else "")
    if parent and currency and parent.currency != currency:
        yield DomainError(invalid, _("A budget has the currency of the one above it."), "currency")
    if parent and len(parent.ancestors) + 1 >= DEEPEST:
        yield DomainError(invalid, _("Budgets are at most %(levels)s levels deep.") % {"levels": DEEPEST}, "parent")
    if row is None and draft.total < 0:
        yield DomainError(invalid, _("Give an amount of 0 or more."), "total")
    if row is None and currency and draft.total != round_money(draft.total, currency):
        yield too_fine(currency, "total")
    yield from _tree_problems(draft, row, parent)
    for model, pk, name, owner in (
        (Unit, draft.unit_id, "unit", "organization"),
        (Category, draft.category_id, "category", "organization"),
        (Partnership, draft.partnership_id, "partnership", "upstream"),
    ):
        if pk is not None and not model.objects.filter(pk=pk, **{owner: actor.own_id}).exists():
            yield not_found(name)


def _tree_problems(draft: BudgetDraft, row: Budget | None, parent: Budget | None) -> Iterator[DomainError]:
    if row is None:
        return
    if row.parent_id != draft.parent_id:
        if parent and (parent.pk == row.pk or row.pk in parent.ancestors):
            yield DomainError(CoreErrorCode.TREE_CYCLE, _("A budget cannot stand below itself."), "parent")
        elif row.children.exists() or row.reserved or row.consumed:
            text = _("A budget that is used, or has others below it, stays where it is.")
            yield DomainError(CoreErrorCode.IN_USE, text, "parent")
    used = row.entries.exclude(kind=LedgerEntryKind.TOP_UP).exists() if row.kind != draft.kind else False
    if used:
        yield DomainError(CoreErrorCode.IN_USE, _("The kind of a budget that was used stays."), "kind")
    if draft.control == ControlMode.BLOCK and row.control != ControlMode.BLOCK and row.free < 0:
        yield DomainError(CoreErrorCode.INVALID, _("It is overspent already; top it up first."), "control")
    if row.rollup != draft.rollup and row.children.exists():
        text = _("Others stand below it: whether it counts what they use stays as it is.")
        yield DomainError(CoreErrorCode.IN_USE, text, "rollup")


def top_up(actor: Actor, budget_id: int, amount: Decimal, note: str = "", key: str = "") -> Budget:
    """Raise what a budget holds, or lower it by an amount below 0, not under what is promised and spent.

    Raises NOT_FOUND, AMOUNT_PRECISION, INVALID (0; would fall under what is promised). `key`: the same one counts once.
    """
    with transaction.atomic():
        (budget,) = locked(actor, [budget_id]).values()
        raise_all(amount_problems(amount, budget.currency, signed=True))
        if key and budget.entries.filter(document_kind=BY_HAND, document_id=budget.pk, cause=key).exists():
            return budget
        if -amount > max(budget.free, ZERO):
            raise exceeded(Short(budget.pk, budget.name, budget.control, budget.free, -amount, budget.currency, 0))
        change = _grow(budget, amount)
        entry = _by_hand(budget, LedgerEntryKind.TOP_UP, amount, cause=key or _next_cause(budget), note=note, **change)
        apply(actor, {budget.pk: budget}, [entry])
        record(actor, _event("ledger.budget_topped_up", budget, amount=str(amount), note=note))
    return Budget.objects.get(pk=budget.pk)


def _grow(budget: Budget, amount: Decimal) -> dict[str, Decimal]:
    """What more or less money does to total and deficit: a deficit is paid back first."""
    back = min(max(amount, ZERO), budget.deficit)
    return {"total": amount - back, "deficit": -back}


def transfer(actor: Actor, source_id: int, target_id: int, amount: Decimal, note: str = "") -> tuple[Budget, Budget]:
    """Move free money from one budget to another of the same currency; the sum over all budgets stays.

    Raises NOT_FOUND, CURRENCY_MISMATCH, AMOUNT_PRECISION, INVALID, BUDGET_EXCEEDED.
    """
    with transaction.atomic():
        rows = locked(actor, [source_id, target_id])
        source, target = rows[source_id], rows[target_id]
        raise_all(_transfer_problems(source, target, amount))
        cause = _next_cause(source, target)
        entries = [
            _by_hand(source, LedgerEntryKind.TRANSFER, -amount, total=-amount, cause=cause, note=note, other=target),
            _by_hand(
                target, LedgerEntryKind.TRANSFER, amount, cause=cause, note=note, other=source, **_grow(target, amount)
            ),
        ]
        apply(actor, rows, entries)
        record(actor, _event("ledger.budget_transferred", source, amount=str(amount), to=target.number, note=note))
        record(actor, _event("ledger.budget_transferred", target, amount=str(amount), source=source.number, note=note))
    return Budget.objects.get(pk=source_id), Budget.objects.get(pk=target_id)


def _transfer_problems(source: Budget, target: Budget, amount: Decimal) -> Iterator[DomainError]:
    yield from amount_problems(amount, source.currency)
    if source.pk == target.pk:
        yield DomainError(CoreErrorCode.INVALID, _("Choose another budget."), "target")
    if source.currency != target.currency:
        text = _("Both budgets need the same currency.")
        yield DomainError(LedgerErrorCode.CURRENCY_MISMATCH, text, "target")
    if amount > source.free:
        yield exceeded(Short(source.pk, source.name, source.control, source.free, amount, source.currency, 0))
    if target.deficit:
        yield DomainError(CoreErrorCode.INVALID, _("The other budget has a deficit: top it up instead."), "target")


def accrue(actor: Actor, budget_id: int, delta: Decimal, key: str) -> Budget:
    """Let a variable budget follow its sales by the difference since the last time, once a key (channel §4).

    Where it would fall under what is promised and spent it stops there; the rest is its deficit, paid back first.
    Raises NOT_FOUND, AMOUNT_PRECISION, INVALID for a fixed budget.
    """
    with transaction.atomic():
        (budget,) = locked(actor, [budget_id]).values()
        if budget.kind != BudgetKind.VARIABLE:
            raise DomainError(CoreErrorCode.INVALID, _("Only a variable budget follows sales."), "budget")
        raise_all(amount_problems(delta, budget.currency, signed=True))
        if budget.entries.filter(document_kind="sales", document_id=budget.pk, cause=key).exists():
            return budget
        change = _grow(budget, delta)
        if delta < 0:
            shrink = min(-delta, max(budget.free, ZERO))
            change = {"total": -shrink, "deficit": -delta - shrink}
        entry = _by_hand(budget, LedgerEntryKind.ACCRUE, delta, cause=key, document_kind="sales", **change)
        apply(actor, {budget.pk: budget}, [entry])
    return Budget.objects.get(pk=budget.pk)


def _by_hand(budget: Budget, kind: str, amount: Decimal, **fields: Any) -> BudgetEntry:
    known: dict[str, Any] = {"document_kind": BY_HAND, "document_id": budget.pk, "document_number": budget.number}
    own = {"organization_id": budget.organization_id, "budget": budget, "origin": budget}
    return BudgetEntry(kind=kind, amount=amount, **own, **(known | fields))


def _next_cause(*budgets: Budget) -> str:
    """A cause of its own for what a person does by hand: the rows are locked, so nobody takes it meanwhile."""
    last = BudgetEntry.objects.filter(budget__in=budgets).aggregate(last=Max("pk"))["last"] or 0
    return f"by_hand:{last + 1}"


def _event(kind: str, budget: Budget, changes: dict[str, list[Any]] | None = None, **payload: Any) -> DomainEvent:
    told = {"number": budget.number, "currency": budget.currency} | {k: v for k, v in payload.items() if v != ""}
    return DomainEvent(kind, "budget", budget.pk, (budget.organization_id,), told, changes=changes or {})
