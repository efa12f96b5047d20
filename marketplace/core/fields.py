"""Column types of trade: one precision for each kind of number, everywhere."""

from typing import Any

from django.db import models


class QuantityField(models.DecimalField):
    """A quantity, numeric(18,6): in its line's own unit of measure unless its name says base."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=18, decimal_places=6)
        super().__init__(*args, **kwargs)


class PriceField(models.DecimalField):
    """A unit price, numeric(20,4)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=20, decimal_places=4)
        super().__init__(*args, **kwargs)


class AmountField(models.DecimalField):
    """An amount of money, rounded to its currency's exponent; numeric(20,4) so that three-decimal currencies fit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=20, decimal_places=4)
        super().__init__(*args, **kwargs)


class CurrencyField(models.CharField):
    """An ISO 4217 code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 3
        super().__init__(*args, **kwargs)
