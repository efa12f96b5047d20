"""From one basis to the next: the rows by which an accrual moves (rebates §5)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ordercenter.rebates.compute.tiers import Figures, LineTerms, reached_band, target_value, value_at_band
from ordercenter.rebates.enums import AccrualCause, TierMethod

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Delta:
    """So much more or less, and why."""

    cause: AccrualCause
    amount: Decimal


def deltas(
    terms: LineTerms, before: Figures, after: Figures, accrued: Decimal, now: Decimal | None = None
) -> list[Delta]:
    """The rows that take T from `accrued` to that of `after`; at least one, even of nothing, for the source is kept.

    A retrospective line tells apart what the volume gives at the old band's rate, and what the new band adds to it.
    """
    now = target_value(terms, after) if now is None else now
    first = AccrualCause.RETURN if _falls(before, after) else AccrualCause.VOLUME
    if terms.method == TierMethod.RETROSPECTIVE:
        old, new = reached_band(terms, before), reached_band(terms, after)
        if old != new:
            volume = value_at_band(terms, after, old) - accrued
            rows = [Delta(first, volume), Delta(AccrualCause.RATE, now - accrued - volume)]
            return [row for row in rows if row.amount] or [Delta(first, ZERO)]
    return [Delta(first, now - accrued)]


def _falls(before: Figures, after: Figures) -> bool:
    return (after.amount, after.quantity) < (before.amount, before.quantity)
