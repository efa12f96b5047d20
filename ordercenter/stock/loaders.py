"""Batch loaders: one statement for all goods of a page."""

from __future__ import annotations

from typing import Any

from marketplace.catalog.schema.loaders import UnitById, UnitsOfVariant
from marketplace.graphql import BatchLoader, Deferred
from ordercenter.stock.availability import Seen, SeenPlace, available_by_place, available_of


class Availability(BatchLoader):
    """What the actor sees of the stock of a variant, at one seller (parameter; None: whose offer it is)."""

    def batch(self, keys: list[int]) -> list[Seen | None]:
        found = available_of(self.actor, keys, self.params[0])  # type: ignore[arg-type]
        return [found.get(key) for key in keys]


class PlacesOf(BatchLoader):
    """What the actor sees of the stock of a variant place by place, at one seller (parameter, as above)."""

    def batch(self, keys: list[int]) -> list[list[SeenPlace]]:
        found = available_by_place(self.actor, keys, self.params[0])  # type: ignore[arg-type]
        return [found.get(key, []) for key in keys]


def base_uom(info: Any, variant_id: int, uom_id: int | None = None) -> Deferred:
    """A promise of the base uom of a variant; `uom_id` where it is known already."""
    if uom_id is not None:
        return UnitById.of(info).load(uom_id)
    units = UnitsOfVariant.of(info).load(variant_id)
    return units.then(lambda found: UnitById.of(info).load(found[1]) if found else None)
