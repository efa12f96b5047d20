"""Reading an auction under its lock and writing what came of it: one statement each (auctions §4, steps 4, 9, 10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from marketplace.core.actor import Actor
from marketplace.core.arrays import documents, numbers, texts
from marketplace.core.encryption import decrypt, encrypt
from marketplace.core.wake import wake_after_commit
from suppliers.auctions.enums import OVER, AuctionStatus, BidKind, BidStatus, SeatStatus
from suppliers.auctions.minutes import Client, Minute, Minutes
from suppliers.auctions.rules import Rules
from suppliers.auctions.state import BidState, Limit, Room, Seat
from suppliers.auctions.value import Transform

PURPOSE = "auctions.proxy"
RESERVE = "auctions.reserve"

#: Numbers travel as texts: a JSON number of a hundred digits would not come back as it was.
LOAD = """
SELECT a.id, a.buyer_id, a.event_id, a.number, a.rules::text, a.rules_hash, a.start_at, a.close_at, a.hard_stop_at,
       a.scale, a.status, a.extensions, a.paused_at, a.resume_at, a.ended_at, a.seq, a.last_adm_at, a.alive_at,
       a.audit_n, a.audit_head, a.reserve_sealed, clock_timestamp(),
       (SELECT jsonb_agg(jsonb_build_array(s.id, s.label, s.divisor::text, s.adder::text, s.ceiling::text, s.status,
                s.best_price::text, s.best_value::text, s.best_seq, s.seller_id, s.participation_id) ORDER BY s.id)
          FROM auctions_auctionseat s WHERE s.auction_id = a.id)::text,
       (SELECT jsonb_agg(jsonb_build_array(p.seat_id, p.limit_sealed, p.registered_seq))
          FROM auctions_proxybid p WHERE p.auction_id = a.id)::text,
       CASE WHEN %(bids)s::boolean OR a.format IN ('dutch', 'japanese', 'turn_based')
                 OR clock_timestamp() < a.start_at
            THEN (SELECT jsonb_agg(jsonb_build_array(b.seq, b.seat_id, b.kind, b.price::text, b.value::text, b.t_recv,
                         b.t_adm, b.level, b.place_after, b.status) ORDER BY b.seq)
                    FROM auctions_bid b WHERE b.auction_id = a.id)::text END,
       (SELECT jsonb_build_array(b.seq, b.seat_id, b.kind, b.price::text, b.value::text, b.t_recv, b.t_adm, b.level,
               b.place_after, b.status)
          FROM auctions_bid b JOIN auctions_auctionseat s ON s.id = b.seat_id
         WHERE b.auction_id = a.id AND b.client_id = %(client_id)s::uuid
           AND (s.seller_id = %(seller)s::bigint OR b.seat_id = %(seat)s::bigint))::text
  FROM auctions_auction a
 WHERE a.id = %(auction)s
   FOR NO KEY UPDATE OF a
"""

SAVE = """
WITH bid AS (
  INSERT INTO auctions_bid (buyer_id, seller_id, auction_id, seat_id, seq, kind, price, value, level, client_id, t_recv,
         t_adm, place_after, status, made_by_id, invalid_reason)
  SELECT %(buyer)s::bigint, g.seller, %(auction)s::bigint, g.seat, g.seq, g.kind, g.price, g.value, g.level,
         g.client_id, g.t_recv, g.t_adm, g.place, 'valid', %(user)s::bigint, ''
    FROM unnest(%(b_seller)s::bigint[], %(b_seat)s::bigint[], %(b_seq)s::integer[], %(b_kind)s::text[],
                %(b_price)s::numeric[], %(b_value)s::numeric[], %(b_level)s::integer[], %(b_client)s::uuid[],
                %(b_recv)s::timestamptz[], %(b_adm)s::timestamptz[], %(b_place)s::integer[])
      AS g(seller, seat, seq, kind, price, value, level, client_id, t_recv, t_adm, place)),
seat AS (
  UPDATE auctions_auctionseat s SET best_price = g.price, best_value = g.value, best_seq = g.seq, status = g.status
    FROM unnest(%(s_id)s::bigint[], %(s_price)s::numeric[], %(s_value)s::numeric[], %(s_seq)s::integer[],
                %(s_status)s::text[]) AS g(id, price, value, seq, status)
   WHERE s.id = g.id),
