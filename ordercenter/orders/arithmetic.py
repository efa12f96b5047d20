"""The only line arithmetic there is (docs/concepts/orders.md, Line arithmetic; orders §3)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from marketplace.core.money import exponent

ZERO = Decimal(0)
ONE = Decimal(1)

# Price (20 digits) x quantity (18) x rate is exact in 60 digits; the default context would round a second time.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


class Amounts(NamedTuple):
    """The money of one line as ordered, or the sums of an order; gross = net + tax."""

    list_amount: Decimal
    discount: Decimal
    reduction: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


class LineCalculator:
    """Computes lines of one currency and tax mode; the quantum is looked up once, not for each line."""

    def __init__(self, currency: str, tax_included: bool) -> None:
        self.tax_included = tax_included
        self.quantum = ONE.scaleb(-exponent(currency))

    def line(
        self,
        unit_price: Decimal,
        quantity: Decimal,
        rate: Decimal,
        discount: Decimal = ZERO,
        reduction: Decimal = ZERO,
    ) -> Amounts:
        """Amounts of a line; `discount` are its shares of promotions, `reduction` those of funds (orders §3)."""
        list_amount = EXACT.quantize(EXACT.multiply(unit_price, quantity), self.quantum)
        return self.taxed(list_amount, rate, discount, reduction)

    def taxed(
        self, list_amount: Decimal, rate: Decimal, discount: Decimal = ZERO, reduction: Decimal = ZERO
    ) -> Amounts:
        """Amounts of a line whose list amount is known."""
        quantum = self.quantum
        quantize = EXACT.quantize
        base = list_amount - discount - reduction
        if self.tax_included:
            net = quantize(EXACT.divide(base, ONE + rate), quantum) if rate else base
            return Amounts(list_amount, discount, reduction, net, base - net, base)
        tax = quantize(EXACT.multiply(base, rate), quantum)
        return Amounts(list_amount, discount, reduction, base, tax, base + tax)

    def between(self, whole: Amounts, start: Decimal, end: Decimal, quantity: Decimal) -> Amounts:
        """What falls on the units from `start` to `end` of a line of this quantity: parts that meet sum to the line."""
        cut = Amounts(*(self.part(one, end, quantity) - self.part(one, start, quantity) for one in whole))
        if self.tax_included:
            return cut._replace(net=cut.gross - cut.tax)
        return cut._replace(gross=cut.net + cut.tax)

    def last(self, amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
        """Value of the last `part` of a line: what is cancelled is cut there, and what is shipped from the start."""
        return amount - self.part(amount, whole - part, whole)

    def part(self, amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
        """Value of the first `part` of a line of quantity `whole`: R(X x b/q)."""
        return EXACT.quantize(EXACT.divide(EXACT.multiply(amount, part), whole), self.quantum)


def sums(lines: Iterable[Amounts]) -> Amounts:
    """Totals are sums of rounded lines; tax is never computed on a total."""
    return Amounts(*(sum(column, ZERO) for column in zip(*lines, strict=True)))
