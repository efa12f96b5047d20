"""The state made anew from the minutes alone, and held against the one that is stored (auctions §9, §11.4, §11.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import not_found
from suppliers.auctions import engine
from suppliers.auctions.chain import Verified, verify_chain
from suppliers.auctions.engine import Act
from suppliers.auctions.enums import AuctionStatus, BidKind
from suppliers.auctions.errors import Refused
from suppliers.auctions.minutes import Minute, kind_of
from suppliers.auctions.models import Auction, AuctionAudit, AuctionSeat, Bid
from suppliers.auctions.rules import Rules, rules_hash
from suppliers.auctions.state import Room, Seat
from suppliers.auctions.value import Transform
from suppliers.auctions.weighing import reschedule, weigh


@dataclass(frozen=True, slots=True)
class Proof:
    """What the minutes prove: an unbroken chain that ends in the stored head, and the stored state."""

    rows: int
    head: bytes
    broken_at: int | None
    head_matches: bool
    rules_match: bool
    differences: tuple[str, ...] = field(default=())

    @property
    def holds(self) -> bool:
        return self.broken_at is None and self.head_matches and self.rules_match and not self.differences


def prove(actor: Actor, auction: Auction) -> Proof:
    """Recompute an auction's chain and replay it. Four statements."""
    minutes = AuctionAudit.objects.visible_to(actor).filter(auction=auction.pk).order_by("n")
    rows = [(n, bytes(body), bytes(kept)) for n, body, kept in minutes.values_list("n", "body", "hash")]
    digest = bytes(auction.rules_hash)
    chain: Verified = verify_chain(auction.number, digest, rows)
    fits = rules_hash(auction.rules) == digest
    differences: tuple[str, ...] = ()
    if chain.broken_at is None and fits:
        differences = tuple(compare(auction, [orjson.loads(body) for _n, body, _kept in rows]))
    return Proof(chain.rows, chain.head, chain.broken_at, chain.head == bytes(auction.audit_head), fits, differences)


def prove_by_id(actor: Actor, auction_id: int) -> Proof:
    """The same for an auction of the actor's that is published; raises NOT_FOUND."""
    found = Auction.objects.visible_to(actor).filter(pk=auction_id, buyer=actor.organization_id)
    auction = found.exclude(status=AuctionStatus.DRAFT).first()
    if auction is None:
        raise not_found("auction")
    return prove(actor, auction)


