"""Formula prices: a base price that follows published indexes, period by period (contracts §4.3). Pure and exact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from ordercenter.contracts.enums import FormulaVerdict, PricePeriod

HUNDRED = Decimal(100)
FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Term:
    """One index of a formula: its weight, its value at the start, its value now."""

    weight: Decimal
    start: Decimal
    now: Decimal


@dataclass(frozen=True, slots=True)
class FormulaStep:
    """What a period made of the price: `exact` before threshold, cap and rounding; `change` in percent of the last."""

    exact: Fraction
    price: Decimal
    change: Fraction
    verdict: FormulaVerdict


def evaluate(base: Decimal, fixed: Decimal, terms: Sequence[Term]) -> Fraction:
    """base x (fixed + sum of weight x now / start), exact."""
    moved = sum((Fraction(one.weight) * Fraction(one.now) / Fraction(one.start) for one in terms), Fraction(0))
    return Fraction(base) * (Fraction(fixed) + moved)


def follow(price: Decimal, exact: Fraction, threshold: Decimal, cap: Decimal | None) -> FormulaStep:
    """The price that follows one in force: it stays below the threshold, and moves by `cap` percent at most; R4."""
    change = (exact / Fraction(price) - 1) * 100 if price else Fraction(0)
    if abs(change) < Fraction(threshold):
        return FormulaStep(exact, price, change, FormulaVerdict.KEPT)
    if cap is not None and abs(change) > Fraction(cap):
        limit = Fraction(cap) if change > 0 else -Fraction(cap)
        return FormulaStep(exact, rounded(Fraction(price) * (1 + limit / 100)), change, FormulaVerdict.CAPPED)
    return FormulaStep(exact, rounded(exact), change, FormulaVerdict.CHANGED)


def rounded(value: Fraction) -> Decimal:
    """R4 of an exact value: half up, ties away from zero."""
    with localcontext() as context:
        context.prec = 60
        scaled = abs(value) * 10**4
        whole, rest = divmod(scaled.numerator, scaled.denominator)
        whole += 2 * rest >= scaled.denominator
        digits = Decimal(whole).scaleb(-4).quantize(FOUR_PLACES, ROUND_HALF_UP)
        return -digits if value < 0 else digits


def weights_sum(fixed: Decimal, weights: Sequence[Decimal]) -> bool:
    """True where the fixed share and the weights come to 1 exactly."""
    return fixed + sum(weights, Decimal(0)) == 1


def period_starts(begin: date, until: date, period: PricePeriod) -> Iterator[date]:
    """First days of the periods after `begin`, up to `until` included: a formula is looked at on each."""
    months = {PricePeriod.MONTH: 1, PricePeriod.QUARTER: 3, PricePeriod.HALF_YEAR: 6, PricePeriod.YEAR: 12}[period]
    count = begin.year * 12 + begin.month - 1
    count -= count % months
    while True:
        count += months
        day = date(count // 12, count % 12 + 1, 1)
        if day > until:
            return
        yield day
