"""The result of a simulation while it grows: sums by partner, brand and SKU, and the lines that move most."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from marketplace.catalog.models import Variant
from marketplace.core.clock import database_now
from marketplace.core.models import JobStatus
from marketplace.core.money import round_money
from marketplace.parties.models import Partnership
from ordercenter.pricing.models import PriceSimulation, PriceSimulationRow, SimulationLevel
from ordercenter.pricing.past import PastLine
from ordercenter.pricing.terms import PriceResult

#: Single order lines that are kept.
MOST_LINES = 200
#: Keys asked for by one statement.
KEYS = 20_000
ZERO = Decimal(0)


@dataclass(slots=True)
class Figures:
    """The sums of some lines; amounts are price times quantity, rounded line by line."""

    line_count: int = 0
    frozen: Decimal = ZERO
    current: Decimal = ZERO
    assumed: Decimal = ZERO
    dearer: int = 0
    cheaper: int = 0
    unpriced: int = 0
    floored: int = 0

    def add(self, other: Figures) -> None:
        """Add the figures of other lines."""
        self.line_count += other.line_count
        self.frozen += other.frozen
        self.current += other.current
        self.assumed += other.assumed
        self.dearer += other.dearer
        self.cheaper += other.cheaper
        self.unpriced += other.unpriced
        self.floored += other.floored

    def columns(self) -> dict[str, Any]:
        """As columns of a row."""
        return {name: getattr(self, name) for name in self.__slots__}


class Sums:
    """Figures of all lines so far, in one currency."""

    def __init__(self, currency: str) -> None:
        self.currency, self.total = currency, Figures()
        self.partners: dict[int, Figures] = {}
        self.variants: dict[int, Figures] = {}
        self.lines: list[tuple[Decimal, int, PastLine, Figures]] = []

    def add(self, lines: Sequence[PastLine], current: Sequence[PriceResult], assumed: Sequence[PriceResult]) -> None:
        """Add lines with their price as is and under the assumption."""
        for line, now, then in zip(lines, current, assumed, strict=True):
            figures = self._figures(line, now, then)
            self.total.add(figures)
            self.partners.setdefault(line.partnership_id, Figures()).add(figures)
            self.variants.setdefault(line.variant_id, Figures()).add(figures)
            self._keep(line, figures)

    def write(self, found: PriceSimulation) -> None:
        """Write the result in one transaction, unless somebody gave the simulation up."""
        with transaction.atomic():
            live = PriceSimulation.objects.select_for_update().exclude(status=JobStatus.CANCELLED)
            if not live.filter(pk=found.pk).exists():
                return
            PriceSimulationRow.objects.filter(simulation=found).delete()
            PriceSimulationRow.objects.bulk_create(self._rows(found), batch_size=2000)
            PriceSimulation.objects.filter(pk=found.pk).update(
                status=JobStatus.SUCCEEDED,
                rows_done=self.total.line_count,
                rows_total=self.total.line_count,
                as_of=found.as_of,
                finished_at=database_now(),
                failure="",
                **self.total.columns(),
            )

    def _figures(self, line: PastLine, now: PriceResult, then: PriceResult) -> Figures:
        frozen = round_money(line.unit_price * line.quantity, self.currency)
        current = frozen if now.unit_price is None else round_money(now.unit_price * line.quantity, self.currency)
        priced = then.unit_price is not None
        assumed = round_money(then.unit_price * line.quantity, self.currency) if then.unit_price is not None else frozen
        both = priced and now.unit_price is not None
        return Figures(
            1,
            frozen,
            current,
            assumed,
            dearer=int(both and then.unit_price > now.unit_price),  # type: ignore[operator]
            cheaper=int(both and then.unit_price < now.unit_price),  # type: ignore[operator]
            unpriced=int(not priced),
            floored=int(any(step.is_floor and step.after is not None for step in then.steps)),
        )

    def _keep(self, line: PastLine, figures: Figures) -> None:
        """Remember a line that moves more than one of those remembered."""
        moved = abs(figures.assumed - figures.current)
        if not moved and not figures.unpriced:
            return
        entry = (moved, -line.line_id, line, figures)
        if len(self.lines) < MOST_LINES:
            heapq.heappush(self.lines, entry)
        elif entry[:2] > self.lines[0][:2]:
            heapq.heapreplace(self.lines, entry)

    def _rows(self, found: PriceSimulation) -> Iterator[PriceSimulationRow]:
        goods = {row.pk: row for keys in _some(self.variants) for row in _goods(keys)}
        names = dict(pair for keys in _some(self.partners) for pair in _partners(keys))
        yield from self._level(found, SimulationLevel.PARTNER, self.partners, names)
        brands, brand_names = self._brands(goods)
        yield from self._level(found, SimulationLevel.BRAND, brands, brand_names)
        skus = {pk: row.sku for pk, row in goods.items()}
        details = {pk: " ".join(filter(None, (row.product.name, row.name))) for pk, row in goods.items()}
        yield from self._level(found, SimulationLevel.SKU, self.variants, skus, details)
        for _moved, _key, line, figures in self.lines:
            detail = f"{skus.get(line.variant_id, '')} · {names.get(line.partnership_id, '')}"
            yield _row(found, SimulationLevel.LINE, line.line_id, line.number, detail, figures, line.quantity)

    def _level(
        self,
        found: PriceSimulation,
        level: SimulationLevel,
        figures: Mapping[int, Figures],
        labels: Mapping[int, str],
        details: Mapping[int, str] | None = None,
    ) -> Iterator[PriceSimulationRow]:
        for key, one in figures.items():
            yield _row(found, level, key, labels.get(key, ""), (details or {}).get(key, ""), one)

    def _brands(self, goods: Mapping[int, Variant]) -> tuple[dict[int, Figures], dict[int, str]]:
        sums: dict[int, Figures] = {}
        names: dict[int, str] = {}
        for key, figures in self.variants.items():
            brand = goods[key].product.brand if key in goods else None
            pk = brand.pk if brand else 0
            names[pk] = brand.name if brand else ""
            sums.setdefault(pk, Figures()).add(figures)
        return sums, names


def _some(keys: Iterable[int]) -> Iterator[list[int]]:
    """Keys in portions: a statement takes no more than 65,535 of them."""
    rest = iter(keys)
    while part := list(islice(rest, KEYS)):
        yield part


def _goods(keys: Sequence[int]) -> QuerySet[Variant]:
    names = ("name_zh", "name_en")
    columns = (*names, *(f"product__{name}" for name in names), *(f"product__brand__{name}" for name in names))
    rows = Variant.objects.filter(pk__in=keys).select_related("product__brand")
    return rows.only("sku", "product__brand__code", *columns)


def _partners(keys: Sequence[int]) -> QuerySet[Partnership, tuple[int, str]]:
    return Partnership.objects.filter(pk__in=keys).values_list("pk", "downstream__name")


def _row(
    found: PriceSimulation,
    level: SimulationLevel,
    key: int,
    label: str,
    detail: str,
    figures: Figures,
    quantity: Decimal | None = None,
) -> PriceSimulationRow:
    return PriceSimulationRow(
        organization_id=found.organization_id,
        simulation=found,
        level=level,
        key=key,
        label=label[:255],
        detail=detail[:255],
        quantity=quantity,
        moved=abs(figures.assumed - figures.current),
        **figures.columns(),
    )
