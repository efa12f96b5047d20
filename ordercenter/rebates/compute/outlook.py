"""What a partner sees of a running period: its band, the gap to the next, what that brings, a forecast (rebates §7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from marketplace.core.money import round_money, round_up
from ordercenter.rebates.compute.tiers import (
    Figures,
    LineTerms,
    bound_value,
    qualifying,
    reached_band,
    target_value,
)
from ordercenter.rebates.enums import RebateMeasure, RebateQualifier

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a basis stands in a tier table; None where there is no next band.

    `next_bound` is in the table's words (money, units or percent), `next_value` and `gap` in what is bought: money or
    units. `at_next`: T once the next band is reached.
    """

    value: Decimal
    band: int | None
    next_band: int | None = None
    next_bound: Decimal | None = None
    next_value: Decimal | None = None
    gap: Decimal | None = None
    at_next: Decimal | None = None


def outlook(terms: LineTerms, figures: Figures) -> Outlook:
    """Where a basis stands, and what the next band would give on the whole period."""
    with localcontext() as context:
        context.prec = 60
        value, band = target_value(terms, figures), reached_band(terms, figures)
        following = _next(terms, figures, band)
        if following is None:
            return Outlook(value, band)
        bound = bound_value(terms, figures, terms.bands[following].lower)
        if terms.qualifier in (RebateQualifier.GROWTH, RebateQualifier.ACHIEVEMENT) and _in_money(terms):
            bound = round_up(bound, terms.currency)
        now = qualifying(terms, figures)
        at_next = target_value(terms, _moved(terms, figures, now, bound))
        return Outlook(value, band, following, terms.bands[following].lower, bound, bound - now, at_next)


def _in_money(terms: LineTerms) -> bool:
    return terms.measure == RebateMeasure.AMOUNT


def _next(terms: LineTerms, figures: Figures, band: int | None) -> int | None:
    """The band above; none above the last, above a cap, or where there is nothing to measure against."""
    if terms.qualifier == RebateQualifier.GROWTH and not figures.baseline:
        return None
    if terms.qualifier == RebateQualifier.ACHIEVEMENT and not figures.target:
        return None
    following = 0 if band is None else band + 1
    if following >= len(terms.bands):
        return None
    bound = bound_value(terms, figures, terms.bands[following].lower)
    return None if terms.basis_cap is not None and bound > terms.basis_cap else following


def _moved(terms: LineTerms, figures: Figures, now: Decimal, bound: Decimal) -> Figures:
    """Figures with the qualifying one at a bound; the other grows along, as what is bought keeps its price."""
    by_quantity = terms.qualifier == RebateQualifier.QUANTITY or (
        terms.qualifier != RebateQualifier.AMOUNT and not _in_money(terms)
    )
    if by_quantity:
        amount = figures.amount * bound / now if now > 0 else figures.amount
        return replace(figures, quantity=bound, amount=amount)
    quantity = figures.quantity * bound / now if now > 0 else figures.quantity
    return replace(figures, amount=bound, quantity=quantity)


def forecast(terms: LineTerms, figures: Figures, elapsed: int, days: int) -> tuple[Decimal, Decimal, Decimal]:
    """(amount, quantity, T) at the end of the period if it goes on as so far; rounded once, at the end."""
    if elapsed <= 0:
        return figures.amount, figures.quantity, target_value(terms, figures)
    with localcontext() as context:
        context.prec = 60
        amount = round_money(figures.amount * days / elapsed, terms.currency)
        quantity = (figures.quantity * days / elapsed).quantize(Decimal("0.000001"))
        return amount, quantity, target_value(terms, replace(figures, amount=amount, quantity=quantity))
