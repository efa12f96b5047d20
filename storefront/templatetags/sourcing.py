"""Words and rows of the sourcing pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

OPTIONS: dict[str, tuple[tuple[str, Any], ...]] = {
    "kind": (("RFI", _("RFI")), ("RFQ", _("RFQ")), ("TENDER", _("Tender"))),
    "reach": (("INVITED", _("By invitation")), ("OPEN", _("Open to all")), ("SOURCE_LIST", _("Source list only"))),
    "confidentiality": (
        ("HIDDEN", _("Hidden until close")),
        ("OPEN", _("Open quotes")),
        ("SEALED", _("Sealed quotes")),
    ),
    "basis": (("NET", _("Without tax")), ("GROSS", _("With tax"))),
    "award": (
        ("PER_LINE", _("Each line to one")),
        ("WHOLE", _("The whole lot to one")),
        ("SPLIT", _("Lines may be shared")),
    ),
    "type": (
        ("TEXT", _("Text")),
        ("NUMBER", _("Number")),
        ("MONEY", _("Money")),
        ("DATE", _("Date")),
        ("CHOICE", _("Choice")),
    ),
}
#: Empty rows below those that are there.
BLANK_LINES, BLANK_COLUMNS = 5, 2


@register.filter
def sourcing_options(name: str) -> tuple[tuple[str, Any], ...]:
    """Choices of a field, as pairs."""
    return OPTIONS[name]


@register.filter
def days_from_now(zone: str, days: int) -> str:
    """An instant for a `datetime-local` field: the next full hour so many days on, in a zone."""
    now = datetime.now(ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0)
    return (now + timedelta(days=days, hours=1 if days else 0)).strftime("%Y-%m-%dT%H:%M")


@register.filter
def with_blank_lines(lines: list[Any]) -> list[Any]:
    """The lines of the editor, and empty ones to write more."""
    return [*lines, *([{}] * BLANK_LINES)]


@register.filter
def with_blank_columns(columns: list[Any]) -> list[Any]:
    """The columns of the editor, and empty ones to write more."""
    return [*columns, *([{}] * BLANK_COLUMNS)]


@register.simple_tag
def quote_rows(event: Any, form: Any) -> list[dict[str, Any]]:
    """Each line asked with what is offered for it, and a cell for each column, as the sheet shows them."""
    given = {row["line"]: row for row in (form or {}).get("lines", ())}
    own = [column for column in event["columns"] if column["filledBy"] == "SUPPLIER"]
    told = [column for column in event["columns"] if column["filledBy"] == "BUYER"]
    rows = []
    for line in event["lines"]:
        offered = given.get(line["position"], {})
        cells = [
            {
                "column": column,
                "place": (line["position"] - 1) * len(own) + place,
                "value": (offered.get("values") or {}).get(column["code"], ""),
                "name": f"input.cells.{(line['position'] - 1) * len(own) + place}",
                "wrong": f"lines.{line['position'] - 1}.{column['code']}",
            }
            for place, column in enumerate(own)
        ]
        rows.append({"line": line, "index": line["position"] - 1, "offered": offered, "cells": cells, "told": told})
    return rows


@register.filter
def value_of(values: Any, code: str) -> str:
    """The value of a column by its code."""
    return (values or {}).get(code, "")


@register.filter
def changes_of(diff: Any) -> list[tuple[str, Any, Any]]:
    """What an addendum changed: (field, before, after)."""
    return [(name, pair[0], pair[1]) for name, pair in (diff or {}).items()]


@register.simple_tag
def cell_names(index: int, column: str, wrong: str) -> dict[str, str]:
    """The name of a cell's field, and that under which its refusals are told."""
    return {"name": f"input.lines.{index}.{column}", "wrong": f"lines.{index}.{wrong}"}
