"""The worked examples of docs/concepts/rebates.md, computed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from ordercenter.rebates.compute.change import deltas
from ordercenter.rebates.compute.pool import after_deductions, goods_count, shares
from ordercenter.rebates.compute.tiers import Figures, target_value
from ordercenter.rebates.enums import RebateNewcomer, RebateQualifier, RewardOn, TierMethod
from tests.ordercenter.rebates.terms import METHODS, terms, value

STEPS = ((0, 5), (800, 12), (2000, 20))
LADDER = ((0, 1), (100_000, 2), (300_000, 3))


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        ("2600", ("304.00", "520.00", "704.00", "962.00")),
        ("800", ("40.00", "96.00", "136.00", "136.00")),
        ("799.99", ("40.00", "40.00", "40.00", "40.00")),
    ],
)
def test_example_1_methods(basis, expected):
    assert tuple(str(value(terms(*STEPS, method=method), basis)) for method in METHODS) == expected


def walk(method: TierMethod, *steps: int) -> list[list[tuple[str, str]]]:
    """The rows of each step of an amount."""
    line = terms(*LADDER, method=method)
    before, accrued, rows = Figures(), Decimal(0), []
    for step in steps:
        after = replace(before, amount=before.amount + step)
        found = deltas(line, before, after, accrued)
        rows.append([(delta.cause.name, f"{delta.amount:.2f}") for delta in found])
        accrued += sum(delta.amount for delta in found)
        assert accrued == target_value(line, after)
        before = after
    return rows


def test_example_2_ledger():
    assert walk(TierMethod.RETROSPECTIVE, 80_000, 50_000, -40_000, 230_000) == [
        [("VOLUME", "800.00")],
        [("VOLUME", "500.00"), ("RATE", "1300.00")],
        [("RETURN", "-800.00"), ("RATE", "-900.00")],
        [("VOLUME", "2300.00"), ("RATE", "6400.00")],
    ]
    assert walk(TierMethod.INCREMENTAL, 80_000, 50_000, -40_000, 230_000) == [
        [("VOLUME", "800.00")],
        [("VOLUME", "800.00")],
        [("RETURN", "-700.00")],
        [("VOLUME", "4700.00")],
    ]


def test_example_3_taking_back_rows():
    assert walk(TierMethod.RETROSPECTIVE, 320_000, -25_000)[1] == [("RETURN", "-750.00"), ("RATE", "-2950.00")]


def test_example_4_rounding():
    line = terms((0, 5))
    before, parts = Figures(), []
    for _source in range(3):
        after = replace(before, amount=before.amount + Decimal("0.33"))
        parts += [delta.amount for delta in deltas(line, before, after, target_value(line, before))]
        before = after
    assert [str(part) for part in parts] == ["0.02", "0.01", "0.02"]
    assert target_value(line, before) == Decimal("0.05")


@pytest.mark.parametrize(
    ("basis", "whole", "above"),
    [
        ("250000", "5000.00", "1000.00"),
        ("249999.99", "2500.00", "500.00"),
        ("220000", "2200.00", "200.00"),
        ("199999.99", "0.00", "0.00"),
    ],
)
def test_example_5_growth(basis, whole, above):
    line = terms((0, "0.5"), (10, 1), (25, 2), method=TierMethod.RETROSPECTIVE, qualifier=RebateQualifier.GROWTH)
    assert str(value(line, basis, baseline=200_000)) == whole
    assert str(value(replace(line, reward_on=RewardOn.ABOVE_BASELINE), basis, baseline=200_000)) == above


def test_a_newcomer_gets_nothing_or_the_first_band():
    line = terms((0, "0.5"), (10, 1), method=TierMethod.RETROSPECTIVE, qualifier=RebateQualifier.GROWTH)
    assert value(line, 1000, baseline=0) == 0
    assert value(replace(line, newcomer=RebateNewcomer.FIRST_BAND), 1000, baseline=0) == 5


def test_example_7_sequence():
    basis = Decimal(10_000)
    first = value(terms((0, 8)), basis)
    left = after_deductions(basis, [(first, basis, basis)], "CNY")
    second = value(terms((0, 5)), left)
    left = after_deductions(basis, [(first, basis, basis), (second, basis, basis)], "CNY")
    third = value(terms((0, 3)), left)
    assert [str(part) for part in (first, second, third)] == ["800.00", "460.00", "262.20"]
    assert sum(value(terms((0, rate)), basis) for rate in (8, 5, 3)) == 1600


def test_example_8_together_and_goods():
    bases = {1: Decimal(120_000), 2: Decimal(90_000), 3: Decimal(40_000)}
    total = value(terms((200_000, 2), method=TierMethod.RETROSPECTIVE), sum(bases.values()))
    assert total == 5000
    assert [str(part) for part in shares(total, bases, "CNY").values()] == ["2400.00", "1800.00", "800.00"]
    assert goods_count(Decimal(150), Decimal(100), Decimal(2)) == 2
    assert goods_count(Decimal(399), Decimal(100), Decimal(2)) == 6


def test_only_the_width_of_a_passed_band_counts():
    assert value(terms((0, 10), (100, 20), (300, 30)), 3800) == 1100


def test_a_negative_basis_gives_nothing_or_takes_back_at_the_first_rate():
    line = terms(*STEPS, method=TierMethod.RETROSPECTIVE)
    assert value(line, -100) == 0
    assert value(replace(line, negative_basis=True), -100) == -5


def test_a_cap_ends_what_counts():
    assert value(terms(*STEPS, basis_cap=Decimal(1000)), 5000) == 64