minute AS (
  INSERT INTO auctions_auctionaudit (buyer_id, auction_id, n, kind, body, hash)
  SELECT %(buyer)s::bigint, %(auction)s::bigint, g.n, g.kind, decode(g.body, 'hex'), decode(g.hash, 'hex')
    FROM unnest(%(a_n)s::integer[], %(a_kind)s::text[], %(a_body)s::text[], %(a_hash)s::text[])
      AS g(n, kind, body, hash)),
told AS (
  INSERT INTO core_outboxevent (kind, aggregate, aggregate_id, organizations, actor_user, actor_organization, payload,
         changes, at, attempts, error)
  SELECT g.kind, 'auction', %(auction)s::bigint, g.organizations, %(user)s::bigint, %(acting)s::bigint,
         g.payload, '{}'::jsonb, clock_timestamp(), 0, ''
    FROM unnest(%(e_kind)s::text[], %(e_organizations)s::jsonb[], %(e_payload)s::jsonb[])
      AS g(kind, organizations, payload))
UPDATE auctions_auction
   SET start_at = %(start_at)s, close_at = %(close_at)s, hard_stop_at = %(hard_stop_at)s, scale = %(scale)s::numeric,
       status = %(status)s, extensions = %(extensions)s, paused_at = %(paused_at)s::timestamptz,
       resume_at = %(resume_at)s::timestamptz, ended_at = %(ended_at)s::timestamptz, seq = %(seq)s,
       last_adm_at = %(last_adm_at)s::timestamptz, alive_at = greatest(alive_at, %(now)s::timestamptz),
       audit_n = %(audit_n)s, audit_head = %(audit_head)s
 WHERE id = %(auction)s::bigint
