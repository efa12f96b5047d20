"""From new bases to new target values: positions alone, pooled, and those from which earlier rebates are deducted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ordercenter.rebates.commons import Commons
from ordercenter.rebates.compute.change import deltas
from ordercenter.rebates.compute.periods import day_in
from ordercenter.rebates.compute.pool import after_deductions, shares
from ordercenter.rebates.compute.tiers import Figures, basis_of, target_value
from ordercenter.rebates.enums import AccrualCause
from ordercenter.rebates.figures import Measured
from ordercenter.rebates.live import LiveLine, LivePolicy
from ordercenter.rebates.positions import Held, PositionKey, Row
from ordercenter.rebates.sources import Source

if TYPE_CHECKING:
    from ordercenter.rebates.accrue import Known

ZERO = Decimal(0)
BASIS = Decimal("0.0000000001")


@dataclass(frozen=True, slots=True)
class Given:
    """What a source adds to the basis of a line; `first`: nothing of it was counted there before."""

    source: Source
    policy: LivePolicy
    line: LiveLine
    key: PositionKey
    seq: int
    amount: Decimal
    quantity: Decimal
    first: bool

    def row(self, day: date, amount: Decimal, cause: AccrualCause, basis: bool) -> Row:
        """The accrual of it; only one of its rows carries the basis."""
        return Row(
            self.source.kind,
            self.source.id,
            self.seq,
            self.source.order_id,
            day,
            self.amount.quantize(BASIS) if basis else ZERO,
            self.quantity.quantize(BASIS) if basis else ZERO,
            amount,
            cause,
        )


class Units:
    """Locked positions on their way to new target values.

    A unit is what has one T: a position, or all pooled ones of a line and period. Units of policies that deduct others
    come after these, as their basis depends on what these give.
    """

    def __init__(self, held: Sequence[Held], policies: Mapping[int, LivePolicy], like: Units | None = None) -> None:
        """`like`: of the same positions, so that what they are measured by is not read again."""
        self.policies = policies
        self.lines = {line.id: (policy, line) for policy in policies.values() for line in policy.lines}
        self.held = [one for one in held if one.line_id in self.lines]
        self.by_key = {(one.line_id, one.partnership_id, one.period_from): one for one in self.held}
        self.given: dict[int, list[Given]] = defaultdict(list)
        self.measured: Measured = like.measured if like else self._measured()
        self.commons: Commons = Commons(self.held, self.lines, self.by_key, like.commons if like else None)

    def _measured(self) -> Measured:
        return Measured(
            (self.lines[one.line_id][1] for one in self.held),
            (one.partnership_id for one in self.held),
            (one.period_from for one in self.held),
        )

    def give(self, given: Given) -> None:
        """Take in what a source adds."""
        key = (given.key.line_id, given.key.partnership_id, given.key.start)
        if (held := self.by_key.get(key)) is not None:  # type: ignore[arg-type]
            self.given[held.id].append(given)

    def settle(self, known: Known | None = None, save: bool = True) -> None:
        """Bring every unit to its T, earlier policies first. `save`: unless it is only looked what would be."""
        if known is not None:
            self.commons.learn([one for all_given in self.given.values() for one in all_given], known)
        for unit in self._units():
            if len(unit) == 1 and not self.lines[unit[0].line_id][0].pooled:
                self._one(unit[0])
            else:
                self._pool(unit)
        if save:
            self.commons.save()

    def _units(self) -> list[list[Held]]:
        units: dict[tuple, list[Held]] = defaultdict(list)
        for one in sorted(self.held, key=lambda one: (*self.lines[one.line_id][0].order, one.line_id, one.id)):
            policy = self.lines[one.line_id][0]
            units[one.line_id, one.period_from, 0 if policy.pooled else one.partnership_id].append(one)
        return list(units.values())

    def figures(self, one: Held) -> Figures:
        """What a position's T is computed from now."""
        policy, line = self.lines[one.line_id]
        amount = one.basis_amount
        if policy.deducts:
            amount = after_deductions(amount, self.commons.earlier(one), policy.row.currency)
        key = (line.id, one.partnership_id, one.period_from)
        return Figures(amount, one.basis_quantity, self.measured.baseline(*key), self.measured.target(*key))

    def _one(self, one: Held) -> None:
        _policy, line = self.lines[one.line_id]
        before = self.figures(one)
        base = target_value(line.terms, before) - one.target_value
        if base:
            one.add(base_row(one, base))
        for given in self.given[one.id]:
            day = day_of(given)
            after = replace(
                before,
                amount=before.amount + given.amount.quantize(BASIS),
                quantity=before.quantity + given.quantity.quantize(BASIS),
            )
            for number, delta in enumerate(deltas(line.terms, before, after, one.target_value)):
                one.add(given.row(day, delta.amount, delta.cause, basis=number == 0))
            before = after

    def _pool(self, unit: Sequence[Held]) -> None:
        """Rows of sources first, then each share's difference on the last row of who bought, or as a base change."""
        policy, line = self.lines[unit[0].line_id]
        for one in unit:
            rows = [given.row(day_of(given), ZERO, _cause(given), basis=True) for given in self.given[one.id]]
            for row in rows:
                one.add(row)
        figures = {one.id: self.figures(one) for one in unit}
        total = target_value(line.terms, pooled(figures.values()))
        bases = {one.partnership_id: _weight(line, figures[one.id]) for one in unit}
        parts = shares(total, bases, policy.row.currency)
        for one in unit:
            change = parts[one.partnership_id] - one.target_value
            if not change:
                continue
            if self.given[one.id]:
                one.rows[-1].amount += change
                one.target_value += change
            else:
                one.add(base_row(one, change))


def pooled(figures: Iterable[Figures]) -> Figures:
    """The figures of a group: sums of those of its members."""
    amount = quantity = ZERO
    baselines: list[Decimal] = []
    targets: list[Decimal] = []
    for one in figures:
        amount += one.amount
        quantity += one.quantity
        baselines += [one.baseline] if one.baseline is not None else []
        targets += [one.target] if one.target is not None else []
    return Figures(
        amount, quantity, sum(baselines, ZERO) if baselines else None, sum(targets, ZERO) if targets else None
    )


def base_row(one: Held, amount: Decimal) -> Row:
    """A change of T without a source: of a baseline, a target, tiers, or of what earlier policies give."""
    return Row("base", one.id, 0, None, one.period_from, ZERO, ZERO, amount, AccrualCause.BASE)


def day_of(given: Given) -> date:
    """The grantor's day of a source."""
    return day_in(given.policy.zone, given.source.occurred_at)


def _weight(line: LiveLine, figures: Figures) -> Decimal:
    return basis_of(line.terms, figures)


def _cause(given: Given) -> AccrualCause:
    return AccrualCause.RETURN if (given.amount, given.quantity) < (ZERO, ZERO) else AccrualCause.VOLUME
