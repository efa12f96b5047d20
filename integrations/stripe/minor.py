"""Amounts as Stripe counts them: whole numbers of the currency's minor unit, with the exceptions that Stripe makes."""

from __future__ import annotations

from decimal import Decimal

from marketplace.core.money import exponent

#: Stripe counts these in another unit than ISO 4217 does (https://docs.stripe.com/currencies, special cases).
EXCEPTIONS = {"ISK": 2, "UGX": 2, "MGA": 0}


def to_minor(amount: Decimal, currency: str) -> int:
    """12.30 CNY is 1230, 1500 JPY is 1500, 1.230 KWD is 1230."""
    return int(amount.scaleb(_places(currency)))


def from_minor(amount: int, currency: str) -> Decimal:
    """The opposite."""
    return Decimal(amount).scaleb(-_places(currency))


def is_payable(amount: Decimal, currency: str) -> bool:
    """Whether Stripe takes it: of three decimals the last has to be 0, and there are no parts of whole units."""
    minor = amount.scaleb(_places(currency))
    return minor == int(minor) and (_places(currency) < 3 or int(minor) % 10 == 0)


def _places(currency: str) -> int:
    return EXCEPTIONS.get(currency.upper(), exponent(currency.upper()))
