"""A chart: figures as a table for everybody, drawn by ECharts for those who see (static/js/chart.js)."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context, NodeList

from storefront.templatetags.blocks import block_tag, draw, gathered, reach, tell
from storefront.templatetags.trade import SYMBOLS, as_money, as_quantity

register = template.Library()


@register.simple_tag(takes_context=True)
def series(context: Context, path: str, name: Any, kind: str = "", second: bool = False, tone: str = "") -> str:
    """One row of figures of the chart around: where they are in a row of it, and what they are called."""
    return tell(context, "series", {"path": path, "name": str(name), "kind": kind, "second": second, "tone": tone})


@block_tag(register, "chart")
def chart(
    context: Context,
    inner: NodeList,
    rows: Iterable[Any],
    x: str,
    title: Any,
    kind: str = "bar",
    money: str = "",
    stack: bool = False,
    height: int = 16,
    link: str = "",
    zero: bool = False,
) -> str:
    """Draw rows of figures; see docs/contributing/pages.md, Chart."""
    parts, _written = gathered(context, inner)
    rows = list(rows or ())
    found = [one | {"values": [_figure(reach(row, one["path"])) for row in rows]} for one in parts["series"]]
    labels = [str(reach(row, x)) for row in rows]
    blank = not rows or (zero and not any(value for one in found for value in one["values"]))
    drawn = {
        "kind": kind,
        "labels": labels,
        "stack": stack,
        "currency": SYMBOLS.get(money, money),
        "links": [reach(row, link) for row in rows] if link else [],
        "series": [{k: one[k] for k in ("name", "kind", "second", "tone", "values")} for one in found],
    }
    table = [(label, [_shown(one, place, money) for one in found]) for place, label in enumerate(labels)]
    return draw(
        context,
        "chart",
        title=title,
        data=json.dumps(drawn),
        names=[o["name"] for o in found],
        table=table,
        blank=blank,
        height=height,
    )


def _figure(value: Any) -> float:
    return float(value or 0)


def _shown(one: dict[str, Any], place: int, money: str) -> str:
    value = one["values"][place]
    if money and not one["second"]:
        return as_money({"amount": f"{Decimal(str(value)):.2f}", "currency": money})
    return as_quantity(value)
