"""The target value and the reached band as SQL expressions, for a million sources at once; the same as in `tiers`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ordercenter.rebates.compute.tiers import Band, LineTerms
from ordercenter.rebates.enums import RebateMeasure, RebateNewcomer, RebateQualifier, RebateReward, RewardOn, TierMethod


@dataclass(frozen=True, slots=True)
class Columns:
    """The SQL of what a value is computed from: numbers, `baseline` and `target` may be null."""

    amount: str
    quantity: str
    baseline: str = "NULL::numeric"
    target: str = "NULL::numeric"


def value_sql(terms: LineTerms, of: Columns, band: str, places: str) -> str:
    """T, rounded once; `band`: the SQL of the band that is reached."""
    paid_on = basis_sql(terms, of)
    below = first_rate(terms, paid_on) if terms.negative_basis else "0"
    cases = [f"WHEN {paid_on} < 0 THEN {below}", f"WHEN {paid_on} = 0 THEN 0"]
    if terms.qualifier == RebateQualifier.GROWTH or terms.reward_on == RewardOn.ABOVE_BASELINE:
        new = first_rate(terms, paid_on) if terms.newcomer == RebateNewcomer.FIRST_BAND else "0"
        cases.append(f"WHEN coalesce({of.baseline}, 0) = 0 THEN {new}")
    if terms.reward_on == RewardOn.ABOVE_BASELINE:
        paid_on = f"greatest(0, {paid_on} - coalesce({of.baseline}, 0))"
        method: Method = _retrospective
    else:
        method = METHODS[terms.method]
    reached = [f"WHEN {band} = {j} THEN {method(terms.bands, j, paid_on)}" for j in range(len(terms.bands))]
    return f"round(CASE {' '.join([*cases, *reached])} ELSE 0 END, {places})"


def value_at_band_sql(terms: LineTerms, of: Columns, band: str, places: str) -> str:
    """R of what a band would give, reached or not: the VOLUME part of a change (rebates §5)."""
    basis = paid_on = basis_sql(terms, of)
    if terms.reward_on == RewardOn.ABOVE_BASELINE:
        paid_on = f"greatest(0, {paid_on} - coalesce({of.baseline}, 0))"
    gives = [f"WHEN {band} = {j} THEN {pays(one, paid_on)}" for j, one in enumerate(terms.bands)]
    return f"round(CASE WHEN {basis} <= 0 THEN 0 {' '.join(gives)} ELSE 0 END, {places})"


def band_sql(terms: LineTerms, of: Columns) -> str:
    """The reached band; -1 below the first, or where there is nothing to measure by."""
    value = _qualifying(terms, of)
    cases = []
    if terms.qualifier == RebateQualifier.GROWTH:
        cases.append(f"WHEN coalesce({of.baseline}, 0) = 0 THEN -1")
    elif terms.qualifier == RebateQualifier.ACHIEVEMENT:
        cases.append(f"WHEN coalesce({of.target}, 0) = 0 THEN -1")
    highest_first = reversed(list(enumerate(terms.bands)))
    cases += [f"WHEN {value} >= {_bound(terms, of, one.lower)} THEN {j}" for j, one in highest_first]
    return f"CASE {' '.join(cases)} ELSE -1 END" if cases else "-1"


def basis_sql(terms: LineTerms, of: Columns) -> str:
    """v, under the cap."""
    value = of.amount if terms.measure == RebateMeasure.AMOUNT else of.quantity
    return value if terms.basis_cap is None else f"least({value}, {number(terms.basis_cap)})"


def number(value: Decimal) -> str:
    """A number as SQL has it."""
    return f"({value:f})::numeric"


def pays(band: Band, paid_on: str) -> str:
    """What one band gives on the whole of a basis."""
    if band.reward == RebateReward.FIXED:
        return number(band.value)
    return f"{paid_on} * {number(band.value.scaleb(-2) if band.reward == RebateReward.PERCENT else band.value)}"


def first_rate(terms: LineTerms, paid_on: str) -> str:
    """What the first band gives on a basis that no band is reached by."""
    if not terms.bands:
        return "0"
    first = terms.bands[0]
    if first.reward == RebateReward.FIXED:
        return f"CASE WHEN {paid_on} < 0 THEN 0 ELSE {number(first.value)} END"
    return pays(first, paid_on)


def _qualifying(terms: LineTerms, of: Columns) -> str:
    relative = terms.qualifier in (RebateQualifier.GROWTH, RebateQualifier.ACHIEVEMENT)
    if relative or terms.qualifier.value == terms.measure.value:
        return basis_sql(terms, of)
    return of.quantity if terms.qualifier == RebateQualifier.QUANTITY else of.amount


def _bound(terms: LineTerms, of: Columns, bound: Decimal) -> str:
    if terms.qualifier == RebateQualifier.GROWTH:
        return f"({of.baseline} + {of.baseline} * {number(bound.scaleb(-2))})"
    if terms.qualifier == RebateQualifier.ACHIEVEMENT:
        return f"({of.target} * {number(bound.scaleb(-2))})"
    return number(bound)


Method = Callable[[Sequence[Band], int, str], str]


def _width(band: Band, paid_on: str) -> str:
    end = paid_on if band.upper is None else f"least({paid_on}, {number(band.upper)})"
    return f"greatest(0, {end} - {number(max(band.lower, Decimal(0)))})"


def _incremental(bands: Sequence[Band], reached: int, paid_on: str) -> str:
    return " + ".join(pays(band, _width(band, paid_on)) for band in bands[: reached + 1])


def _retrospective(bands: Sequence[Band], reached: int, paid_on: str) -> str:
    return pays(bands[reached], paid_on)


def _rolling(bands: Sequence[Band], reached: int, paid_on: str) -> str:
    return " + ".join([*(pays(band, _width(band, paid_on)) for band in bands[:reached]), pays(bands[reached], paid_on)])


def _total(bands: Sequence[Band], reached: int, paid_on: str) -> str:
    return " + ".join(pays(band, paid_on) for band in bands[: reached + 1])


METHODS: dict[TierMethod, Method] = {
    TierMethod.INCREMENTAL: _incremental,
    TierMethod.RETROSPECTIVE: _retrospective,
    TierMethod.ROLLING: _rolling,
    TierMethod.TOTAL: _total,
}
