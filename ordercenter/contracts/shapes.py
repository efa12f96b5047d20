"""Sums and shapes that must be exact: payment plans, price tiers, weights of a formula (contracts §8, §9.7). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from marketplace.core.errors import DomainError
from marketplace.core.money import exponent, spread
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.formula import weights_sum

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class PriceTier:
    """A price for ordered quantities above the last tier's end and up to this one's; None: any more."""

    up_to: Decimal | None
    price: Decimal

    def stored(self) -> dict[str, str | None]:
        """The tier as price rows keep it."""
        return {"up_to": None if self.up_to is None else str(self.up_to), "price": str(self.price)}


def plan_amounts(total: Decimal, percents: Sequence[Decimal], currency: str) -> list[Decimal]:
    """The amounts of a payment plan: they come to the total, to the last minor unit."""
    places = exponent(currency)
    minor = int(total.scaleb(places))
    return [Decimal(part).scaleb(-places) for part in spread(minor, percents)] if percents else []


def plan_problems(percents: Sequence[Decimal]) -> Iterator[DomainError]:
    """PAYMENT_SUM where the shares of a payment plan do not come to 100."""
    if percents and (sum(percents) != HUNDRED or min(percents) <= 0):
        text = _("The shares of the payment plan come to %(sum)s %%, not to 100 %%.") % {"sum": sum(percents)}
        yield DomainError(ContractErrorCode.PAYMENT_SUM, text, "payments")


def tier_problems(tiers: Sequence[PriceTier], index: int | None = None) -> Iterator[DomainError]:
    """TIER_SHAPE unless the ends rise, only the last is open, and no price is below 0."""
    ends = [tier.up_to for tier in tiers[:-1]]
    rising = all(one is not None for one in ends) and all(
        low is not None and high is not None and low < high for low, high in pairwise(ends)
    )
    if tiers and not (
        rising
        and all(end is not None and end > 0 for end in ends)
        and tiers[-1].up_to is None
        and all(tier.price >= 0 for tier in tiers)
    ):
        text = _("The ends of price tiers rise, and the last one is open.")
        yield DomainError(ContractErrorCode.TIER_SHAPE, text, "tiers", index)


def tier_price(tiers: Sequence[PriceTier], quantity: Decimal) -> Decimal | None:
    """The price of an ordered quantity; None without tiers."""
    for tier in tiers:
        if tier.up_to is None or quantity <= tier.up_to:
            return tier.price
    return None


def weight_problems(fixed: Decimal, weights: Sequence[Decimal], index: int | None = None) -> Iterator[DomainError]:
    """WEIGHTS_NOT_1 unless the fixed share and the weights come to 1 exactly."""
    if not weights_sum(fixed, weights) or min((fixed, *weights)) < 0 or not weights:
        text = _("The fixed share and the weights come to %(sum)s, not to 1.")
        values = {"sum": fixed + sum(weights, Decimal(0))}
        yield DomainError(ContractErrorCode.WEIGHTS_NOT_1, text % values, "weights", index)
