"""What was ordered in a time, by day, week or month, beside the time before; and with whom, and of what."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, F, Func, IntegerField, QuerySet, Sum, TextChoices, Value
from django.utils.translation import gettext_lazy as _

from marketplace.core.money import round_money
from ordercenter.orders.enums import OrderStatus
from ordercenter.orders.models import OrderLine

#: Orders that count: neither stopped, nor not yet on their way.
COUNTED = (OrderStatus.PLACED, OrderStatus.CONFIRMED, OrderStatus.COMPLETED, OrderStatus.CLOSED)
MOST_PERIODS = 400
ZERO = Decimal(0)


class TurnoverPeriod(TextChoices):
    """How a time is cut."""

    DAY = "day", _("By day")
    WEEK = "week", _("By week")
    MONTH = "month", _("By month")


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included, cut into periods; weeks begin on Monday.

    The first and the last period may be cut off by the span's ends.
    """

    first: dt.date
    last: dt.date
    by: TurnoverPeriod

    @property
    def starts(self) -> list[dt.date]:
        """The first day of each period."""
        found = [self.first]
        while (following := self._after(found[-1])) <= self.last:
            found.append(following)
        return found

    @property
    def ends(self) -> list[dt.date]:
        """The last day of each period."""
        return [day - dt.timedelta(days=1) for day in self.starts[1:]] + [self.last]

    def _after(self, day: dt.date) -> dt.date:
        if self.by is TurnoverPeriod.MONTH:
            return months_on(day.replace(day=1), 1)
        return day + dt.timedelta(days=7 - day.weekday() if self.by is TurnoverPeriod.WEEK else 1)

    def back(self, day: dt.date, periods: int) -> dt.date:
        """The day so many periods earlier."""
        if self.by is TurnoverPeriod.MONTH:
            return months_on(day, -periods)
        return day - dt.timedelta(days=periods * (7 if self.by is TurnoverPeriod.WEEK else 1))


@dataclass(slots=True)
class Taken:
    """What was ordered in one period, gross, and in the same period of the span before."""

    start: dt.date
    end: dt.date
    gross: Decimal = ZERO
    orders: int = 0
    previous_gross: Decimal = ZERO
    previous_orders: int = 0


@dataclass(slots=True)
class Turnover:
    """All periods of a span in one currency, and the currencies in which something was ordered, most orders first."""

    currency: str
    currencies: list[str]
    periods: list[Taken] = field(default_factory=list)


def months_on(day: dt.date, months: int) -> dt.date:
    """The same day some months later or earlier; the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """When a day begins in a zone."""
    return dt.datetime.combine(day, dt.time.min, zone)


def turnover(rows: QuerySet[Any], span: Span, zone: ZoneInfo, currency: str) -> Turnover:
    """What the orders among `rows` come to in each period and in the one as long before; one statement.

    Gross and payable: what was cancelled is taken off. The time before ends as far into its last period as the span
    does, so that a month that has just begun is not held against a whole one.
    """
    starts, ends = span.starts, span.ends
    count = len(starts)
    after = span.last + dt.timedelta(days=1)
    before = [span.back(day, count) for day in starts]
    edges = [*before, min(span.back(after, count), span.first), *starts, after]
    instants = [midnight(day, zone) for day in edges]
    found: dict[str, dict[int, tuple[Decimal, int]]] = {}
    for code, place, gross, orders in _counted(rows, instants):
        found.setdefault(code, {})[place] = (gross, orders)
    # Places are those of `width_bucket`, from 1: the periods before, the gap up to the span, its own periods.
    mine = found.get(currency, {})
    periods = [
        Taken(start, end, *mine.get(count + 2 + n, (ZERO, 0)), *mine.get(1 + n, (ZERO, 0)))
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    return Turnover(currency, _ranked(found), periods)


def _counted(rows: QuerySet[Any], instants: Sequence[dt.datetime]) -> Iterator[tuple[str, int, Decimal, int]]:
    edges = Value(list(instants), output_field=ArrayField(DateTimeField()))
    place = Func(F("placed_at"), edges, function="width_bucket", output_field=IntegerField())
    within = rows.filter(status__in=COUNTED, placed_at__gte=instants[0], placed_at__lt=instants[-1])
    return iter(
        within.order_by()
        .annotate(place=place)
        .values("currency", "place")
        .annotate(payable=Sum(F("gross") - F("cancelled_gross")), orders=Count("pk"))
        .values_list("currency", "place", "payable", "orders")
    )


def _ranked(found: dict[str, dict[int, tuple[Decimal, int]]]) -> list[str]:
    orders = {code: sum(count for _gross, count in places.values()) for code, places in found.items()}
    return sorted(orders, key=lambda code: (-orders[code], code))


def in_span(rows: QuerySet[Any], span: Span, zone: ZoneInfo, currency: str) -> QuerySet[Any]:
    """Of orders those that count in a span."""
    until = midnight(span.last + dt.timedelta(days=1), zone)
    since = midnight(span.first, zone)
    return rows.filter(status__in=COUNTED, currency=currency, placed_at__gte=since, placed_at__lt=until)


def top_partners(rows: QuerySet[Any], side: str, first: int) -> list[dict[str, Any]]:
    """Of orders the other sides (`buyer` or `seller`) with the most gross: partner id, gross, number of orders."""
    summed = rows.order_by().values(partner=F(side)).annotate(payable=Sum(F("gross") - F("cancelled_gross")))
    return list(summed.annotate(orders=Count("pk")).order_by("-payable", "partner")[:first])


def top_variants(rows: QuerySet[Any], currency: str, first: int) -> list[dict[str, Any]]:
    """Of orders the goods with the most gross: variant id, gross, base quantity, number of orders."""
    left = F("quantity") - F("cancelled")
    lines = OrderLine.objects.filter(order__in=rows.order_by(), variant__isnull=False, quantity__gt=F("cancelled"))
    summed = (
        lines.order_by()
        .values("variant")
        .annotate(
            payable=Sum(F("gross") * left / F("quantity")),
            pieces=Sum(F("base_quantity") * left / F("quantity")),
            orders=Count("order", distinct=True),
        )
    )
    ranked = list(summed.order_by("-payable", "variant")[:first])
    return [{**row, "payable": round_money(row["payable"], currency)} for row in ranked]
