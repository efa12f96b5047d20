"""Prices that a cart keeps for the hours its seller has settled, whatever the lists say meanwhile (pricing §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.terms import PriceResult


@dataclass(frozen=True, slots=True)
class Held:
    """A price that is held for one quantity: what it was made of, and the instant at which it lapses."""

    snapshot: Mapping[str, Any]
    until: datetime


@dataclass(frozen=True, slots=True)
class Freeze:
    """For how many hours a seller holds the prices of carts, asked at one instant of the database's clock."""

    hours: int
    now: datetime

    def held(self, priced_at: datetime | None, snapshot: Mapping[str, Any] | None) -> Held | None:
        """What is held of a line that was priced then; None where nothing is, or where it had no price.

        The hours are those of now: a seller that shortens them ends what is held longer.
        """
        if not self.hours or priced_at is None or not snapshot or snapshot.get("unit_price") is None:
            return None
        until = priced_at + timedelta(hours=self.hours)
        return Held(snapshot, until) if self.now < until else None


def held_result(result: PriceResult, held: Held | None) -> PriceResult:
    """The result of a line whose price is held: the price of then, with all that it was made of.

    A line that the lists have no price for any more has its held one; one that cannot be at all (its unit, its
    quantity) stays refused, and a price that was agreed meanwhile stands above.
    """
    if held is None or result.agreed or result.error not in (None, PricingErrorCode.NO_PRICE):
        return result
    kept = held.snapshot
    return replace(
        result,
        unit_price=_number(kept["unit_price"]),
        list_price=_number(kept["list_price"]),
        row_id=kept["row"],
        list_id=kept["list"],
        list_version=kept["list_version"],
        threshold=_number(kept["threshold"]),
        amount=_number(kept["amount"]),
        row_uom_id=kept["row_uom"],
        at=datetime.fromisoformat(kept["at"]),
        error=None,
        held=kept,
        steps=(),
        floor=_number(kept.get("floor")),
        below_floor=False,
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
