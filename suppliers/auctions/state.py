"""An auction as it stands, in plain values: what acts are judged against, live and when the minutes are replayed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from suppliers.auctions.enums import LEVELLED, OVER, AuctionFormat, AuctionStatus, BidKind, BidStatus, SeatStatus
from suppliers.auctions.legality import Position
from suppliers.auctions.levels import Japanese, japanese_winners
from suppliers.auctions.rules import Rules
from suppliers.auctions.turns import ROUNDS, Turn, Turns, order_of
from suppliers.auctions.value import MILLION, PLAIN, Transform

#: The value of a seat that has no price yet: it stands behind all others.
NO_VALUE = 10**60
#: So long before the start nobody registers any more, and everybody sees rules and own values.
PREVIEW = timedelta(minutes=15)


@dataclass(slots=True)
class Seat:
    """One in the live room, with its best valid price."""

    id: int
    label: str
    transform: Transform = PLAIN
    ceiling: Decimal | None = None
    status: SeatStatus = SeatStatus.ADMITTED
    price: Decimal | None = None
    value: int | None = None
    seq: int | None = None


@dataclass(slots=True)
class BidState:
    """One admitted price act. `level`: of an accept its level, of a turn's bid its round."""

    seq: int
    seat: int
    kind: BidKind
    price: Decimal
    value: int
    t_recv: datetime
    t_adm: datetime
    level: int | None = None
    place_after: int = 0
    status: BidStatus = BidStatus.VALID


@dataclass(slots=True)
class Limit:
    """A seat's live proxy: its lowest price, and the seq that stood when it was set."""

    price: Decimal
    registered_seq: int