"""


@dataclass(slots=True)
class Held:
    """An auction that this transaction holds: its state, its minutes, and what is to be told of it."""

    id: int
    buyer_id: int
    event_id: int
    number: str
    rules_hash: bytes
    now: datetime
    alive_at: datetime | None
    room: Room
    minutes: Minutes
    sellers: dict[int, int]
    participations: dict[int, int]
    repeated: BidState | None = None
    reserve_sealed: str = ""
    ended: bool = False
    told: list[tuple[str, list[int], dict[str, Any]]] = field(default_factory=list)
    _known: dict[int, BidStatus] = field(default_factory=dict)
    _seats: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    _limits: dict[int, tuple[Decimal, int]] = field(default_factory=dict)
    _instants: tuple[Any, ...] = ()

    def seat_of(self, organization_id: int | None) -> int | None:
        """The seat of a supplier."""
        return next((seat for seat, seller in self.sellers.items() if seller == organization_id), None)

    def reserve(self) -> dict[str, str]:
        """The reserve price and its nonce, as the minutes tell them at the end; empty where there is none."""
        if not self.reserve_sealed:
            return {}
        nonce, amount = decrypt(self.reserve_sealed, RESERVE).split(" ")
        return {"reserve": amount, "reserve_nonce": nonce}

    def tell(self, kind: str, everybody: bool = False, **payload: Any) -> None:
        """Record a domain event with what is saved: for the buyer, or for all who sit here, too."""
        others = sorted(set(self.sellers.values()) - {self.buyer_id}) if everybody else []
        self.told.append((kind, [self.buyer_id, *others], payload))


def load(
    actor: Actor,
    auction_id: int,
    client: Client | None = None,
    client_id: UUID | None = None,
    seat_id: int | None = None,
    bids: bool = False,
) -> Held | None:
    """The auction, locked, with its seats and limits as they are now; `bids`: with all bids. None if there is none."""
    values = {
        "auction": auction_id,
        "bids": bids,
        "client_id": client_id and str(client_id),
        "seller": actor.organization_id,
        "seat": seat_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOAD, values)
        row = cursor.fetchone()
    return None if row is None else _held(row, actor, client or Client())


def peek(actor: Actor, auction_id: int) -> Held | None:
    """The same without the lock, to be looked at; nothing may be judged or saved by it."""
    values = {"auction": auction_id, "bids": False, "client_id": None, "seller": None, "seat": None}
    with connection.cursor() as cursor:
        cursor.execute(LOAD.replace("FOR NO KEY UPDATE OF a", ""), values)
        row = cursor.fetchone()
    return None if row is None else _held(row, actor, Client())


def _held(row: tuple[Any, ...], actor: Actor, client: Client) -> Held:
    (key, buyer, event, number, rules_text, rules_hash, start_at, close_at, hard_stop_at, scale, status, extensions,
     paused_at, resume_at, ended_at, seq, last_adm_at, alive_at, audit_n, audit_head, reserve, now, seats, proxies,
     bids, repeated) = row  # fmt: skip
    room = Room(
        _rules(rules_text),
        start_at,
        close_at,
        hard_stop_at,
        int(scale),
        AuctionStatus(status),
        extensions,
        paused_at,
        resume_at,
        ended_at,
        seq,
        last_adm_at,
    )
    known = orjson.loads(seats) if seats else []
    room.seats = {one[0]: _seat(one) for one in known}
    room.bids = [_bid(one) for one in orjson.loads(bids)] if bids else []
    room.proxies = {one[0]: Limit(_opened(one[1]), one[2]) for one in orjson.loads(proxies)} if proxies else {}
    held = Held(
        key,
        buyer,
        event,
        number,
        bytes(rules_hash),
        now,
        alive_at,
        room,
        Minutes(audit_n, bytes(audit_head), actor, client),
        {one[0]: one[9] for one in known},
        {one[0]: one[10] for one in known},
        _bid(orjson.loads(repeated)) if repeated else None,
        reserve,
    )
    held.ended = room.status in OVER
    held._instants = _instants(held)
    held._known = {bid.seq: bid.status for bid in room.bids}
    held._seats = {seat.id: _seat_row(seat) for seat in room.seats.values()}
    held._limits = {seat: (limit.price, limit.registered_seq) for seat, limit in room.proxies.items()}
    return held


def save(held: Held, client_id: UUID | None = None) -> None:
    """Write the new bids, the seats that changed, the minutes, the events and the auction; one statement.

    `client_id` belongs to the first new bid. Limits and the status of earlier bids take one more, where they changed.
    """
    room, actor = held.room, held.minutes.actor
    values = _auction_values(held) | _bid_values(held, client_id) | _seat_values(held) | _minute_values(held)
    values |= {
        "user": actor.user_id,
        "acting": actor.organization_id,
        "e_kind": texts(kind for kind, _organizations, _payload in held.told),
        "e_organizations": documents(organizations for _kind, organizations, _payload in held.told),
        "e_payload": documents(payload for _kind, _organizations, payload in held.told),
    }
    _save_limits(held)
    _save_statuses(held)
    with connection.cursor() as cursor:
        cursor.execute(SAVE, values)
    if held.told:
        wake_after_commit()
    seq, key, urgent = room.seq, held.id, _instants(held) != held._instants
    transaction.on_commit(lambda: _announce(key, seq, urgent))


def _instants(held: Held) -> tuple[Any, ...]:
    room = held.room
    return (room.status, room.close_at, room.paused_at, room.resume_at, room.ended_at)


def _announce(auction_id: int, seq: int, urgent: bool) -> None:
    """Wake those who watch at once; the outbox does it again, should this process die before."""
    from suppliers.auctions.live import announce

    announce(auction_id, seq, urgent)


def _auction_values(held: Held) -> dict[str, Any]:
    room = held.room
    return {
        "auction": held.id,
        "buyer": held.buyer_id,
        "start_at": room.start_at,
        "close_at": room.close_at,
        "hard_stop_at": room.hard_stop_at,
        "scale": str(room.scale),
        "status": room.status.value,
        "extensions": room.extensions,
        "paused_at": room.paused_at,
        "resume_at": room.resume_at,
        "ended_at": room.ended_at,
        "seq": room.seq,
        "last_adm_at": room.last_adm_at,
        "now": held.now,
        "audit_n": held.minutes.n,
        "audit_head": held.minutes.head,
    }


def _bid_values(held: Held, client_id: UUID | None) -> dict[str, Any]:
    made = [bid for bid in held.room.bids if bid.seq not in held._known]
    clients = [client_id if number == 0 else None for number, _bid in enumerate(made)]
    return {
        "b_seller": numbers(held.sellers[bid.seat] for bid in made),
        "b_seat": numbers(bid.seat for bid in made),
        "b_seq": numbers(bid.seq for bid in made),
        "b_kind": texts(bid.kind.value for bid in made),
        "b_price": numbers(bid.price for bid in made),
        "b_value": numbers(bid.value for bid in made),
        "b_level": numbers(bid.level for bid in made),
        "b_client": texts(None if one is None else str(one) for one in clients),
        "b_recv": texts(bid.t_recv.isoformat() for bid in made),
        "b_adm": texts(bid.t_adm.isoformat() for bid in made),
        "b_place": numbers(bid.place_after for bid in made),
    }


def _seat_values(held: Held) -> dict[str, Any]:
    changed = [seat for seat in held.room.seats.values() if _seat_row(seat) != held._seats.get(seat.id)]
    return {
        "s_id": numbers(seat.id for seat in changed),
        "s_price": numbers(seat.price for seat in changed),
        "s_value": numbers(seat.value for seat in changed),
        "s_seq": numbers(seat.seq for seat in changed),
        "s_status": texts(seat.status.value for seat in changed),
    }


def _minute_values(held: Held) -> dict[str, Any]:
    rows = held.minutes.rows
    return {
        "a_n": numbers(n for n, _kind, _body, _hash in rows),
        "a_kind": texts(kind for _n, kind, _body, _hash in rows),
        "a_body": texts(body.hex() for _n, _kind, body, _hash in rows),
        "a_hash": texts(digest.hex() for _n, _kind, _body, digest in rows),
    }


def _save_statuses(held: Held) -> None:
    changed = [bid for bid in held.room.bids if held._known.get(bid.seq, bid.status) is not bid.status]
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE auctions_bid b SET status = g.status FROM unnest(%s::integer[], %s::text[]) AS g(seq, status)"
                " WHERE b.auction_id = %s::bigint AND b.seq = g.seq",
                [numbers(bid.seq for bid in changed), texts(bid.status.value for bid in changed), held.id],
            )


LIMITS = """
WITH gone AS (DELETE FROM auctions_proxybid WHERE auction_id = %(auction)s::bigint
                 AND seat_id = ANY(%(gone)s::bigint[]))
