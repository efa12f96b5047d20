"""Batch loaders: one statement for all goods of a page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Sum

from marketplace.catalog.schema.loaders import UnitById, UnitsOfVariant
from marketplace.graphql import BatchLoader, Deferred
from ordercenter.stock.availability import Seen, SeenPlace, available_by_place, available_of
from ordercenter.stock.models import StockBalance, WarehouseKind
from ordercenter.stock.promises import Dated, promises_of


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


class DatedOf(BatchLoader):
    """What can be promised of a variant by date, at one seller (parameter, as above)."""

    def batch(self, keys: list[int]) -> list[Dated | None]:
        found = promises_of(self.actor, keys, self.params[0])  # type: ignore[arg-type]
        return [found.get(key) for key in keys]


class InTransit(BatchLoader):
    """By owner and variant: what is on its way."""

    def batch(self, keys: list[tuple[int, int]]) -> list[Decimal]:
        rows = StockBalance.objects.visible_to(self.actor).filter(
            warehouse__kind=WarehouseKind.TRANSIT, variant__in={variant for _owner, variant in keys}
        )
        sums = rows.order_by().values_list("organization_id", "variant_id").annotate(total=Sum("on_hand"))
        found = {(owner, variant): total for owner, variant, total in sums}
        return [found.get(key, Decimal(0)) for key in keys]


def base_uom(info: Any, variant_id: int, uom_id: int | None = None) -> Deferred:
    """A promise of the base uom of a variant; `uom_id` where it is known already."""
    if uom_id is not None:
        return UnitById.of(info).load(uom_id)
    units = UnitsOfVariant.of(info).load(variant_id)
    return units.then(lambda found: UnitById.of(info).load(found[1]) if found else None)
