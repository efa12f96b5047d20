"""What a price is worth: exact, and never dependent on another seat (auctions §2.1-§2.3).

W(P) = P / d + a, lower is better. A `value` is W as an integer: W × S × 10^6, where the scale S of an auction is the
least common multiple of all divisors in millionths. So two seats are compared without a rounding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor, lcm

MILLION = 10**6
ONE = Decimal(1)
NONE = Decimal(0)
SHOWN = Decimal("0.0001")
#: No price is as large; what is larger is not computed with.
LARGEST = Decimal(10**14)


@dataclass(frozen=True, slots=True)
class Transform:
    """A seat's divisor d > 0 and adder a >= 0, of at most six decimals each; price only is (1, 0)."""

    divisor: Decimal = ONE
    adder: Decimal = NONE

    def worth(self, price: Decimal) -> Fraction:
        """W of a price."""
        return Fraction(price) / Fraction(self.divisor) + Fraction(self.adder)

    def value(self, price: Decimal, scale: int) -> int:
        """W × scale × 10^6 of a price of at most four decimals; an integer by the making of the scale."""
        divisor = int(self.divisor * MILLION)
        return int(price * 10_000) * 100 * MILLION * (scale // divisor) + int(self.adder * MILLION) * scale

    def at_most(self, worth: Fraction, tick: Decimal) -> Decimal:
        """Pmax: the highest price on the tick whose W is at most `worth`; may be below the tick, then there is none."""
        price = (worth - Fraction(self.adder)) * Fraction(self.divisor)
        return floor(price / Fraction(tick)) * tick


#: Price only.
PLAIN = Transform()


def scale_of(divisors: Iterable[Decimal]) -> int:
    """S: the least common multiple of all divisors in millionths; 10^6 where no seat has one of its own."""
    return lcm(*(int(divisor * MILLION) for divisor in divisors)) if (divisors := list(divisors)) else MILLION


def worth_of(value: int, scale: int) -> Fraction:
    """W of a value."""
    return Fraction(value, scale * MILLION)


def shown(worth: Fraction) -> Decimal:
    """W for the eye: four decimals, half up. Nothing is compared by it."""
    exact = floor(worth * 100_000)
    return (Decimal(exact) / 100_000).quantize(SHOWN, ROUND_HALF_UP)


def place_of(value: int, seq: int, others: Iterable[tuple[int, int]]) -> int:
    """Position by (value, seq) among the bests of the others: the earlier of two equals stands before."""
    return 1 + sum((other, earlier) < (value, seq) for other, earlier in others)


def rank_of(value: int, others: Iterable[int]) -> int:
    """1 + how many values are better: equals share a rank, the next is skipped."""
    return 1 + sum(other < value for other in others)
