"""The price of a contract line on a day: rows by day, tiers by quantity, formulas after indexes (contracts §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from ordercenter.contracts.enums import PricePeriod
from ordercenter.contracts.formula import FormulaStep, Term, evaluate, follow, period_starts
from ordercenter.contracts.models import ContractPrice, IndexValue
from ordercenter.contracts.shapes import PriceTier, tier_price


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A value of an index, and the day from which it was known where the buyer is."""

    month: date
    value: Decimal
    known_on: date


@dataclass(frozen=True, slots=True)
class FormulaDay:
    """What the first day of a period made of a formula price, from which inputs."""

    day: date
    terms: tuple[Term, ...]
    step: FormulaStep


#: Values by index, in the order in which they were known.
Values = Mapping[int, Sequence[KnownValue]]


def prices_of(line_ids: Iterable[int]) -> dict[int, list[ContractPrice]]:
    """All price rows of contract lines, oldest first; one statement."""
    found: dict[int, list[ContractPrice]] = {}
    rows = ContractPrice.objects.filter(line__in=list(line_ids)).order_by("effective_from", "pk")
    for row in rows:
        found.setdefault(row.line_id, []).append(row)
    return found


def values_of(rows: Iterable[ContractPrice], zone: str) -> Values:
    """The values of the indexes that these rows follow; one statement, none where no row follows any."""
    indexes = {int(term["index"]) for row in rows for term in row.index_terms}
    found: dict[int, list[KnownValue]] = {pk: [] for pk in indexes}
    if indexes:
        for value in IndexValue.objects.filter(index__in=indexes).order_by("published_at", "pk"):
            known_on = value.published_at.astimezone(ZoneInfo(zone)).date()
            found[value.index_id].append(KnownValue(value.month, value.value, known_on))
    return found


def row_on(rows: Sequence[ContractPrice], day: date) -> ContractPrice | None:
    """The row in force on a day: the latest that has begun, of several the one written last."""
    begun = [row for row in rows if row.effective_from <= day]
    return max(begun, key=lambda row: (row.effective_from, row.pk)) if begun else None


def price_on(rows: Sequence[ContractPrice], values: Values, day: date, quantity: Decimal) -> Decimal | None:
    """The unit price of an ordered quantity on a day; None where the contract agrees no price."""
    row = row_on(rows, day)
    if row is None:
        return None
    if row.index_terms:
        days = formula_days(row, values, day)
        return days[-1].step.price if days else row.price
    return tier_price(tiers_of(row), quantity) if row.tiers else row.price


def tiers_of(row: ContractPrice) -> list[PriceTier]:
    """The tiers of a row."""
    return [
        PriceTier(None if one["up_to"] is None else Decimal(one["up_to"]), Decimal(one["price"])) for one in row.tiers
    ]


def formula_days(row: ContractPrice, values: Values, until: date) -> list[FormulaDay]:
    """Each first day of a period since the row began, up to a day, with what was known then; none before the first.

    A revision that became known later changes none of them (contracts §4.3).
    """
    price, found = row.price, []
    for day in period_starts(row.effective_from, until, PricePeriod(row.period)):
        terms = tuple(_term(term, values, day) for term in row.index_terms)
        step = follow(price, evaluate(row.price, row.fixed_share or Decimal(0), terms), row.threshold, row.cap)
        price = step.price
        found.append(FormulaDay(day, terms, step))
    return found


def _term(term: Mapping[str, str], values: Values, day: date) -> Term:
    start = Decimal(term["start"])
    known = [value for value in values.get(int(term["index"]), ()) if value.known_on <= day]
    # max keeps the first of equals, so the order is turned: of one month the value known last counts.
    latest = max(reversed(known), key=lambda value: value.month, default=None)
    return Term(Decimal(term["weight"]), start, start if latest is None else latest.value)
