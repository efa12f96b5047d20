"""What the pages about goods show: cells of a table of variants, shares in percent, and what is listed when."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
PAST, FUTURE, MOST = dt.timedelta(days=60), dt.timedelta(days=120), dt.timedelta(days=500)


@register.filter
def as_percent(fraction: Any) -> str:
    """A fraction in percent: 0.13 is 13."""
    return format((Decimal(str(fraction or 0)) * 100).normalize(), "f")


@register.filter
def ending(file_name: str) -> str:
    """What stands behind the last dot of a file's name."""
    return file_name.rpartition(".")[2].lower()


@register.simple_tag(takes_context=True)
def cell(context: Context, rows: str, place: int, name: str, value: Any, label: str, **words: Any) -> SafeString:
    """A field in a cell of a table that is a form: `variants.3.sku`, with what was refused of it below."""
    full = f"{rows}.{place}.{name}"
    problems = context.get("problems")
    typed = problems.typed.get(full) if problems and full in problems.typed else None
    wrong = [
        error["message"]
        for error in problems or ()
        if error.get("index") == place and (error.get("field") or "") == f"{rows}.{name}"
    ]
    marks = format_html(' aria-invalid="true" aria-describedby="e-{}"', full) if wrong else ""
    told = format_html('<div class="invalid-feedback" id="e-{}">{}</div>', full, " ".join(wrong)) if wrong else ""
    return format_html(
        '<input class="form-control{}{}" name="{}" value="{}" aria-label="{}" autocomplete="off"{}{}{}>{}',
        " is-invalid" if wrong else "",
        f" {words['css']}" if "css" in words else "",
        full,
        value or "" if typed is None else typed,
        label,
        format_html(' lang="{}"', words["lang"]) if "lang" in words else "",
        format_html(' inputmode="{}"', words["inputmode"]) if "inputmode" in words else "",
        marks,
        told,
    )


@register.simple_tag(takes_context=True)
def keep_known(context: Context) -> dict[str, Any]:
    """What the script of the sheet of goods starts from: the answer of the page itself."""
    return {name: context[name] for name in ("products", "brands", "categories", "uoms", "attributes")}


@register.simple_tag
def spans_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is listed when, as bars between two days: percent from the left and percent wide, and today."""
    now = timezone.now()
    known = [(_instant(row.get("listedFrom")), _instant(row.get("listedTo"))) for row in rows]
    first = min([since for since, _until in known if since] + [now - PAST])
    last = max([until for _since, until in known if until] + [since for since, _until in known if since] + [now]) + (
        FUTURE / 4
    )
    first, last = max(first, now - MOST), min(max(last, now + FUTURE), now + MOST)
    whole = (last - first).total_seconds()

    def share(instant: dt.datetime) -> float:
        return round(max(0.0, min(100.0, (instant - first).total_seconds() * 100 / whole)), 2)

    bars = []
    for row, (since, until) in zip(rows, known, strict=True):
        left, right = share(since or first), share(until or last)
        state = {"LISTED": "on", "SCHEDULED": "to-come"}.get(row.get("listingStatus") or "", "off")
        bars.append({"row": row, "x": left, "wide": max(round(right - left, 2), 0.8), "state": state})
    return {"bars": bars, "today": share(now), "first": first.isoformat(), "last": last.isoformat()}


@register.simple_tag
def span_bar(bar: Mapping[str, Any], today: float, label: str) -> SafeString:
    """One bar; SVG, since a page may have no styles of its own."""
    shape = ""
    if bar["row"].get("listingStatus"):
        shape = format_html(
            '<rect class="{}" x="{}%" y="5" width="{}%" height="10" rx="3"></rect>', bar["state"], bar["x"], bar["wide"]
        )
    return format_html(
        '<svg class="span-of" role="img" aria-label="{}"><rect class="ground" y="5" width="100%" height="10" rx="3">'
        '</rect>{}<rect class="today" x="{}%" width="1.5" height="20"></rect></svg>',
        label,
        shape or mark_safe(""),
        today,
    )


def _instant(value: Any) -> dt.datetime | None:
    return parse_datetime(value) if isinstance(value, str) else value
