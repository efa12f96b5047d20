"""Auctions through GraphQL: the journey of both sides, refusals, what a stranger gets, how many statements it takes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from marketplace.core.gate import clock
from marketplace.graphql import execute, to_global_id
from marketplace.graphql.live.hub import Listener
from suppliers.auctions import control
from suppliers.auctions.enums import AuctionFormat, MustBeat, TiePolicy
from suppliers.auctions.models import Auction, Bid
from suppliers.auctions.rules import Shown
from suppliers.auctions.schema.live import AuctionChanged
from tests.factories import make_actor, make_stranger
from tests.ordercenter.orders.ask import ask
from tests.statements import count_sql
from tests.suppliers.auctions.world import World, shift

LIVE = """live { status closeAt seq extensions leadPrice { amount } leadLabel seats saving { amount } savingPercent
  own { label price rank leading highest limit mayBid supportsProxy } standings { label rank price seatId mine } winners
  level { number price } turn { round mine } }"""
AUCTION = (
    "query($id: ID!) { auction(id: $id) { number name status auditHead isBuyer messages { text at } " + LIVE + "} }"
)
BID = """mutation($auction: ID!, $price: Decimal!, $clientId: ID) {
  auctionBidPlace(auction: $auction, price: $price, clientId: $clientId) {
    bid { seq label price { amount } placeAfter } repeated auction { live { own { rank highest } } }
    errors { code message field } } }"""


def gid(auction: Auction) -> str:
    return to_global_id("Auction", auction.pk)


def payload(actor, text, **variables):
    (found,) = ask(actor, text, **variables).values()
    return found


def test_the_journey_from_a_lot_to_the_minutes(world):
    start = clock() + timedelta(hours=1)
    rules = {
        "lot": to_global_id("Lot", world.lot.pk),
        "format": "ENGLISH",
        "tick": "0.01",
        "startAt": start.isoformat(),
        "closeAt": (start + timedelta(minutes=10)).isoformat(),
        "stepValue": "10",
        "baselinePrice": "1200",
        "reservePrice": "850",
    }
    text = """mutation($input: AuctionRulesInput!) { auctionCreate(input: $input) {
      auction { id live { seq } } errors { code } } }"""
    made = payload(world.buyer, text, input=rules)
    assert made["errors"] == [] and made["auction"]["live"] is None
    key = made["auction"]["id"]
    for participation in world.participations:
        text = """mutation($a: ID!, $p: ID!) { auctionSeatAdmit(auction: $a, participation: $p) {
          seat { label supplier { name } } errors { code } } }"""
        assert not payload(world.buyer, text, a=key, p=to_global_id("Participation", participation.pk))["errors"]
    text = """mutation($a: ID!) { auctionPublish(auction: $a) {
      auction { status rulesHash reserveCommitment } errors { code } } }"""
    told = payload(world.buyer, text, a=key)["auction"]
    assert told["status"] == "REGISTERING" and len(told["rulesHash"]) == len(told["reserveCommitment"]) == 64
    auction = Auction.objects.get()
    shift(auction, timedelta(hours=1))
    first = payload(world.suppliers[0], BID, auction=key, price="1000", clientId=str(uuid4()))
    assert (first["bid"]["seq"], first["bid"]["label"]) == (1, world.seat(0, auction).label)
    refused = payload(world.suppliers[1], BID, auction=key, price="995")
    assert refused["bid"] is None and refused["errors"][0]["code"] == "BID_STEP"
    text = """mutation($a: ID!) { auctionProxySet(auction: $a, limit: "900") {
      auction { live { own { price limit leading } leadPrice { amount } } } errors { code } } }"""
    proxied = payload(world.suppliers[1], text, a=key)["auction"]["live"]
    assert Decimal(proxied["own"]["limit"]) == 900 and proxied["own"]["leading"] is True
    assert Decimal(proxied["leadPrice"]["amount"]) == 990
    text = 'mutation($a: ID!) { auctionMessageSend(auction: $a, text: "Five minutes left") { errors { code } } }'
    assert payload(world.buyer, text, a=key)["errors"] == []
    room = payload(world.suppliers[0], AUCTION, id=key)
    assert [message["text"] for message in room["messages"]] == ["Five minutes left"]
    assert room["auditHead"] is None and room["live"]["saving"] is None
    assert Decimal(payload(world.buyer, AUCTION, id=key)["live"]["saving"]["amount"]) == 210
    text = 'mutation($a: ID!) { auctionEnd(auction: $a, reason: "Enough") { auction { status } errors { code } } }'
    assert payload(world.buyer, text, a=key)["auction"]["status"] == "ENDED"
    room = payload(world.suppliers[1], AUCTION, id=key)
    assert len(room["auditHead"]) == 64 and room["live"]["winners"] == [world.seat(1, auction).label]
    text = "query($a: ID!) { auctionAudit(auction: $a, first: 50) { edges { node { n kind contents } } } }"
    kinds = [edge["node"]["kind"] for edge in payload(world.buyer, text, a=key)["edges"]]
    assert kinds[:2] == ["ENDED", "MESSAGE"] and "BID_REFUSED" in kinds and kinds[-1] == "PUBLISHED"


def test_verifying_and_replaying_is_for_the_buyer(world):
    auction = world.live()
    world.bid(0, auction, 1000)
    text = "query($a: ID!) { auctionAuditVerify(id: $a) { holds rows head differences } }"
    assert payload(world.buyer, text, a=gid(auction))["holds"] is True
    replayed = payload(
        world.buyer,
        "mutation($a: ID!) { auctionReplay(auction: $a) { proof { holds } errors { code } } }",
        a=gid(auction),
    )
    assert replayed == {"proof": {"holds": True}, "errors": []}
    assert payload(world.suppliers[0], text, a=gid(auction)) is None


def test_a_formula_with_the_bids_of_others_in_it_is_refused(world):
    text = "mutation($input: AuctionRulesInput!) { auctionCreate(input: $input) { errors { code field } } }"
    rules = {
        "lot": to_global_id("Lot", world.lot.pk),
        "format": "ENGLISH",
        "tick": "0.01",
        "startAt": (clock() + timedelta(hours=1)).isoformat(),
        "formula": "RELATIVE_TO_BEST",
    }
    assert payload(world.buyer, text, input=rules)["errors"] == [{"code": "FORMULA_NOT_LIVE", "field": "rules.formula"}]


def test_an_idempotency_key_is_not_taken_for_a_price_act(world):
    auction = world.live()
    from marketplace.graphql.engine import documents

    assert documents().get(BID).operation(None).is_replayable is False
    assert Bid.objects.filter(auction=auction).count() == 0


def test_suppliers_see_their_own_seat_and_bids_and_the_buyer_all(world):
    auction = world.live()
    world.bid(0, auction, 1000)
    world.bid(1, auction, 900)
    seats = """query($a: ID!) { auctionSeats(auction: $a, first: 9) {
      edges { node { label present bestPrice supplier { name } } } } }"""
    mine = "query($a: ID!) { auctionBidsMine(auction: $a, first: 9) { edges { node { seq placeAfter } } } }"
    every = "query($a: ID!) { auctionBids(auction: $a, first: 9) { edges { node { seq label price { amount } } } } }"
    assert len(payload(world.buyer, seats, a=gid(auction))["edges"]) == 3
    assert len(payload(world.suppliers[0], seats, a=gid(auction))["edges"]) == 1
    assert [e["node"]["seq"] for e in payload(world.suppliers[0], mine, a=gid(auction))["edges"]] == [1]
    assert [e["node"]["seq"] for e in payload(world.buyer, every, a=gid(auction))["edges"]] == [2, 1]
    assert payload(world.suppliers[0], every, a=gid(auction))["edges"] == []


def test_a_stranger_gets_nothing_and_an_observer_of_the_buyer_no_figures(world):
    auction = world.live()
    world.bid(0, auction, 1000)
    stranger = make_stranger()
    assert payload(stranger, AUCTION, id=gid(auction)) is None
    assert payload(stranger, BID, auction=gid(auction), price="1")["errors"][0]["code"] == "NOT_FOUND"
    observer = make_actor(world.buyer_organization, "dealer_finance")
    room = payload(observer, AUCTION, id=gid(auction))
    assert room["live"]["saving"] is None and Decimal(room["live"]["leadPrice"]["amount"]) == 1000
    assert room["live"]["standings"][0]["seatId"] is None


def test_too_many_attempts_in_a_second_are_stopped_before_the_lock(world, monkeypatch):
    auction = world.live()
    monkeypatch.setattr("suppliers.auctions.live.time.time", lambda: 1_000_000_000.0 + auction.pk)
    codes = []
    for price in range(12):
        answer = payload(world.suppliers[0], BID, auction=gid(auction), price=str(1000 - 20 * price))
        codes += [error["code"] for error in answer["errors"]] or [""]
    assert codes == [""] * 10 + ["RATE_LIMITED"] * 2


def test_a_blind_supplier_gets_the_same_answers_whatever_the_others_bid(world):
    """Two lots, alike to the eye of supplier 0; the others bid quite differently in them."""
    from suppliers.sourcing.models import Lot

    answers = []
    for number, others in enumerate((("900", "890"), ("10", "5"))):
        if number:
            world.lot = Lot.objects.create(event=world.event, buyer=world.buyer_organization, position=2, name_en="B")
        rules = {"must_beat": MustBeat.OWN, "ties": TiePolicy.ALLOWED}
        auction = world.live(format=AuctionFormat.RANK, shown=Shown(), **rules)
        for supplier, price in enumerate(others, 1):
            world.bid(supplier, auction, price)
        told = [
            payload(world.suppliers[0], BID, auction=gid(auction), price="1000"),
            payload(world.suppliers[0], BID, auction=gid(auction), price="995"),
            payload(world.suppliers[0], AUCTION, id=gid(auction))["live"],
        ]
        label = world.seat(0, auction).label
        answers.append(str(told).replace(label, "ME").replace(told[-1]["closeAt"], "CLOSE"))
    assert answers[0] == answers[1]


def test_reading_a_room_takes_the_same_statements_for_one_seat_and_for_many(db):
    counts = []
    for suppliers in (2, 8):
        world = World(suppliers)
        auction = world.live()
        for number in range(suppliers):
            world.bid(number, auction, 1000 - 20 * number)
        with count_sql() as counter:
            payload(world.buyer, AUCTION, id=gid(auction))
        counts.append(counter.count)
    assert counts[0] == counts[1] <= 5


def test_the_subscription_begins_with_the_room_and_tells_nobody_else(world):
    auction = world.live()
    actor = world.suppliers[0]
    assert AuctionChanged.topic(actor, id=gid(auction)) == f"auction:{auction.pk}"
    (first,) = AuctionChanged.missed(actor, id=gid(auction))
    told = AuctionChanged.event(actor, first, id=gid(auction), after_seq=0)
    assert told.auction.pk == auction.pk and told.prev_seq == 0
    assert AuctionChanged.event(make_stranger(), first, id=gid(auction)) is None
    text = "subscription($a: ID!) { auctionChanged(id: $a, afterSeq: 0) { prevSeq auction { live { seq } } } }"
    assert not execute(text, {"a": gid(auction)}, actor=actor).errors


def test_of_many_messages_the_last_is_told_and_an_urgent_one_does_not_wait():
    async def tell() -> tuple[dict, dict, float]:
        listener = Listener(["auction:1"])
        for seq in range(2, 30):
            listener.put({"seq": seq})
        last = await listener.latest({"seq": 1}, 0.02)
        listener.put({"seq": 31, "urgent": True})
        began = asyncio.get_running_loop().time()
        urgent = await listener.latest({"seq": 30}, 60)
        return last, urgent, asyncio.get_running_loop().time() - began

    last, urgent, waited = asyncio.run(tell())
    assert last == {"seq": 29} and urgent["seq"] == 31 and waited < 30


def test_the_clock_that_decides_is_told_to_everybody_signed_in(world):
    told = payload(world.suppliers[0], "query { serverClock { receivedAt sentAt } }")
    assert told["receivedAt"] <= told["sentAt"]


@pytest.mark.parametrize("field", ["rules.bid_step.value", "rules.tick"])
def test_what_does_not_hold_together_is_told_by_its_path(world, field):
    given = {"rules.bid_step.value": {"stepValue": "0"}, "rules.tick": {"tick": "0.00001"}}[field]
    text = "mutation($input: AuctionRulesInput!) { auctionCreate(input: $input) { errors { code field } } }"
    start = clock() + timedelta(hours=1)
    rules = {
        "lot": to_global_id("Lot", world.lot.pk),
        "format": "ENGLISH",
        "tick": "0.01",
        "startAt": start.isoformat(),
        "closeAt": (start + timedelta(minutes=9)).isoformat(),
    } | given
    errors = payload(world.buyer, text, input=rules)["errors"]
    assert {error["code"] for error in errors} == {"RULES_INVALID"}


HUGE = "99999999999999999999999999999999"


def test_figures_that_no_auction_needs_are_refused_and_nothing_fails_inside(world):
    auction = world.live()
    place = """mutation($a: ID!, $p: Decimal!) { auctionBidPlace(auction: $a, price: $p) { errors { code } } }"""
    for price in (HUGE, "-1", "0", "0.0000001"):
        (error,) = payload(world.suppliers[0], place, a=gid(auction), p=price)["errors"]
        assert error["code"] in ("PRICE_INVALID", "PRICE_TICK")
    text = "mutation($a: ID!, $l: Int!) { auctionLevelAccept(auction: $a, level: $l) { errors { code } } }"
    for level in (-1, 2**31 - 1):
        assert payload(world.suppliers[0], text, a=gid(auction), l=level)["errors"][0]["code"] == "WRONG_FORMAT"
    control.pause(world.buyer, auction.pk, "Wait")
    text = """mutation($a: ID!, $at: DateTime!, $x: Int) {
      auctionResume(auction: $a, resumeAt: $at, extraSeconds: $x) { errors { code field } } }"""
    later = (clock() + timedelta(minutes=5)).isoformat()
    for at, extra in (("2100-01-01T00:00:00Z", 0), (later, 2**31 - 1), (later, -1)):
        assert payload(world.buyer, text, a=gid(auction), at=at, x=extra)["errors"][0]["code"] == "INVALID"
    value = """mutation($s: ID!, $d: Decimal!, $n: Decimal!) {
      auctionSeatValueSet(seat: $s, divisor: $d, adder: $n) { errors { code } } }"""
    seat = to_global_id("AuctionSeat", world.seat(0, auction).pk)
    for divisor, adder in ((HUGE, "0"), ("1", HUGE), ("0", "0"), ("1", "-1"), ("0.0000001", "0")):
        answer = payload(world.buyer, value, s=seat, d=divisor, n=adder)["errors"]
        assert answer[0]["code"] == "RULES_INVALID"


@pytest.mark.parametrize(
    "given",
    [
        {"tick": HUGE},
        {"startAt": "2100-01-01T00:00:00Z"},
        {"levelFirst": "1", "levelMove": "0.01", "levelSeconds": 2**31 - 1, "levelLast": "90000000"},
        {"levelFirst": "1", "levelMove": "0.01", "levelSeconds": 60, "levelLast": "90000000"},
        {"levelFirst": "1", "levelMove": "0", "levelSeconds": 60, "levelLast": "9"},
        {"ceilingPrice": "-1"},
        {"bands": [{"above": HUGE, "value": "1"}], "stepKind": "BANDED"},
        {"windowSeconds": -1},
        {"winners": 2**31 - 1},
    ],
)
def test_rules_that_no_auction_needs_are_refused_and_nothing_fails_inside(world, given):
    text = "mutation($input: AuctionRulesInput!) { auctionCreate(input: $input) { errors { code field } } }"
    start = (clock() + timedelta(hours=1)).isoformat()
    known = {"lot": to_global_id("Lot", world.lot.pk), "format": "DUTCH", "tick": "0.01", "startAt": start}
    errors = payload(world.buyer, text, input=known | given)["errors"]
    assert {error["code"] for error in errors} == {"RULES_INVALID"}
