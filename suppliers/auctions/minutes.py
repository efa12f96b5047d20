"""Rows of the minutes: what is written of each act, and what a program needs to do it again (auctions §9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marketplace.core.actor import Actor
from marketplace.core.canonical import canonical, instant_text
from suppliers.auctions.chain import next_hash
from suppliers.auctions.enums import BidKind
from suppliers.auctions.state import BidState, Room, Seat


class Minute(StrEnum):
    """Kinds of rows."""

    PUBLISHED = "PUBLISHED"
    SEAT_ADMITTED = "SEAT_ADMITTED"
    SEAT_VALUE_SET = "SEAT_VALUE_SET"
    BID_ADMITTED = "BID_ADMITTED"
    BID_REFUSED = "BID_REFUSED"
    PROXY_SET = "PROXY_SET"
    PROXY_REMOVED = "PROXY_REMOVED"
    BID_INVALIDATED = "BID_INVALIDATED"
    EXTENDED = "EXTENDED"
    PAUSED = "PAUSED"
    RESUMED = "RESUMED"
    MESSAGE = "MESSAGE"
    DISCLOSED = "DISCLOSED"
    ENDED = "ENDED"
    VOIDED = "VOIDED"


@dataclass(frozen=True, slots=True)
class Client:
    """Where an act came from. Its own clock is written down and used for nothing."""

    session: str = ""
    ip: str = ""
    agent: str = ""
    time: str = ""


@dataclass(slots=True)
class Minutes:
    """The head of an auction's chain, and the rows that follow it in this transaction."""

    n: int
    head: bytes
    actor: Actor
    client: Client = field(default_factory=Client)
    rows: list[tuple[int, str, bytes, bytes]] = field(default_factory=list)

    def add(self, kind: Minute, **contents: Any) -> None:
        """One more row: its number, its kind, who did it from where, and what it says. What is None is left out."""
        self.n += 1
        told = {name: _text(value) for name, value in contents.items() if value is not None}
        body = canonical({"n": self.n, "kind": kind.value, **self._by(), **told})
        self.head = next_hash(self.head, body)
        self.rows.append((self.n, kind.value, body, self.head))

    def _by(self) -> dict[str, Any]:
        who = {"user": self.actor.user_id, "organization": self.actor.organization_id}
        client = {name: getattr(self.client, name) for name in Client.__slots__}
        return {name: value for name, value in (who | client).items() if value}

    def bid(self, room: Room, bid: BidState, **more: Any) -> None:
        """An admitted bid."""
        self.add(
            Minute.BID_ADMITTED,
            seat=room.seats[bid.seat].label,
            bid=bid.kind.name,
            price=room.rules.text(bid.price),
            level=bid.level,
            seq=bid.seq,
            place=bid.place_after,
            t_recv=bid.t_recv,
            t_adm=bid.t_adm,
            close_at=room.close_at,
            **more,
        )


def seat_contents(seat: Seat, room: Room) -> dict[str, Any]:
    """A seat as the minutes name it."""
    return {
        "label": seat.label,
        "divisor": _plain(seat.transform.divisor),
        "adder": _plain(seat.transform.adder),
        "ceiling": None if seat.ceiling is None else room.rules.text(seat.ceiling),
    }


def kind_of(body: Mapping[str, Any]) -> BidKind:
    """Which sort of bid a row tells of."""
    return BidKind[body["bid"]]


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value)
    return _plain(value) if isinstance(value, Decimal) else value


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
