"""Points, means, ranks and flags: the worked examples (docs/concepts/sourcing-award.md, "Comparing")."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.money import round_money
from suppliers.sourcing.scoring import (
    Formula,
    LowFlag,
    PriceFormula,
    PriceStep,
    Scored,
    base_price,
    graders_mean,
    low_flags,
    price_at,
    price_points,
    ranked,
    tie_hash,
    total_score,
)

FORTY = Decimal(40)
PRICES = [Decimal(price) for price in (96, 100, 104, 110, 130)]
BASE = Formula(PriceFormula.BASE_AVERAGE, FORTY, cut=Decimal("0.02"), above=Decimal("0.8"), below=Decimal("0.4"))


def decimals(text: str) -> list[Decimal]:
    return [Decimal(part) for part in text.split()]


def test_points_in_proportion_to_the_lowest_price():
    formula = Formula(PriceFormula.PROPORTIONAL, FORTY)
    assert price_points(formula, PRICES) == decimals("40.00 38.40 36.92 34.91 29.54")


def test_points_between_two_published_prices():
    formula = Formula(PriceFormula.LINEAR, FORTY, low=Decimal(90), high=Decimal(130))
    assert price_points(formula, PRICES) == decimals("34.00 30.00 26.00 20.00 0.00")
    assert price_points(formula, [Decimal(80), Decimal(140)]) == [40, 0]


def test_points_by_the_distance_from_a_base():
    assert round(base_price(BASE, PRICES), 6) == Decimal("102.573333")
    assert price_points(BASE, PRICES) == decimals("37.44 39.00 38.89 34.21 18.61")


def test_points_by_steps():
    formula = Formula(PriceFormula.TABLE, FORTY, steps=((Decimal(100), FORTY), (Decimal(110), Decimal(25))))
    assert price_points(formula, PRICES) == [40, 40, 25, 25, 0]


def test_of_five_graders_the_highest_and_the_lowest_are_left_out():
    scores = decimals("70 82 85 88 99")
    assert graders_mean(scores) == Decimal("85.00")
    assert graders_mean(scores, drop_ends=False) == Decimal("84.80")
    assert graders_mean(scores[:4]) == Decimal("81.25")


def test_a_total_is_rounded_once():
    assert total_score([(Decimal("85.01"), Decimal("33.3333")), (Decimal("70"), Decimal("66.6667"))]) == Decimal(
        "75.00"
    )


@pytest.mark.parametrize(
    ("prices", "flags"),
    [
        ("600 1000 1000 1000", (LowFlag.BELOW_MEAN, LowFlag.BELOW_NEXT)),
        ("70 100 120", (LowFlag.BELOW_NEXT,)),
        ("7001 10001 10003", ()),
        ("60 100", (LowFlag.BELOW_NEXT,)),
        ("60", ()),
    ],
)
def test_a_low_price_is_flagged(prices, flags):
    assert low_flags(decimals(prices))[0] == flags


def test_a_tier_holds_above_its_start_up_to_its_end():
    steps = [
        PriceStep(Decimal(0), Decimal(100), Decimal("10.00")),
        PriceStep(Decimal(100), Decimal(500), Decimal("9.50")),
        PriceStep(Decimal(500), None, Decimal("9.00")),
    ]
    quantities = ("100", "100.001", "500", "500.000001")
    assert [price_at(steps, Decimal(text)) for text in quantities] == decimals("10.00 9.50 9.50 9.00")
    assert price_at(steps, Decimal(0)) is None


def test_a_foreign_price_is_compared_at_the_frozen_rate():
    assert round_money(Decimal("1250.00") * Decimal("7.1830"), "CNY") == Decimal("8978.75")
    assert round_money(Decimal("1149.50") * Decimal("7.8125"), "CNY") == Decimal("8980.47")


def test_equal_totals_go_by_price_then_skill_then_a_hash_nobody_chose():
    root = bytes(range(32))
    one = Scored("P-001", Decimal(80), Decimal(10), Decimal(50))
    cheap = Scored("P-002", Decimal(80), Decimal(9), Decimal(40))
    skilled = Scored("P-003", Decimal(80), Decimal(10), Decimal(60))
    twin = Scored("P-004", Decimal(80), Decimal(10), Decimal(50))
    best = Scored("P-005", Decimal("80.01"), Decimal(99))
    order = [found.code for found in ranked([one, cheap, skilled, twin, best], root)]
    assert order[:3] == ["P-005", "P-002", "P-003"]
    assert order[3:] == sorted(["P-001", "P-004"], key=lambda code: tie_hash(root, code))


prices = st.lists(st.integers(1, 10**7).map(lambda cents: Decimal(cents) / 100), min_size=1, max_size=9)


@settings(max_examples=60)
@given(prices, st.randoms(use_true_random=False))
def test_the_lowest_price_has_most_points_whatever_the_order(some, random):
    formula = Formula(PriceFormula.PROPORTIONAL, FORTY)
    given_points = dict(zip(some, price_points(formula, some), strict=True))
    assert given_points[min(some)] == FORTY
    shuffled = random.sample(some, len(some))
    assert dict(zip(shuffled, price_points(formula, shuffled), strict=True)) == given_points


@settings(max_examples=60)
@given(prices)
def test_points_are_never_below_nothing_nor_above_the_most(some):
    for formula in (BASE, Formula(PriceFormula.LINEAR, FORTY, low=Decimal(1), high=Decimal(50_000))):
        assert all(0 <= one <= FORTY for one in price_points(formula, some))
