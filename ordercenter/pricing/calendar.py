"""When which price of a list is in force: windows folded into spans, with gaps and what lies under something later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ordercenter.pricing.models import PriceList, PriceRow


class SpanKind(models.TextChoices):
    """What a span of a calendar is."""

    IN_FORCE = "in_force", _("In force")
    COVERED = "covered", _("Covered by a later price")
    GAP = "gap", _("No price")


@dataclass(frozen=True, slots=True)
class Window:
    """Something that holds from an instant to another, such as a price row; the later begun stands above."""

    valid_from: datetime
    valid_to: datetime
    key: int
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a period: which window is in force in it, or lies covered in it; a gap has none."""

    kind: SpanKind
    begins: datetime
    ends: datetime
    window: Window | None = None


def period_of(zone: str, starts_on: date | None, months: int) -> tuple[datetime, datetime]:
    """So many months from a day on in a zone; from the first of this month where no day is given."""
    place = ZoneInfo(zone)
    first = starts_on or timezone.now().astimezone(place).date().replace(day=1)
    last = first.replace(day=1)
    for _month in range(months):
        last = (last + timedelta(days=32)).replace(day=1)
    last = last.replace(day=min(first.day, 28))
    return datetime.combine(first, time(), place), datetime.combine(last, time(), place)


def spans_of(windows: Sequence[Window], begins: datetime, ends: datetime) -> list[Span]:
    """The period [begins, ends) cut where windows begin or end; spans in force and gaps cover it once, whole.

    In force is, of the windows that hold, the one that began last (pricing §1).
    """
    edges = {begins, ends} | {edge for window in windows for edge in (window.valid_from, window.valid_to)}
    cuts = sorted(edge for edge in edges if begins <= edge <= ends)
    found: list[Span] = []
    for start, end in pairwise(cuts):
        holding = sorted((one for one in windows if one.valid_from <= start and one.valid_to >= end), key=_begun)
        if not holding:
            found.append(Span(SpanKind.GAP, start, end))
            continue
        found.append(Span(SpanKind.IN_FORCE, start, end, holding[-1]))
        found.extend(Span(SpanKind.COVERED, start, end, one) for one in holding[:-1])
    return list(_joined(found))


def _begun(window: Window) -> tuple[datetime, int]:
    return window.valid_from, window.key


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Neighbours of the same kind and window as one."""
    last: dict[tuple[SpanKind, Window | None], Span] = {}
    for span in spans:
        key = (span.kind, span.window)
        before = last.get(key)
        if before is not None and before.ends == span.begins:
            last[key] = Span(span.kind, before.begins, span.ends, span.window)
            continue
        if before is not None:
            yield before
        last[key] = span
    yield from sorted(last.values(), key=lambda span: (span.begins, span.kind))


@dataclass(frozen=True, slots=True)
class Slot:
    """A lane of a list's calendar: a variant in a unit from a quantity on."""

    variant_id: int
    uom_id: int
    min_quantity: Decimal


def slots_in_time(rows: QuerySet[PriceRow], begins: datetime, ends: datetime) -> dict[Slot, list[Window]]:
    """By slot the windows of rows that touch the period. One statement."""
    found: dict[Slot, list[Window]] = defaultdict(list)
    for row in rows.filter(valid_from__lt=ends, valid_to__gt=begins).order_by("min_quantity", "valid_from"):
        window = Window(row.valid_from, row.valid_to, row.pk, row.amount)
        found[Slot(row.variant_id, row.uom_id, row.min_quantity)].append(window)
    return found


def window_of(found: PriceList) -> Window:
    """When a list holds, while it is approved."""
    return Window(found.valid_from, found.valid_to, found.pk)
