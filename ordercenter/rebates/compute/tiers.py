"""Target values: the rebate of a whole period on a basis, rounded once (rebates §4).

Everything is exact until that one rounding: bounds in percent are turned into amounts, which never needs a division.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from marketplace.core.money import round_money
from ordercenter.rebates.enums import RebateMeasure, RebateNewcomer, RebateQualifier, RebateReward, RewardOn, TierMethod

ZERO = Decimal(0)
HUNDRED = Decimal(100)
#: Digits of an exact product of a basis, a rate and a bound.
PRECISION = 80


@dataclass(frozen=True, slots=True)
class Band:
    """[lower, upper) of a tier table; `upper` None is open. `value`: percent, money per uom, or money."""

    lower: Decimal
    upper: Decimal | None
    reward: RebateReward
    value: Decimal


@dataclass(frozen=True, slots=True)
class LineTerms:
    """How one line of a policy pays; bands in order, without holes."""

    bands: tuple[Band, ...]
    currency: str
    method: TierMethod = TierMethod.INCREMENTAL
    qualifier: RebateQualifier = RebateQualifier.AMOUNT
    measure: RebateMeasure = RebateMeasure.AMOUNT
    reward_on: RewardOn = RewardOn.ALL
    basis_cap: Decimal | None = None
    newcomer: RebateNewcomer = RebateNewcomer.NONE
    negative_basis: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """A basis, and what it is measured against. None: there is no such figure, which counts as 0."""

    amount: Decimal = ZERO
    quantity: Decimal = ZERO
    baseline: Decimal | None = None
    target: Decimal | None = None


def target_value(terms: LineTerms, figures: Figures) -> Decimal:
    """T: what the line gives for a whole period on this basis, rounded once with R."""
    with localcontext() as context:
        context.prec = PRECISION
        return round_money(exact_value(terms, figures), terms.currency)


def exact_value(terms: LineTerms, figures: Figures) -> Decimal:
    """T before it is rounded. Wants a context precise enough."""
    paid_on = basis_of(terms, figures)
    if paid_on < 0:
        return _first_rate(terms, paid_on) if terms.negative_basis else ZERO
    if paid_on == 0 or not terms.bands:
        return ZERO
    if is_newcomer(terms, figures):
        return _first_rate(terms, paid_on) if terms.newcomer == RebateNewcomer.FIRST_BAND else ZERO
    reached = reached_band(terms, figures)
    if reached is None:
        return ZERO
    if terms.reward_on == RewardOn.ABOVE_BASELINE:
        return _pays(terms.bands[reached], max(ZERO, paid_on - (figures.baseline or ZERO)))
    return PAYS[terms.method](terms.bands, reached, paid_on)


def value_at_band(terms: LineTerms, figures: Figures, band: int | None) -> Decimal:
    """R of what a band would give on this basis, reached or not: the VOLUME part of a change (rebates §5)."""
    with localcontext() as context:
        context.prec = PRECISION
        paid_on = basis_of(terms, figures)
        if band is None or paid_on <= 0:
            return ZERO
        if terms.reward_on == RewardOn.ABOVE_BASELINE:
            paid_on = max(ZERO, paid_on - (figures.baseline or ZERO))
        return round_money(_pays(terms.bands[band], paid_on), terms.currency)


def basis_of(terms: LineTerms, figures: Figures) -> Decimal:
    """v: the basis the reward is paid on, under the cap."""
    value = figures.amount if terms.measure == RebateMeasure.AMOUNT else figures.quantity
    return value if terms.basis_cap is None else min(value, terms.basis_cap)


def is_newcomer(terms: LineTerms, figures: Figures) -> bool:
    """True where growth or gain is asked for and there is nothing to grow from."""
    needs = terms.qualifier == RebateQualifier.GROWTH or terms.reward_on == RewardOn.ABOVE_BASELINE
    return needs and not figures.baseline


def qualifying(terms: LineTerms, figures: Figures) -> Decimal:
    """What the bounds are compared with, once they are turned into the same measure."""
    if terms.qualifier in (RebateQualifier.GROWTH, RebateQualifier.ACHIEVEMENT):
        return basis_of(terms, figures)
    if terms.qualifier.value == terms.measure.value:
        return basis_of(terms, figures)
    return figures.quantity if terms.qualifier == RebateQualifier.QUANTITY else figures.amount


def bound_value(terms: LineTerms, figures: Figures, bound: Decimal) -> Decimal:
    """A bound of the tier table as an amount or quantity: growth and achievement are percents of another figure."""
    if terms.qualifier == RebateQualifier.GROWTH:
        baseline = figures.baseline or ZERO
        return baseline + baseline * bound.scaleb(-2)
    if terms.qualifier == RebateQualifier.ACHIEVEMENT:
        return (figures.target or ZERO) * bound.scaleb(-2)
    return bound


def reached_band(terms: LineTerms, figures: Figures) -> int | None:
    """j with lower_j <= x < upper_j; None below the first band. Compared exactly."""
    with localcontext() as context:
        context.prec = PRECISION
        if terms.qualifier == RebateQualifier.ACHIEVEMENT and not figures.target:
            return None
        if terms.qualifier == RebateQualifier.GROWTH and not figures.baseline:
            return None
        value = qualifying(terms, figures)
        reached = None
        for position, band in enumerate(terms.bands):
            if value >= bound_value(terms, figures, band.lower):
                reached = position
        return reached


def _pays(band: Band, paid_on: Decimal) -> Decimal:
    """What one band gives on the whole of a basis."""
    if band.reward == RebateReward.PERCENT:
        return paid_on * band.value.scaleb(-2)
    return band.value if band.reward == RebateReward.FIXED else paid_on * band.value


def _first_rate(terms: LineTerms, paid_on: Decimal) -> Decimal:
    if not terms.bands or (terms.bands[0].reward == RebateReward.FIXED and paid_on < 0):
        return ZERO
    return _pays(terms.bands[0], paid_on)


def _width(band: Band, paid_on: Decimal) -> Decimal:
    """The part of a basis that lies inside a band."""
    end = paid_on if band.upper is None else min(paid_on, band.upper)
    return max(ZERO, end - max(band.lower, ZERO))


def _incremental(bands: Sequence[Band], reached: int, paid_on: Decimal) -> Decimal:
    return sum((_pays(band, _width(band, paid_on)) for band in bands[: reached + 1]), ZERO)


def _retrospective(bands: Sequence[Band], reached: int, paid_on: Decimal) -> Decimal:
    return _pays(bands[reached], paid_on)


def _rolling(bands: Sequence[Band], reached: int, paid_on: Decimal) -> Decimal:
    below = sum((_pays(band, _width(band, paid_on)) for band in bands[:reached]), ZERO)
    return below + _pays(bands[reached], paid_on)


def _total(bands: Sequence[Band], reached: int, paid_on: Decimal) -> Decimal:
    return sum((_pays(band, paid_on) for band in bands[: reached + 1]), ZERO)


PAYS = {
    TierMethod.INCREMENTAL: _incremental,
    TierMethod.RETROSPECTIVE: _retrospective,
    TierMethod.ROLLING: _rolling,
    TierMethod.TOTAL: _total,
}
