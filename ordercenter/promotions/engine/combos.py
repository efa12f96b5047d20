"""Combinations: so much of each component makes a set that has a price, or a discount (promotions §2)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ordercenter.promotions.engine.rules import Rule
from ordercenter.promotions.engine.scale import PERCENT, QUANTITY, VALUE, half_up
from ordercenter.promotions.engine.sheet import Sheet

Consumed = dict[int, Fraction]


def combination(sheet: Sheet, rule: Rule, base: Sequence[int]) -> tuple[int, int, Sequence[int]]:
    """(Discount, value of what the sets consume, the lines consumed), on running amounts `base`."""
    sets, consumed = full_sets(sheet, rule)
    if not sets:
        return 0, 0, ()
    value = sum((base[i] * share for i, share in consumed.items()), Fraction(0))
    lines = sorted(consumed)
    if rule.reward == "percent":
        return _rounded(value * rule.value / PERCENT), _rounded(value), lines
    off = Fraction(rule.value * 10**rule.digits * sets, VALUE)
    amount = off if rule.reward == "amount" else value - off
    return _rounded(amount), _rounded(value), lines


def full_sets(sheet: Sheet, rule: Rule) -> tuple[int, Consumed]:
    """How many full sets the lines hold, and which share of each line they consume.

    Components take from lines in order, and a piece serves one of them; so with goods that fit two components a number
    of sets may fail where the sums would do. The greatest number that works is found by halving.
    """
    most = min((_most(sheet, rule, number) for number in range(len(rule.components))), default=0)
    if rule.max_sets is not None:
        most = min(most, rule.max_sets)
    known = _take(sheet, rule, most) if most else None
    if known is not None:
        return most, known
    least, found = 0, Consumed()
    while most - least > 1:
        middle = (least + most) // 2
        consumed = _take(sheet, rule, middle)
        if consumed is None:
            most = middle
        else:
            least, found = middle, consumed
    return least, found


def _most(sheet: Sheet, rule: Rule, number: int) -> int:
    component = rule.components[number]
    lines = sheet.lines_of(_mask(sheet, rule, number))
    return int(sheet.counted(lines, rule.uom) // component.quantity)


def _mask(sheet: Sheet, rule: Rule, number: int) -> int:
    allowed = 0
    for index in sheet.matching(rule).indices:
        allowed |= 1 << index
    return sheet.within(rule.components[number].scope) & allowed


def _take(sheet: Sheet, rule: Rule, sets: int) -> Consumed | None:
    """The share of each line that so many sets consume; None where the lines do not hold them."""
    factors = sheet.factors(rule.uom)
    consumed: Consumed = {}
    for number, component in enumerate(rule.components):
        wanted = Fraction(component.quantity * sets)
        for index in sheet.lines_of(_mask(sheet, rule, number)).indices:
            held = Fraction(sheet.base[index] * QUANTITY, QUANTITY if factors is None else factors[index])
            taken = min(wanted, held * (1 - consumed.get(index, 0)))
            if taken:
                consumed[index] = consumed.get(index, Fraction(0)) + taken / held
                wanted -= taken
            if not wanted:
                break
        if wanted:
            return None
    return consumed


def _rounded(value: Fraction) -> int:
    return half_up(value.numerator, value.denominator)
