"""The worked examples of auctions §12, by number."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

import pytest

from marketplace.core.canonical import canonical
from suppliers.auctions import engine
from suppliers.auctions.chain import first_hash, next_hash, reserve_commitment
from suppliers.auctions.engine import Act
from suppliers.auctions.enums import AuctionFormat, AuctionStatus, ExtensionBase, MustBeat, StepKind, TiePolicy
from suppliers.auctions.errors import AuctionErrorCode as Code
from suppliers.auctions.errors import Refused
from suppliers.auctions.extension import Extension
from suppliers.auctions.levels import Levels
from suppliers.auctions.rules import rules_hash
from suppliers.auctions.steps import Band, Step
from suppliers.auctions.turns import Turns
from suppliers.auctions.value import Transform, scale_of, shown
from tests.suppliers.auctions.rooms import TEN, Sale, at

D = Decimal


def refused(code: Code, function, *arguments) -> Refused:
    with pytest.raises(Refused) as caught:
        function(*arguments)
    assert caught.value.code is code
    return caught.value


def extending(base: ExtensionBase) -> Sale:
    return Sale(
        must_beat=MustBeat.OWN,
        step=Step(StepKind.ABSOLUTE, D(50)),
        ties=TiePolicy.NOT_IN_TOP,
        tie_top=1,
        extension=Extension(1, timedelta(seconds=120), timedelta(seconds=120), base, 3),
        hard_stop_at=at("16:00"),
    )


def test_12_1_extension_from_the_close():
    sale = extending(ExtensionBase.CLOSE)
    room = sale.room
    sale.bid("A", "10000", "01:00")
    sale.bid("B", "9900", "05:00")
    sale.bid("A", "9850", "07:59.999")
    assert room.close_at == at("10:00")
    refused(Code.TIE_NOT_ALLOWED, sale.bid, "B", "9850", "08:00.000")
    sale.bid("B", "9840", "08:00.000")
    assert room.close_at == at("12:00")
    (third,) = sale.bid("C", "9900", "11:59.999")
    assert (third.place_after, room.close_at) == (3, at("12:00"))
    sale.bid("A", "9800", "11:59.999")
    assert room.close_at == at("14:00")
    assert refused(Code.BID_STEP, sale.bid, "B", "9790.01", "13:59.999").limit == D(9790)
    sale.bid("B", "9790", "13:59.999")
    assert (room.close_at, room.extensions) == (at("16:00"), 3)
    sale.bid("A", "9750", "15:59.999")
    assert (room.close_at, room.extensions) == (at("16:00"), 3)
    refused(Code.LATE, sale.bid, "B", "9700", "16:00.000")
    assert (sale.winner, room.lead.price, room.status) == ("A", D(9750), AuctionStatus.ENDED)


def test_12_1_extension_from_the_bid():
    sale = extending(ExtensionBase.RECEIPT)
    for letter, price, when in (("A", "10000", "01:00"), ("B", "9900", "05:00"), ("A", "9850", "07:59.999")):
        sale.bid(letter, price, when)
    sale.bid("B", "9840", "08:00.000")
    assert (sale.room.close_at, sale.room.extensions) == (at("10:00"), 0)
    refused(Code.LATE, sale.bid, "C", "9900", "11:59.999")
    refused(Code.LATE, sale.bid, "A", "9800", "11:59.999")
    assert (sale.winner, sale.room.lead.price) == ("B", D(9840))

    late = extending(ExtensionBase.RECEIPT)
    closes = []
    for letter, price, when in (("A", "9000", "08:30"), ("B", "8900", "10:29.999"), ("A", "8800", "12:29.998")):
        late.bid(letter, price, when)
        closes.append(late.room.close_at)
    assert closes == [at("10:30"), at("12:29.999"), at("14:29.998")]


def test_12_2_percent_and_bands():
    sale = Sale(step=Step(StepKind.PERCENT, D("0.5")))
    sale.bid("A", "333.33")
    assert sale.room.rules.step.below(Fraction("333.33")) == Fraction("331.66335")
    assert refused(Code.BID_STEP, sale.bid, "B", "331.67").limit == D("331.66")
    sale.bid("B", "331.66")
    assert sale.room.rules.step.below(Fraction("331.66")) == Fraction("330.0017")
    sale.bid("A", "330.00")
    assert refused(Code.BID_STEP, sale.bid, "B", "329").limit == D("328.35")
    bands = Step(
        StepKind.BANDED,
        bands=(Band(D(1000), None, D(20)), Band(D(500), D(1000), D(10)), Band(D(0), D(500), D(5))),
    )
    assert not list(bands.problems())
    for held, least in (("1000.01", "980.01"), ("1000", "990"), ("500.01", "490.01"), ("500", "495")):
        assert bands.below(Fraction(held)) == Fraction(least)


def test_12_3_transform():
    heavy, light = Transform(D("1.25"), D(20)), Transform(D("1.15"), D("12.50"))
    assert heavy.worth(D(500)) == 420
    assert heavy.at_most(Fraction(400), D("0.01")) == D("475.00")
    assert light.at_most(Fraction(400), D("0.01")) == D("445.62")
    assert shown(light.worth(D("445.62"))) == D("399.9957")
    assert shown(light.worth(D("445.63"))) == D("400.0043")
    sale = Sale("AB", {"A": heavy, "B": light}, step=Step(StepKind.ABSOLUTE, D("0.016")))
    sale.bid("A", "475.02")  # W 400.016: the limit is 400
    refused(Code.BID_STEP, sale.bid, "B", "445.63")
    sale.bid("B", "445.62")
    assert scale_of([D("1.25"), D("1.15")]) == 28_750_000


def test_12_4_proxy():
    sale = Sale()
    sale.bid("A", "1000")
    assert sale.told(sale.proxy("B", "900")) == ["B 990.00"]
    assert sale.told(sale.proxy("C", "950")) == ["C 950.00", "B 940.00"]
    assert refused(Code.BID_STEP, sale.bid, "A", "935").limit == D(930)
    assert sale.told(sale.bid("A", "930")) == ["A 930.00", "B 920.00"]
    assert sale.told(sale.bid("A", "905")) == ["A 905.00"]
    assert sale.winner == "A"


@pytest.mark.parametrize("limit", ["900", "905"])
def test_12_4_proxy_with_equal_and_near_limits(limit):
    sale = Sale("ABD")
    sale.bid("A", "1000")
    assert sale.told(sale.proxy("B", "900")) == ["B 990.00"]
    assert sale.told(sale.proxy("D", limit)) == ["B 900.00"]


def test_12_5_dutch():
    levels = Levels(D(800), D(15), timedelta(seconds=30), D(900))
    start = at("14:00:00")
    assert [levels.price(k) for k in range(levels.count)] == [800, 815, 830, 845, 860, 875, 890, 900]
    assert levels.price(levels.at(start, at("14:01:59.999"))) == 845
    assert levels.price(levels.at(start, at("14:02:00.000"))) == 860
    assert levels.ends(start) == at("14:04:00")
    sale = Sale(
        format=AuctionFormat.DUTCH, levels=levels, start_at=start, close_at=at("14:04:00"), hard_stop_at=at("14:04:00")
    )
    refused(Code.LEVEL_CHANGED, sale.accept, "A", 3, "14:02:00.000")
    assert sale.room.status is AuctionStatus.LIVE and not sale.room.bids
    refused(Code.LATE, sale.accept, "A", 7, "14:04:00.000")
    assert (sale.room.status, sale.room.ended_at) == (AuctionStatus.UNSUCCESSFUL, at("14:04:00"))


def test_12_5_dutch_ends_with_the_first_accept():
    levels = Levels(D(800), D(15), timedelta(seconds=30), D(900))
    start = at("14:00:00")
    sale = Sale(
        format=AuctionFormat.DUTCH, levels=levels, start_at=start, close_at=at("14:04:00"), hard_stop_at=at("14:04:00")
    )
    assert sale.accept("B", 3, "14:01:59.999").price == 845
    refused(Code.ENDED, sale.accept, "A", 3, "14:01:59.999")
    assert (sale.winner, sale.room.status) == ("B", AuctionStatus.ENDED)


def japanese() -> Sale:
    levels = Levels(D(1000), D(25), timedelta(seconds=60), D(500))
    start = at("15:00:00")
    sale = Sale(
        format=AuctionFormat.JAPANESE,
        levels=levels,
        start_at=start,
        close_at=levels.ends(start),
        hard_stop_at=levels.ends(start),
    )
    for level, minute in ((0, "15:00"), (1, "15:01")):
        for letter in "ABC":
            sale.accept(letter, level, f"{minute}:10")
    sale.accept("A", 2, "15:02:10")
    sale.accept("B", 2, "15:02:11")
    refused(Code.SEAT_OUT, sale.accept, "C", 3, "15:03:00")
    sale.accept("B", 3, "15:03:05")
    sale.accept("A", 3, "15:03:10")
    return sale


def test_12_5_japanese_nobody_goes_on():
    sale = japanese()
    assert sale.room.due_end(at("15:04:59.999")) is None
    refused(Code.LATE, sale.accept, "A", 5, "15:05:00")
    assert (sale.room.ended_at, sale.winner, sale.room.seats[2].price) == (at("15:05:00"), "B", 925)


def test_12_5_japanese_one_goes_on_alone():
    sale = japanese()
    sale.accept("A", 4, "15:04:30")
    refused(Code.LATE, sale.accept, "A", 5, "15:05:00")
    assert (sale.room.ended_at, sale.winner, sale.room.seats[1].price) == (at("15:05:00"), "A", 900)


def test_12_5_turns():
    def schedule(seats: int) -> tuple[list[list[int]], int, int]:
        minute = timedelta(minutes=1)
        turns = Turns(5 * minute, 2 * minute, 2 * minute, 2 * minute, seats)
        return [[t // minute for t in r] for r in turns.schedule()], turns.prepared // minute, turns.announced // minute

    assert schedule(4) == ([[5, 7, 9, 11], [15, 17, 19, 21], [25, 27, 29, 31]], 33, 35)
    assert schedule(2) == ([[5, 7], [11, 13], [17, 19]], 21, 23)


def test_12_6_why_not_relative():
    """By a formula with the best price in it two change places that did not move; W keeps them where they are."""

    def points(prices: dict[str, int], quality: dict[str, int]) -> dict[str, Fraction]:
        least = min(prices.values())
        return {name: Fraction(50 * least, price) + quality[name] for name, price in prices.items()}

    quality = {"X": 22, "Y": 31, "Z": 0}
    before = points({"X": 80, "Y": 100}, quality)
    after = points({"X": 80, "Y": 100, "Z": 60}, quality)
    assert (before["X"], before["Y"]) == (72, 71)
    assert (after["X"], after["Y"]) == (Fraction("59.5"), 61)
    seats = {"X": Transform(D(1), D(9)), "Y": Transform(D(1), D(0)), "Z": Transform(D(1), D(31))}
    sale = Sale("XYZ", seats, must_beat=MustBeat.OWN)
    sale.bid("X", "80")
    sale.bid("Y", "100")
    standing = [seat for _value, _seq, seat in sale.room.bests()]
    sale.bid("Z", "60")
    assert [seat for _value, _seq, seat in sale.room.bests() if seat != 3] == standing


def test_12_7_pause():
    sale = Sale(hard_stop_at=at("30:00"))
    engine.pause(sale.room, at("09:30"))
    refused(Code.PAUSED, sale.bid, "A", "100", "09:45")
    engine.resume(sale.room, at("20:00"))
    assert (sale.room.close_at, sale.room.hard_stop_at) == (at("20:30"), at("40:30"))
    refused(Code.PAUSED, sale.bid, "A", "100", "19:59.999")
    sale.bid("A", "100", "20:00.000")
    assert sale.room.status is AuctionStatus.LIVE


def test_12_8_chain():
    frozen = {
        "bid_step": {"kind": "ABSOLUTE", "value": "50.00"},
        "close_at": "2026-06-01T02:10:00.000000Z",
        "currency": "CNY",
        "format": "ENGLISH",
    }
    digest = rules_hash(frozen)
    assert digest.hex() == "3975252c3e7a36eea9b2c8d826a29474767cd934100055ae03301a9d4889d430"
    head = first_hash("AUC-2026-000045", digest)
    assert head.hex() == "109b8a8d3b6d0ef8b3196b74218f3c2b3b07e11c26c8c9250756378928cfb72f"
    admitted = {
        "kind": "BID_ADMITTED", "n": 1, "price": "10000.00", "seat": "S1", "seq": 1,
        "t_adm": "2026-06-01T02:01:00.004000Z", "t_recv": "2026-06-01T02:01:00.000000Z",
    }  # fmt: skip
    head = next_hash(head, canonical(admitted))
    assert head.hex() == "29bb4e2de0e943e2100fad521d75f8374d2f50d4214736aa50e88145f10d7a3d"
    turned_down = {
        "code": "BID_STEP", "kind": "BID_REFUSED", "n": 2, "price": "9960.00", "seat": "S2",
        "t_recv": "2026-06-01T02:02:00.000000Z",
    }  # fmt: skip
    head = next_hash(head, canonical(turned_down))
    assert head.hex() == "23246b4b762ce85efc86d435af3435bdc3967961716ad28dc51a8742312dadbe"
    commitment = reserve_commitment(D(9500), "CNY", bytes([7]) * 32)
    assert commitment.hex() == "d101043866f5b705ca9ed129e7503ae152a9df9128a6aabc31d86685613d5003"
    assert sha256(bytes([7]) * 32 + b"9500.00").digest() == commitment


def test_a_bid_that_may_only_seem_late_waits_for_those_on_the_way():
    from marketplace.core.gate import Drain

    sale = Sale()
    instant: datetime = TEN + timedelta(minutes=10)
    with pytest.raises(Drain):
        engine.bid(sale.room, Act(1, instant, instant, drained=False), D(100))
    refused(Code.LATE, engine.bid, sale.room, Act(1, instant, instant, drained=True), D(100))
