"""Promise, spend and give back of budgets, for documents of any room (credit-and-ledger §2, §11.9).

A promise or use is written on the budget and on every one above it that rolls up. All writers lock the rows by id
(level 3) and write their entries in the same transaction; the same document, cause and seq writes once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.models import ControlMode, PolicyStatus
from marketplace.core.money import round_money
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.ledger.models import Budget, BudgetEntry

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class BudgetMove:
    """So much of a budget promised, spent or given back, for a document. `seq` tells parts of one cause apart.

    kind: RESERVE free -> reserved; CONSUME reserved -> consumed (`direct`: free -> consumed); FREE reserved -> free;
    REVERSE consumed -> free.
    """

    budget_id: int
    kind: str
    amount: Decimal
    document_kind: str
    document_id: int
    cause: str
    seq: int = 1
    document_number: str = ""
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Short:
    """A budget that a promise exceeds, and what its control mode says to that."""

    budget_id: int
    name: str
    control: str
    free: Decimal
    asked: Decimal
    currency: str
    index: int

    @property
    def over(self) -> Decimal:
        return self.asked - max(self.free, ZERO)


@dataclass(slots=True)
class Moved:
    """What came of a list of moves: entries written, and where a limit was passed that does not block."""

    entries: list[BudgetEntry] = field(default_factory=list)
    warnings: list[Short] = field(default_factory=list)

    @property
    def needs_approval(self) -> list[Short]:
        """Where somebody has to agree first."""
        return [one for one in self.warnings if one.control == ControlMode.REQUIRE_APPROVAL]


def move_all(actor: Actor, moves: Sequence[BudgetMove]) -> Moved:
    """Promise, spend and give back, for many budgets and documents; five statements.

    A move that was written before is left out. BUDGET_EXCEEDED for every budget of the chain that blocks and has too
    little; others are answered in `warnings`. Raises also NOT_FOUND, AMOUNT_PRECISION, INVALID (more than is promised
    or spent; a budget that is not in effect).
    """
    if not moves:
        return Moved()
    with transaction.atomic():
        own = {
            row.pk: row
            for row in Budget.objects.filter(pk__in={move.budget_id for move in moves}, organization=actor.own_id)
        }
        raise_all(not_found("budget", i) for i, move in enumerate(moves) if move.budget_id not in own)
        chain = {pk for row in own.values() for pk in (row.pk, *row.ancestors)}
        rows = locked(actor, chain)
        fresh = _fresh(moves)
        raise_all(_move_problems(actor, fresh, rows))
        entries: list[BudgetEntry] = []
        warnings: list[Short] = []
        figures = {pk: [row.reserved, row.consumed, row.total, row.deficit] for pk, row in rows.items()}
        blocked: list[DomainError] = []
        for index, move in fresh:
            for budget in _chain(rows, move.budget_id):
                entry = _entry(budget, move, figures[budget.pk])
                short = _short(budget, move, figures[budget.pk], index)
                if short and budget.control == ControlMode.BLOCK:
                    blocked.append(exceeded(short))
                elif short:
                    warnings.append(short)
                _count(figures[budget.pk], entry)
                entries.append(entry)
        raise_all([*blocked, *_below_nought(fresh, rows, figures)])
        apply(actor, rows, entries)
    return Moved(entries, warnings)


def _fresh(moves: Sequence[BudgetMove]) -> list[tuple[int, BudgetMove]]:
    """Those not written before, with their places."""
    documents = {(move.document_kind, move.document_id) for move in moves}
    there = BudgetEntry.objects.filter(
        document_kind__in={kind for kind, _pk in documents}, document_id__in={pk for _kind, pk in documents}
    ).values_list("budget_id", "document_kind", "document_id", "cause", "seq")
    known = set(there)
    found: list[tuple[int, BudgetMove]] = []
    for index, move in enumerate(moves):
        key = (move.budget_id, move.document_kind, move.document_id, move.cause, move.seq)
        if key not in known:
            known.add(key)
            found.append((index, move))
    return found


def _move_problems(
    actor: Actor, fresh: Sequence[tuple[int, BudgetMove]], rows: Mapping[int, Budget]
) -> Iterator[DomainError]:
    today = today_of(actor.organization)
    for index, move in fresh:
        budget = rows[move.budget_id]
        yield from amount_problems(move.amount, budget.currency, index)
        takes = move.kind == LedgerEntryKind.RESERVE or (move.kind == LedgerEntryKind.CONSUME and move.direct)
        if takes and budget.state(today) != PolicyStatus.EFFECTIVE:
            text = _("The budget “%(name)s” is not in effect.") % {"name": budget.name}
            yield DomainError(CoreErrorCode.INVALID, text, "budget", index)


def _chain(rows: Mapping[int, Budget], budget_id: int) -> Iterator[Budget]:
    """The budget, and those above it that roll up."""
    budget = rows[budget_id]
    yield budget
    for pk in reversed(budget.ancestors):
        if rows[pk].rollup:
            yield rows[pk]


def _entry(budget: Budget, move: BudgetMove, figures: list[Decimal]) -> BudgetEntry:
    amount = move.amount
    kind = LedgerEntryKind(move.kind)
    reserved = {LedgerEntryKind.RESERVE: amount, LedgerEntryKind.FREE: -amount}.get(kind, ZERO)
    consumed = {LedgerEntryKind.CONSUME: amount, LedgerEntryKind.REVERSE: -amount}.get(kind, ZERO)
    if kind == LedgerEntryKind.CONSUME and not move.direct:
        reserved = -amount
    given_back = -(reserved + consumed)
    # What comes back to a variable budget in deficit pays that first: its total shrinks by as much.
    back = min(max(given_back, ZERO), figures[3])
    return BudgetEntry(
        organization_id=budget.organization_id,
        budget=budget,
        kind=kind,
        amount=amount,
        total=-back,
        reserved=reserved,
        consumed=consumed,
        deficit=-back,
        document_kind=move.document_kind,
        document_id=move.document_id,
        document_number=move.document_number,
        cause=move.cause,
        seq=move.seq,
        origin_id=move.budget_id,
    )


def _count(figures: list[Decimal], entry: BudgetEntry) -> None:
    for place, name in enumerate(("reserved", "consumed", "total", "deficit")):
        figures[place] += getattr(entry, name)


def _short(budget: Budget, move: BudgetMove, figures: list[Decimal], index: int) -> Short | None:
    reserved, consumed, total, _deficit = figures
    takes = move.kind == LedgerEntryKind.RESERVE or (move.kind == LedgerEntryKind.CONSUME and move.direct)
    free = total - reserved - consumed
    if not takes or move.amount <= free:
        return None
    return Short(budget.pk, budget.name, budget.control, free, move.amount, budget.currency, index)


def _below_nought(
    fresh: Sequence[tuple[int, BudgetMove]], rows: Mapping[int, Budget], figures: Mapping[int, list[Decimal]]
) -> Iterator[DomainError]:
    """INVALID for what would give back or spend more than is promised or spent."""
    for pk, (reserved, consumed, *_rest) in figures.items():
        if reserved < 0 or consumed < 0:
            index = next((i for i, move in fresh if pk in (move.budget_id, *rows[move.budget_id].ancestors)), None)
            text = _("More than is reserved or consumed of “%(name)s”.") % {"name": rows[pk].name}
            yield DomainError(CoreErrorCode.INVALID, text, "amount", index)


def locked(actor: Actor, budget_ids: Iterable[int]) -> dict[int, Budget]:
    """The budgets, locked by id. Raises NOT_FOUND where one is not the actor's."""
    wanted = set(budget_ids)
    rows = Budget.objects.select_for_update(no_key=True).filter(pk__in=wanted, organization=actor.own_id).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) < len(wanted):
        raise not_found("budget")
    return found


