"""Words and rows of the rebate pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django import template
from django.template import Context
from django.utils.translation import gettext_lazy as _

from storefront.templatetags.trade import as_local

register = template.Library()

OPTIONS: dict[str, tuple[tuple[str, Any], ...]] = {
    "period": (
        ("WEEK", _("Week")),
        ("MONTH", _("Month")),
        ("QUARTER", _("Quarter")),
        ("YEAR", _("Year")),
        ("WHOLE_TERM", _("Whole term")),
    ),
    "basis": (
        ("ORDERED", _("By order")),
        ("SHIPPED", _("By shipment")),
        ("RECEIVED", _("By receipt")),
        ("INVOICED", _("By invoice")),
        ("PAID", _("By money received")),
    ),
    "tax": (("NET", _("Without tax")), ("GROSS", _("With tax"))),
    "method": (("INCREMENTAL", _("Incremental")), ("RETROSPECTIVE", _("Retrospective"))),
    "qualifier": (
        ("AMOUNT", _("Amount bought")),
        ("QUANTITY", _("Quantity bought")),
        ("GROWTH", _("Growth")),
        ("ACHIEVEMENT", _("Achievement")),
    ),
    "reward": (("PERCENT", _("Percent")), ("PER_UOM", _("Per unit")), ("FIXED", _("Fixed amount"))),
    "reward_on": (("ALL", _("Everything bought")), ("ABOVE_BASELINE", _("Only above the baseline"))),
    "newcomer": (("NONE", _("No rebate")), ("FIRST_BAND", _("First band"))),
    "pooling": (("EACH", _("Each on its own")), ("TOGETHER", _("Together"))),
    "payout": (
        ("FUND_ACCOUNT", _("To fund account")),
        ("CREDIT_NOTE", _("By credit note")),
        ("PAYMENT", _("By payment")),
        ("GOODS", _("In goods")),
    ),
    "take_back": (("CARRY", _("Carry forward")), ("CHARGE", _("Charge"))),
}


@register.filter
def rebate_options(name: str) -> tuple[tuple[str, Any], ...]:
    """Choices of a field, as pairs."""
    return OPTIONS[name]


@register.filter
def bare_number(value: Any) -> str:
    """A decimal as one types it: 12.5 for 12.500000."""
    text = str(value or "")
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def in_money(amount: Any, currency: str) -> dict[str, Any]:
    """An amount with its currency, as money is shown."""
    return {"amount": amount, "currency": currency}


@register.filter
def as_last_day(value: Any) -> str:
    """The day before an end that is excluded, for a date field, in the organization's zone."""
    local = as_local(value)
    return (datetime.fromisoformat(local) - timedelta(minutes=1)).date().isoformat() if local else ""


@register.filter
def with_place(name: str, place: Any) -> str:
    """The name of a field with a part added: input.lines. and 0."""
    return f"{name}{place}"


@register.simple_tag(takes_context=True)
def tier_tables(context: Context, policy: dict[str, Any]) -> list[dict[str, Any]]:
    """The tier tables of a policy with their bands, one at least; after a refusal as they had been typed."""
    problems = context.get("problems")
    if problems and problems.operation == "Save":
        tables = _typed(problems.typed)
    else:
        tables = [{"line": line, "tiers": list(line["tiers"])} for line in policy.get("lines") or ()]
    tables = tables or [{"line": None, "tiers": []}]
    places = count()
    for number, table in enumerate(tables, 1):
        table["tiers"] = [{**tier, "place": next(places), "table": number} for tier in table["tiers"]]
    return tables


def _typed(typed: dict[str, Any]) -> list[dict[str, Any]]:
    """Tables and bands from the names of a form: fields show what was typed by themselves."""
    tables: set[int] = set()
    rows: dict[int, dict[str, Any]] = {}
    for name, value in typed.items():
        path = name.split(".")
        if path[:2] == ["input", "lines"] and path[2].isdigit():
            tables.add(int(path[2]))
        elif path[:2] == ["input", "tiers"] and len(path) == 4 and path[2].isdigit():
            rows.setdefault(int(path[2]), {})[path[3]] = value
    bands = [rows[key] for key in sorted(rows)]
    return [
        {"line": None, "tiers": [row for row in bands if str(row.get("line") or 1) == str(table + 1)]}
        for table in sorted(tables)
    ]
