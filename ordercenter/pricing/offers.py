"""What a buyer is shown beside goods: the price of each variant, and its quantity tiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.actor import Actor
from marketplace.parties.models import Partnership
from ordercenter.pricing.resolve import NOBODY, array_text, quantity_text, resolve, result_of
from ordercenter.pricing.statement import OFFER, TIERS
from ordercenter.pricing.terms import PriceRequest, PriceResult

MOST_TIERS = 40


@dataclass(frozen=True, slots=True)
class PriceOffer:
    """The price of a variant in one uom and quantity."""

    variant_id: int
    uom_id: int
    quantity: Decimal
    result: PriceResult


@dataclass(frozen=True, slots=True)
class PriceTier:
    """From `min_quantity` of a uom on, a variant costs `unit_price` each."""

    uom_id: int
    min_quantity: Decimal
    unit_price: Decimal
    currency: str


def offered_prices(
    actor: Actor,
    seller_id: int,
    buyer_id: int,
    variant_ids: Sequence[int],
    uom: str | None = None,
    quantity: Decimal | None = None,
) -> dict[int, PriceOffer]:
    """Prices of variants by id, each priced by itself; one statement, made of the parts that price orders.

    Without a uom in the default pack, without a quantity for the least that may be ordered. A variant without a price
    is left out.
    """
    if not variant_ids:
        return {}
    count = len(variant_ids)
    values: dict[str, Any] = {
        "asker": asker_of(actor),
        "seller": seller_id,
        "buyer": buyer_id,
        "variants": array_text(variant_ids),
        "uoms": [uom] * count,
        "quantities": array_text(["NULL" if quantity is None else quantity_text(quantity)] * count),
    }
    with connection.cursor() as cursor:
        cursor.execute(OFFER, values)
        rows = cursor.fetchall()
    return {offer.variant_id: offer for offer in _offers(variant_ids, rows) if offer.result.error is None}


def prices_of(actor: Actor, seller_id: int, variant_ids: Sequence[int]) -> dict[int, Decimal]:
    """What the actor, as a buyer, pays for one of each variant in its default pack; the catalogue sorts by it."""
    if actor.buyer is None:
        return {}
    found = offered_prices(actor, seller_id, actor.buyer.pk, variant_ids)
    return {pk: offer.result.unit_price for pk, offer in found.items() if offer.result.unit_price is not None}


def price_tiers(actor: Actor, seller_id: int, buyer_id: int, variant_ids: Sequence[int]) -> dict[int, list[PriceTier]]:
    """The quantities from which variants get another price, in every uom that has one; the first step included.

    Every threshold of every list of the chain is priced, so a tier is shown exactly where an order of that one line
    would get it. Three statements for any number of variants.
    """
    partnership = Partnership.objects.filter(upstream=seller_id, downstream=buyer_id).values_list("pk", flat=True)
    partnership_id = partnership.first()
    if partnership_id is None or not variant_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(TIERS, {"partnership": partnership_id, "variants": array_text(variant_ids)})
        steps = [step for step in cursor.fetchall() if step[3] <= MOST_TIERS]
    lines = [
        PriceRequest((variant_id, uom_id), partnership_id, variant_id, uom_id, quantity, basket=number)
        for number, (variant_id, uom_id, quantity, _place) in enumerate(steps)
    ]
    tiers: dict[int, list[PriceTier]] = {key: [] for key in variant_ids}
    for line, result in zip(lines, resolve(actor, seller_id, lines), strict=True):
        known = tiers[line.variant_id]
        tier = _tier(line, result)
        if tier and not (known and replace(known[-1], min_quantity=tier.min_quantity) == tier):
            known.append(tier)
    return tiers


def asker_of(actor: Actor) -> int | None:
    """The organization whose partnerships may be asked about; None: any."""
    return actor.organization_id if actor.organization_id or actor.is_system else NOBODY


def _tier(line: PriceRequest, result: PriceResult) -> PriceTier | None:
    if result.unit_price is None:
        return None
    return PriceTier(line.uom_id, line.quantity, result.unit_price, result.currency)


def _offers(variant_ids: Sequence[int], rows: Iterable[Sequence[Any]]) -> Iterator[PriceOffer]:
    for row in rows:
        variant_id, uom_id = variant_ids[row[0] - 1], row[14]
        if row[1] is None:
            quantity = row[7] / row[8]
            line = PriceRequest(variant_id, 0, variant_id, uom_id, quantity)
            yield PriceOffer(variant_id, uom_id, quantity, result_of(line, row))