@dataclass(slots=True)
class Room:
    """All that decides. `bids` are needed only where levels or turns count, and to take one back."""

    rules: Rules
    start_at: datetime
    close_at: datetime
    hard_stop_at: datetime
    scale: int = MILLION
    status: AuctionStatus = AuctionStatus.PREPARING
    extensions: int = 0
    paused_at: datetime | None = None
    resume_at: datetime | None = None
    ended_at: datetime | None = None
    seq: int = 0
    last_adm_at: datetime | None = None
    seats: dict[int, Seat] = field(default_factory=dict)
    bids: list[BidState] = field(default_factory=list)
    proxies: dict[int, Limit] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: Rules, seats: Iterable[Seat], scale: int = MILLION) -> Room:
        """A room in which nothing has happened yet."""
        made = cls(rules, rules.start_at, rules.close_at, rules.hard_stop_at, scale)
        made.seats = {seat.id: seat for seat in seats}
        return made

    # Instants

    def status_at(self, instant: datetime) -> AuctionStatus:
        """Where it stands at an instant: the clock decides, whoever has or has not written it down."""
        if self.status in OVER or self.status is AuctionStatus.DRAFT:
            return self.status
        if self.is_paused(instant):
            return AuctionStatus.PAUSED
        if instant < self.start_at:
            preparing = instant >= self.start_at - PREVIEW
            return AuctionStatus.PREPARING if preparing else AuctionStatus.REGISTERING
        return AuctionStatus.LIVE if instant < self.close_at else AuctionStatus.ENDED

    def is_paused(self, instant: datetime) -> bool:
        """A pause covers the instant."""
        return (
            self.paused_at is not None
            and instant >= self.paused_at
            and (self.resume_at is None or instant < self.resume_at)
        )

    @property
    def open_seats(self) -> list[Seat]:
        """Seats that may still win."""
        return [seat for seat in self.seats.values() if seat.status is not SeatStatus.DISQUALIFIED]

    # Standings

    def bests(self, instant: datetime | None = None) -> list[tuple[int, int, int]]:
        """(value, seq, seat), best first. Of turns only those that had ended at the instant are known; None: all."""
        if self.rules.format is AuctionFormat.TURN_BASED:
            return sorted(self._turn_bests(instant))
        held = ((seat.value, seat.seq, seat.id) for seat in self.open_seats)
        return sorted((value, seq, seat) for value, seq, seat in held if value is not None and seq is not None)

    def _turn_bests(self, instant: datetime | None) -> Iterable[tuple[int, int, int]]:
        found: dict[int, BidState] = {}
        for bid in sorted(self.bids, key=lambda one: (-1 if one.level is None else one.level, one.seq)):
            if bid.status is BidStatus.VALID and (instant is None or self._published(bid, instant)):
                found[bid.seat] = bid
        return [(bid.value, bid.seq, seat) for seat, bid in found.items()]

    def _published(self, bid: BidState, instant: datetime) -> bool:
        if bid.level is None:
            return instant >= self.start_at
        order = self.turn_order(bid.level)
        return self.turns.ends(self.start_at, Turn(bid.level, order.index(bid.seat))) <= instant

    def position(self, seat: Seat) -> Position:
        """What a price of this seat is judged against (not for turns)."""
        lead = self.lead
        return Position(
            seat.transform,
            self.scale,
            seat.ceiling,
            seat.value,
            lead.value if lead else None,
            lead is seat,
            [one.value for one in self.open_seats if one is not seat and one.value is not None],
        )

    @property
    def lead(self) -> Seat | None:
        """Place 1."""
        held = [seat for seat in self.open_seats if seat.value is not None]
        return min(held, key=lambda seat: (seat.value, seat.seq), default=None)

    # Levels and turns

    @property
    def japanese(self) -> Japanese:
        """Who is in, by what was accepted."""
        assert self.rules.levels is not None
        taken: dict[int, set[int]] = {}
        for bid in self.accepts:
            taken.setdefault(bid.seat, set()).add(bid.level or 0)
        accepted = {seat: frozenset(levels) for seat, levels in taken.items()}
        return Japanese(self.rules.levels, self.rules.survivors, tuple(s.id for s in self.open_seats), accepted)

    @property
    def accepts(self) -> list[BidState]:
        """Valid accepts by seq."""
        return [bid for bid in self.bids if bid.kind is BidKind.ACCEPT and bid.status is BidStatus.VALID]

    @property
    def turns(self) -> Turns:
        """The schedule for as many as sit here."""
        return self.rules.turns.of(len(self.open_seats))

    def turn_order(self, number: int) -> list[int]:
        """Seats in the order of their turns of a round, by what they held when it began."""
        begins = {seat.id: (seat.id, NO_VALUE, seat.id) for seat in self.open_seats}
        for bid in sorted(self.bids, key=lambda one: (-1 if one.level is None else one.level, one.seq)):
            if bid.status is BidStatus.VALID and (bid.level is None or bid.level < number):
                begins[bid.seat] = (bid.seat, bid.value, bid.seq)
        return order_of(begins[seat.id] for seat in self.open_seats)

    # The result

    def winners(self) -> list[int]:
        """Seats that win, the first of them first, recomputed from what stands."""
        if self.rules.format is AuctionFormat.DUTCH:
            return [bid.seat for bid in self.accepts][: self.rules.winners]
        if self.rules.format is AuctionFormat.JAPANESE:
            return japanese_winners((bid.seat, bid.level or 0, bid.seq) for bid in self.accepts)[:1]
        return [seat for _value, _seq, seat in self.bests()][: self.rules.winners]

    def due_end(self, instant: datetime) -> datetime | None:
        """The instant at which it ended or would have, where that is past and nothing in time is on the way."""
        if self.is_paused(instant):
            return None
        if self.rules.format is AuctionFormat.JAPANESE and instant >= self.start_at:
            ended = self.japanese.ended_by(self.start_at, instant)
            if ended is not None:
                return min(ended, self.close_at)
        return self.close_at if instant >= self.close_at else None

    @property
    def needs_bids(self) -> bool:
        """Levels and turns are judged by all bids, the others by the best ones."""
        return self.rules.format in LEVELLED or self.rules.format is AuctionFormat.TURN_BASED


__all__ = ["NO_VALUE", "ROUNDS", "BidState", "Limit", "Room", "Seat"]
