"""What each reader sees, and that nothing else shows through: not in a field, a message or an error (auctions §7)."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suppliers.auctions import engine
from suppliers.auctions.enums import (
    AuctionFormat,
    AuctionStatus,
    LeadShown,
    MustBeat,
    NamesShown,
    RankShown,
    SeatStatus,
    TiePolicy,
)
from suppliers.auctions.errors import Refused
from suppliers.auctions.levels import Levels
from suppliers.auctions.rules import Shown
from suppliers.auctions.state import Room
from suppliers.auctions.views import buyer_view, observer_view, seat_view
from tests.suppliers.auctions.rooms import TEN, Sale, at

D = Decimal
BLIND = {"must_beat": MustBeat.OWN, "ties": TiePolicy.ALLOWED}


def told(view) -> bytes:
    return orjson.dumps(asdict(view), default=str)


def of(sale: Sale, letter: str, when: str = "02:00"):
    return seat_view(sale.room, sale.key[letter], at(when))


def test_in_an_english_auction_all_see_the_lead_and_nobody_a_name():
    sale = Sale(shown=Shown(ranks=True, seats=True))
    sale.bid("A", "1000")
    sale.bid("B", "900")
    view = of(sale, "A")
    assert (view.lead_price, view.lead_label, view.seats) == (900, "B", 3)
    assert (view.own.rank, view.own.leading, view.own.highest) == (2, False, D(890))
    assert [(one.label, one.rank, one.mine, one.seat) for one in view.standings] == [
        ("B", 1, False, None),
        ("A", 2, True, None),
    ]


def test_by_rule_the_lead_shows_only_to_who_has_bid():
    sale = Sale(shown=Shown(lead=LeadShown.AFTER_FIRST_BID), **BLIND)
    sale.bid("A", "1000")
    assert of(sale, "B").lead_price is None
    sale.bid("B", "1100")
    assert of(sale, "B").lead_price == 1000


@pytest.mark.parametrize(
    ("shown", "ranks"),
    [(RankShown.ALWAYS, (1, 2)), (RankShown.ONLY_IF_LEADING, (1, None)), (RankShown.NEVER, (None, None))],
)
def test_in_a_rank_auction_a_supplier_sees_its_rank_as_the_rules_say_and_no_rival_price(shown, ranks):
    sale = Sale(format=AuctionFormat.RANK, shown=Shown(rank=shown), **BLIND)
    sale.bid("A", "900")
    sale.bid("B", "1000")
    views = [of(sale, letter) for letter in "AB"]
    assert tuple(view.own.rank for view in views) == ranks
    assert all(view.lead_price is None and view.standings == () for view in views)
    assert b"900" not in told(views[1])


def test_the_buyer_sees_all_prices_and_the_saving_names_only_when_the_rules_tell():
    sale = Sale(shown=Shown(names=NamesShown.AFTER_END))
    sale.bid("A", "900")
    view = buyer_view(sale.room, at("02:00"), D(1200))
    assert (view.saving, view.saving_percent, view.standings[0].seat) == (300, D("25.00"), None)
    engine.finish(sale.room, at("10:00"))
    view = buyer_view(sale.room, at("10:01"), D(1200))
    assert (view.standings[0].seat, view.winners) == (1, ("A",))


def test_an_observer_sees_labels_and_in_a_rank_auction_no_price():
    sale = Sale(format=AuctionFormat.RANK, **BLIND)
    sale.bid("A", "900")
    view = observer_view(sale.room, at("02:00"))
    assert view.lead_price is None and view.saving is None and b"900" not in told(view)
    assert [(one.label, one.rank, one.seat) for one in view.standings] == [("A", 1, None)]


def test_sealed_first_prices_show_to_nobody_else_before_the_start():
    sale = Sale(format=AuctionFormat.TURN_BASED, **BLIND)
    sale.room.start_at = at("05:00")
    engine.start_price(sale.room, sale.act("A", "01:00"), D(777))
    for view in (of(sale, "B"), buyer_view(sale.room, at("02:00"), D(1000)), observer_view(sale.room, at("02:00"))):
        assert b"777" not in told(replace(view, seq=0))
    assert of(sale, "A").own.price == 777


def test_who_lets_a_level_pass_is_out_though_nobody_wrote_it_down():
    levels = Levels(D(100), D(10), timedelta(seconds=60), D(50))
    sale = Sale(format=AuctionFormat.JAPANESE, levels=levels, close_at=levels.ends(TEN), hard_stop_at=levels.ends(TEN))
    sale.accept("A", 0, "00:10")
    sale.accept("B", 0, "00:20")
    view = of(sale, "A", "01:30")
    assert (view.level.number, view.level.price, view.level.accepted) == (1, 90, False)
    assert of(sale, "C", "01:30").own.status is SeatStatus.OUT
    assert of(sale, "C", "00:30").own.status is SeatStatus.ADMITTED


def test_the_clock_decides_where_it_stands():
    room: Room = Sale().room
    instants = {"10": AuctionStatus.LIVE, "-10": AuctionStatus.PREPARING, "-20": AuctionStatus.REGISTERING}
    for minutes, status in instants.items():
        when = TEN + timedelta(minutes=int(minutes)) - timedelta(seconds=1)
        assert room.status_at(when) is status
    assert room.status_at(TEN + timedelta(minutes=10)) is AuctionStatus.ENDED


# Two auctions that differ only in rivals' prices, in the same order, give the same bytes.

acts = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(1, 400)).map(lambda one: (one[0], one[1] * 10)),
    min_size=1,
    max_size=15,
)


def played(given_acts, move: int, shown: Shown, format: AuctionFormat) -> tuple[Sale, list[str]]:
    """A is who looks; the prices of B and C are cheaper by `move`, which changes none of the ranks."""
    sale = Sale(format=format, shown=shown, **BLIND)
    answers = []
    for letter, price in given_acts:
        try:
            sale.bid(letter, str(price if letter == "A" else price - move))
        except Refused as refused:
            answers.append(f"{letter} {refused.code.name} {refused.limit if letter == 'A' else ''}")
        else:
            answers.append(f"{letter} admitted")
    return sale, answers


@settings(max_examples=60, deadline=None)
@given(acts, st.sampled_from([RankShown.ALWAYS, RankShown.ONLY_IF_LEADING, RankShown.NEVER]))
def test_two_rank_auctions_that_differ_in_rivals_prices_give_the_same_bytes(given_acts, rank):
    shown = Shown(rank=rank)
    one, answers = played(given_acts, 1, shown, AuctionFormat.RANK)
    other, others = played(given_acts, 4, shown, AuctionFormat.RANK)
    assert answers == others
    assert told(of(one, "A")) == told(of(other, "A"))


@settings(max_examples=60, deadline=None)
@given(acts, st.integers(0, 2000))
def test_a_blind_auction_tells_a_supplier_nothing_of_the_others_but_how_many_bids_there_are(given_acts, move):
    shown = Shown(rank=RankShown.NEVER)
    one, _ = played(given_acts, 1, shown, AuctionFormat.RANK)
    other = Sale(format=AuctionFormat.RANK, shown=shown, **BLIND)
    for bid in one.room.bids:
        letter = one.letter[bid.seat]
        price = bid.price if letter == "A" else bid.price * 10_000 - move
        other.bid(letter, str(price))
    assert told(of(one, "A")) == told(of(other, "A"))
