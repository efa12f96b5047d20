"""What every document of the stock room checks of what people and programs send, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db.models import Model
from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError
from ordercenter.stock.errors import StockErrorCode

LARGEST_QUANTITY = Decimal(10) ** 12
DECIMALS = 6
FIRST_YEAR, LAST_YEAR = 1900, 9998


def quantity_problems(
    quantity: Decimal, field: str = "quantity", index: int | None = None, decimals: int = DECIMALS
) -> Iterator[DomainError]:
    """QUANTITY_INVALID for what no balance can hold: too large, or finer than `decimals` (those of its unit)."""
    if not quantity.is_finite() or abs(quantity) >= LARGEST_QUANTITY:
        yield DomainError(StockErrorCode.QUANTITY_INVALID, _("This quantity is too large."), field, index)
    elif quantity != round(quantity, decimals):
        text = _("A quantity here has at most %(decimals)s decimals.") % {"decimals": decimals}
        yield DomainError(StockErrorCode.QUANTITY_INVALID, text, field, index)


def length_problems(model: type[Model], **texts: str) -> Iterator[DomainError]:
    """INVALID for each text that its column cannot hold."""
    for name, text in texts.items():
        longest = getattr(model._meta.get_field(name), "max_length", None)
        if longest is not None and len(text) > longest:
            message = _("At most %(longest)s characters.") % {"longest": longest}
            yield DomainError(CoreErrorCode.INVALID, message, name)


def instant_problems(at: datetime | None) -> Iterator[DomainError]:
    """INVALID for an instant at which nothing can have happened."""
    if at is not None and not FIRST_YEAR <= at.year <= LAST_YEAR:
        yield DomainError(CoreErrorCode.INVALID, _("This is no day on which it can have happened."), "occurred_at")
