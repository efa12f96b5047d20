"""The bar of an exposure: each bucket as wide as its share, against the limit."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from storefront.templatetags.trade import as_money

register = template.Library()
Pairs = list[tuple[str, str]]

#: What stands in the bar, in the order in which it is owed; past due is cut out of what is invoiced.
IN_BAR = ("PAST_DUE", "RECEIVABLE", "UNBILLED", "OPEN_ORDERS")
BESIDE = ("UNAPPLIED", "HELD", "LATER")


@register.simple_tag
def exposure_bar(exposure: Mapping[str, Any]) -> dict[str, Any]:
    """Parts with x and width in percent, a legend, and words for all of it.

    The bar is as long as what may be owed: the limit, and cash that counts against it; or what is owed, where that is
    more. Then `limit` is where what may be owed ends.
    """
    amounts = {row["bucket"]: Decimal(row["amount"]["amount"]) for row in exposure["buckets"]}
    rows = {row["bucket"]: row for row in exposure["buckets"]}
    owed = sum((amounts[name] for name in ("RECEIVABLE", "UNBILLED", "OPEN_ORDERS")), Decimal(0))
    amounts["RECEIVABLE"] -= min(amounts["PAST_DUE"], amounts["RECEIVABLE"])
    room = None
    if exposure["limit"]:
        room = Decimal(exposure["limit"]["amount"]) + owed - Decimal(exposure["exposure"]["amount"])
    whole = max(room or Decimal(0), owed) or Decimal(1)
    parts, x = [], Decimal(0)
    for name in IN_BAR:
        width = min(amounts[name], owed) * 100 / whole
        if width:
            parts.append({"bucket": name.lower(), "x": f"{x:.3f}", "width": f"{width:.3f}"})
        x += width
    return {
        "parts": parts,
        "passed": room is not None and owed > room,
        "limit": f"{(room or Decimal(0)) * 100 / whole:.3f}",
        "legend": [_row(rows[name], amounts[name]) for name in (*IN_BAR, *BESIDE) if amounts[name]],
        "label": _label(exposure),
    }


def _row(row: Mapping[str, Any], amount: Decimal) -> dict[str, Any]:
    money = {"amount": str(amount), "currency": row["amount"]["currency"]}
    return {"bucket": row["bucket"].lower(), "label": row["bucketLabel"], "amount": money}


def _label(exposure: Mapping[str, Any]) -> str:
    if not exposure["limit"]:
        return _("Exposure %(exposure)s, no limit") % {"exposure": as_money(exposure["exposure"])}
    return _("Exposure %(exposure)s of %(limit)s") % {
        "exposure": as_money(exposure["exposure"]),
        "limit": as_money(exposure["limit"]),
    }


@register.simple_tag
def rule_kinds() -> Pairs:
    """What a credit rule looks at."""
    return [
        ("LIMIT", _("Exposure above the limit")),
        ("LIMIT_ENDED", _("Limit has ended")),
        ("PAST_DUE_DAYS", _("Days overdue")),
        ("PAST_DUE_AMOUNT", _("Amount overdue")),
        ("PAST_DUE_SHARE", _("Overdue share of receivables")),
        ("ORDER_AMOUNT", _("Value of one order")),
        ("SUSPENDED", _("Account suspended")),
        ("TERMS", _("Longer terms than agreed")),
        ("PREPAID", _("Not paid in advance")),
    ]


@register.simple_tag
def rule_points() -> Pairs:
    """When an order meets the rules."""
    return [
        ("PLACE", _("At placing")),
        ("RELEASE", _("At release")),
        ("SHIP", _("At shipping")),
        ("CHANGE", _("At change")),
        ("REOPEN", _("At reopening")),
    ]


@register.simple_tag
def control_modes() -> Pairs:
    """What passing a limit does."""
    return [("WARN", _("Warn")), ("REQUIRE_APPROVAL", _("Require approval")), ("BLOCK", _("Block"))]
