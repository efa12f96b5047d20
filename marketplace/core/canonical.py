"""One form of bytes for one meaning: what is hashed or signed here can be rebuilt byte for byte by anybody.

The form is RFC 8785 (JSON Canonicalization Scheme). Money and quantities stand in it as strings with all decimals of
their field, instants as UTC with microseconds; a binary fraction is refused, since two programs print it differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import rfc8785

from marketplace.core.money import exponent

_PRICE = Decimal(1).scaleb(-4)
_QUANTITY = Decimal(1).scaleb(-6)
#: Whole numbers beyond this differ between programs that read JSON numbers as binary fractions (RFC 7493).
_SAFE = 2**53 - 1


def canonical(value: Any) -> bytes:
    """The canonical bytes of a JSON value; raises TypeError for what has no one form, such as 0.1 or a bare Decimal."""
    _refuse(value)
    return rfc8785.dumps(value)


def price_text(price: Decimal) -> str:
    """A unit price with its four decimals: 10.5 is "10.5000". Raises ValueError if it has more."""
    return _scaled(price, _PRICE)


def quantity_text(quantity: Decimal) -> str:
    """A quantity with its six decimals: 41 is "41.000000". Raises ValueError if it has more."""
    return _scaled(quantity, _QUANTITY)


def amount_text(amount: Decimal, currency: str) -> str:
    """An amount with the decimals of its currency. Raises ValueError if it has more."""
    return _scaled(amount, Decimal(1).scaleb(-exponent(currency)))


def instant_text(instant: datetime) -> str:
    """An instant in UTC with microseconds: "2026-06-01T02:00:00.000000Z"."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _scaled(number: Decimal, quantum: Decimal) -> str:
    scaled = number.quantize(quantum)
    if scaled != number:
        raise ValueError(f"{number} has more decimals than {quantum}")
    return f"{scaled or abs(scaled):f}"  # a negative zero is a zero


def _refuse(value: Any) -> None:
    """Raise TypeError for anything whose bytes would not be the same everywhere."""
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) > _SAFE:
            raise TypeError(f"{value} is too large for a JSON number: write it as text")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key is text, not {type(key).__name__}")
            _refuse(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse(item)
    else:
        raise TypeError(f"{type(value).__name__} has no canonical form: write it as text")
