"""Where money is rounded, how it is spread and cut: the parts always sum to the whole."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from marketplace.core.money import (
    Money,
    TaxedMoney,
    exponent,
    part_value,
    round4,
    round_down,
    round_money,
    round_up,
    spread,
)

D = Decimal
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=60).filter(any)
totals = st.integers(-(10**12), 10**12)
quantities = st.decimals("0.000001", "99999", places=6)


@pytest.mark.parametrize(("currency", "places"), [("CNY", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("VND", 0)])
def test_a_currency_has_its_own_decimals(currency, places):
    assert exponent(currency) == places


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.125", "0.13"), ("-0.125", "-0.13"), ("0.1249999", "0.12"), ("2.5", "2.50")]
)
def test_money_is_rounded_half_up_away_from_zero(value, rounded):
    assert str(round_money(D(value), "CNY")) == rounded


def test_each_rounding_goes_its_way():
    assert str(round4(D("1.00005"))) == "1.0001"
    assert [str(round_down(D(value), "CNY")) for value in ("1.239", "-1.231")] == ["1.23", "-1.24"]
    assert [str(round_up(D(value), "CNY")) for value in ("1.231", "-1.239")] == ["1.24", "-1.23"]
    assert str(round_money(D("1.0005"), "KWD")) == "1.001"
    assert str(round_money(D("1.5"), "JPY")) == "2"


def test_currencies_are_not_added_to_one_another():
    assert Money(D(1), "CNY") + Money(D(2), "CNY") == Money(D(3), "CNY")
    with pytest.raises(ValueError, match="cannot add USD to CNY"):
        Money(D(1), "CNY") + Money(D(2), "USD")
    assert TaxedMoney.of(D(1), D(2), D(3), "CNY").gross == Money(D(3), "CNY")


def test_the_worked_examples_of_spreading():
    assert spread(100, [1] * 6) == [17, 17, 17, 17, 16, 16]
    assert spread(1000, [1] * 3) == [334, 333, 333]
    assert spread(12000, [30000, 20000, 10000], [2000, 20000, 7000]) == [2000, 6667, 3333]
    assert spread(12000, [33333, 33333, 33335]) == [4000, 4000, 4000]
    assert spread(5000, [33333] * 3) == [1667, 1667, 1666]
    assert spread(24000, [249999, 120001]) == [16216, 7784]
    assert spread(2500, [12000, 6000, 1999]) == [1500, 750, 250]


@given(totals, weights)
def test_the_parts_of_a_spread_sum_to_the_whole(total, shares):
    parts = spread(total, shares)
    assert sum(parts) == total
    assert not any(part for part, weight in zip(parts, shares, strict=True) if not weight)


@given(totals, weights)
def test_no_part_is_a_unit_away_from_its_exact_share(total, shares):
    whole = sum(shares)
    assert all(
        abs(part * whole - total * weight) < whole for part, weight in zip(spread(total, shares), shares, strict=True)
    )


@given(totals, weights)
def test_a_spread_of_the_opposite_is_the_opposite(total, shares):
    assert spread(-total, shares) == [-part for part in spread(total, shares)]


@given(st.integers(0, 10**9), weights, st.data())
def test_no_part_passes_its_cap_and_what_fits_is_spread(total, shares, data):
    caps = data.draw(st.lists(st.integers(0, 10**7), min_size=len(shares), max_size=len(shares)))
    parts = spread(total, shares, caps)
    assert all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True))
    assert sum(parts) == min(total, sum(cap for cap, weight in zip(caps, shares, strict=True) if weight))


@given(st.integers(0, 10**9), weights)
def test_caps_out_of_reach_change_nothing(total, shares):
    assert spread(total, shares, [total + 1] * len(shares)) == spread(total, shares)


def test_nothing_is_spread_over_nothing():
    assert spread(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="SPREAD_NO_WEIGHT"):
        spread(1, [0, 0])


def test_the_worked_examples_of_part_values():
    cuts = [(D(0), D(3)), (D(3), D(6)), (D(6), D(7))]
    gross = [part_value(D("100.00"), D(7), start, end, "CNY") for start, end in cuts]
    tax = [part_value(D("11.50"), D(7), start, end, "CNY") for start, end in cuts]
    assert [str(value) for value in gross] == ["42.86", "42.85", "14.29"]
    assert [str(value) for value in tax] == ["4.93", "4.93", "1.64"]
    assert [str(value - part) for value, part in zip(gross, tax, strict=True)] == ["37.93", "37.92", "12.65"]


@given(
    st.decimals("-9999999", "9999999", places=2),
    st.lists(quantities, min_size=1, max_size=12),
    st.sampled_from(["CNY", "JPY", "KWD"]),
)
def test_however_a_line_is_cut_its_part_values_sum_to_it(amount, parts, currency):
    amount = round_money(amount, currency)
    whole = sum(parts)
    assume(whole)
    ends = [sum(parts[: n + 1], D(0)) for n in range(len(parts))]
    values = [part_value(amount, whole, start, end, currency) for start, end in pairwise([D(0), *ends])]
    assert sum(values) == amount
