"""Words and addresses of the desk for orders."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext

register = template.Library()

#: States of orders that count as turnover, as the schema says.
COUNTED = ("PLACED", "CONFIRMED", "COMPLETED", "CLOSED")
FLAG_TONES = {"CANCEL_REQUESTED": "red", "LATE": "red", "BACKORDER": "orange", "MESSAGE": "blue", "CHANGED": "azure"}


@register.filter
def charted(periods: Iterable[Mapping[str, Any]], by: str) -> list[dict[str, Any]]:
    """Periods with the words below their bars and the addresses of their orders."""
    found = []
    for one in periods:
        start = parse_date(str(one["start"])) or dt.date.min
        found.append({**one, "label": _label(start, by), "link": placed_between(one["start"], one["end"])})
    return found


def _label(start: dt.date, by: str) -> str:
    chinese = (get_language() or "").startswith("zh")
    if by == "MONTH":
        return date_format(start, "Y-m" if chinese else "M Y")
    return date_format(start, "n-j" if chinese else "j M")


@register.simple_tag
def placed_between(since: Any, until: Any, **more: Any) -> str:
    """The address of the orders that a turnover counts, such as those of one partner."""
    named = [("placedAt.gte", since), ("placedAt.lte", until), *(("status", state) for state in COUNTED)]
    return "/office/orders/?" + urlencode([*named, *((name, value) for name, value in more.items() if value)])


@register.filter
def age(instant: Any) -> str:
    """How long ago, in the largest whole unit."""
    then = parse_datetime(instant) if isinstance(instant, str) else instant
    if then is None:
        return "—"
    minutes = max(0, int((timezone.now() - then).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s day", "%(count)s days", hours // 24) % {"count": hours // 24}


@register.filter
def flag_tone(code: str) -> str:
    """The colour of a reason why an order stands out."""
    return FLAG_TONES.get(code, "grey")
