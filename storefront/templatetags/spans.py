"""Time lines: where an instant stands, in percent. SVG takes these as attributes, which CSP allows."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import get_language

register = template.Library()


@register.filter
def spans_between(begins: Any, ends: Any) -> tuple[dt.datetime, dt.datetime]:
    """The period of a time line."""
    return _instant(begins), _instant(ends)


@register.filter
def span_x(instant: Any, period: tuple[dt.datetime, dt.datetime]) -> str:
    """Where an instant stands: `37.5%`."""
    return f"{_share(_instant(instant), period):.3f}%"


@register.filter
def span_middle(span: dict[str, Any], period: tuple[dt.datetime, dt.datetime]) -> str:
    """The middle of a span."""
    return f"{(_share(_instant(span['begins']), period) + _share(_instant(span['ends']), period)) / 2:.3f}%"


@register.filter
def span_width(span: dict[str, Any], period: tuple[dt.datetime, dt.datetime]) -> str:
    """How long a span is."""
    return f"{_share(_instant(span['ends']), period) - _share(_instant(span['begins']), period):.3f}%"


@register.filter
def span_fits(span: dict[str, Any], period: tuple[dt.datetime, dt.datetime]) -> bool:
    """Whether a figure has room in it."""
    return _share(_instant(span["ends"]), period) - _share(_instant(span["begins"]), period) > 11


@register.filter
def span_months(period: tuple[dt.datetime, dt.datetime]) -> list[dict[str, Any]]:
    """The first days of months within a period, as few as can be read."""
    found = list(_months(*period))
    step = max(1, -(-len(found) // 12))
    return [{"at": at, "label": _month_name(at)} for at in found[::step]]


@register.simple_tag
def this_instant() -> dt.datetime:
    """Now."""
    return timezone.now()


def _month_name(at: dt.datetime) -> str:
    if (get_language() or "").startswith("zh"):
        return date_format(at, "Y年n月" if at.month == 1 else "n月")
    return date_format(at, "M Y" if at.month == 1 else "M")


def _months(begins: dt.datetime, ends: dt.datetime) -> Iterator[dt.datetime]:
    at = timezone.localtime(begins).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while at < ends:
        if at >= begins:
            yield at
        at = (at + dt.timedelta(days=32)).replace(day=1)


def _instant(value: Any) -> dt.datetime:
    found = value if isinstance(value, dt.datetime) else parse_datetime(str(value))
    if found is None:
        raise ValueError(value)
    return found


def _share(at: dt.datetime, period: tuple[dt.datetime, dt.datetime]) -> float:
    begins, ends = period
    return min(max((at - begins) / (ends - begins) * 100, 0.0), 100.0)


@register.filter
def iso_day(value: Any) -> str:
    """The day of an instant in the zone of the page, as a field of kind date takes it."""
    return timezone.localtime(_instant(value)).date().isoformat()
