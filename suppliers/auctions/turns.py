"""Three rounds in which each seat has one turn: a fixed schedule (auctions §3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose position of which round (both from 0) is called at an instant."""

    round: int
    position: int


@dataclass(frozen=True, slots=True)
class Turns:
    """Pause, turns of round one, pause, turns of round two, pause, turns of round three, and the announcement."""

    first_pause: timedelta
    pause: timedelta
    turn: timedelta
    announcement: timedelta
    seats: int

    def begins(self, number: int) -> timedelta:
        """When a round begins, after the start."""
        return self.first_pause + number * (self.seats * self.turn + self.pause)

    def schedule(self) -> list[list[timedelta]]:
        """When each turn of each round begins, after the start."""
        return [[self.begins(n) + k * self.turn for k in range(self.seats)] for n in range(ROUNDS)]

    @property
    def prepared(self) -> timedelta:
        """The end of the last turn: the announcement is prepared."""
        return self.begins(ROUNDS - 1) + self.seats * self.turn

    @property
    def announced(self) -> timedelta:
        """The announcement is made: the end."""
        return self.prepared + self.announcement

    def at(self, start: datetime, instant: datetime) -> Turn | None:
        """The turn called at an instant; None in a pause."""
        for number in range(ROUNDS):
            position = (instant - start - self.begins(number)) // self.turn
            if 0 <= position < self.seats:
                return Turn(number, position)
        return None

    def ends(self, start: datetime, turn: Turn) -> datetime:
        """The end of a turn; what was bid in it is published then."""
        return start + self.begins(turn.round) + (turn.position + 1) * self.turn


def order_of(standings: Iterable[tuple[int, int, int]]) -> list[int]:
    """Seats in the order of their turns, of (seat, value, seq): highest value first; of equals the later first."""
    return [seat for seat, _value, _seq in sorted(standings, key=lambda one: (one[1], one[2]), reverse=True)]
