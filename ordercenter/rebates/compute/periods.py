"""Fiscal periods as days of the grantor's zone: [start, end), end excluded (rebates §3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from ordercenter.rebates.enums import RebatePeriod

FIRST_DAY = date(1, 1, 1)
LAST_DAY = date(9999, 12, 31)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days [start, end)."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """Its last day, as people name it."""
        return self.end - timedelta(days=1)

    def elapsed(self, today: date) -> int:
        """Days that have passed, today counted; never more than there are."""
        return max(0, min(self.days, (today - self.start).days + 1))


def day_in(zone: str, at: datetime) -> date:
    """The day an instant falls on in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def period_at(kind: str, day: date, valid_from: datetime, valid_to: datetime, zone: str) -> Period:
    """The period a day is in; weeks begin on Monday. WHOLE_TERM is the window of the policy."""
    if kind == RebatePeriod.WHOLE_TERM:
        return term(valid_from, valid_to, zone)
    return PERIODS[RebatePeriod(kind)](day)


def term(valid_from: datetime, valid_to: datetime, zone: str) -> Period:
    """The days of a window; one that ends at midnight ends with the day before."""
    start = FIRST_DAY if valid_from == BEGINNING else day_in(zone, valid_from)
    if valid_to == FOREVER:
        return Period(start, LAST_DAY)
    end = valid_to.astimezone(ZoneInfo(zone))
    day = end.date() if end.time() == time.min else end.date() + timedelta(days=1)
    return Period(start, day)


def before(kind: str, period: Period) -> Period | None:
    """The period before; None where there is only one."""
    if kind == RebatePeriod.WHOLE_TERM:
        return None
    return PERIODS[RebatePeriod(kind)](period.start - timedelta(days=1))


def a_year_before(kind: str, period: Period) -> Period:
    """The same period of the year before: what growth is measured from."""
    if kind == RebatePeriod.WEEK:
        return Period(period.start - timedelta(weeks=52), period.end - timedelta(weeks=52))
    start = _year_back(period.start)
    return Period(start, max(_year_back(period.end), start + timedelta(days=1)))


def _year_back(day: date) -> date:
    if day.year <= 1:
        return FIRST_DAY
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)


def bounds(period: Period, zone: str) -> tuple[datetime, datetime]:
    """The instants a period begins and ends at."""
    start = BEGINNING if period.start == FIRST_DAY else datetime.combine(period.start, time.min, ZoneInfo(zone))
    end = FOREVER if period.end == LAST_DAY else datetime.combine(period.end, time.min, ZoneInfo(zone))
    return start, end


def _week(day: date) -> Period:
    start = day - timedelta(days=day.weekday())
    return Period(start, start + timedelta(days=7))


def _month(day: date) -> Period:
    return Period(day.replace(day=1), _month_after(day.replace(day=1), 1))


def _quarter(day: date) -> Period:
    start = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return Period(start, _month_after(start, 3))


def _year(day: date) -> Period:
    return Period(day.replace(month=1, day=1), date(day.year + 1, 1, 1) if day.year < 9999 else LAST_DAY)


def _month_after(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1) if year <= 9999 else LAST_DAY


PERIODS = {
    RebatePeriod.WEEK: _week,
    RebatePeriod.MONTH: _month,
    RebatePeriod.QUARTER: _quarter,
    RebatePeriod.YEAR: _year,
}