def apply(actor: Actor, rows: Mapping[int, Budget], entries: Sequence[BudgetEntry]) -> None:
    """Write entries and the figures of the locked budgets they move."""
    if not entries:
        return
    write(actor, entries)
    sums: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for entry in entries:
        for name in ("total", "reserved", "consumed", "deficit"):
            sums[entry.budget_id][name] += getattr(entry, name)
    for pk, change in sums.items():
        for name, amount in change.items():
            setattr(rows[pk], name, getattr(rows[pk], name) + amount)
    names = ["total", "reserved", "consumed", "deficit"]
    Budget.objects.bulk_update([rows[pk] for pk in sorted(sums)], names)


def write(actor: Actor, entries: Sequence[BudgetEntry]) -> None:
    for entry in entries:
        entry.by_id = actor.user_id
    BudgetEntry.objects.bulk_create(entries)


def amount_problems(
    amount: Decimal, currency: str, index: int | None = None, signed: bool = False
) -> Iterator[DomainError]:
    if amount == 0 or (amount < 0 and not signed):
        yield DomainError(CoreErrorCode.INVALID, _("Give an amount above 0."), "amount", index)
    elif amount != round_money(amount, currency):
        yield too_fine(currency, "amount", index)


def too_fine(currency: str, field_: str, index: int | None = None) -> DomainError:
    text = _("%(currency)s has no amounts as fine as this.") % {"currency": currency}
    return DomainError(LedgerErrorCode.AMOUNT_PRECISION, text, field_, index)


def exceeded(short: Short) -> DomainError:
    words = {
        "name": short.name,
        "free": round_money(max(short.free, ZERO), short.currency),
        "asked": round_money(short.asked, short.currency),
        "currency": short.currency,
    }
    text = _("The budget “%(name)s” has %(free)s %(currency)s left, not %(asked)s.") % words
    return DomainError(LedgerErrorCode.BUDGET_EXCEEDED, text, "amount", short.index)
