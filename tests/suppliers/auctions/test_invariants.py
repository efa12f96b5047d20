"""The invariants of auctions §11 over random interleavings of acts, on the plain state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from suppliers.auctions import engine
from suppliers.auctions.engine import Act
from suppliers.auctions.enums import AuctionFormat, AuctionStatus, BidKind, ExtensionBase, MustBeat, StepKind, TiePolicy
from suppliers.auctions.errors import AuctionErrorCode as Code
from suppliers.auctions.errors import Refused
from suppliers.auctions.extension import Extension
from suppliers.auctions.legality import highest, judge
from suppliers.auctions.levels import Levels
from suppliers.auctions.state import BidState, Room
from suppliers.auctions.steps import Band, Step
from suppliers.auctions.value import Transform, scale_of, worth_of
from tests.suppliers.auctions.rooms import TEN, Sale, rules

SEATS = "ABCD"
FEW = settings(max_examples=60, deadline=None)

cents = st.integers(1, 20_000).map(lambda n: Decimal(n) / 100)
transforms = st.builds(
    Transform,
    st.sampled_from([Decimal(1), Decimal("1.25"), Decimal("0.97"), Decimal("1.333333")]),
    st.sampled_from([Decimal(0), Decimal(5), Decimal("12.5")]),
)
BANDS = (Band(Decimal(0), Decimal(80), Decimal(1)), Band(Decimal(80), None, Decimal(4)))
steps = st.one_of(
    st.builds(Step, st.just(StepKind.ABSOLUTE), st.sampled_from([Decimal("0.01"), Decimal(1), Decimal(5)])),
    st.builds(Step, st.just(StepKind.PERCENT), st.sampled_from([Decimal("0.5"), Decimal(3)])),
    st.just(Step(StepKind.BANDED, bands=BANDS)),
)
extensions = st.builds(
    Extension,
    st.integers(1, 2),
    st.just(timedelta(seconds=120)),
    st.sampled_from([timedelta(seconds=30), timedelta(seconds=120)]),
    st.sampled_from(list(ExtensionBase)),
    st.integers(0, 4),
)


@st.composite
def sales(draw: Callable[..., Any]) -> Sale:
    plain = draw(st.booleans())
    worths = {} if plain else {letter: draw(transforms) for letter in SEATS}
    return Sale(
        SEATS,
        worths,
        step=draw(steps),
        must_beat=draw(st.sampled_from(list(MustBeat))),
        ties=draw(st.sampled_from(list(TiePolicy))),
        tie_top=draw(st.integers(1, 2)),
        buffer=draw(st.sampled_from([None, Decimal(2)])),
        ceiling=draw(st.sampled_from([None, Decimal(180)])),
        extension=draw(extensions),
        hard_stop_at=TEN + timedelta(minutes=14),
    )


def code_of(function: Callable[[], Any]) -> Code | None:
    """Why it was refused; None if it was not."""
    try:
        function()
    except Refused as refused:
        return refused.code
    return None


acts = st.lists(
    st.tuples(
        st.sampled_from(["bid", "bid", "best", "best", "proxy", "remove"]),
        st.sampled_from(SEATS),
        cents,
        st.integers(0, 40),
    ),
    max_size=40,
)


class Watched:
    """Plays acts in order of their instants, and looks at the state before and after each."""

    def __init__(self, sale: Sale) -> None:
        self.sale = sale
        self.room = sale.room
        self.closes = [sale.room.close_at]
        self.late = []

    def play(self, given: list[tuple[str, str, Decimal, int]]) -> None:
        clock = TEN
        for what, letter, price, seconds in given:
            clock += timedelta(seconds=seconds)
            act = Act(self.sale.key[letter], clock, clock + timedelta(milliseconds=3))
            before, close = len(self.room.bids), self.room.close_at
            try:
                self.do(what, act, price)
            except Refused as refused:
                assert len(self.room.bids) == before, "a refusal leaves nothing behind"
                if refused.code in (Code.LATE, Code.ENDED):
                    self.late.append(clock)
            else:
                new = self.room.bids[before:]
                assert len(new) <= 3 and all(bid.t_recv < close for bid in new)
            self.closes.append(self.room.close_at)

    def do(self, what: str, act: Act, price: Decimal) -> None:
        if what == "proxy":
            engine.set_proxy(self.room, act, price)
        elif what == "remove":
            engine.remove_proxy(self.room, act)
        else:
            if what == "best":
                price = highest(self.room.rules, self.room.position(self.room.seats[act.seat])) or price
            engine.bid(self.room, act, price)


@FEW
@given(sales(), acts)
def test_whatever_is_done_in_whatever_order_the_invariants_hold(sale, given_acts):
    watched = Watched(sale)
    watched.play(given_acts)
    room = sale.room
    assert [bid.seq for bid in room.bids] == list(range(1, len(room.bids) + 1))
    stamps = [bid.t_adm for bid in room.bids]
    assert stamps == sorted(stamps)
    assert watched.closes == sorted(watched.closes) and watched.closes[-1] <= room.hard_stop_at
    assert room.extensions <= room.rules.extension.most
    assert all(instant >= room.close_at for instant in watched.late)
    assert_each_was_legal(room)
    assert_the_winner_is_recomputed(room)


def assert_each_was_legal(room: Room) -> None:
    """Each admitted price, judged anew against the bids before it, and no other way than by them."""
    fresh = Room.of(room.rules, [_empty(room, key) for key in room.seats], room.scale)
    for bid in room.bids:
        seat = fresh.seats[bid.seat]
        assert judge(room.rules, fresh.position(seat), bid.price, confirmed=True) == bid.value
        seat.price, seat.value, seat.seq = bid.price, bid.value, bid.seq


def _empty(room: Room, key: int):
    seat = room.seats[key]
    return type(seat)(seat.id, seat.label, seat.transform, seat.ceiling)


def assert_the_winner_is_recomputed(room: Room) -> None:
    best: dict[int, BidState] = {}
    for bid in room.bids:
        best[bid.seat] = bid
    exact = sorted((room.seats[b.seat].transform.worth(b.price), b.seq, b.seat) for b in best.values())
    assert room.winners() == [seat for _worth, _seq, seat in exact][:1]


@FEW
@given(st.lists(st.tuples(transforms, cents), min_size=2, max_size=6))
def test_the_order_of_values_is_that_of_exact_fractions(pairs):
    scale = scale_of(transform.divisor for transform, _price in pairs)
    values = [transform.value(price, scale) for transform, price in pairs]
    worths = [transform.worth(price) for transform, price in pairs]
    assert [worth_of(value, scale) for value in values] == worths
    assert sorted(range(len(pairs)), key=lambda n: values[n]) == sorted(range(len(pairs)), key=lambda n: worths[n])


@FEW
@given(sales(), acts, st.sampled_from(SEATS))
def test_the_highest_legal_price_is_legal_and_a_tick_more_is_not(sale, given_acts, letter):
    sale.room.rules = rules_with_ties(sale)
    Watched(sale).play(given_acts)
    room = sale.room
    position = room.position(room.seats[sale.key[letter]])
    best = highest(room.rules, position)
    if best is None or best < room.rules.tick:
        return
    judge(room.rules, position, best, confirmed=True)
    above = code_of(lambda: judge(room.rules, position, best + room.rules.tick, confirmed=True))
    assert above in (Code.BID_STEP, Code.ABOVE_CEILING)


def rules_with_ties(sale: Sale):
    from dataclasses import replace

    return replace(sale.room.rules, ties=TiePolicy.ALLOWED)


@FEW
@given(cents, st.sampled_from([Decimal("0.5"), Decimal(3)]), transforms)
def test_at_most_is_the_last_price_of_its_worth(price, tick, transform):
    worth = transform.worth(price)
    found = transform.at_most(worth, tick)
    assert transform.worth(found) <= worth < transform.worth(found + tick) and found % tick == 0


@FEW
@given(
    st.lists(st.tuples(st.sampled_from(SEATS), st.integers(30, 190)), min_size=1, max_size=6),
    st.sampled_from([None, Decimal(180)]),
)
def test_of_proxies_the_lowest_limit_leads_and_of_equal_ones_the_earlier(limits, ceiling):
    sale = Sale(SEATS, ceiling=ceiling)
    opening = sale.bid("A", "180") if ceiling is None else []
    for letter, price in limits:
        told = code_of(lambda letter=letter, price=price: sale.proxy(letter, str(price)))
        assert told in (None, Code.PROXY_RAISED, Code.BID_STEP, Code.ABOVE_CEILING)
    room = sale.room
    if not room.proxies or room.lead is None:
        return
    least = min(limit.price for limit in room.proxies.values())
    if least <= 170 or not opening:
        reached = room.lead.id in room.proxies and room.proxies[room.lead.id].price == least
        # Within one step of a price somebody holds, a lower limit cannot bid.
        assert reached or least > room.lead.price - 10
    assert all(room.seats[bid.seat].id in room.proxies for bid in room.bids if bid.kind is BidKind.PROXY)
    assert all(bid.price >= room.proxies[bid.seat].price for bid in room.bids if bid.kind is BidKind.PROXY)


@FEW
@given(st.lists(st.tuples(st.sampled_from(SEATS), st.integers(0, 120), st.booleans()), max_size=40))
def test_a_level_is_accepted_in_its_window_and_whoever_misses_one_is_out(given_acts):
    levels = Levels(Decimal(100), Decimal(10), timedelta(seconds=60), Decimal(50))
    end = levels.ends(TEN)
    sale = Sale(SEATS, format=AuctionFormat.JAPANESE, levels=levels, close_at=end, hard_stop_at=end)
    clock = TEN
    for letter, seconds, right in given_acts:
        clock += timedelta(seconds=seconds)
        level = levels.at(TEN, clock) + (not right)
        act = Act(sale.key[letter], clock, clock)
        told = code_of(lambda act=act, level=level: engine.accept(sale.room, act, level))
        assert told in (None, Code.LATE, Code.ENDED, Code.SEAT_OUT, Code.ALREADY_ACCEPTED, Code.LEVEL_CHANGED)
        if told is None:
            assert right and sale.room.bids[-1].price == levels.price(level)
    taken: dict[int, list[int]] = {}
    for bid in sale.room.bids:
        taken.setdefault(bid.seat, []).append(bid.level)
    assert all(found == list(range(len(found))) for found in taken.values())
    if sale.room.status is AuctionStatus.ENDED:
        last = max(bid.level for bid in sale.room.bids)
        first = next(bid.seat for bid in sale.room.bids if bid.level == last)
        assert sale.room.winners() == [first]


@FEW
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 90), cents), max_size=60))
def test_only_the_own_turn_counts_and_what_is_bid_in_it_is_told_at_its_end(given_acts):
    made = rules(format=AuctionFormat.TURN_BASED, must_beat=MustBeat.OWN, ties=TiePolicy.ALLOWED)
    end = TEN + made.turns.of(3).announced
    sale = Sale(format=AuctionFormat.TURN_BASED, must_beat=MustBeat.OWN, ties=TiePolicy.ALLOWED, close_at=end)
    room = sale.room
    room.start_at, before = TEN, TEN - timedelta(minutes=1)
    for letter in "ABC":
        engine.start_price(room, Act(sale.key[letter], before, before), Decimal(200 + sale.key[letter]))
    clock = TEN
    for letter, seconds, price in given_acts:
        clock += timedelta(seconds=seconds)
        known = room.bests(clock)
        try:
            bid = engine.bid(room, Act(sale.key[letter], clock, clock), price)[0]
        except Refused:
            continue
        turn = room.turns.at(TEN, clock)
        assert room.turn_order(turn.round)[turn.position] == bid.seat and bid.level == turn.round
        assert room.bests(clock) == known, "nothing of a turn is told before its end"
    final = room.bests(end)
    assert final == room.bests() == sorted(final)
    assert [value for value, _seq, _seat in final] == sorted(Fraction(value) for value, _seq, _seat in final)
