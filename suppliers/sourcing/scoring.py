"""Points for prices, means of graders, totals, ranks and flags: pure arithmetic in Decimal (sourcing §5).

See docs/concepts/sourcing-award.md, "Comparing".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ZERO, HUNDRED = Decimal(0), Decimal(100)
#: From so many values on, one highest and one lowest are left out.
MANY = 5
_CENT = Decimal("0.01")


class PriceFormula(TextChoices):
    """How a price becomes points; frozen at publishing."""

    PROPORTIONAL = "proportional", _("Lowest price ÷ price")
    LINEAR = "linear", _("Between two published prices")
    BASE_AVERAGE = "base_average", _("Distance from a base of the mean")
    TABLE = "table", _("By steps")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with its parameters: `low` and `high` for LINEAR; `cut` (0.02 is 2 %), `above`, `below` for
    BASE_AVERAGE; `steps` (up to this price, points) for TABLE, dearer than the last: 0."""

    kind: PriceFormula
    most: Decimal = HUNDRED
    low: Decimal = ZERO
    high: Decimal = ZERO
    cut: Decimal = ZERO
    above: Decimal = ZERO
    below: Decimal = ZERO
    steps: tuple[tuple[Decimal, Decimal], ...] = ()


def points(value: Decimal) -> Decimal:
    """R to two decimals, ties away from zero."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def price_points(formula: Formula, prices: Sequence[Decimal]) -> list[Decimal]:
    """Points of each price. Give only quotes that count and are not disqualified: two formulas look at all of them."""
    if formula.kind == PriceFormula.PROPORTIONAL:
        least = min(prices, default=ZERO)
        return [points(formula.most * least / price) for price in prices]
    if formula.kind == PriceFormula.LINEAR:
        return [_linear(formula, price) for price in prices]
    if formula.kind == PriceFormula.BASE_AVERAGE:
        base = base_price(formula, prices)
        return [_from_base(formula, price, base) for price in prices]
    return [_step(formula, price) for price in prices]


def base_price(formula: Formula, prices: Sequence[Decimal]) -> Decimal:
    """BASE_AVERAGE's base: the mean less the cut; of five or more prices without one highest and one lowest."""
    return _mean(_inner(prices)) * (1 - formula.cut) if prices else ZERO


def graders_mean(scores: Sequence[Decimal], drop_ends: bool = True) -> Decimal:
    """The mean of graders' scores; of five or more without one highest and one lowest, where the rule is on."""
    return points(_mean(_inner(scores) if drop_ends else list(scores)))


def total_score(scores: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Sum of score × weight / 100 over (score, weight) of the leaves, rounded once."""
    return points(sum((score * weight for score, weight in scores), ZERO) / HUNDRED)


def tie_hash(root: bytes, code: str) -> bytes:
    """The last tie-break: nobody can choose it, everybody can check it (H(root || code))."""
    return sha256(root + code.encode()).digest()


@dataclass(frozen=True, slots=True)
class Scored:
    """What decides one participation's place: rounded total, price, technical score, and its code."""

    code: str
    total: Decimal
    price: Decimal
    technical: Decimal = ZERO


def ranked(scored: Sequence[Scored], root: bytes) -> list[Scored]:
    """Best first: higher total, lower price, higher technical score, lowest hash of root and code."""
    return sorted(scored, key=lambda one: (-one.total, one.price, -one.technical, tie_hash(root, one.code)))


class LowFlag(TextChoices):
    """Why a price looks abnormally low; shown, not decided."""

    BELOW_MEAN = "below_mean", _("At most 60 % of the mean of the others")
    BELOW_NEXT = "below_next", _("At most 70 % of the next higher one")


def low_flags(prices: Sequence[Decimal]) -> list[tuple[LowFlag, ...]]:
    """Flags of each price: against the mean of the others (two at least), and against the next higher price."""
    return [_low(price, [*prices[:at], *prices[at + 1 :]]) for at, price in enumerate(prices)]


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A step of a tiered price: holds for above < quantity <= up_to (None: no end)."""

    above: Decimal
    up_to: Decimal | None
    price: Decimal


def price_at(steps: Sequence[PriceStep], quantity: Decimal) -> Decimal | None:
    """The price of a quantity; None where no step holds it."""
    for step in steps:
        if step.above < quantity and (step.up_to is None or quantity <= step.up_to):
            return step.price
    return None


def _inner(values: Sequence[Decimal]) -> list[Decimal]:
    return sorted(values)[1:-1] if len(values) >= MANY else list(values)


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, ZERO) / len(values)


def _linear(formula: Formula, price: Decimal) -> Decimal:
    share = (formula.high - price) / (formula.high - formula.low)
    return points(formula.most * min(max(share, ZERO), Decimal(1)))


def _from_base(formula: Formula, price: Decimal, base: Decimal) -> Decimal:
    weight = formula.above if price > base else formula.below
    return points(max(formula.most - weight * abs(price / base - 1) * HUNDRED, ZERO))


def _step(formula: Formula, price: Decimal) -> Decimal:
    return points(next((given for up_to, given in formula.steps if price <= up_to), ZERO))


def _low(price: Decimal, others: Sequence[Decimal]) -> tuple[LowFlag, ...]:
    flags = []
    if len(others) >= 2 and price <= Decimal("0.6") * _mean(others):
        flags.append(LowFlag.BELOW_MEAN)
    higher = [other for other in others if other > price]
    if higher and price <= Decimal("0.7") * min(higher):
        flags.append(LowFlag.BELOW_NEXT)
    return tuple(flags)
