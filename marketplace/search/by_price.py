"""The catalogue by what its reader pays: the prices of all that was found are asked for at once, then put in order.

A price is made of lists, grades, tiers and terms of one buyer; no index can hold it. So the goods found are priced in
one statement a seller, each by its first variant in the unit orders are entered in, and sorted: up to MOST of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marketplace.core.actor import Actor
from marketplace.search.engine import Found, Hit, Slice

#: Beyond that the answer would come too late to be of use, and the list keeps the order of names.
MOST = 2_000

Prices = Callable[[Actor, int, Sequence[int]], Mapping[int, Decimal]]
_prices: list[Prices] = []


def register_prices(prices: Prices) -> None:
    """Offer the prices of a seller's variants to an actor, by variant; one without a price is left out."""
    _prices[:] = [prices]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a product stands: goods without a price come last, whichever way the others are sorted."""

    price: Decimal | None
    document_id: int

    def rank(self, descending: bool) -> tuple[bool, Decimal, int]:
        """What places are compared by."""
        price = self.price or Decimal(0)
        return self.price is None, -price if descending else price, self.document_id

    @property
    def cursor(self) -> list[Any]:
        """As a cursor keeps it."""
        return ["" if self.price is None else f"{self.price:f}", self.document_id]

    @staticmethod
    def of(cursor: Sequence[Any]) -> Place:
        """The place a cursor tells of."""
        return Place(Decimal(cursor[0]) if cursor[0] else None, cursor[1])


class ByPrice:
    """All that was found, by price; None in place of the rows where it is too much."""

    def __init__(self, actor: Actor, found: Found, descending: bool) -> None:
        self.descending = descending
        hits = found.page(Slice(MOST, "NAME", variants=True))
        self.rows: list[tuple[Place, Hit]] | None = None
        if len(hits) <= MOST:
            self.rows = sorted(_priced(actor, hits), key=lambda row: row[0].rank(descending))

    def part(
        self, size: int, after: Place | None, before: Place | None, backward: bool
    ) -> tuple[list[tuple[Place, Hit]], bool, bool]:
        """Rows between two places, the first or last `size` of them, and whether some follow and precede."""
        rows = self.rows or []
        ranks = [place.rank(self.descending) for place, _hit in rows]
        start = bisect_right(ranks, after.rank(self.descending)) if after else 0
        end = bisect_left(ranks, before.rank(self.descending)) if before else len(rows)
        if backward:
            start = max(start, end - size)
        else:
            end = min(end, start + size)
        return rows[start:end], end < len(rows), start > 0


def _priced(actor: Actor, hits: Sequence[Hit]) -> list[tuple[Place, Hit]]:
    """Hits with their places; one statement a seller."""
    asked: dict[int, list[int]] = {}
    for hit in hits:
        if hit.variant and hit.variant[0] is not None:
            asked.setdefault(hit.seller_id, []).append(hit.variant[0])
    found = {
        (seller_id, variant_id): price
        for seller_id, variant_ids in asked.items()
        for prices in _prices
        for variant_id, price in prices(actor, seller_id, variant_ids).items()
    }
    return [
        (Place(found.get((hit.seller_id, hit.variant[0])) if hit.variant else None, hit.key[1]), hit) for hit in hits
    ]
