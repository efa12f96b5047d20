"""Exact integers for money, quantities and values, and back."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Any

QUANTITY = 10**6
VALUE = 10**4
PERCENT = 100 * VALUE

_EXACT = Context(prec=60)


def scaled(number: Any, digits: int) -> int:
    """A number (Decimal, text or int) as whole units of its last digit; what is finer is cut off."""
    return int(_EXACT.scaleb(Decimal(number), digits))


def quantity(number: Any) -> int:
    """A quantity in millionths."""
    return int(_EXACT.scaleb(Decimal(number), 6))


def optional(number: Any, digits: int) -> int | None:
    """`scaled`, and None for nothing."""
    return None if number is None else scaled(number, digits)


def money(units: int, digits: int) -> Decimal:
    """Minor units as an amount with the currency's decimals."""
    return Decimal(units).scaleb(-digits, _EXACT)


def pieces(millionths: int) -> Decimal:
    """Millionths as a quantity."""
    return Decimal(millionths).scaleb(-6, _EXACT)


def half_up(numerator: int, denominator: int) -> int:
    """R: the quotient rounded half up; nothing below 0."""
    return (2 * numerator + denominator) // (2 * denominator) if numerator > 0 else 0
