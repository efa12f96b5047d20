"""Quota arbitration: who supplies how much of a requirement, exactly and with its reasons (contracts §5).

Pure: quantities in, quantities out. Ratings are fractions, never rounded; the same input gives the same output.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from ordercenter.contracts.enums import QuotaReason

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member of a quota as it stands: quantities in the quota's uom.

    `gap`: what its contract guarantees and was not called yet. `capacity`: what it can still deliver in the month.
    `barred`: why it gets nothing at all; such a member is kept in the result, to be shown.
    """

    key: Hashable
    quota: Decimal
    allocated: Decimal = Decimal(0)
    base: Decimal = Decimal(0)
    priority: int | None = None
    number: str = ""
    max_per_order: Decimal | None = None
    capacity: Decimal | None = None
    gap: Decimal = Decimal(0)
    barred: QuotaReason | None = None

    @property
    def rating(self) -> Fraction:
        """(allocated + base) / quota, before the run."""
        return Fraction(self.allocated + self.base) / Fraction(self.quota)


@dataclass(slots=True)
class Given:
    """What the run gave a candidate, its rating before and after, and why it got nothing or not more."""

    candidate: Candidate
    given: Fraction = NOTHING
    reason: QuotaReason = QuotaReason.HIGHER_RATING
    full: bool = False

    @property
    def quantity(self) -> Decimal:
        """What was given, as quantities are kept."""
        return Decimal(self.given.numerator) / Decimal(self.given.denominator)

    @property
    def rating_before(self) -> Fraction:
        return self.candidate.rating

    @property
    def rating(self) -> Fraction:
        """With what this run gave."""
        return self.candidate.rating + self.given / Fraction(self.candidate.quota)

    @property
    def room(self) -> Fraction | None:
        """How much more it may be given; None: any."""
        limits = [one for one in (self.candidate.max_per_order, self.candidate.capacity) if one is not None]
        return max(Fraction(min(limits)) - self.given, NOTHING) if limits else None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Every candidate with what it got; `requirement` as it was divided, `short`: what nobody could take."""

    requirement: Decimal
    rows: Sequence[Given] = field(default_factory=tuple)
    short: Decimal = Decimal(0)

    def by_key(self) -> dict[Hashable, Decimal]:
        """What each candidate got, 0 included."""
        return {row.candidate.key: row.quantity for row in self.rows}


def assign(
    candidates: Iterable[Candidate], requirement: Decimal, pack: Decimal, split_from: Decimal | None = None
) -> Assignment:
    """Divide a requirement (contracts §5): guaranteed first, then whole to the lowest rating, or split by quota.

    `pack` > 0: what comes in whole multiples of it. From `split_from` on a requirement is split, and rounded up to
    whole packs before. Every quota is > 0.
    """
    rows = [Given(one) for one in candidates]
    step, live = Fraction(pack), []
    for row in rows:
        if row.candidate.barred is not None:
            row.reason = row.candidate.barred
        else:
            live.append(row)
    splits = split_from is not None and requirement >= split_from
    rest = ceil(Fraction(requirement) / step) * step if splits else Fraction(requirement)
    whole = rest
    rest -= _guarantee(live, rest, step)
    if splits:
        rest = _split(live, rest, step, Fraction(split_from or 0))
    else:
        rest = _whole(live, rest, step)
    return Assignment(_decimal(whole), rows, _decimal(rest))


def newcomer_base(incumbents: Iterable[Candidate], quota: Decimal) -> Decimal:
    """The base with which a member of this quota joins level: the lowest rating of the others times its quota.

    Floored to the six decimals of a quantity; 0 where it is the first.
    """
    lowest = min((one.rating for one in incumbents), default=NOTHING)
    return Decimal(floor(lowest * Fraction(quota) * 10**6)).scaleb(-6)


def _guarantee(rows: Sequence[Given], rest: Fraction, step: Fraction) -> Fraction:
    """Members whose contract guarantees more than was called get up to the gap, in falling quota order."""
    taken = NOTHING
    for row in sorted(rows, key=lambda one: (-one.candidate.quota, one.candidate.number)):
        gap = Fraction(row.candidate.gap)
        if gap > 0 and rest > taken:
            part = _give(row, min(gap, rest - taken), rest - taken, step)
            if part:
                row.reason = QuotaReason.GUARANTEED
            taken += part
    return taken


def _whole(rows: Sequence[Given], rest: Fraction, step: Fraction) -> Fraction:
    """All of it to the lowest rating; what it cannot take again by rating. What nobody takes is left."""
    while rest > 0:
        waiting = [row for row in rows if not row.full]
        if not waiting:
            break
        row = min(waiting, key=_by_rating)
        part = _give(row, rest, rest, step)
        rest -= part
        if part:
            row.reason = QuotaReason.LOWEST_RATING
        if rest:
            row.full = True
            row.reason = QuotaReason.AT_LIMIT
    return rest


def _split(rows: Sequence[Given], rest: Fraction, step: Fraction, split_from: Fraction) -> Fraction:
    """Shares in the order of priority, then quota; the small rest whole; then packs, then what is too much again."""
    shares = {id(row): NOTHING for row in rows}
    waiting = sorted(rows, key=_turn)
    start, left = rest, rest
    while waiting and left >= split_from and left > 0:
        row = waiting.pop(0)
        total = sum((Fraction(one.candidate.quota) for one in (row, *waiting)), NOTHING)
        shares[id(row)] = left * Fraction(row.candidate.quota) / total
        left -= shares[id(row)]
    if left and rows:
        lowest = min(rows, key=lambda one: _by_rating(one, shares[id(one)]))
        shares[id(lowest)] += left
    _in_packs(rows, shares, start, step)
    over = NOTHING
    for row in rows:
        share = shares[id(row)]
        part = _give(row, share, start, step)
        over += share - part
        row.full = part < share
        row.reason = QuotaReason.AT_LIMIT if row.full else QuotaReason.SHARE if part else row.reason
    return _whole(rows, over if rows else start, step)


def _in_packs(rows: Sequence[Given], shares: dict[int, Fraction], total: Fraction, step: Fraction) -> None:
    """Shares become whole packs by largest remainder; equal ones by higher quota, then number."""
    packs = {key: floor(share / step) for key, share in shares.items()}
    missing = int(total / step) - sum(packs.values())
    order = sorted(
        rows,
        key=lambda row: (
            packs[id(row)] - shares[id(row)] / step,
            -row.candidate.quota,
            row.candidate.number,
        ),
    )
    for row in order[: max(missing, 0)]:
        packs[id(row)] += 1
    rest = total - sum(packs.values()) * step
    shares.update({key: count * step for key, count in packs.items()})
    if rest and order:
        # What a guarantee left is no whole pack: it stays with whom the last pack would have gone to.
        shares[id(order[0])] += rest


def _give(row: Given, wanted: Fraction, everything: Fraction, step: Fraction) -> Fraction:
    """Give as much of what is wanted as there is room for: whole packs, unless it is everything."""
    part = wanted if row.room is None else min(wanted, row.room)
    if part < everything:
        part = floor(part / step) * step
    row.given += part
    return part


def _by_rating(row: Given, extra: Fraction = NOTHING) -> tuple[Fraction, Decimal, float, str]:
    one = row.candidate
    priority = float("inf") if one.priority is None else float(one.priority)
    return (row.rating + extra / Fraction(one.quota), -one.quota, priority, one.number)


def _turn(row: Given) -> tuple[bool, int, Decimal, Fraction, str]:
    one = row.candidate
    return (one.priority is None, one.priority or 0, -one.quota, row.rating, one.number)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
