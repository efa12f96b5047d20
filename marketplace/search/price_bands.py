"""The catalogue within prices: what its reader pays, told in bands with counts, and narrowed to a range.

All stands on the goods that were found, priced at once (`by_price`): two statements, and only where somebody asks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from marketplace.core.actor import Actor
from marketplace.search.by_price import ByPrice
from marketplace.search.engine import Found
from marketplace.search.postgres import PRODUCT_FIELDS

_ID = PRODUCT_FIELDS.index("id")


def priced_between(actor: Actor, found: Found, low: Decimal | None, high: Decimal | None) -> tuple[int, ...] | None:
    """Products found whose first variant costs the actor at least `low` and at most `high`; None where it is too much.

    Goods without a price lie between no prices.
    """
    prices = prices_of(actor, found)
    if prices is None:
        return None
    return tuple(
        product_id
        for product_id, price in prices.items()
        if (low is None or price >= low) and (high is None or price <= high)
    )


def prices_of(actor: Actor, found: Found) -> dict[int, Decimal] | None:
    """What the actor pays for the first variant of each product found that has a price; None where it is too much."""
    rows = ByPrice(actor, found, descending=False).rows
    if rows is None:
        return None
    return {hit.row[_ID]: place.price for place, hit in rows if place.price is not None}


@dataclass(frozen=True, slots=True)
class Band:
    """Prices from one to another, both included as in the filter, and how many products cost that."""

    low: Decimal
    high: Decimal
    count: int


def bands(prices: Sequence[Decimal], most: int = 5) -> list[Band]:
    """Prices in bands of about as many products each, with round edges; none where all cost about the same."""
    known = sorted(prices)
    if len(known) < 2 or known[0] == known[-1]:
        return []
    inner = [_round(known[len(known) * number // most]) for number in range(1, most)]
    low, high = _round(known[0]), _round(known[-1], up=True)
    edges = [low, *sorted({edge for edge in inner if low < edge < high}), high]
    found = (Band(start, end, bisect_right(known, end) - bisect_left(known, start)) for start, end in pairwise(edges))
    return [band for band in found if band.count]


def _round(price: Decimal, up: bool = False) -> Decimal:
    """A price as one would say it: its first figure, and a half (37.80 is 35, or 40 upwards)."""
    if not price:
        return Decimal(0)
    step = Decimal(5).scaleb(price.adjusted() - 1)
    return (price / step).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * step
