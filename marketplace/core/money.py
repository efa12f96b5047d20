"""Money arithmetic of every room: where rounding happens, and how an amount is spread so that the parts sum to it.

Sources: roundings R, R4, Down and Up in docs/concepts/pricing.md; part values in docs/concepts/orders.md; spreading by
largest remainder in docs/concepts/money.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

# Minor units that differ from two decimals, ISO 4217 (list one).
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
EXPONENTS = dict.fromkeys(_WHOLE.split(), 0) | dict.fromkeys(_THOUSANDTHS.split(), 3)

_QUANTA = [Decimal(1).scaleb(-exponent) for exponent in range(7)]


def exponent(currency: str) -> int:
    """Decimals of a currency: CNY 2, JPY 0, KWD 3."""
    return EXPONENTS.get(currency, 2)


def round_money(value: Decimal, currency: str) -> Decimal:
    """R: half up, ties away from zero, to the currency's exponent."""
    return value.quantize(_QUANTA[exponent(currency)], ROUND_HALF_UP)


def round4(value: Decimal) -> Decimal:
    """R4: the same to four decimals, the precision of a unit price."""
    return value.quantize(_QUANTA[4], ROUND_HALF_UP)


def round_down(value: Decimal, currency: str) -> Decimal:
    """Down: towards minus infinity at the currency's exponent."""
    return value.quantize(_QUANTA[exponent(currency)], ROUND_FLOOR)


def round_up(value: Decimal, currency: str) -> Decimal:
    """Up: towards plus infinity at the currency's exponent."""
    return value.quantize(_QUANTA[exponent(currency)], ROUND_CEILING)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Adding two currencies is an error, never a conversion."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)


@dataclass(frozen=True, slots=True)
class TaxedMoney:
    """Net, tax and gross of one thing; gross = net + tax."""

    net: Money
    tax: Money
    gross: Money

    @classmethod
    def of(cls, net: Decimal, tax: Decimal, gross: Decimal, currency: str) -> "TaxedMoney":
        """The three amounts in one currency."""
        return cls(Money(net, currency), Money(tax, currency), Money(gross, currency))


def part_value(amount: Decimal, quantity: Decimal, start: Decimal, end: Decimal, currency: str) -> Decimal:
    """Value of the part from `start` to `end` of a line: R(X * end/q) - R(X * start/q), so any cutting sums to X.

    `start` and `end` are cumulative quantities of one kind (shipped so far, invoiced so far).
    """
    with localcontext() as context:
        context.prec = 60
        upto = round_money(amount * end / quantity, currency)
        return upto - round_money(amount * start / quantity, currency)


def spread(total: int, weights: Sequence[int | Decimal], caps: Sequence[int] | None = None) -> list[int]:
    """Spread `total` minor units over weights by largest remainder; the parts sum to it, or to the caps if less.

    A line whose exact share reaches its cap is closed at it and the rest is spread over the others. Shares are floored
    and what is left goes, one unit each, to the largest remainders, ties to the lower position. A weight of 0 gets
    nothing; a negative total gives the negative of its opposite. Raises ValueError without any weight to spread over.
    """
    if total < 0:
        return [-part for part in spread(-total, weights, caps)]
    whole_weights = _as_integers(weights)
    parts = [0] * len(weights)
    still_open = [i for i, weight in enumerate(whole_weights) if weight > 0]
    if not still_open:
        if total:
            raise ValueError("SPREAD_NO_WEIGHT: nothing to spread over")
        return parts
    left = total if caps is None else min(total, sum([caps[i] for i in still_open]))
    while caps is not None:
        whole = sum([whole_weights[i] for i in still_open])
        closed = [i for i in still_open if whole_weights[i] * left >= caps[i] * whole]
        if not closed:
            break
        for i in closed:
            parts[i] = caps[i]
        left -= sum([caps[i] for i in closed])
        gone = set(closed)
        still_open = [i for i in still_open if i not in gone]
        if not still_open:
            return parts
    _floor_and_hand_out(parts, left, still_open, whole_weights)
    return parts


def _as_integers(weights: Sequence[int | Decimal]) -> Sequence[int]:
    """The same proportions in whole numbers, with which the shares are exact and quick."""
    if all(type(weight) is int for weight in weights):
        return weights  # type: ignore[return-value]
    exact = [Fraction(weight) for weight in weights]
    scale = math.lcm(*(weight.denominator for weight in exact))
    return [int(weight * scale) for weight in exact]


def _floor_and_hand_out(parts: list[int], left: int, still_open: Sequence[int], weights: Sequence[int]) -> None:
    whole = sum([weights[i] for i in still_open])
    remainders = []
    missing = left
    for i in still_open:
        parts[i], remainder = divmod(left * weights[i], whole)
        missing -= parts[i]
        remainders.append((-remainder, i))
    remainders.sort()
    for _, i in remainders[:missing]:
        parts[i] += 1