def compare(auction: Auction, bodies: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """Names of what differs between the replayed and the stored state."""
    seats = {seat.label: seat for seat in AuctionSeat.objects.filter(auction=auction.pk)}
    try:
        room = replay(Rules.from_json(auction.rules), {label: seat.pk for label, seat in seats.items()}, bodies)
    except (Refused, KeyError) as error:
        yield f"replay: {error}"
        return
    for name in ("seq", "close_at", "hard_stop_at", "start_at", "extensions", "paused_at", "resume_at", "ended_at"):
        if getattr(room, name) != _settled(auction, name, room):
            yield name
    if room.scale != int(auction.scale):
        yield "scale"
    if room.status_at(now := database_now()) is not _status(auction, room, now):
        yield "status"
    for seat in room.seats.values():
        stored = seats[seat.label]
        value = None if stored.best_value is None else int(stored.best_value)
        if (seat.price, seat.value, seat.seq) != (stored.best_price, value, stored.best_seq):
            yield f"seat {seat.label}"
    yield from _bids(auction, room)


def _settled(auction: Auction, name: str, room: Room) -> Any:
    """The stored instant of a pause that is over is forgotten when somebody next looks; the minutes keep it."""
    stored = getattr(auction, name)
    return getattr(room, name) if name in ("paused_at", "resume_at") and stored is None else stored


def _status(auction: Auction, room: Room, now: datetime) -> AuctionStatus:
    stored = Room(room.rules, auction.start_at, auction.close_at, auction.hard_stop_at)
    stored.status, stored.paused_at = AuctionStatus(auction.status), auction.paused_at
    stored.resume_at = auction.resume_at
    return stored.status_at(now)


def _bids(auction: Auction, room: Room) -> Iterable[str]:
    stored = list(
        Bid.objects.filter(auction=auction.pk)
        .order_by("seq")
        .values_list("seq", "seat_id", "kind", "price", "value", "status", "place_after", "level", "t_recv", "t_adm")
    )
    made = [
        (
            bid.seq,
            bid.seat,
            bid.kind.value,
            bid.price,
            Decimal(bid.value),
            bid.status.value,
            bid.place_after,
            bid.level,
            bid.t_recv,
            bid.t_adm,
        )
        for bid in room.bids
    ]
    if stored != made:
        yield "bids"


def replay(rules: Rules, seats: Mapping[str, int], bodies: Iterable[Mapping[str, Any]]) -> Room:
    """The room after all acts of the minutes; raises Refused where one of them was against the rules."""
    room = Room.of(rules, ())
    room.status = AuctionStatus.REGISTERING
    for body in bodies:
        act = ACTS.get(body["kind"])
        if act is not None:
            act(room, seats, body)
    return room


def _published(room: Room, seats: Mapping[str, int], body: Mapping[str, Any]) -> None:
    for one in body["seats"]:
        _seated(room, seats, one)


def _seated(room: Room, seats: Mapping[str, int], body: Mapping[str, Any]) -> None:
    key = seats[body["label"]]
    transform = Transform(Decimal(body["divisor"]), Decimal(body["adder"]))
    known = room.seats.setdefault(key, Seat(key, body["label"]))
    known.transform = transform
    known.ceiling = Decimal(body["ceiling"]) if body.get("ceiling") else None
    reschedule(room)


def _valued(room: Room, seats: Mapping[str, int], body: Mapping[str, Any]) -> None:
    seat = room.seats[seats[body["label"]]]
    seat.transform = Transform(Decimal(body["divisor"]), Decimal(body["adder"]))
    seat.ceiling = Decimal(body["ceiling"]) if body.get("ceiling") else None
    weigh(room)


def _bid(room: Room, seats: Mapping[str, int], body: Mapping[str, Any]) -> None:
    act = Act(seats[body["seat"]], _instant(body["t_recv"]), _instant(body["t_adm"]))
    kind, price = kind_of(body), Decimal(body["price"])
    if kind is BidKind.ACCEPT:
        engine.accept(room, act, body["level"])
    elif kind is BidKind.START:
        engine.start_price(room, act, price)
    else:
        engine.bid(room, act, price, kind, confirmed=True)


def _resumed(room: Room, _seats: Mapping[str, int], body: Mapping[str, Any]) -> None:
    engine.resume(room, _instant(body["resume_at"]), timedelta(seconds=body["extra"]))


def _ended(room: Room, _seats: Mapping[str, int], body: Mapping[str, Any]) -> None:
    engine.finish(room, _instant(body["ended_at"]))


def _voided(room: Room, _seats: Mapping[str, int], body: Mapping[str, Any]) -> None:
    room.status = AuctionStatus.VOIDED
    room.ended_at = room.ended_at or _instant(body["at"])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


ACTS = {
    Minute.PUBLISHED: _published,
    Minute.SEAT_ADMITTED: _seated,
    Minute.SEAT_VALUE_SET: _valued,
    Minute.BID_ADMITTED: _bid,
    Minute.BID_INVALIDATED: lambda room, _seats, body: engine.invalidate(room, body["seq"]),
    Minute.EXTENDED: lambda room, _seats, body: engine.extend(room, _instant(body["close_at"])),
    Minute.PAUSED: lambda room, _seats, body: engine.pause(room, _instant(body["at"])),
    Minute.RESUMED: _resumed,
    Minute.ENDED: _ended,
    Minute.VOIDED: _voided,
}
