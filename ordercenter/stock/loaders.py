"""Batch loaders: one statement for all goods of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marketplace.catalog.models import Pack
from marketplace.graphql import BatchLoader
from ordercenter.stock.availability import Seen, available_of


class Availability(BatchLoader):
    """What the actor sees of the stock of a variant, at one seller (parameter; None: whose offer it is)."""

    def batch(self, keys: list[int]) -> list[Seen | None]:
        found = available_of(self.actor, keys, self.params[0])  # type: ignore[arg-type]
        return [found.get(key) for key in keys]


class BaseUom(BatchLoader):
    """The base uom of a variant."""

    def batch(self, keys: list[int]) -> Iterable[Any]:
        packs = Pack.objects.filter(variant__in=keys, is_base=True).select_related("uom")
        found = {pack.variant_id: pack.uom for pack in packs}
        return [found.get(key) for key in keys]
