"""Rooms for tests of the engine: a day in June, seats A, B, C ..., prices as texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from suppliers.auctions import engine
from suppliers.auctions.engine import Act
from suppliers.auctions.enums import AuctionFormat, AuctionStatus, BidKind, MustBeat, StepKind, TiePolicy
from suppliers.auctions.rules import Rules
from suppliers.auctions.state import BidState, Room, Seat
from suppliers.auctions.steps import Step
from suppliers.auctions.value import Transform, scale_of

TEN = datetime(2026, 6, 1, 10, tzinfo=UTC)
STEP = Step(StepKind.ABSOLUTE, Decimal(10))


def at(text: str) -> datetime:
    """An instant of the day: "10:07:59.999", or "07:59.999" after ten o'clock."""
    parts = text.split(":")
    hours, minutes, seconds = ("10", *parts) if len(parts) == 2 else parts
    midnight = TEN.replace(hour=0)
    return midnight + timedelta(hours=int(hours), minutes=int(minutes), milliseconds=round(float(seconds) * 1000))


def minutes(*numbers: int) -> list[datetime]:
    return [TEN + timedelta(minutes=number) for number in numbers]


def rules(**given: Any) -> Rules:
    """ENGLISH from ten for ten minutes, step 10, tick 0.01; what is named differs."""
    known: dict[str, Any] = {
        "format": AuctionFormat.ENGLISH,
        "currency": "CNY",
        "tick": Decimal("0.01"),
        "step": STEP,
        "start_at": TEN,
        "close_at": TEN + timedelta(minutes=10),
        "hard_stop_at": TEN + timedelta(hours=2),
        "must_beat": MustBeat.LEAD,
        "ties": TiePolicy.FORBIDDEN,
    }
    return Rules(**(known | given))


class Sale:
    """A live room with seats by letter."""

    def __init__(self, seats: str = "ABC", transforms: dict[str, Transform] | None = None, **given: Any) -> None:
        self.key = {letter: number for number, letter in enumerate(seats, 1)}
        self.letter = {number: letter for letter, number in self.key.items()}
        made = [
            Seat(number, letter, (transforms or {}).get(letter, Transform())) for letter, number in self.key.items()
        ]
        self.room = Room.of(rules(**given), made, scale_of(seat.transform.divisor for seat in made))
        self.room.status = AuctionStatus.PREPARING

    def act(self, letter: str, when: str | datetime = "01:00", drained: bool = True) -> Act:
        instant = at(when) if isinstance(when, str) else when
        return Act(self.key[letter], instant, instant + timedelta(milliseconds=4), drained)

    def bid(self, letter: str, price: str, when: str | datetime = "01:00", **options: Any) -> list[BidState]:
        return engine.bid(self.room, self.act(letter, when), Decimal(price), BidKind.MANUAL, **options)

    def proxy(self, letter: str, price: str, when: str | datetime = "01:00") -> list[BidState]:
        return engine.set_proxy(self.room, self.act(letter, when), Decimal(price))

    def accept(self, letter: str, level: int, when: str | datetime) -> BidState:
        return engine.accept(self.room, self.act(letter, when), level)

    def told(self, bids: list[BidState]) -> list[str]:
        return [f"{self.letter[bid.seat]} {self.room.rules.text(bid.price)}" for bid in bids]

    @property
    def winner(self) -> str | None:
        winners = self.room.winners()
        return self.letter[winners[0]] if winners else None
