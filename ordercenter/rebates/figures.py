"""Baselines and targets of positions, carve-outs first; two statements at most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from ordercenter.rebates.live import LiveLine
from ordercenter.rebates.models import RebateBaseline, RebateTarget

#: By (line, partnership, first day of the period).
FigureKey = tuple[int, int, date]


class Measured:
    """What bases are measured against; asked for positions of several lines at once."""

    def __init__(self, lines: Iterable[LiveLine], partnership_ids: Iterable[int], starts: Iterable[date]) -> None:
        lines = list(lines)
        partners, days = sorted(set(partnership_ids)), sorted(set(starts))
        self.baselines = _figures(RebateBaseline, [one.id for one in lines if one.needs_baseline], partners, days)
        self.targets = _figures(RebateTarget, [one.id for one in lines if one.needs_target], partners, days)

    def baseline(self, line_id: int, partnership_id: int, start: date) -> Decimal | None:
        return self.baselines.get((line_id, partnership_id, start))

    def target(self, line_id: int, partnership_id: int, start: date) -> Decimal | None:
        return self.targets.get((line_id, partnership_id, start))


def _figures(
    model: type[RebateBaseline] | type[RebateTarget],
    lines: Sequence[int],
    partners: Sequence[int],
    days: Sequence[date],
) -> dict[FigureKey, Decimal]:
    if not lines:
        return {}
    rows = model.objects.filter(line__in=lines, partnership__in=partners, period_from__in=days)
    ordered = rows.order_by("carve_out").values_list("line_id", "partnership_id", "period_from", "value")
    return {(line, partnership, start): value for line, partnership, start, value in ordered}
