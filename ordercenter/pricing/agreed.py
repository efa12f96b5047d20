"""Prices agreed outside the lists: by contract, by negotiation, or entered by hand (docs/concepts/pricing.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from ordercenter.pricing.drafts import price_problems
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.terms import PriceResult

AGREE = "prices.agree"
OVERRIDE_FLOOR = "prices.override_floor"


def agreed_price_problems(
    actor: Actor, seller_id: int, prices: Sequence[Decimal | None], reason: str
) -> Iterator[DomainError]:
    """What stands against entering these prices by hand, one a line, None for a line without (pricing §3).

    To be asked when a price is entered, not again when the order is placed: it was agreed then. Only the seller's
    people with `prices.agree` enter one, and say why: PERMISSION_DENIED, NOT_FOUND, REASON_REQUIRED, PRICE_NEGATIVE,
    PRICE_PRECISION.
    """
    if all(price is None for price in prices):
        return
    if actor.organization_id != seller_id and not (actor.is_system and actor.organization is None):
        yield not_found("agreed_price")
        return
    if not actor.may(AGREE):
        yield DomainError(CoreErrorCode.PERMISSION_DENIED, CoreErrorCode.PERMISSION_DENIED.label, "agreed_price")
        return
    if not reason.strip():
        yield DomainError(PricingErrorCode.REASON_REQUIRED, PricingErrorCode.REASON_REQUIRED.label, "reason")
    for index, price in enumerate(prices):
        if price is not None:
            yield from price_problems(price, index)


def refused_by_floor(actor: Actor, result: PriceResult) -> bool:
    """True for a price entered by hand below the floor by somebody without `prices.override_floor` (pricing §3).

    To be asked, as all of this, when the price is entered: a later floor changes nothing of what was agreed.
    """
    return result.agreed and result.below_floor and not actor.may(OVERRIDE_FLOOR)
