"""What one asks of the prices and what comes back: plain values, so that every room can use them without our tables."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from marketplace.core.errors import DomainError
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.steps import Step

# Nothing changes these two after they were made. They are not frozen because there is one of each for every price that
# is shown or ordered, and making a frozen one takes five times as long.


@dataclass(slots=True)
class PriceRequest:
    """One line to price: `quantity` of a variant in a uom, for the buyer of a partnership.

    `basket` tells orders apart that are priced in one call: where a list adds quantities up over an order, only lines
    of the same basket are added. `agreed_price` stands above all lists (pricing §3); its quantity still counts for
    the other lines. `at` is the instant of this line where it is not that of the call. `delivery` is the day the goods
    are wished for: its prices count, without any instant, where the seller prices by the date of delivery.
    """

    key: Hashable
    partnership_id: int
    variant_id: int
    uom_id: int
    quantity: Decimal
    basket: Hashable = 0
    agreed_price: Decimal | None = None
    at: datetime | None = None
    delivery: date | None = None


@dataclass(slots=True)
class PriceResult:
    """The price of one line, and what it was made of; `unit_price` is None exactly where `error` is not.

    `list_price` is the value of the winning row in the line's uom; `amount` what the row itself says, in its own uom.
    `threshold` and `base_quantity` are in the base uom, `factor` is the base units in one uom of the line.
    `tax_included` is the seller's setting for the currency of the partnership; `at` the instant of the price.
    `steps` are the policy lines that applied, each with the value after it, and last the floor that was asked; `floor`
    is what it says in the line's uom, `below_floor` that a fixed list or an agreement stays below it.
    `held`: the snapshot of a price that a cart has kept, which then is the one (freeze.py).
    """

    key: Hashable
    unit_price: Decimal | None
    list_price: Decimal | None
    row_id: int | None
    list_id: int | None
    list_version: int | None
    threshold: Decimal | None
    base_quantity: Decimal | None
    factor: Decimal | None
    currency: str
    tax_included: bool
    at: datetime
    amount: Decimal | None = None
    row_uom_id: int | None = None
    agreed: bool = False
    error: PricingErrorCode | None = None
    held: Mapping[str, Any] | None = None
    steps: Sequence[Step] = ()
    floor: Decimal | None = None
    below_floor: bool = False

    @property
    def floor_price(self) -> Decimal | None:
        """Below which promotions may not bring the line: the floor, or the price where that is lower (pricing §3)."""
        if self.floor is None or self.unit_price is None:
            return None
        return min(self.floor, self.unit_price)

    @property
    def snapshot(self) -> dict[str, Any]:
        """What an order line keeps of its price for good, fit for JSON; numbers are strings (pricing §5)."""
        if self.held is not None:
            return dict(self.held)
        return {
            "at": self.at.isoformat(),
            "agreed": self.agreed,
            "list": self.list_id,
            "list_version": self.list_version,
            "row": self.row_id,
            "row_uom": self.row_uom_id,
            "amount": _text(self.amount),
            "threshold": _text(self.threshold),
            "factor": _text(self.factor),
            "list_price": _text(self.list_price),
            "unit_price": _text(self.unit_price),
            "policy_lines": [step.kept() for step in self.steps],
            "floor": _text(self.floor),
        }

    def problem(self, field: str | None = None, index: int | None = None, subject: str = "") -> DomainError | None:
        """The refusal of a line without a price; `subject` (an SKU) opens its sentence."""
        if self.error is None:
            return None
        message: str | Promise = f"{subject}: {self.error.label}" if subject else self.error.label
        return DomainError(self.error, message, field, index)


@dataclass(frozen=True, slots=True)
class Assumption:
    """Lists and policies that a simulation takes as in effect, and policies it takes as not (pricing §6).

    Rows of assumed lists are those that hold at `at`, so that prices to come can be tried on orders of the past.
    """

    at: datetime
    lists: tuple[int, ...] = ()
    policies: tuple[int, ...] = ()
    without: tuple[int, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """As parameters of the statement."""
        return {
            "assumed_at": self.at.isoformat(),
            "lists": list(self.lists),
            "policies": list(self.policies),
            "without": list(self.without),
        }


@dataclass(frozen=True, slots=True)
class PricingTerms:
    """How a seller prices in one currency; the defaults hold where it has settled nothing (pricing §2)."""

    currency: str
    tax_included: bool = True
    strategy: str = "priority"
    price_date: str = "order"
    draft_freeze_hours: int = 0
    max_line_discount: Decimal = Decimal(100)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
