"""Prices that a clock calls: up in a Dutch auction, down in a Japanese one (auctions §3).

Level and end are functions of the instant and the frozen schedule, never of somebody who woke up in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil

MOST = 1000
LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Levels:
    """Level 0 is `first`; each next one `move` away for `interval`, up to and with `last` (a cap, or a floor below)."""

    first: Decimal
    move: Decimal
    interval: timedelta
    last: Decimal

    @property
    def rising(self) -> bool:
        return self.last > self.first

    @property
    def countable(self) -> bool:
        """There is a move and an interval, and an end to the levels that can be waited for."""
        if self.move <= 0 or not timedelta(0) < self.interval <= LONGEST:
            return False
        return abs(self.last - self.first) / self.move < MOST

    @property
    def count(self) -> int:
        """How many there are; the last may be a smaller move."""
        return 1 + ceil(abs(self.last - self.first) / self.move)

    def price(self, level: int) -> Decimal:
        """What a level costs."""
        if self.rising:
            return min(self.first + level * self.move, self.last)
        return max(self.first - level * self.move, self.last)

    def at(self, start: datetime, instant: datetime) -> int:
        """The level called at an instant; may lie before the first or behind the last."""
        return (instant - start) // self.interval

    def begins(self, start: datetime, level: int) -> datetime:
        """When a level is called; the level before ends at this instant."""
        return start + level * self.interval

    def ends(self, start: datetime) -> datetime:
        """When the last level has been called for its whole interval."""
        return self.begins(start, self.count)


@dataclass(frozen=True, slots=True)
class Japanese:
    """Who is still in, from what was accepted: seat -> levels."""

    levels: Levels
    survivors: int
    seats: tuple[int, ...]
    accepted: Mapping[int, frozenset[int]]

    def in_at(self, level: int) -> list[int]:
        """Seats that accepted every level before this one, and so may accept it."""
        return [seat for seat in self.seats if all(n in self.accepted.get(seat, ()) for n in range(level))]

    def last_window(self) -> int:
        """The level at the end of whose window it ends, if nothing more is accepted in windows that are still open."""
        for level in range(self.levels.count):
            if len(self.in_at(level + 1)) <= self.survivors:
                return level
        return self.levels.count - 1

    def ended_by(self, start: datetime, instant: datetime) -> datetime | None:
        """The end, where it lies at or before the instant."""
        end = self.levels.begins(start, self.last_window() + 1)
        return end if end <= instant else None

    def out(self, start: datetime, instant: datetime) -> set[int]:
        """Seats that let a window pass: out for good."""
        level = min(self.levels.at(start, instant), self.last_window() + 1)
        return set(self.seats) - set(self.in_at(level)) if level > 0 else set()


def japanese_winners(accepts: Iterable[tuple[int, int, int]]) -> list[int]:
    """Seats that took the last level anybody took, the earliest accept first, of (seat, level, seq)."""
    known = list(accepts)
    last = max((level for _seat, level, _seq in known), default=None)
    return [seat for seat, level, _seq in sorted(known, key=lambda one: one[2]) if level == last]