INSERT INTO auctions_proxybid (buyer_id, seller_id, auction_id, seat_id, limit_sealed, registered_seq)
SELECT %(buyer)s::bigint, g.seller, %(auction)s::bigint, g.seat, g.sealed, g.seq
  FROM unnest(%(sellers)s::bigint[], %(seats)s::bigint[], %(sealed)s::text[], %(seqs)s::integer[])
    AS g(seller, seat, sealed, seq)
ON CONFLICT (auction_id, seat_id)
   DO UPDATE SET limit_sealed = EXCLUDED.limit_sealed, registered_seq = EXCLUDED.registered_seq
"""


def _save_limits(held: Held) -> None:
    limits = {seat: (limit.price, limit.registered_seq) for seat, limit in held.room.proxies.items()}
    if limits == held._limits:
        return
    gone = [seat for seat in held._limits if seat not in limits]
    new = [(seat, *limit) for seat, limit in limits.items() if held._limits.get(seat) != limit]
    with connection.cursor() as cursor:
        cursor.execute(
            LIMITS,
            {
                "auction": held.id,
                "buyer": held.buyer_id,
                "gone": numbers(gone),
                "sellers": numbers(held.sellers[seat] for seat, _price, _seq in new),
                "seats": numbers(seat for seat, _price, _seq in new),
                "sealed": texts(encrypt(str(price), PURPOSE) for _seat, price, _seq in new),
                "seqs": numbers(seq for _seat, _price, seq in new),
            },
        )


@lru_cache(512)
def _rules(text: str) -> Rules:
    return Rules.from_json(orjson.loads(text))


@lru_cache(4096)
def _opened(sealed: str) -> Decimal:
    return Decimal(decrypt(sealed, PURPOSE))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _seat(row: list[Any]) -> Seat:
    key, label, divisor, adder, ceiling, status, price, value, seq, _seller, _participation = row
    return Seat(
        key,
        label,
        Transform(Decimal(divisor), Decimal(adder)),
        _decimal(ceiling),
        SeatStatus(status),
        _decimal(price),
        None if value is None else int(value),
        seq,
    )


def _seat_row(seat: Seat) -> tuple[Any, ...]:
    return (seat.price, seat.value, seat.seq, seat.status)


def _bid(row: list[Any]) -> BidState:
    seq, seat, kind, price, value, t_recv, t_adm, level, place, status = row
    return BidState(
        seq,
        seat,
        BidKind(kind),
        Decimal(price),
        int(value),
        datetime.fromisoformat(t_recv),
        datetime.fromisoformat(t_adm),
        level,
        place,
        BidStatus(status),
    )


__all__ = ["Held", "Minute", "load", "save"]
