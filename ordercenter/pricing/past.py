"""Order lines of the past, given by the room of orders: prices stand below orders and know nothing of their tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(slots=True)
class PastLine:
    """An order line as it was priced: at the instant `at`, `unit_price` in its uom; `agreed`: by hand, by no list."""

    line_id: int
    order_id: int
    number: str
    partnership_id: int
    variant_id: int
    uom_id: int
    quantity: Decimal
    unit_price: Decimal
    at: datetime
    agreed: bool


@dataclass(frozen=True, slots=True)
class PastAsked:
    """Which lines: of a seller's orders placed within [begins, ends) in a currency, of some partners or of all."""

    seller_id: int
    currency: str
    begins: datetime
    ends: datetime
    partnership_ids: Sequence[int] = ()


class PastOrders(Protocol):
    """What the room of orders can tell of lines that were ordered and not cancelled whole."""

    def count(self, asked: PastAsked) -> int:
        """How many lines there are. One statement."""

    def parts(self, asked: PastAsked, orders: int) -> Iterator[list[PastLine]]:
        """All of them, so many orders at a time. One statement for each part."""


_known: list[PastOrders] = []


def register_past_orders(orders: PastOrders) -> None:
    """Say who knows the orders of the past."""
    _known[:] = [orders]


def past_orders() -> PastOrders:
    """Who knows the orders of the past."""
    return _known[0]
